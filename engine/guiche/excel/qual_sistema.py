"""Com que Excel se fala: o do Windows ou o do macOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guiche.excel.sistema import Sistema

if TYPE_CHECKING:
    import xlwings as xw


def sistema_de(livro: xw.Book) -> Sistema:
    """O Excel em que a pasta está aberta."""
    if "mac" in type(livro.impl).__module__:
        from guiche.excel.no_mac import NoMac  # noqa: PLC0415

        return NoMac(livro)
    from guiche.excel.no_windows import NoWindows  # noqa: PLC0415

    return NoWindows(livro)
