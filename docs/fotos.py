"""As fotos dos boletos em ``docs/boletos.md``: ``python docs/fotos.py`` (pede o pdftoppm, do poppler-utils).

Uma ficha de compensação por forma de campo livre de cada banco, um boleto inteiro com Pix e um carnê.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ), str(RAIZ / "engine")]

from guiche.boleto.regras import banco  # noqa: E402
from guiche.documentos.boleto import desenhar  # noqa: E402
from tests.boleto.test_numeros import VARIANTES, _entrada  # noqa: E402
from tests.documentos.test_boleto import emv, papel  # noqa: E402

DESTINO = RAIZ / "docs" / "imagens" / "boletos"
PONTOS_POR_POLEGADA = 80
CORES = 16
FICHA = 0.39
"""Parte da folha, a partir de baixo, que a ficha ocupa."""


def fotografar(pdf: bytes, dpi: int = PONTOS_POR_POLEGADA) -> list[Image.Image]:
    """Cada página em tons de cinza."""
    with tempfile.TemporaryDirectory() as pasta:
        origem = Path(pasta) / "b.pdf"
        origem.write_bytes(pdf)
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", origem, Path(pasta) / "p"], check=True)
        return [Image.open(p).copy() for p in sorted(Path(pasta).glob("p*.png"))]


def guardar(imagem: Image.Image, nome: str) -> None:
    """Grava com poucas cores: é um desenho a traço."""
    imagem.quantize(CORES).save(DESTINO / f"{nome}.png", optimize=True)


def main() -> int:
    """Refaz as fotos e a página que as mostra."""
    DESTINO.mkdir(parents=True, exist_ok=True)
    papeis = [papel(_entrada(codigo, variante, 42)) for codigo, variante in VARIANTES]
    linhas = ["# Os boletos de cada banco", "",
              "Uma ficha por forma de campo livre, com números de exemplo. Quem as refaz é `python docs/fotos.py`.", "",
              "![Boleto inteiro, com Pix](imagens/boletos/inteiro.png)", "",
              "![Carnê: três por folha, com canhoto](imagens/boletos/carne.png)", ""]  # fmt: skip
    for (codigo, variante), pagina in zip(VARIANTES, fotografar(desenhar(papeis)), strict=True):
        nome, regras = f"{codigo}-{variante['id']}", banco(codigo)
        largura, altura = pagina.size
        guardar(pagina.crop((0, round(altura * (1 - FICHA)), largura, altura)), nome)
        extinto = " – banco extinto: serve para ler e conferir" if regras.extinto else ""
        linhas += [
            f"## {codigo} {regras.nome} ({variante['id']}){extinto}",
            "",
            f"![{nome}](imagens/boletos/{nome}.png)",
            "",
        ]
    itau = dict(reversed(VARIANTES))["341"]
    carne = [papel(_entrada("341", itau, n), parcela=f"{n}/3") for n in (1, 2, 3)]
    guardar(fotografar(desenhar([papel(pix=emv())]))[0], "inteiro")
    guardar(fotografar(desenhar(carne, "carne"))[0], "carne")
    (RAIZ / "docs" / "boletos.md").write_text("\n".join(linhas), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
