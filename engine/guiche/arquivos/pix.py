"""O Pix de um boleto, no complemento que segue o título: a chave que se manda, o texto ou endereço que volta."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from guiche.arquivos.linhas import Bloco
from guiche.arquivos.plano import Titulo
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo, Layout, Registro


class PixNoArquivo(NamedTuple):
    """O que o arquivo traz para um título."""

    linha: int
    """A do título."""
    texto: str
    """Na remessa, a chave; no retorno, o copia e cola, ou o endereço (``pix.banco.com.br/…``) com que se monta."""


class LeitorDePix:
    """Acha os complementos de Pix, bloco a bloco; o primeiro de um bloco pode ser do último título do anterior."""

    def __init__(self, layout: Layout) -> None:
        self._registros = registros_do_pix(layout)
        self._de_retorno = layout.sentido == "retorno"
        self._ultimo = 0

    def bloco(self, bloco: Bloco, titulos: Sequence[Titulo]) -> list[PixNoArquivo]:
        """Os do bloco cujos títulos são dados."""
        achados: list[PixNoArquivo] = []
        for registro, campo in self._registros:
            if any(marca[0] not in bloco.coluna(i - 1) for i, marca in registro.marca):
                continue
            do_titulo = [t.linha for t in titulos]
            for n, linha in zip(bloco.numeros, bloco.linhas, strict=True):
                texto = linha[campo.inicio - 1 : campo.fim].strip() if registro.e(linha) else ""
                so_a_chave = self._de_retorno and not ("/" in texto or " " in texto or texto.startswith("000201"))
                if texto and not so_a_chave:
                    posicao = bisect_left(do_titulo, n)
                    achados.append(PixNoArquivo(do_titulo[posicao - 1] if posicao else self._ultimo, texto))
        self._ultimo = titulos[-1].linha if titulos else self._ultimo
        return achados


@cache
def registros_do_pix(layout: Layout) -> tuple[tuple[Registro, Campo], ...]:
    """Os complementos do layout que trazem o Pix, e o campo em que o trazem."""
    dados = ler_toml("leitura/cobranca")["pix"]
    nomes = {*dados["texto"], *dados["endereco"]} if layout.sentido == "retorno" else {*dados["chave"]}
    return tuple((r, c) for r in layout.registros.values() for c in r.campos if c.nome in nomes)


def traz_o_texto(campo: Campo) -> bool:
    """Diz se o campo traz o copia e cola pronto, e não o endereço."""
    return campo.nome in ler_toml("leitura/cobranca")["pix"]["texto"]
