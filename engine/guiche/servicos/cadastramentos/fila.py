"""O que se pede ao banco sobre os optantes na próxima remessa: recusas (C) e trocas de identificação (D)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from guiche.bancos.perfil import preencher
from guiche.dominio.texto import transliterar
from guiche.layout.codec import tradutor
from guiche.livro import cadastramentos
from guiche.livro.cadastramentos import Cadastramento, Conhecido, PedidoCadastral
from guiche.livro.conexao import Livro
from guiche.livro.remessas import LinhaEnviada, Remessa
from guiche.servicos.cadastramentos.identidade import identificacao_escrita
from guiche.servicos.composicao import DEBITO, Remetente, identificacao

LARGURA_DA_RAZAO = 40
MAIOR_RAZAO = 2 * LARGURA_DA_RAZAO


class Cadastrais(NamedTuple):
    """O que vai na remessa além dos débitos."""

    recusas: Sequence[PedidoCadastral]
    """Na fila do livro."""
    trocas: Sequence[PedidoCadastral]
    """Ainda por anotar no livro: saem do que o cadastro diz hoje."""

    def relato(self) -> list[str]:
        """O que se diz na conferência; vazio se nada vai."""
        partes = [(len(self.recusas), "recusas de cadastramento"), (len(self.trocas), "trocas de identificação")]
        ditas = [f"{n} {nome}" for n, nome in partes if n]
        return [f"Ao banco, sobre os optantes: {', '.join(ditas)}."] if ditas else []


def a_enviar(livro: Livro, remetente: Remetente) -> Cadastrais:
    """O que a próxima remessa da conta leva, se o layout dela o sabe dizer."""
    conta, registros = remetente.conta, remetente.layout.registros
    recusas = cadastramentos.fila(livro, conta.banco, conta.convenio) if "C" in registros else []
    return Cadastrais(recusas, list(_trocas(livro, remetente)) if "D" in registros else [])


def _trocas(livro: Livro, remetente: Remetente) -> Iterable[PedidoCadastral]:
    """Optantes cuja identificação mudou desde a última linha enviada; a que o banco recusou não se repete."""
    conta, versao = remetente.conta, remetente.layout.versao
    recusadas = identidades_recusadas(livro, remetente)
    for codigo, conhecido in cadastramentos.conhecidos(livro, conta.banco, conta.convenio).items():
        cliente = remetente.clientes.get(codigo)
        if cliente is None or not cliente.optante or cliente.banco != conta.banco:
            continue
        nova = identificacao(remetente, cliente)
        if nova == conhecido.identidade or recusadas.get(codigo) == nova:
            continue
        dados = {
            "id_cliente_empresa_anterior": conhecido.id_cliente, "agencia_debito": conhecido.agencia,
            "id_cliente_banco": conhecido.conta, "codigo_movimento": "0",
            "id_cliente_empresa_atual": identificacao_escrita(remetente, versao, cliente),
        }  # fmt: skip
        antes = conhecido.identidade
        yield PedidoCadastral(0, conta.banco, conta.convenio, "D", codigo, antes, nova, dados, "NA FILA", None)


def identidades_recusadas(livro: Livro, remetente: Remetente) -> Mapping[str, str]:
    """Cliente → a identificação nova que o banco recusou por último."""
    conta = remetente.conta
    recusados = cadastramentos.fila(livro, conta.banco, conta.convenio, cadastramentos.RECUSADO)
    return {p.cliente: p.id_novo for p in recusados if p.registro == "D"}


def linhas(remetente: Remetente, cadastrais: Cadastrais | None) -> list[str]:
    """Os registros C e D, prontos."""
    if cadastrais is None:
        return []
    layout, pedidos = remetente.layout, (*cadastrais.recusas, *cadastrais.trocas)
    return [
        tradutor(layout.registros[p.registro]).escrever(
            preencher(remetente.perfil.mascaras(p.registro, layout.versao), {}) | dict(p.dados)
        )
        for p in pedidos
    ]


def anotar_enviados(
    livro: Livro,
    ato: int,
    remessa: Remessa,
    enviadas: Iterable[LinhaEnviada],
    do_cadastro: tuple[Cadastrais, Remetente],
) -> None:
    """Guarda o que se pediu e como o banco passa a conhecer cada optante; na transação do ato."""
    cadastrais, remetente = do_cadastro
    conhecidos = cadastramentos.conhecidos(livro, remessa.banco, remessa.convenio)
    novos: dict[str, Conhecido] = {}
    for p in cadastrais.trocas:
        novos[p.cliente] = conhecidos[p.cliente]._replace(
            identidade=p.id_novo, id_cliente=str(p.dados["id_cliente_empresa_atual"])
        )
    for linha in enviadas:
        if linha.movimento == DEBITO:
            identidade = identificacao(remetente, remetente.clientes[linha.cliente])
            atual = Conhecido(linha.cliente, identidade, linha.id_cliente, linha.agencia, linha.conta)
            if conhecidos.get(linha.cliente) != atual:
                novos[linha.cliente] = atual
    cadastramentos.conhecer(livro, remessa.banco, remessa.convenio, remessa.id, novos.values())
    ids = [p.id for p in cadastrais.recusas] + [cadastramentos.pedir(livro, ato, p) for p in cadastrais.trocas]
    cadastramentos.enviar(livro, ids, remessa.id)


def recusa(c: Cadastramento, razao: str) -> PedidoCadastral:
    """O registro C que recusa um cadastramento: o que o banco escreveu, e a razão em duas partes."""
    texto = transliterar(razao)
    dados = {
        "id_cliente_empresa": c.id_cliente, "agencia_debito": c.agencia_no_arquivo,
        "id_cliente_banco": c.conta_no_arquivo, "ocorrencia_1": texto[:LARGURA_DA_RAZAO].strip(),
        "ocorrencia_2": texto[LARGURA_DA_RAZAO:].strip(), "codigo_movimento": str(c.movimento),
    }  # fmt: skip
    return PedidoCadastral(
        0, c.banco, c.convenio, "C", c.cliente, c.id_cliente, "", dados, cadastramentos.NA_FILA, None
    )
