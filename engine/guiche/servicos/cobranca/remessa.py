"""A remessa de boletos: leva ao banco o que está na fila, na ordem em que se pediu (S-91, S-95)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from guiche.arquivos.cobranca import ler_titulos
from guiche.cobranca.receita import Receita, gravaveis, receita
from guiche.cobranca.remessa import REGISTROS_POR_LOTE, compor
from guiche.cobranca.remessa import Remessa as Composta
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.nomes import conferir_mascara, nome_de_arquivo, pasta_de_dentro
from guiche.erros import ErroDeCampo, ErroDeRegra, Local, Problema
from guiche.livro import arquivos, boletos, cobranca, remessas
from guiche.livro.atos import proximo_id, registrar
from guiche.livro.boletos import Boleto
from guiche.livro.cobranca import REGISTRAR, PedidoAoBanco
from guiche.livro.conexao import propriedade
from guiche.livro.remessas import COBRANCA, Remessa
from guiche.servicos.boletos.emissao import ler
from guiche.servicos.cobranca.fila import NOMES
from guiche.servicos.cobranca.traducao import da_empresa, do_pedido, em_palavras
from guiche.servicos.contexto import Contexto
from guiche.servicos.gravacao import exportar_arquivo, nome_livre
from guiche.servicos.resultado import Resultado
from guiche.servicos.retomada import retomar
from guiche.servicos.supervisao.aprovacao import Pendencia, pedir, pendencia
from guiche.servicos.vistas import atualizar_pasta

_CNAB240 = "cnab240"
_MESES = "123456789OND"
_A_MOSTRAR = 8
_DEVEDORES_DA_EMPRESA = "empresa"


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
    fora: Sequence[tuple[Item, str]]
    sobram: int
    """Pedidos que esperam outra remessa, porque esta está cheia."""
    composta: Composta | None

    @property
    def total(self) -> int:
        """Centavos dos boletos que se registram."""
        return sum(i.boleto.valor for i in self.itens if i.pedido.comando == REGISTRAR)


def conferir(ctx: Contexto, conta: str, codigos: Collection[int] = ()) -> Resultado:
    """Mostra o que a remessa levaria e por que o resto fica. Não grava nada nem consome NSA."""
    lidos = ler(ctx)
    if isinstance(lidos, Resultado):
        return lidos
    cadastros, contratos = lidos
    escolhida = cadastros.conta(conta, COBRANCA)
    selecao = _selecionar(ctx, escolhida, contratos.da_conta(escolhida), codigos)
    relato = [f"Conferência da remessa de boletos da conta {escolhida.codigo}: nada foi gravado.", *_relato(selecao)]
    return Resultado("conferir remessa", tuple(relato), _dados(selecao), _avisos(selecao), vazio=not selecao.itens)


def gerar(ctx: Contexto, conta: str, codigos: Collection[int] = ()) -> Resultado:
    """Gera a remessa com o que está na fila: livro, arquivo, pasta de trabalho, nessa ordem.

    ``codigos``, se dados, são os boletos que ela leva; os outros continuam na fila.

    Raises:
        ErroDeRegra: ``remessa.formato``, se o contrato não diz qual dos formatos do banco; ``remessa.nome``;
            ``aprovacao.falta``, se o total passa do limite e outra pessoa ainda não o aprovou.
        ErroDeCampo: falta um dado da empresa que o banco pede.
    """
    retomados = retomar(ctx)
    lidos = ler(ctx)
    if isinstance(lidos, Resultado):
        return lidos
    cadastros, contratos = lidos
    escolhida = cadastros.conta(conta, COBRANCA)
    with ctx.livro.transacao():
        ctx.progresso("Compondo a remessa…")
        selecao = _selecionar(ctx, escolhida, contratos.da_conta(escolhida), codigos)
        falta = _por_aprovar(ctx, selecao)
        remessa = _gravar(ctx, selecao, selecao.composta) if selecao.composta and not falta else None
    if falta:
        raise pedir(ctx, falta)
    if remessa is None:
        relato = ("Nada a enviar: nada foi gerado.", *_relato(selecao))
        return Resultado("remessa de boletos", relato, _dados(selecao), _avisos(selecao), tuple(retomados))
    caminho = exportar_arquivo(ctx, remessa)
    relato = (
        f"Remessa {remessa.id} gerada (NSA {remessa.nsa}, {selecao.receita.layout.por_extenso}): {caminho.name}.",
        *_relato(selecao),
        f"Envie o arquivo ao banco e depois marque a remessa {remessa.id} como transmitida.",
    )
    dados = _dados(selecao) | {"remessa": remessa.id, "nsa": remessa.nsa, "sha256": remessa.sha256}
    avisos = _avisos(selecao)
    del selecao  # de muitos boletos é muita memória, e as abas se refazem do livro
    ctx.progresso("Atualizando a pasta de trabalho…")
    atualizar_pasta(ctx, cadastros, problemas=avisos)
    return Resultado("remessa de boletos", relato, dados, avisos, (*retomados, caminho))


def _por_aprovar(ctx: Contexto, selecao: Selecao) -> Pendencia | None:
    itens = [
        (i.boleto.id, i.boleto.valor, i.boleto.vencimento, i.pedido.comando, i.pedido.dados) for i in selecao.itens
    ]
    return pendencia(ctx, selecao.conta.codigo, selecao.total, itens)


# --- o que vai ---


def _selecionar(ctx: Contexto, conta: Conta, contrato: Cobranca, codigos: Collection[int]) -> Selecao:
    livro = ctx.livro
    como = receita(layout_da(conta, contrato))
    na_fila = [p for p in cobranca.na_fila(livro, conta.codigo) if not codigos or p.boleto in codigos]
    emitidos = {b.id: b for b in boletos.listar(livro, {p.boleto for p in na_fila})}
    marca = propriedade(livro, "marca")
    itens = [Item(p, emitidos[p.boleto], do_pedido(p, emitidos[p.boleto], marca, contrato.pix_chave)) for p in na_fila]
    cabem = REGISTROS_POR_LOTE // (1 + len(como.complementos)) if como.layout.formato == _CNAB240 else len(itens)
    nsa = remessas.proximo_nsa(livro, conta.banco, conta.convenio, conta.nsa_inicial, COBRANCA)
    selecao = Selecao(conta, contrato, como, nsa, itens[:cabem], (), max(len(itens) - cabem, 0), None)
    if not itens:
        return selecao
    try:
        return selecao._replace(composta=_compor(ctx, selecao))
    except (ErroDeCampo, ErroDeRegra) as erro:
        if _da_empresa(erro):
            raise
    vao, fora = _separar(ctx, selecao, selecao.itens)
    selecao = selecao._replace(itens=vao, fora=fora)
    return selecao._replace(composta=_compor(ctx, selecao) if vao else None)


def layout_da(conta: Conta, contrato: Cobranca) -> str:
    """O layout de remessa da conta: o formato do contrato e, no Banco do Brasil, o tamanho do convênio.

    Raises:
        ErroDeRegra: ``remessa.formato``.
    """
    todos = gravaveis(conta.banco)
    pedidos = [n for n in todos if n.split(".")[1].partition("_")[0] == contrato.formato.lower()]
    candidatos = pedidos if contrato.formato else list(todos)
    do_convenio = [n for n in candidatos if n.endswith(f"_conv{len(conta.convenio)}")]
    candidatos = do_convenio or [n for n in candidatos if "_" not in n]
    if len(candidatos) == 1:
        return candidatos[0]
    tem = ", ".join(sorted({n.split(".")[1].upper() for n in todos})) or "nenhum"
    razao = f"o contrato da conta {conta.codigo} não diz o formato" if not contrato.formato else (
        f"o banco {conta.banco} não tem remessa em {contrato.formato}"
    )  # fmt: skip
    raise ErroDeRegra("remessa.formato", f"{razao}; formatos que se gravam: {tem}")


def _compor(ctx: Contexto, selecao: Selecao, itens: Sequence[Item] | None = None) -> Composta:
    empresa = da_empresa(selecao.conta, selecao.cobranca, selecao.nsa)
    chaves = [i.chaves for i in (selecao.itens if itens is None else itens)]
    agora = ctx.autor.agora.replace(tzinfo=None)
    return compor(selecao.receita.layout.apelido.removesuffix(".remessa"), empresa, chaves, agora)


def _da_empresa(erro: ErroDeCampo | ErroDeRegra) -> bool:
    return str(erro.local) == _DEVEDORES_DA_EMPRESA


def _separar(ctx: Contexto, selecao: Selecao, itens: Sequence[Item]) -> tuple[list[Item], list[tuple[Item, str]]]:
    """Os que o banco aceita e os que não, com a razão; parte ao meio enquanto houver quem não se aceite."""
    try:
        _compor(ctx, selecao, itens)
    except (ErroDeCampo, ErroDeRegra) as erro:
        if len(itens) == 1:
            return [], [(itens[0], em_palavras(erro.mensagem))]
        meio = len(itens) // 2
        antes, depois = _separar(ctx, selecao, itens[:meio]), _separar(ctx, selecao, itens[meio:])
        return antes[0] + depois[0], antes[1] + depois[1]
    return list(itens), []


# --- o que se grava ---


def _gravar(ctx: Contexto, selecao: Selecao, composta: Composta) -> Remessa:
    livro, conta, agora = ctx.livro, selecao.conta, ctx.autor.agora
    resumo = {"conta": conta.codigo, "pedidos": len(selecao.itens), "centavos": selecao.total}
    ato = registrar(livro, ctx.autor, "remessa de boletos", depois=resumo)
    nome = nome_livre(ctx, _nome_do_arquivo(ctx, selecao), selecao.nsa)
    remessa = Remessa(
        id=proximo_id(livro, "remessa"),
        conta=conta.codigo,
        banco=conta.banco,
        convenio=conta.convenio,
        versao=selecao.receita.layout.apelido,
        nsa=selecao.nsa,
        tipo=COBRANCA,
        situacao="ATIVA",
        origem_id=None,
        sha256=arquivos.guardar(livro, nome, composta.conteudo),
        arquivo=(pasta_de_dentro(conta.pasta_remessas or "remessas") / nome).as_posix(),
        linhas=len(selecao.itens),
        total_debito=selecao.total,
        total_cancelamento=0,
        gerada_em=agora.isoformat(sep=" ", timespec="seconds"),
        usuario=ctx.autor.usuario,
        exportada_em=None,
        transmitida_em=None,
        confirmada_em=None,
    )
    remessas.abrir(livro, ato, remessa)
    cobranca.enviar(livro, remessa.id, [i.pedido.id for i in selecao.itens])
    escritos = ler_titulos(composta.conteudo, nome)
    boletos.guardar_no_banco(livro, (
        (titulo.nosso_numero or "", item.boleto.id) for titulo, item in zip(escritos, selecao.itens, strict=True)
    ))  # fmt: skip
    return remessa


def _nome_do_arquivo(ctx: Contexto, selecao: Selecao) -> str:
    conta, hoje = selecao.conta, ctx.autor.hoje
    mascara = selecao.cobranca.nome_da_remessa or selecao.receita.nome_do_arquivo
    dados = {"banco": conta.banco, "conta": conta.conta, "convenio": conta.convenio, "nsa": selecao.nsa, "hoje": hoje,
             "mes": _MESES[hoje.month - 1]}  # fmt: skip
    try:
        conferir_mascara(mascara, dados)
        nome = mascara.format(**dados)
    except (ValueError, IndexError) as erro:
        raise ErroDeRegra("remessa.nome", f"a máscara {mascara[:60]!r} não se entende: {erro}") from erro
    return nome_de_arquivo(nome)


# --- o relato ---


def _relato(selecao: Selecao) -> list[str]:
    quantos = Counter(i.pedido.comando for i in selecao.itens)
    linhas = [f"{NOMES[comando]}: {n}." for comando, n in quantos.items()]
    if quantos[REGISTRAR]:
        linhas[0] += f" Total a registrar: R$ {escrever_reais(selecao.total)}."
    if not selecao.itens and not selecao.fora:
        linhas.append("A fila desta conta está vazia.")
    for item, razao in selecao.fora[:_A_MOSTRAR]:
        linhas.append(f"Fica fora o boleto {item.boleto.id} ({NOMES[item.pedido.comando]}): {razao}.")
    if len(selecao.fora) > _A_MOSTRAR:
        linhas.append(f"… e mais {len(selecao.fora) - _A_MOSTRAR}.")
    if selecao.sobram:
        linhas.append(f"O lote encheu: {selecao.sobram} pedidos esperam a próxima remessa; gere outra em seguida.")
    return linhas


def _dados(selecao: Selecao) -> dict[str, Any]:
    return {
        "conta": selecao.conta.codigo,
        "layout": selecao.receita.layout.apelido,
        "pedidos": len(selecao.itens),
        "por_comando": dict(Counter(i.pedido.comando for i in selecao.itens)),
        "total": str(para_reais(selecao.total)),
        "fora": [{"boleto": i.boleto.id, "comando": i.pedido.comando, "motivo": m} for i, m in selecao.fora],
        "sobram": selecao.sobram,
    }


def _avisos(selecao: Selecao) -> tuple[Problema, ...]:
    """Os cortes e o que não vai ao banco, com o código do boleto em vez da ordem na remessa."""
    if selecao.composta is None:
        return ()
    return tuple(
        Problema(p.codigo, em_palavras(p.mensagem), Local(_de_quem(selecao, str(p.local))), gravidade="aviso")
        for p in selecao.composta.avisos
    )


def _de_quem(selecao: Selecao, onde: str) -> str:
    palavra, _, n = onde.partition(" ")
    return f"boleto {selecao.itens[int(n) - 1].boleto.id}" if palavra == "título" and n.isdigit() else onde
