"""O Pix de um boleto, no complemento que segue o título: a chave que se manda, o texto ou endereço que volta."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from guiche.arquivos.linhas import Bloco
from guiche.arquivos.plano import Titulo
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo, Layout, Registro

_TEXTO = re.compile(r"000201.*6304[0-9A-Fa-f]{4}")
_ENDERECO = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+/[\w./-]+")


class PixNoArquivo(NamedTuple):
    """O que o arquivo traz para um título."""

    linha: int
    """A do título."""
    texto: str
    """Na remessa, a chave; no retorno, o copia e cola, ou o endereço (``pix.banco.com.br/…``) com que se monta."""


class LeitorDePix:
    """Acha os complementos de Pix, bloco a bloco; o primeiro de um bloco pode ser do último título do anterior."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._registros = registros_do_pix(layout)
        self._de_retorno = layout.sentido == "retorno"
        self.sem_pix: list[int] = []
        """As linhas do registro de Pix em que nada dele se achou."""
        self._ultimo = 0

    def bloco(self, bloco: Bloco, titulos: Sequence[Titulo]) -> list[PixNoArquivo]:
        """Os do bloco cujos títulos são dados."""
        achados: list[PixNoArquivo] = []
        for registro, campo in self._registros:
            if any(marca[0] not in bloco.coluna(i - 1) for i, marca in registro.marca):
                continue
            do_titulo = [t.linha for t in titulos]
            for n, linha in zip(bloco.numeros, bloco.linhas, strict=True):
                if not registro.e(linha) or self._layout.reconhecer(linha) is not registro:
                    continue
                texto = self._texto(registro, campo, linha)
                if not texto:
                    self.sem_pix.append(n)
                else:
                    posicao = bisect_left(do_titulo, n)
                    achados.append(PixNoArquivo(do_titulo[posicao - 1] if posicao else self._ultimo, texto))
        self._ultimo = titulos[-1].linha if titulos else self._ultimo
        return achados

    def _texto(self, registro: Registro, campo: Campo, linha: str) -> str:
        """O que há no campo; se não é um Pix, o que tem forma de um em qualquer parte do registro."""
        texto = linha[campo.inicio - 1 : campo.fim].strip()
        if not self._de_retorno or texto.startswith("000201"):
            return texto
        if inteiro := _TEXTO.search(linha):
            return inteiro[0]
        if "/" in texto and " " not in texto:
            return texto
        if endereco := _ENDERECO.search(linha):
            return endereco[0]
        return texto if " " in texto and registro.situacao != "inferido" else ""


@cache
def registros_do_pix(layout: Layout) -> tuple[tuple[Registro, Campo], ...]:
    """Os complementos do layout que trazem o Pix, e o campo em que o trazem; havendo dois, o do texto pronto."""
    dados = ler_toml("leitura/cobranca")["pix"]
    nomes = [*dados["texto"], *dados["endereco"]] if layout.sentido == "retorno" else dados["chave"]
    achados = []
    for r in layout.registros.values():
        campos = {c.nome: c for c in r.campos}
        achados += [(r, campos[nome]) for nome in nomes if nome in campos][:1]
    return tuple(achados)


def traz_o_texto(campo: Campo) -> bool:
    """Diz se o campo traz o copia e cola pronto, e não o endereço."""
    return campo.nome in ler_toml("leitura/cobranca")["pix"]["texto"]
