"""Que pedidos da fila vão na remessa de boletos: a mesma escolha para conferir e para gerar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from guiche.boleto.numeracao import o_banco_numera
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.motivos import RAZOES
from guiche.dominio.texto import contar
from guiche.erros import ErroDeCampo, ErroDeRegra, ErroGuiche, Local, Problema
from guiche.livro import boletos, historia, numeracao, pedidos
from guiche.livro.boletos import Boleto
from guiche.livro.conexao import Livro, propriedade
from guiche.livro.pedidos import REGISTRAR, PedidoAoBanco
from guiche.livro.remessas import COBRANCA
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import layout_da
from guiche.oficio.traducao import DADO_DA_EMPRESA, DAS_CONDICOES, da_empresa, do_pedido, em_palavras
from guiche.remessa.composicao import REGISTROS_POR_LOTE, Remessa, compor
from guiche.remessa.receita import Receita, receita
from guiche.remessa.separacao import separar
from guiche.servicos.cobranca.fila import NOMES
from guiche.vistas.boletos import a_vista

_CNAB240 = "cnab240"
_MUDAR = "Estorne o boleto, mude as condições do título ou da conta e emita outro."
_NUMERO_NOSSO = "Estorne o boleto, recolha o papel e emita outro: o número virá no retorno."
_CORRIGIR = "Corrija o dado e, no boleto, use Registrar de novo, que leva os dados de hoje do cliente."


class Item(NamedTuple):
    """Um pedido com o boleto de que fala e as chaves da remessa."""

    pedido: PedidoAoBanco
    boleto: Boleto
    chaves: dict[str, Any]


class Selecao(NamedTuple):
    """O que a remessa levaria e o que fica, com a razão."""

    conta: Conta
    cobranca: Cobranca
    receita: Receita
    nsa: int
    itens: Sequence[Item]
    fora: Sequence[tuple[Item, Problema]]
    sobram: int
    """Pedidos que esperam outra remessa, porque esta está cheia."""
    composta: Remessa | None

    @property
    def total(self) -> int:
        """Centavos dos boletos que se registram."""
        return sum(i.boleto.valor for i in self.itens if i.pedido.comando == REGISTRAR)

    def relato(self) -> list[str]:
        """O resumo em português, com as razões de quem fica, da mais comum à mais rara."""
        quantos = Counter(i.pedido.comando for i in self.itens)
        linhas = [f"{NOMES[comando]}: {n}." for comando, n in quantos.items()]
        if quantos[REGISTRAR]:
            linhas[0] += f" Total a registrar: R$ {escrever_reais(self.total)}."
        if not self.itens and not self.fora:
            linhas.append("A fila desta conta está vazia.")
        if self.fora:
            linhas.append(f"Ficam na fila: {contar(len(self.fora), 'pedido')}.")
            razoes = Counter(razao.mensagem for _, razao in self.fora)
            linhas += [f"  {n} × {razao}" for razao, n in razoes.most_common(RAZOES)]
        if self.sobram:
            espera = f"{contar(self.sobram, 'pedido')} por enviar"
            linhas.append(f"O lote encheu, com {espera}: gere outra remessa em seguida.")
        return linhas

    def dados(self) -> dict[str, Any]:
        """O resumo para ``--json``."""
        return {
            "conta": self.conta.codigo,
            "layout": self.receita.layout.apelido,
            "pedidos": len(self.itens),
            "por_comando": dict(Counter(i.pedido.comando for i in self.itens)),
            "total": str(para_reais(self.total)),
            "fora": [
                {"boleto": i.boleto.id, "comando": i.pedido.comando, "motivo": p.mensagem, "fazer": p.fazer}
                for i, p in self.fora
            ],
            "sobram": self.sobram,
        }

    def avisos(self) -> tuple[Problema, ...]:
        """Os cortes e o que não vai ao banco, com o código do boleto em vez da ordem na remessa."""
        if self.composta is None:
            return ()
        return tuple(
            Problema(p.codigo, em_palavras(p.mensagem), Local(self._de_quem(str(p.local))), gravidade="aviso")
            for p in self.composta.avisos
        )

    def _de_quem(self, onde: str) -> str:
        palavra, _, n = onde.partition(" ")
        return f"boleto {self.itens[int(n) - 1].boleto.id}" if palavra == "título" and n.isdigit() else onde

    def linhas_da_conferencia(self, dos_boletos: Mapping[int, Sequence[tuple[str, int]]]) -> list[tuple[Any, ...]]:
        """Linhas da tabela ``conferencia``: cada pedido, se vai e por que não; dão-se os títulos de cada boleto."""
        juntos = [*((item, None) for item in self.itens), *self.fora]
        return [_conferencia(item, razao, [t for t, _ in dos_boletos[item.boleto.id]]) for item, razao in juntos]


def _conferencia(item: Item, razao: Problema | None, titulos: Sequence[str]) -> tuple[Any, ...]:
    b = item.boleto
    return (
        a_vista(titulos), b.cliente, item.chaves.get("pagador_nome", ""), date.fromisoformat(b.vencimento),
        para_reais(b.valor), NOMES[item.pedido.comando].upper(), "FORA" if razao else "ENVIAR",
        razao.codigo if razao else "", razao.mensagem if razao else "", razao.fazer if razao else "",
    )  # fmt: skip


def selecionar(ctx: Contexto, conta: Conta, contrato: Cobranca, codigos: Collection[int]) -> Selecao:
    """Escolhe os pedidos da conta e compõe a remessa deles; com ``codigos``, só os desses boletos.

    Raises:
        ErroDeRegra: ``remessa.formato``, se o contrato não diz qual dos formatos do banco.
        ErroDeCampo: falta um dado da empresa que o banco pede.
    """
    livro = ctx.livro
    como = receita(layout_da(conta, contrato))
    na_fila = [p for p in pedidos.na_fila(livro, conta.codigo) if not codigos or p.boleto in codigos]
    emitidos = {b.id: b for b in boletos.listar(livro, {p.boleto for p in na_fila})}
    marca = propriedade(livro, "marca")
    itens = [Item(p, emitidos[p.boleto], do_pedido(p, emitidos[p.boleto], marca, contrato.pix_chave)) for p in na_fila]
    cabem = REGISTROS_POR_LOTE // (1 + len(como.complementos)) if como.layout.formato == _CNAB240 else len(itens)
    nsa = historia.proximo_nsa(livro, conta, COBRANCA)
    itens, repetem = _sem_os_de_numero_errado(livro, itens)
    selecao = Selecao(conta, contrato, como, nsa, itens[:cabem], repetem, max(len(itens) - cabem, 0), None)
    if not itens:
        return selecao
    try:
        return selecao._replace(composta=_compor(ctx, selecao, selecao.itens))
    except (ErroDeCampo, ErroDeRegra) as erro:
        if str(erro.local) == DADO_DA_EMPRESA:
            raise
    vao, recusados = separar(lambda itens: _compor(ctx, selecao, itens), selecao.itens)
    fora = [(item, _por_que_fica(item, erro)) for item, erro in recusados]
    selecao = selecao._replace(itens=vao, fora=[*repetem, *fora])
    return selecao._replace(composta=_compor(ctx, selecao, vao) if vao else None)


def _sem_os_de_numero_errado(livro: Livro, itens: Sequence[Item]) -> tuple[list[Item], list[tuple[Item, Problema]]]:
    """Os itens, e os registros cujo nosso número outro boleto vivo também tem, ou cabia ao banco dar."""
    pares = {boleto: r for r in numeracao.repetidos(livro) for boleto in (r.boleto, r.outro)}
    vao, ficam = [], []
    for item in itens:
        b, onde = item.boleto, Local(f"boleto {item.boleto.id}")
        if item.pedido.comando != REGISTRAR:
            vao.append(item)
        elif r := pares.get(b.id):
            texto = f"os boletos {r.outro} e {r.boleto} têm um só nosso número"
            ficam.append((item, Problema("remessa.repetido", texto, onde)))
        elif b.numero and o_banco_numera(b.banco, b.carteira, ""):
            texto = f"o boleto {b.id} leva um número nosso, e na carteira {b.carteira} quem o dá é o banco"
            ficam.append((item, Problema("remessa.repetido", texto, onde, _NUMERO_NOSSO)))
        else:
            vao.append(item)
    return vao, ficam


def _compor(ctx: Contexto, selecao: Selecao, itens: Sequence[Item]) -> Remessa:
    empresa = da_empresa(selecao.conta, selecao.cobranca, selecao.nsa)
    agora = ctx.autor.agora.replace(tzinfo=None)
    return compor(selecao.receita.layout.apelido.removesuffix(".remessa"), empresa, [i.chaves for i in itens], agora)


def _por_que_fica(item: Item, erro: ErroGuiche) -> Problema:
    """A recusa, e como desfazê-la: o boleto guarda o cliente e as condições de quando se emitiu."""
    fazer = "" if item.pedido.comando != REGISTRAR else _MUDAR if erro.codigo in DAS_CONDICOES else _CORRIGIR
    return Problema(erro.codigo, em_palavras(erro.mensagem), Local(f"boleto {item.boleto.id}"), fazer)
