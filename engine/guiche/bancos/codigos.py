"""O que quer dizer o código que o banco devolveu (registros F e H)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from guiche.layout.carga import ler_toml

CANCELAMENTO = "1"
DO_CADASTRO = frozenset({"debito", "agencia", "conta", "cpf_cnpj"})
"""Campos a corrigir que são do cadastro do cliente, e não do título."""
_CAMPOS = ("codigo", "classe", "texto", "acao", "quem", "gravidade", "campo", "reenviar")


class CodigoRetorno(NamedTuple):
    """Um código interpretado: o que houve, o que fazer e quem age."""

    codigo: str
    classe: str
    """DEBITADO, DEBITADO_PARCIAL, CANCELADO, CANCEL_RECUSADO, CADASTRO, NAO_DEBITADO ou DESCONHECIDO."""
    texto: str
    acao: str
    quem: str
    gravidade: str
    campo: str
    """O que corrigir antes de reenviar; vazio se nada."""
    reenviar: str
    """``"sim"``, ``"corrigir"`` ou ``"nao"``."""

    @property
    def definitivo(self) -> bool:
        """Recusa que se repete enquanto o cadastro do cliente não se corrigir."""
        return self.classe == "NAO_DEBITADO" and self.reenviar != "sim" and self.campo in DO_CADASTRO

    @property
    def de_saldo(self) -> bool:
        """Recusa por falta de dinheiro ou de limite, ou sem causa: o mesmo débito pode passar noutro dia."""
        return self.classe == "NAO_DEBITADO" and (
            self.reenviar == "sim" or (self.campo == "valor" and self.quem == "pagador")
        )


@cache
def _tabela(registro: str) -> Mapping[tuple[str, str, str, str], CodigoRetorno]:
    """(banco, versão, movimento, código) → significado no registro; banco vazio é a tabela geral."""
    linhas: list[dict[str, Any]] = ler_toml("codigos/debito150")["codigos"]
    return {
        (linha.get("banco", ""), versao, linha["movimento"], linha["codigo"]): CodigoRetorno(
            *(linha[campo] for campo in _CAMPOS)
        )
        for linha in linhas
        if linha.get("registro", "F") == registro
        for versao in linha["versoes"]
    }


@cache
def interpretar(banco: str, versao: str, movimento: str, codigo: str) -> CodigoRetorno:
    """Significado do código neste banco, versão e movimento ecoado na linha.

    O código conhecido que responde a um cancelamento sem o confirmar é recusa do
    cancelamento; o que não está na tabela é DESCONHECIDO e nunca vale como pago.

    >>> interpretar("001", "04", "0", "31").classe, interpretar("001", "04", "1", "00").classe
    ('DEBITADO', 'CANCELADO')
    >>> interpretar("001", "04", "1", "01").classe, interpretar("001", "04", "0", "ZZ").classe
    ('CANCEL_RECUSADO', 'DESCONHECIDO')
    """
    movimento = str(movimento)
    achado = _direto("F", banco, versao, movimento, codigo)
    if achado:
        return achado
    outro = _de_outro_movimento(banco, versao, codigo)
    if outro is None:
        return _desconhecido(codigo)
    if movimento == CANCELAMENTO:
        return outro._replace(classe="CANCEL_RECUSADO", reenviar="nao")
    return _desconhecido(codigo) if outro.classe.startswith("DEBITADO") else outro


def interpretar_alteracao(banco: str, versao: str, codigo: str) -> CodigoRetorno:
    """Significado do código com que o banco responde a uma alteração de cadastro (registro H, versão 08).

    >>> interpretar_alteracao("748", "08", "FP").texto
    'A mudança no débito não valeu: prazo curto demais.'
    """
    return _direto("H", banco, versao, "*", codigo) or _desconhecido(codigo)


@cache
def definitivos(banco: str) -> tuple[str, ...]:
    """Os códigos que recusam pelo cadastro do cliente, em qualquer versão, neste banco.

    >>> definitivos("001")
    ('02', '10', '14', '15', '19', '20', '30', 'PB')
    """
    tabela = _tabela("F")
    return tuple(sorted({lido.codigo for chave, lido in tabela.items() if chave[0] in {banco, ""} and lido.definitivo}))


def _direto(registro: str, banco: str, versao: str, movimento: str, codigo: str) -> CodigoRetorno | None:
    chaves = ((dono, versao, mov, codigo) for dono in (banco, "") for mov in (movimento, "*"))
    tabela = _tabela(registro)
    return next((tabela[chave] for chave in chaves if chave in tabela), None)


def _de_outro_movimento(banco: str, versao: str, codigo: str) -> CodigoRetorno | None:
    tabela = _tabela("F")
    candidatos = ((dono, versao, mov, codigo) for dono in (banco, "") for mov in ("0", "1", "5"))
    return next((tabela[chave] for chave in candidatos if chave in tabela), None)


def _desconhecido(codigo: str) -> CodigoRetorno:
    texto = f"O banco devolveu o código {codigo!r}, que a tabela não conhece."
    return CodigoRetorno(
        codigo, "DESCONHECIDO", texto, "Pergunte ao banco e decida à mão.", "empresa", "revisar", "", "nao"
    )
