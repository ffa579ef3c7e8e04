"""O Excel de mentira ligado ao xlwings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.excel import motor


@pytest.fixture
def app() -> Iterator[motor.App]:
    with motor.excel() as app:
        yield app
