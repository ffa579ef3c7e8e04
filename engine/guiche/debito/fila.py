"""O que se diz ao banco dos optantes na próxima remessa: recusas (C), trocas de identificação e exclusões (D)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from guiche.bancos.perfil import preencher
from guiche.debito.composicao import DEBITO, Remetente, identificacao
from guiche.debito.exclusoes import a_excluir
from guiche.debito.identidade import identificacao_escrita, recuo_da_conta
from guiche.dominio.elegibilidade import retirou
from guiche.dominio.texto import transliterar
from guiche.layout.codec import tradutor
from guiche.livro import cadastramentos
from guiche.livro.cadastramentos import Cadastramento, Conhecido, PedidoCadastral
from guiche.livro.conexao import Livro
from guiche.livro.remessas import LinhaEnviada, Remessa

LARGURA_DA_RAZAO = 40
MAIOR_RAZAO = 2 * LARGURA_DA_RAZAO
DITOS = 8
"""Quantos clientes uma frase cita."""


class Cadastrais(NamedTuple):
    """O que vai na remessa além dos débitos."""

    recusas: Sequence[PedidoCadastral]
    """Na fila do livro."""
    trocas: Sequence[PedidoCadastral]
    """Ainda por anotar no livro, como as exclusões: saem do que o cadastro diz hoje."""
    exclusoes: Sequence[PedidoCadastral]
    impedidas: Sequence[str]
    """Clientes cuja exclusão o arquivo não leva."""

    def ha(self) -> bool:
        """Diz se algo vai."""
        return bool(self.recusas or self.trocas or self.exclusoes)

    def relato(self) -> list[str]:
        """O que se diz na conferência; vazio se nada vai."""
        partes = [
            (len(self.recusas), "recusa de cadastramento", "recusas de cadastramento"),
            (len(self.trocas), "troca de identificação", "trocas de identificação"),
            (len(self.exclusoes), "exclusão de optante", "exclusões de optantes"),
        ]
        ditas = [f"{n} {um if n == 1 else muitos}" for n, um, muitos in partes if n]
        frases = [f"Ao banco, sobre os optantes: {', '.join(ditas)}."] if ditas else []
        if self.impedidas:
            mais = f" e mais {len(self.impedidas) - DITOS}" if len(self.impedidas) > DITOS else ""
            frases.append(
                f"Atenção: o arquivo deste banco não leva a exclusão de {', '.join(self.impedidas[:DITOS])}{mais}. "
                "Peça-a na agência; para este aviso sair, marque Optante = Não na aba Clientes."
            )
        return frases


def a_enviar(livro: Livro, remetente: Remetente, hoje: date) -> Cadastrais:
    """O que a próxima remessa da conta leva, se o layout dela o sabe dizer."""
    conta, registros = remetente.conta, remetente.layout.registros
    recusas = cadastramentos.fila(livro, conta.banco, conta.convenio) if "C" in registros else []
    conhecidos = cadastramentos.conhecidos(livro, conta.banco, conta.convenio)
    fora = cadastramentos.excluidos(livro, conta.banco, conta.convenio)
    exclusoes, impedidas = a_excluir(livro, remetente, conhecidos, fora, hoje)
    dentro = (c for codigo, c in conhecidos.items() if codigo not in fora)
    trocas = list(_trocas(livro, remetente, dentro, hoje)) if "D" in registros else []
    return Cadastrais(recusas, trocas, exclusoes, impedidas)


def _trocas(
    livro: Livro, remetente: Remetente, conhecidos: Iterable[Conhecido], hoje: date
) -> Iterable[PedidoCadastral]:
    """Optantes cuja identificação mudou desde a última linha enviada; a que o banco recusou não se repete."""
    conta, versao = remetente.conta, remetente.layout.versao
    recusadas = identidades_recusadas(livro, remetente)
    for conhecido in conhecidos:
        codigo = conhecido.cliente
        cliente = remetente.clientes.get(codigo)
        if cliente is None or not cliente.optante or cliente.banco != conta.banco or retirou(cliente, hoje):
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
    return {p.cliente: p.id_novo for p in recusados if p.registro == "D" and not p.exclui}


def linhas(remetente: Remetente, cadastrais: Cadastrais | None) -> tuple[list[str], list[str]]:
    """Os registros que vão antes dos débitos (C e trocas) e os que vão depois deles (exclusões), prontos."""
    if cadastrais is None:
        return [], []
    return (
        _escritas(remetente, (*cadastrais.recusas, *cadastrais.trocas)),
        _escritas(remetente, cadastrais.exclusoes),
    )


def _escritas(remetente: Remetente, pedidos: Iterable[PedidoCadastral]) -> list[str]:
    layout, escritas = remetente.layout, []
    recuo = " " * recuo_da_conta(layout)
    for p in pedidos:
        dados = dict(p.dados) | {"id_cliente_banco": f"{recuo}{p.dados['id_cliente_banco']}"}
        fixos = preencher(remetente.perfil.mascaras(p.registro, layout.versao), {})
        escritas.append(tradutor(layout.registros[p.registro]).escrever(fixos | dados))
    return escritas


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
    fora = cadastramentos.excluidos(livro, remessa.banco, remessa.convenio)
    novos: dict[str, Conhecido] = {}
    for p in cadastrais.trocas:
        novos[p.cliente] = conhecidos[p.cliente]._replace(
            identidade=p.id_novo, id_cliente=str(p.dados["id_cliente_empresa_atual"])
        )
    for linha in enviadas:
        if linha.movimento == DEBITO:
            identidade = identificacao(remetente, remetente.clientes[linha.cliente])
            atual = Conhecido(linha.cliente, identidade, linha.id_cliente, linha.agencia, linha.conta)
            if conhecidos.get(linha.cliente) != atual or linha.cliente in fora:
                novos[linha.cliente] = atual
    cadastramentos.conhecer(livro, remessa.banco, remessa.convenio, remessa.id, novos.values())
    feitos = [cadastramentos.pedir(livro, ato, p) for p in (*cadastrais.trocas, *cadastrais.exclusoes)]
    cadastramentos.enviar(livro, [*(p.id for p in cadastrais.recusas), *feitos], remessa.id)


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
