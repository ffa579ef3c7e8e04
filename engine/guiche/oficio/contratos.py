"""O contrato de boletos de cada conta, e o que um título tem de diferente dele."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import NamedTuple

from guiche.boleto.numeracao import convenio_por_inteiro
from guiche.dominio.cadastro import Cobranca, Condicao, Conta
from guiche.dominio.encargos import Desconto, Encargos
from guiche.erros import ErroDeRegra, Problema
from guiche.livro.boletos import Boleto
from guiche.oficio.cadastros import Cadastros, Lugares, ler_tabela, lugares
from guiche.planilha.porta import Pasta
from guiche.remessa.receita import gravaveis


class Contratos(NamedTuple):
    """As contas da empresa, o que o contrato de boletos de cada uma diz e as condições de cada título."""

    contas: Mapping[str, Conta]
    cobrancas: Mapping[str, Cobranca]
    condicoes: Mapping[str, Condicao]
    lugares: Lugares
    """Onde está, na aba Cobrança, a linha de cada conta."""

    def da_conta(self, conta: Conta) -> Cobranca:
        """O contrato da conta.

        Raises:
            ErroDeRegra: ``boleto.sem_contrato``.
        """
        if cobranca := self.cobrancas.get(conta.codigo):
            return cobranca
        raise ErroDeRegra("boleto.sem_contrato", f"a conta {conta.codigo} não está na aba Cobrança")

    def do(self, boleto: Boleto) -> tuple[Conta, Cobranca]:
        """A conta e o contrato do boleto.

        Raises:
            ErroDeRegra: ``conta.ausente``, se a conta já não está na pasta de trabalho.
        """
        conta, cobranca = self.contas.get(boleto.conta), self.cobrancas.get(boleto.conta)
        if conta is None or cobranca is None:
            razao = f"a conta {boleto.conta}, do boleto {boleto.id}, não está nas abas Contas e Cobrança"
            raise ErroDeRegra("conta.ausente", razao)
        return conta, cobranca


def ler_contratos(pasta: Pasta, cadastros: Cadastros) -> tuple[Contratos, list[Problema]]:
    """As abas Cobrança e Condições, e seus problemas; o dígito da agência também se escreve junto dela, em Contas."""
    from guiche.planilha.validacao import validar  # noqa: PLC0415  só quem lê paga pelo pydantic

    folha = pasta.ler("cobranca")
    validada = validar(folha)
    cobrancas = list(map(Cobranca._make, validada.linhas))
    condicoes, _, outros = ler_tabela(pasta, "condicoes", Condicao._make)
    onde = lugares(folha, [c.conta for c in cobrancas], validada.numeros)
    dv = cadastros.agencias_dv
    com_dv = (c._replace(agencia_dv=c.agencia_dv or dv.get(("contas", c.conta), "")) for c in cobrancas)
    por_conta, por_titulo = {c.conta: c for c in com_dv}, {c.titulo: c for c in condicoes}
    return Contratos(cadastros.contas, por_conta, por_titulo, onde), [*validada.problemas, *outros]


def layout_da(conta: Conta, contrato: Cobranca) -> str:
    """O layout de remessa da conta: o formato do contrato e, no Banco do Brasil, o tamanho do convênio.

    Raises:
        ErroDeRegra: ``remessa.formato``.
    """
    todos = gravaveis(conta.banco)
    pedidos = [n for n in todos if n.split(".")[1].partition("_")[0] == contrato.formato.lower()]
    candidatos = pedidos if contrato.formato else list(todos)
    algarismos = len(_convenio(conta, contrato))
    do_convenio = [n for n in candidatos if "_conv" in n and 0 < algarismos <= int(n.rpartition("_conv")[2])]
    candidatos = do_convenio or [n for n in candidatos if "_" not in n]
    if len(candidatos) == 1:
        return candidatos[0]
    tem = ", ".join(sorted({n.split(".")[1].upper() for n in todos})) or "nenhum"
    razao = f"o contrato da conta {conta.codigo} não diz o formato" if not contrato.formato else (
        f"o banco {conta.banco} não tem remessa em {contrato.formato}"
    )  # fmt: skip
    raise ErroDeRegra("remessa.formato", f"{razao}; formatos que se gravam: {tem}")


def _convenio(conta: Conta, contrato: Cobranca) -> str:
    return convenio_por_inteiro({"banco": conta.banco, "convenio": conta.convenio, "carteira": contrato.carteira})


def encargos_de(cobranca: Cobranca, condicao: Condicao | None = None) -> Encargos:
    """Os encargos do contrato, trocados pelos da condição onde ela os traz."""
    de_quem = condicao if condicao and condicao.desconto is not None else cobranca
    propria = condicao or Condicao("")

    def valor(do_titulo: int | None, do_contrato: int | None) -> int:
        return (do_contrato or 0) if do_titulo is None else do_titulo

    return Encargos(
        valor(propria.multa, cobranca.multa),
        valor(propria.juros, cobranca.juros),
        _descontos(de_quem),
        propria.abatimento or 0,
        valor(propria.protesto_dias, cobranca.protesto_dias),
        valor(propria.negativacao_dias, cobranca.negativacao_dias),
        valor(propria.baixa_dias, cobranca.baixa_dias),
    )


def _descontos(de: Cobranca | Condicao) -> tuple[Desconto, ...]:
    escritos = (
        (de.desconto, de.desconto_dias), (de.desconto2, de.desconto2_dias), (de.desconto3, de.desconto3_dias),
    )  # fmt: skip
    return tuple(Desconto(parte or 0, dias or 0) for parte, dias in takewhile(lambda d: d[0], escritos))
