"""Perfis do hypothesis: rápido na mesa, paciente à noite (``--hypothesis-profile=noite``)."""

from __future__ import annotations

import os

from hypothesis import settings

from guiche.livro.vinculo import VARIAVEL
from tests.sistema import como_no_windows

os.environ.pop(VARIAVEL, None)  # os testes não tocam no livro de ninguém

como_no_windows()

pytest_plugins = ["tests.ooxml", "tests.postgresql"]

settings.register_profile("mesa", max_examples=40, deadline=None)
settings.register_profile("noite", max_examples=5000, deadline=None)
settings.load_profile("mesa")
