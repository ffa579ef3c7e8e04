"""Um canvas para muitas páginas iguais: tamanho e recursos se escrevem uma vez, e cada página se comprime ao fechar.

O reportlab escreve de novo, em cada página, os mesmos números e nomes, e guarda o texto de todas até o fim. Os bytes
do PDF são os mesmos.
"""

from __future__ import annotations

import zlib
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFArray, PDFObject, PDFPage, PDFResourceDictionary
from reportlab.pdfbase.pdfdoc import format as escrever
from reportlab.pdfgen.canvas import Canvas


class _UmaVez(PDFObject):  # type: ignore[misc]
    """Um objeto do PDF que guarda como ficou escrito."""

    def __init__(self, objeto: Any) -> None:
        self._objeto = objeto
        self._escrito = b""

    def format(self, document: Any) -> bytes:
        """Os bytes dele."""
        self._escrito = self._escrito or escrever(self._objeto, document)
        return self._escrito


class _Fluxo(PDFObject):  # type: ignore[misc]
    """O conteúdo de uma página, já comprimido."""

    __RefOnly__ = 1

    def __init__(self, operadores: str) -> None:
        self._dados = zlib.compress(operadores.encode())

    def format(self, document: Any) -> bytes:  # noqa: ARG002  o reportlab o passa
        """Os bytes dele, como o reportlab os escreveria."""
        cabeca = b"<<\n/Filter [ /FlateDecode ] /Length %d\n>>\nstream\n" % len(self._dados)
        return b"%b%bendstream\n" % (cabeca, self._dados)


class Tela(Canvas):  # type: ignore[misc]
    """O canvas do reportlab; se ele deixar de chamar ``_setXObjects``, as páginas só saem mais devagar."""

    def __init__(self, *dados: Any, **opcoes: Any) -> None:
        super().__init__(*dados, **opcoes)
        self._comuns: dict[Any, tuple[_UmaVez, _UmaVez]] = {}

    def _dar_o_comum(self, pagina: Any) -> None:
        """Dá à página que se fecha a caixa, os recursos e o conteúdo, no lugar dos que ela escreveria."""
        super()._setXObjects(pagina)
        if not isinstance(pagina, PDFPage) or pagina.ExtGState or not pagina.XObjects:
            return
        if pagina.compression and not rl_config.useA85:
            pagina.Contents, pagina.stream = _Fluxo(pagina.stream), None
        chave = (pagina.pagewidth, pagina.pageheight, bool(pagina.hasImages), *sorted(pagina.XObjects.dict))
        if chave not in self._comuns:
            recursos = PDFResourceDictionary(XObject=pagina.XObjects)
            recursos.basicFonts()
            if pagina.hasImages:
                recursos.allProcs()
            self._comuns[chave] = _UmaVez(PDFArray([0, 0, *chave[:2]])), _UmaVez(recursos)
        pagina.MediaBox, pagina.Resources = self._comuns[chave]


Tela._setXObjects = Tela._dar_o_comum  # noqa: SLF001  é o que o canvas chama ao fechar cada página
