"""De quem é um registro do banco: do campo E.02 e da conta, como o arquivo os escreve, ao cliente."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from guiche.bancos.perfil import desfazer, preencher
from guiche.debito.composicao import DEBITO, Item, Remetente, compor, identificacao
from guiche.dominio.cadastro import Cliente
from guiche.erros import ErroDeCampo
from guiche.layout.modelo import Layout

INICIO_DA_AGENCIA, INICIO_DA_CONTA = 27, 31
_CONTA_NO_CADASTRO = ("agencia", "operacao", "conta", "dv")
_UM_DIA = date(2000, 1, 1)


class ContaDoOptante(NamedTuple):
    """Uma conta como se escreve na aba Clientes."""

    agencia: str
    operacao: str
    conta: str
    dv: str


def fim_da_conta(versao: str) -> int:
    """Última coluna da conta do optante nos registros B a H."""
    return 50 if versao == "08" else 44


def recuo_da_conta(layout: Layout) -> int:
    """Quantas colunas em branco o banco quer antes da conta; nos registros C e D ela vai como no E.

    >>> from guiche.layout.carga import carregar
    >>> recuo_da_conta(carregar("febraban150/v04-341")), recuo_da_conta(carregar("febraban150/v05"))
    (8, 0)
    """
    inicios = (c.inicio for c in layout.registros["E"].campos if c.nome and c.inicio >= INICIO_DA_CONTA)
    return min(inicios) - INICIO_DA_CONTA


def conta_na_linha(remetente: Remetente, layout: Layout, linha: str) -> ContaDoOptante:
    """A agência e a conta de uma linha, pelas mesmas máscaras com que o débito as escreve."""
    achados: dict[str, str] = {}
    mascaras, fim = remetente.perfil.mascaras("E", layout.versao), fim_da_conta(layout.versao)
    for campo in layout.registros["E"].campos:
        if campo.nome in mascaras and campo.inicio >= INICIO_DA_AGENCIA and campo.fim <= fim:
            achados |= desfazer(mascaras[campo.nome], linha[campo.inicio - 1 : campo.fim].strip())
    return ContaDoOptante(*(achados.get(nome, "") for nome in _CONTA_NO_CADASTRO))


def conta_do(cliente: Cliente) -> ContaDoOptante:
    """A conta que está no cadastro."""
    return ContaDoOptante(cliente.agencia, cliente.operacao, cliente.conta, cliente.conta_dv)


def mesma_conta(uma: ContaDoOptante, outra: ContaDoOptante) -> bool:
    """Diz se são a mesma conta, sem olhar os zeros à esquerda."""
    return all(a.lstrip("0") == b.lstrip("0") for a, b in zip(uma, outra, strict=True))


def identificacao_escrita(remetente: Remetente, versao: str, cliente: Cliente) -> str:
    """O campo E.02 como vai no arquivo, com os zeros que a máscara do banco põe."""
    mascara = remetente.perfil.mascaras("E", versao)["id_cliente_empresa"]
    return preencher({"e02": mascara}, {"id_cliente": identificacao(remetente, cliente)})["e02"].strip()


def conta_escrita(remetente: Remetente, codigo: str) -> tuple[str, str]:
    """Agência e conta do cliente como vão no arquivo; vazias se o banco não as aceita."""
    try:
        linha = compor(remetente, [Item("X", codigo, DEBITO, _UM_DIA, 1, 0)], nsa=1, hoje=_UM_DIA).linhas[0]
    except ErroDeCampo:
        return "", ""
    return linha[26:30].strip(), linha[30 : fim_da_conta(remetente.layout.versao)].strip()


class Identificador:
    """Acha o cliente de um campo E.02; vale o igual, e na falta o único que só difere nos zeros à esquerda."""

    def __init__(self, remetente: Remetente) -> None:
        self._exatos: dict[str, str] = {}
        self._sem_zeros: dict[str, set[str]] = defaultdict(set)
        for codigo, cliente in remetente.clientes.items():
            identidade = identificacao(remetente, cliente)
            self._exatos[identidade] = codigo
            self._sem_zeros[identidade.lstrip("0")].add(codigo)

    def cliente(self, campo: str) -> str:
        """Código do cliente, ou vazio se nenhum ou mais de um serve."""
        texto = campo.strip()
        if texto in self._exatos:
            return self._exatos[texto]
        parecidos = self._sem_zeros.get(texto.lstrip("0"), set())
        return next(iter(parecidos)) if len(parecidos) == 1 else ""
