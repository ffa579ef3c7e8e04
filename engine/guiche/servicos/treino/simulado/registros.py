"""Os registros do débito que não respondem a linhas, como um banco os mandaria: B, H, J, T e X."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from guiche.arquivos.debito150 import Arquivo
from guiche.bancos.codigos import interpretar
from guiche.boleto.contas import discordancia
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Layout

RAZOES_DO_H = {"0": "IDENTIFICACAO JA EXISTE", "1": "OPTANTE NAO CADASTRADO"}
"""Por que o banco recusa a troca de identificação e a exclusão."""
_PROCURADAS = 1_000
"""Contas entre as quais alguma tem o mesmo dígito."""


class Respondido(NamedTuple):
    """O que o banco respondeu a uma linha E."""

    bruta: str
    codigo: str
    valor: int


def outros(
    arquivo: Arquivo, layout: Layout, respondidos: Sequence[Respondido], hoje: date, letras: Sequence[str]
) -> list[str]:
    """As linhas dos registros pedidos, na ordem das letras; a que o layout não tem não sai.

    B: o primeiro optante muda de conta e o segundo é excluído. H: toda troca de identificação e toda exclusão
    são recusadas. J: a remessa foi processada. T: quantos e quanto se debitou. X: a agência do primeiro optante
    vai fechar.
    """
    e = _Banco(arquivo, layout, respondidos, hoje)
    fazem: Mapping[str, Callable[[], Iterator[dict[str, Any]]]] = {"B": e.b, "H": e.h, "J": e.j, "T": e.t, "X": e.x}
    return [
        tradutor(layout.registros[letra]).escrever(valores)
        for letra in letras
        if letra in layout.registros
        for valores in fazem[letra]()
    ]


class _Banco:
    def __init__(self, arquivo: Arquivo, layout: Layout, respondidos: Sequence[Respondido], hoje: date) -> None:
        self._arquivo, self._layout, self._respondidos, self._hoje = arquivo, layout, respondidos, hoje

    def b(self) -> Iterator[dict[str, Any]]:
        campos = {c.nome for c in self._layout.registros["B"].campos}
        for movimento, respondido in zip(("2", "1"), self._respondidos, strict=False):
            enviada = tradutor(self._layout.registros["E"]).ler(respondido.bruta)
            valores = {n: v for n, v in enviada.items() if n in campos and n != "codigo_registro"}
            if "id_cliente_banco" in campos:
                valores["id_cliente_banco"] = self._conta(respondido.bruta, muda=movimento == "2")
            yield valores | {"data_opcao_exclusao": self._hoje, "codigo_movimento": movimento}

    def _conta(self, bruta: str, *, muda: bool) -> str:
        """A conta do optante, ou a seguinte que tem o mesmo dígito."""
        conta = bruta[30 : self._layout.registros["F"].campo("id_cliente_banco").fim].strip()
        if not muda:
            return conta
        banco, agencia, dv = str(self._arquivo.cabecalho["codigo_banco"]), bruta[26:30].strip(), conta[-1]
        seguintes = (str(int(conta[:-1]) + n) for n in range(1, _PROCURADAS))
        dados = ({"agencia": agencia, "conta": numero} for numero in seguintes)
        serve = next(d["conta"] for d in dados if not discordancia(banco, "conta_dv", dv, d))
        return serve.rjust(len(conta) - 1, "0") + dv

    def h(self) -> Iterator[dict[str, Any]]:
        for linha in self._arquivo.linhas:
            if linha[0] == "D":
                pedido = tradutor(self._layout.registros["D"]).ler(linha)
                campos = {c.nome for c in self._layout.registros["H"].campos} - {"codigo_registro", ""}
                valores = {n: v for n, v in pedido.items() if n in campos}
                yield valores | {"ocorrencia": RAZOES_DO_H[pedido["codigo_movimento"].strip()]}

    def j(self) -> Iterator[dict[str, Any]]:
        a, z = self._arquivo.cabecalho, self._arquivo.trailer
        yield {
            "nsa_processado": a["nsa"], "data_geracao": a["data_geracao"], "total_registros": z["total_registros"],
            "valor_total": z["valor_total"], "data_processamento": self._hoje,
        }  # fmt: skip

    def t(self) -> Iterator[dict[str, Any]]:
        banco, versao = self._arquivo.banco, self._arquivo.versao
        debitados = [
            r.valor
            for r in self._respondidos
            if interpretar(banco, versao, r.bruta[149], r.codigo).classe.startswith("DEBITADO")
        ]
        yield {"total_debitados": len(debitados), "valor_debitado": sum(debitados)}

    def x(self) -> Iterator[dict[str, Any]]:
        for respondido in self._respondidos[:1]:
            yield {
                "codigo_agencia": respondido.bruta[26:30].strip(), "nome_agencia": "AGENCIA SIMULADA",
                "endereco": "RUA EXEMPLO", "numero": "100", "cep": "01000", "cep_sufixo": "000",
                "cidade": "SAO PAULO", "uf": "SP", "situacao_agencia": "B",
            }  # fmt: skip
