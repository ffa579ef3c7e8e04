"""Traduz linhas de um registro: uma a uma, com erro preciso, ou em lote, no caminho rápido."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from guiche.erros import ErroDeCampo, Local
from guiche.layout.modelo import Campo, Registro
from guiche.layout.rapido import compilar_escritor, compilar_fatias, compilar_leitor
from guiche.layout.valores import escrever_campo, ler_campo

CRLF = b"\r\n"
Escritor = Callable[[Sequence[tuple[Any, ...]]], bytes]
Leitor = Callable[[bytes], list[tuple[Any, ...]]]
LeitorDeLinhas = Callable[[Sequence[str], int], list[tuple[Any, ...]]]
_AQUI = Local("linha")


@cache
def tradutor(registro: Registro) -> Tradutor:
    """O tradutor do registro, feito uma vez só."""
    return Tradutor(registro, {campo.nome: campo for campo in registro.campos if campo.nome})


@dataclass(frozen=True, slots=True, eq=False)
class Tradutor:
    """Escreve e lê as linhas de um registro. Nada se corta: o que não cabe é recusado."""

    registro: Registro
    nomes: Mapping[str, Campo]

    def escrever(self, valores: Mapping[str, Any]) -> str:
        """Uma linha na largura do layout, sem fim de linha.

        Texto vem em ``str``, número em ``int``, valor em ``int`` na menor unidade
        (a de ``decimais``; centavos, quando são duas), data em ``date`` ou ``None``, hora
        em ``time``. O que falta toma o padrão, ou zeros, ou brancos.

        Raises:
            ErroDeCampo: nome que o registro não tem, ou valor que o campo não aceita.
        """
        self._conhecidos(valores)
        return "".join(escrever_campo(campo, valores.get(campo.nome)) for campo in self.registro.campos)

    def ler(self, linha: str, local: Local | None = None) -> dict[str, Any]:
        """Os valores de uma linha, pelo nome do campo.

        Raises:
            ErroDeCampo: linha de outra largura ou campo ilegível; ``local`` traz linha e colunas.
        """
        if len(linha) != self.registro.largura:
            razao = f"a linha tem {len(linha)} posições, e não {self.registro.largura}"
            raise ErroDeCampo("linha.largura", razao, local=local or _AQUI)
        return {
            nome: ler_campo(campo, linha[campo.inicio - 1 : campo.fim], local or _AQUI)
            for nome, campo in self.nomes.items()
        }

    def escritor(
        self, colunas: tuple[str, ...], constantes: Mapping[str, Any] | None = None, fim: bytes = CRLF
    ) -> Escritor:
        """Escreve lotes de tuplas na ordem de ``colunas``; ``constantes`` vale para todas as linhas.

        A função devolvida levanta ``ErroDeCampo`` cujo ``local.linha`` é a posição da
        tupla no lote, contada de 1.
        """
        fixos = dict(constantes or {})
        self._conhecidos(dict.fromkeys(colunas) | fixos)
        rapido = compilar_escritor(self.registro, colunas, fixos, fim)

        def escrever(tuplas: Sequence[tuple[Any, ...]]) -> bytes:
            pronto = rapido(tuplas)
            return self._devagar(colunas, fixos, fim, tuplas) if pronto is None else pronto

        return escrever

    def leitor(self, colunas: tuple[str, ...], fim: bytes = CRLF) -> Leitor:
        """Lê blocos de linhas inteiras deste registro, todas com a mesma largura e fim de linha.

        A função devolvida levanta ``ErroDeCampo`` com linha (contada de 1 no bloco) e colunas.
        """
        self._conhecidos(dict.fromkeys(colunas))
        rapido = compilar_leitor(self.registro, colunas, fim)

        def ler(bloco: bytes) -> list[tuple[Any, ...]]:
            prontas = rapido(bloco)
            if prontas is not None:
                return prontas
            linhas = bloco.decode("latin-1").split(fim.decode())
            return self._ler_devagar(colunas, linhas if linhas[-1] else linhas[:-1])

        return ler

    def leitor_de_linhas(self, colunas: tuple[str, ...]) -> LeitorDeLinhas:
        """Lê as linhas deste registro entre as de um arquivo; o número da linha vem primeiro em cada tupla.

        A função devolvida recebe as linhas, já conferidas quanto à largura, e o número da primeira; as de
        outro registro são puladas.
        """
        self._conhecidos(dict.fromkeys(colunas))
        return compilar_fatias(self.registro, colunas)

    def _conhecidos(self, valores: Mapping[str, Any]) -> None:
        if estranhos := sorted(set(valores) - set(self.nomes)):
            razao = f"o registro {self.registro.codigo} não tem o campo {', '.join(estranhos)}"
            raise ErroDeCampo("campo.desconhecido", razao, local=_AQUI)

    def _devagar(
        self, colunas: Sequence[str], fixos: Mapping[str, Any], fim: bytes, tuplas: Sequence[tuple[Any, ...]]
    ) -> bytes:
        linhas = []
        for n, tupla in enumerate(tuplas, 1):
            try:
                linhas.append(self.escrever({**fixos, **dict(zip(colunas, tupla, strict=True))}))
            except ErroDeCampo as erro:
                colunas_do_erro = erro.local.colunas if erro.local else None
                onde = Local("lote", n, colunas_do_erro)
                raise ErroDeCampo(erro.codigo, erro.mensagem, local=onde, dica=erro.dica) from erro
        return "".join(linha + fim.decode() for linha in linhas).encode("ascii")

    def _ler_devagar(self, colunas: Sequence[str], linhas: Sequence[str]) -> list[tuple[Any, ...]]:
        prontas = []
        for n, linha in enumerate(linhas, 1):
            valores = self.ler(linha, Local("bloco", n))
            prontas.append(tuple(valores[nome] for nome in colunas))
        return prontas
