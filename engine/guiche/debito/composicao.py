"""Compõe o arquivo de remessa de débito: do título ao byte, conforme o layout e o perfil do banco."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from guiche.bancos.perfil import Perfil, preencher
from guiche.dominio import cpf_cnpj
from guiche.dominio.cadastro import Cliente, Conta
from guiche.erros import ErroDeCampo, ErroDeRegra, Local
from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Layout
from guiche.livro.retornos import Retorno

DEBITO, CANCELAMENTO = 0, 1
REAL = "03"


class Item(NamedTuple):
    """Uma linha a enviar. ``original`` é a linha de débito que um cancelamento repete, e ``substitui`` seu id."""

    titulo: str
    cliente: str
    movimento: int
    vencimento: date
    valor: int
    cadeia: int
    original: str = ""
    substitui: int = 0
    liberada: bool = False
    """O título fica livre enquanto o cancelamento espera o banco."""


class Escrita(NamedTuple):
    """O arquivo composto e as linhas E, na ordem dos itens."""

    conteudo: bytes
    linhas: Sequence[str]
    versao: str


@dataclass(frozen=True, slots=True)
class Remetente:
    """Quem envia: a conta, seu perfil e a marca do livro que vai no uso da empresa."""

    conta: Conta
    perfil: Perfil
    marca: str
    clientes: Mapping[str, Cliente]
    ligadas: frozenset[str] = frozenset()
    """Versões que só se leem, mas que o parâmetro ``versoes_ligadas`` da pasta manda gravar."""

    def nome_do_arquivo(self, nsa: int, hoje: date) -> str:
        """O nome que o banco quer na remessa de número dado."""
        return self.perfil.nome_do_arquivo(convenio=self.conta.convenio, nsa=nsa, hoje=hoje)

    @property
    def versao(self) -> str:
        """Versão do layout: a da conta, ou a do costume do banco."""
        return self.conta.layout_versao or self.perfil.versao_padrao

    @property
    def layout(self) -> Layout:
        """Layout do convênio.

        Raises:
            ErroDeRegra: ``conta.versao``, se o banco não usa a versão pedida ou ela está desligada.
        """
        nome = self.perfil.versoes.get(self.versao)
        if nome is None:
            usa = ", ".join(sorted(self.perfil.versoes))
            raise ErroDeRegra("conta.versao", f"o banco {self.conta.banco} não usa a versão {self.versao}; usa {usa}")
        layout = carregar(nome)
        if not layout.ativo and self.versao not in self.ligadas:
            razao = f"a versão {self.versao} só se grava quando ligada em versoes_ligadas, na aba Parâmetros"
            raise ErroDeRegra("conta.versao", razao)
        return layout


def chave(marca: str, cadeia: int) -> str:
    """O que vai no uso da empresa e o banco devolve igual: marca do livro e número do débito.

    >>> chave("7K2Q", 123)
    '7K2QT0000000123'
    """
    return f"{marca}T{cadeia:010d}"


def cadeia_da_chave(marca: str, uso_empresa: str) -> int | None:
    """Número do débito de uma chave devolvida pelo banco; ``None`` se não é deste livro.

    >>> cadeia_da_chave("7K2Q", "   7K2QT0000000123 "), cadeia_da_chave("7K2Q", "OUTRO")
    (123, None)
    """
    texto = uso_empresa.strip()
    numero = texto[5:]
    if len(texto) == 15 and texto.startswith(f"{marca}T") and numero.isascii() and numero.isdigit():  # noqa: PLR2004
        return int(numero)
    return None


def compor(
    remetente: Remetente,
    itens: Sequence[Item],
    *,
    nsa: int,
    hoje: date,
    confirmado: Retorno | None = None,
    em_volta: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> Escrita:
    """Compõe o arquivo inteiro: A, as linhas E na ordem dos itens, o aviso J se o banco o exige, e Z.

    ``em_volta`` são os registros que vão antes e depois das linhas E: uma identificação nova tem de chegar antes do
    débito que a usa, e quem sai do débito sai depois de cancelado o que tinha no banco.

    Raises:
        ErroDeCampo: um dado não cabe ou falta; ``local.linha`` é a posição do item, contada de 1.
        ErroDeRegra: a versão do layout não serve, ou o NSA passou do máximo do banco.
    """
    if nsa > remetente.perfil.nsa_maximo:
        raise ErroDeRegra("nsa.esgotado", f"o NSA {nsa} passa do máximo do banco, {remetente.perfil.nsa_maximo}")
    layout, fim, (antes, depois) = remetente.layout, remetente.perfil.fim, em_volta
    linhas = _linhas_e(remetente, layout, itens, len(antes))
    corpo = [cabecalho(remetente, layout, nsa, hoje), *antes, *linhas, *depois]
    if remetente.perfil.exige_j:
        corpo.append(_aviso_j(layout, confirmado, hoje))
    corpo.append(_fecho(remetente, layout, len(corpo) + 1, sum(i.valor for i in itens)))
    return Escrita((fim.join(corpo) + fim).encode("ascii"), linhas, layout.versao)


def cabecalho(remetente: Remetente, layout: Layout, nsa: int, hoje: date) -> str:
    """A linha A."""
    conta, habitos = remetente.conta, remetente.perfil
    teste = conta.ambiente == "TESTE"
    contexto = {
        "convenio": conta.convenio,
        "compromisso": conta.compromisso,
        "empresa_nome": conta.empresa_nome,
        "empresa_cnpj": cpf_cnpj.limpar(conta.empresa_cnpj),
        "agencia": conta.agencia,
        "operacao": conta.operacao,
        "conta": conta.conta,
        "dv": conta.conta_dv,
        "ambiente": "T" if teste else "P",
        "marca_teste": "TESTE" if teste else "",
    }
    valores: dict[str, Any] = {
        "codigo_remessa": "1",
        "codigo_banco": conta.banco,
        "nome_banco": habitos.nome,
        "data_geracao": hoje,
        "nsa": nsa,
        "identificacao_servico": habitos.servico,
    }
    registro = layout.registros["A"]
    return tradutor(registro).escrever(valores | preencher(habitos.mascaras("A", layout.versao), contexto))


def _linhas_e(remetente: Remetente, layout: Layout, itens: Sequence[Item], ja: int) -> list[str]:
    mascaras = remetente.perfil.mascaras("E", layout.versao)
    com_ordem = {campo: m for campo, m in mascaras.items() if "{ordem" in m}
    dos_clientes = {campo: m for campo, m in mascaras.items() if campo not in com_ordem}
    debitos = [(n, i) for n, i in enumerate(itens, 1) if i.movimento == DEBITO]
    linhas: list[str] = [""] * len(itens)
    for (n, _), linha in zip(debitos, _debitos(remetente, layout, debitos, (dos_clientes, com_ordem), ja), strict=True):
        linhas[n - 1] = linha
    traduz = tradutor(layout.registros["E"])
    for n, item in enumerate(itens, 1):
        if item.movimento == CANCELAMENTO:
            lidos = traduz.ler(item.original)
            ordem = preencher(com_ordem, {"ordem": str(n + ja)})
            linhas[n - 1] = traduz.escrever(lidos | ordem | {"codigo_movimento": "1"})
    return linhas


def _debitos(
    remetente: Remetente,
    layout: Layout,
    debitos: Sequence[tuple[int, Item]],
    mascaras: tuple[Mapping[str, str], Mapping[str, str]],
    ja: int,
) -> list[str]:
    if not debitos:
        return []
    dos_clientes, com_ordem = mascaras
    registro = layout.registros["E"]
    existentes = {campo.nome for campo in registro.campos}
    fixos = {n: v for n, v in (("codigo_moeda", REAL), ("codigo_movimento", "0")) if n in existentes}
    colunas = (*dos_clientes, *com_ordem, "data_vencimento", "valor_debito", "uso_empresa")
    escreve = tradutor(registro).escritor(colunas, fixos)
    prontos: dict[str, tuple[str, ...]] = {}
    linhas = []
    for n, item in debitos:
        if item.cliente not in prontos:
            prontos[item.cliente] = _valores_do_cliente(remetente, item, dos_clientes, n)
        ordem = tuple(preencher(com_ordem, {"ordem": str(n + ja)}).values()) if com_ordem else ()
        uso = chave(remetente.marca, item.cadeia)
        linhas.append((*prontos[item.cliente], *ordem, item.vencimento, item.valor, uso))
    return escreve(linhas).decode("ascii").split("\r\n")[:-1]


def _valores_do_cliente(remetente: Remetente, item: Item, mascaras: Mapping[str, str], n: int) -> tuple[str, ...]:
    cliente = remetente.clientes[item.cliente]
    documento = cpf_cnpj.limpar(cliente.cpf_cnpj)
    contexto = {
        "id_cliente": identificacao(remetente, cliente),
        "agencia": cliente.agencia,
        "operacao": cliente.operacao,
        "conta": cliente.conta,
        "dv": cliente.conta_dv,
        "doc": documento,
        "tipo_doc": "2" if len(documento) == 11 else "1",  # noqa: PLR2004
        "doc15": documento.rjust(15, "0"),
    }
    if not cpf_cnpj.tipo(documento) and any("{doc15" in m or "{doc}" in m for m in mascaras.values()):
        raise ErroDeCampo("campo.falta", "o CPF ou CNPJ do cliente falta ou não confere", local=Local("lote", n))
    return tuple(preencher(mascaras, contexto).values())


def identificacao(remetente: Remetente, cliente: Cliente) -> str:
    """O campo E.02: como o optante é conhecido no banco (S-29).

    Só a Caixa aceita a composição com a matrícula; nos outros bancos a opção não vale.
    """
    conta, habitos = remetente.conta, remetente.perfil
    if conta.por_matricula and habitos.permite_matricula_em_e02:
        mascara = conta.e02_mascara or habitos.e02_matricula
        dados = {"convenio": conta.convenio, "cliente": cliente.codigo, "matricula": cliente.matricula}
        return preencher({"e02": mascara}, dados)["e02"]
    return cliente.id_no_debito or cliente.codigo


def _aviso_j(layout: Layout, confirmado: Retorno | None, hoje: date) -> str:
    """Aviso do último retorno processado; sem nenhum, zeros com a data de hoje."""
    valores: dict[str, Any] = {"nsa_processado": 0, "data_geracao": hoje, "total_registros": 0, "valor_total": 0}
    if confirmado:
        emissao = date.fromisoformat(confirmado.gerado_em) if confirmado.gerado_em else hoje
        valores = {
            "nsa_processado": confirmado.nsa or 0,
            "data_geracao": emissao,
            "total_registros": confirmado.registros,
            "valor_total": confirmado.total,
        }
    return tradutor(layout.registros["J"]).escrever(valores | {"data_processamento": hoje})


def _fecho(remetente: Remetente, layout: Layout, total: int, valor: int) -> str:
    mascaras = remetente.perfil.mascaras("Z", layout.versao)
    extras = preencher(mascaras, {"ordem": str(total - 1)})
    return tradutor(layout.registros["Z"]).escrever({"total_registros": total, "valor_total": valor} | extras)
