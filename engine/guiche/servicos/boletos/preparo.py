"""Os boletos de uma seleção, prontos para emitir: o que não se calcula ou não se registraria fica fora.

Conferir e Gerar preparam o mesmo. Um boleto só se emite se a remessa da conta leva o registro dele: compõe-se, e
joga-se fora, a remessa que o levaria.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from guiche.boleto.calculo import Calculo, calcular, sem_numero
from guiche.boleto.entrada import Entrada
from guiche.dominio.boletos import EstadoBoleto, Grupo
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.motivos import Motivo, motivo
from guiche.erros import ErroDeCampo, ErroDeRegra, ErroGuiche
from guiche.livro import boletos
from guiche.livro.boletos import Boleto
from guiche.livro.conexao import propriedade
from guiche.livro.pedidos import NA_FILA, REGISTRAR, PedidoAoBanco
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import layout_da
from guiche.oficio.faixa import espaco_da, proximos_numeros
from guiche.oficio.nome import nome_da_remessa
from guiche.oficio.traducao import DADO_DA_EMPRESA, DAS_CONDICOES, da_empresa, do_pedido, em_palavras
from guiche.remessa.composicao import compor
from guiche.remessa.receita import receita
from guiche.remessa.separacao import separar
from guiche.servicos.boletos.papel import em_json, entrada_da_emissao, textos_da_emissao
from guiche.servicos.boletos.selecao import SelecaoDeBoletos

_SEM_REGISTRO = {("001", "16"), ("001", "18")}
"""Carteiras que só serviam ao boleto sem registro, que já não existe."""
_DO_TITULO = {"boleto.valor", "boleto.data"}
"""O que o cálculo recusa de um boleto e não da conta."""
_BLOCO = 1_000
"""Boletos que se ensaiam de uma vez, para que muitos não ocupem a memória."""


class Preparo(NamedTuple):
    """O que se emitiria: a seleção sem o que se recusou, os boletos e os títulos de cada um, em centavos."""

    selecao: SelecaoDeBoletos
    boletos: Sequence[Boleto]
    lacos: Sequence[tuple[int, str, int]]


def preparar(ctx: Contexto, selecao: SelecaoDeBoletos) -> Preparo:
    """Prepara os boletos; não escreve nada no livro.

    Raises:
        ErroDeRegra: ``boleto.faixa``; ``boleto.nao_se_emite``, se o banco ou a carteira não servem;
            ``remessa.formato`` ou ``remessa.nome``, se nenhuma remessa levaria o registro.
        ErroDeCampo: um dado da conta que o banco não aceita.
    """
    if not selecao.grupos:
        return Preparo(selecao, (), ())
    conferir_carteira(selecao.conta, selecao.cobranca)
    feitos, recusados = _numerar(ctx, selecao)
    layout = layout_da(selecao.conta, selecao.cobranca)
    nome_da_remessa(selecao.conta, selecao.cobranca, receita(layout), 1, ctx.autor.hoje)
    recusados |= _ensaiar(ctx, selecao, layout, [(i, b) for i, b in enumerate(feitos) if b])
    if recusados:
        selecao = selecao.sem(recusados)
        feitos, _ = _numerar(ctx, selecao) if selecao.grupos else ([], {})
    prontos = [b for b in feitos if b]
    lacos = [(b.id, n, parte) for b, g in zip(prontos, selecao.grupos, strict=True) for n, parte in g.titulos]
    return Preparo(selecao, prontos, lacos)


def _numerar(ctx: Contexto, selecao: SelecaoDeBoletos) -> tuple[list[Boleto | None], dict[int, Motivo]]:
    """Um boleto por grupo, ou nada e a posição dele entre os recusados."""
    conta, cobranca, hoje = selecao.conta, selecao.cobranca, ctx.autor.hoje
    base, onde = boletos.primeiro_id(ctx.livro), espaco_da(conta, cobranca, hoje)
    numeros = proximos_numeros(ctx.livro, conta, cobranca, hoje, len(selecao.grupos))
    feitos: list[Boleto | None] = []
    recusados: dict[int, Motivo] = {}
    for i, (grupo, numero) in enumerate(zip(selecao.grupos, numeros, strict=True)):
        entrada = entrada_da_emissao(conta, cobranca, numero, hoje)
        try:
            calculo = _calcular(conta, {**entrada, "vencimento": grupo.vencimento, "centavos": grupo.valor})
        except ErroDeCampo as erro:
            if erro.codigo not in _DO_TITULO:
                raise
            recusados[i] = motivo("registro", erro.mensagem)
            feitos.append(None)
            continue
        dados = em_json({"entrada": entrada, **_textos(selecao, grupo, base + i)})
        feitos.append(Boleto(
            base + i, conta.codigo, conta.banco, conta.convenio, cobranca.carteira, numero,
            calculo.nosso_numero_formatado, grupo.cliente, grupo.vencimento.isoformat(), grupo.valor,
            EstadoBoleto.A_REGISTRAR, cobranca.emissor or "CLIENTE", calculo.codigo_barras, calculo.linha_digitavel,
            dados, ctx.autor.agora.isoformat(sep=" ", timespec="seconds"), ctx.autor.usuario, espaco=onde,
        ))  # fmt: skip
    return feitos, recusados


def _textos(selecao: SelecaoDeBoletos, grupo: Grupo, codigo: int) -> dict[str, Any]:
    titulos = [(selecao.titulos[n], parte) for n, parte in grupo.titulos]
    textos = textos_da_emissao(codigo, selecao.clientes[grupo.cliente], selecao.cobranca, grupo, titulos)
    if len(titulos) == 1:
        textos["parcela"] = selecao.parcelas.get(grupo.titulos[0][0], "")
    return textos


def _calcular(conta: Conta, entrada: Entrada) -> Calculo:
    calculo = calcular(entrada) if entrada["nosso_numero"] else sem_numero(entrada)
    if calculo.aviso:
        raise ErroDeRegra("boleto.nao_se_emite", f"conta {conta.codigo}: {calculo.aviso}")
    return calculo


def _ensaiar(
    ctx: Contexto, selecao: SelecaoDeBoletos, layout: str, feitos: Sequence[tuple[int, Boleto]]
) -> dict[int, Motivo]:
    """A posição dos boletos que a remessa da conta não registraria, e por quê."""
    empresa, marca = da_empresa(selecao.conta, selecao.cobranca, 1), propriedade(ctx.livro, "marca")
    agora, nome = ctx.autor.agora.replace(tzinfo=None), layout.removesuffix(".remessa")
    recusados: dict[int, Motivo] = {}
    for desde in range(0, len(feitos), _BLOCO):
        registros = [(i, _registro(b, marca, selecao.cobranca)) for i, b in feitos[desde : desde + _BLOCO]]
        _, achados = separar(lambda quais: compor(nome, empresa, [chaves for _, chaves in quais], agora), registros)
        if da_conta := next((erro for _, erro in achados if str(erro.local) == DADO_DA_EMPRESA), None):
            raise da_conta
        recusados |= {i: _razao(erro) for (i, _), erro in achados}
    return recusados


def _registro(boleto: Boleto, marca: str, cobranca: Cobranca) -> dict[str, Any]:
    pedido = PedidoAoBanco(0, boleto.id, REGISTRAR, "{}", NA_FILA, None, None)
    return do_pedido(pedido, boleto, marca, cobranca.pix_chave)


def _razao(erro: ErroGuiche) -> Motivo:
    return motivo("registro" if erro.codigo in DAS_CONDICOES else "cadastro", em_palavras(erro.mensagem))


def conferir_carteira(conta: Conta, cobranca: Cobranca) -> None:
    """Confere que a carteira serve a um boleto novo.

    Raises:
        ErroDeRegra: ``boleto.nao_se_emite``.
    """
    if (conta.banco, cobranca.carteira) in _SEM_REGISTRO:
        razao = f"a carteira {cobranca.carteira} do banco {conta.banco} era do boleto sem registro, que já não existe"
        raise ErroDeRegra("boleto.nao_se_emite", razao)
