"""Monta pastas de trabalho reais para os testes dos atos e fala com o banco de faz de conta."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from guiche.boleto.contas import certo, digito_da_conta
from guiche.livro.atos import Autor
from guiche.oficio.contexto import Contexto, abrir
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import esquema
from guiche.servicos.pasta.abas import criar
from guiche.servicos.treino.exemplo import cpf_ficticio
from guiche.servicos.treino.simulado.debito import Sorteio, responder

HOJE = date(2026, 8, 4)
CONTA: dict[str, Any] = {
    "codigo": "BB1", "produto": "DEBITO", "banco": "001", "agencia": "1234", "conta": "56789", "conta_dv": "2",
    "convenio": "654321", "empresa_nome": "FARMACIA MODELO LTDA", "layout_versao": "05", "ativa": "Sim",
}  # fmt: skip
COBRANCA: dict[str, Any] = {
    "codigo": "ITAU1", "produto": "COBRANCA", "banco": "341", "agencia": "0057", "conta": "12345", "conta_dv": "7",
    "convenio": "1", "empresa_nome": "FARMÁCIA MODELO LTDA", "empresa_cnpj": "11222333000181", "ativa": "Sim",
}  # fmt: skip


ENDERECO = {"endereco": "Rua B, 2", "bairro": "Centro", "cidade": "Campinas", "uf": "SP", "cep": "13000-000"}


def conta_de_boletos(**dados: Any) -> dict[str, Any]:
    """A conta de boletos com o que se muda nela, e o dígito que o banco dá a ela."""
    junta = COBRANCA | dados
    return {**junta, "conta_dv": dados.get("conta_dv") or certo(junta["banco"], "conta_dv", junta) or "7"}


def autor(hoje: date = HOJE, usuario: str = "ana") -> Autor:
    return Autor(usuario, datetime.combine(hoje, time(9, 14)), hoje)


def cliente(codigo: str, n: int = 1, **dados: Any) -> dict[str, Any]:
    padrao = {
        "codigo": codigo, "nome": f"Cliente {codigo}", "cpf_cnpj": cpf_ficticio(n), "optante": "Sim", "banco": "001",
        "agencia": "0101", "operacao": "", "conta": f"{1000 + n}",
    }  # fmt: skip
    junto = padrao | ENDERECO | dados
    return {"conta_dv": digito_da_conta(junto["banco"], junto) or "5"} | junto


def titulo(numero: str, vencimento: date, valor: str, cliente: str = "A", **dados: Any) -> dict[str, Any]:
    return {"numero": numero, "cliente": cliente, "vencimento": vencimento, "valor": Decimal(valor)} | dados


def gravar_tabela(pasta: PastaEmArquivo, tabela: str, linhas: Sequence[Mapping[str, Any]]) -> None:
    ids = esquema()[tabela].ids()
    for linha in linhas:
        assert set(linha) <= set(ids)
    pasta.gravar(tabela, [tuple(linha.get(i) for i in ids) for linha in linhas])


def montar(onde: Path, *, nome: str = "Cobrança.xlsx", **tabelas: Sequence[Mapping[str, Any]]) -> Path:
    """Cria a pasta de trabalho do modelo e preenche as tabelas dadas."""
    caminho = onde / nome
    criar(caminho)
    pasta = PastaEmArquivo(caminho)
    for tabela, linhas in ({"contas": [CONTA]} | tabelas).items():
        gravar_tabela(pasta, tabela, linhas)
    pasta.salvar()
    return caminho


@contextmanager
def na(caminho: Path, hoje: date = HOJE, usuario: str = "ana") -> Iterator[Contexto]:
    with abrir(caminho, autor(hoje, usuario)) as ctx:
        yield ctx


def ler(caminho: Path, tabela: str) -> list[dict[str, Any]]:
    """A tabela como a pessoa a vê, pelo id da coluna."""
    ids = esquema()[tabela].ids()
    return [dict(zip(ids, linha, strict=True)) for linha in PastaEmArquivo(caminho).ler(tabela, ids).linhas]


def retorno(
    remessa: Path,
    saida: Path,
    codigos: Sequence[str],
    *,
    nsa: int = 1,
    movimento: str = "",
    registros: str = "",
    hoje: date = HOJE,
) -> Path:
    """Retorno da remessa com os códigos dados, linha a linha; ``movimento`` troca o ecoado em todas.

    ``registros`` são as letras dos outros registros que ele traz.
    """
    responder(remessa, saida, hoje=hoje, nsa=nsa, sorteio=Sorteio(codigos=codigos, registros=registros))
    if movimento:
        linhas = saida.read_bytes().decode("ascii").splitlines()
        linhas = [linha[:149] + movimento if linha[0] == "F" else linha for linha in linhas]
        saida.write_bytes(("\r\n".join(linhas) + "\r\n").encode("ascii"))
    return saida
