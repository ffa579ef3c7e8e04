"""Atende cada ato do registro: leva as opções do pedido ao serviço. O nome da função é o id do ato."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado

if TYPE_CHECKING:
    from guiche.dominio.elegibilidade import Filtros


def filtros(p: Pedido) -> Filtros:
    """Os filtros do débito automático."""
    from guiche.dominio.elegibilidade import Filtros  # noqa: PLC0415

    return Filtros(
        filial=(p["filial_de"], p["filial_ate"]),
        por=p["por"],
        empresa=(p["empresa_de"], p["empresa_ate"]),
        cliente=(p["cliente_de"], p["cliente_ate"]),
        matricula=(p["matricula_de"], p["matricula_ate"]),
        vencimento=(p["vencimento_de"], p["vencimento_ate"]),
        tipo_doc=(p["tipo_doc_de"], p["tipo_doc_ate"]),
        tipos_doc=frozenset(filter(None, (tipo.strip() for tipo in p["tipos_doc"].split(",")))),
        data_fixa=p["data_fixa"],
        parcial=p["parcial"],
        manutencao=bool(p.opcoes.get("manutencao")),
        optantes=bool(p.opcoes.get("optantes")),
    )


def conferir(p: Pedido) -> Resultado:
    """Conferir."""
    from guiche.servicos.debito import gerar as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico.conferir(ctx, p["conta"], filtros(p), na_aba=p.na_aba))


def gerar(p: Pedido) -> Resultado:
    """Gerar remessa."""
    from guiche.servicos.debito import gerar as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico.gerar(ctx, p["conta"], filtros(p)))


def importar(p: Pedido) -> Resultado:
    """Importar retorno."""
    from guiche.oficio.recepcao import Aceita  # noqa: PLC0415
    from guiche.servicos.debito import retorno as servico  # noqa: PLC0415

    return p.na_pasta(
        lambda ctx: servico.importar(
            ctx,
            p["retorno"],
            conta=p["conta"],
            baixar_em=p["baixar_em"],
            confirmar=p["confirmar"],
            aceita=Aceita(p["repetir_nsa"], p["ensaio"], p["supervisor"]),
        )
    )


def optantes(p: Pedido) -> Resultado:
    """Optantes."""
    from guiche.servicos.debito.optantes import listar_optantes  # noqa: PLC0415

    saidas = list(p["saida"])
    if p.na_janela:
        saidas += [p.caminho.parent / f"Optantes{fim}" for fim in (".pdf", ".xlsx")]
    empresa = (p["empresa_de"], p["empresa_ate"])
    return p.na_pasta(
        lambda ctx: listar_optantes(ctx, p["conta"], empresa=empresa, saidas=saidas, vence_em=p["vence_em"])
    )


def retornos(p: Pedido) -> Resultado:
    """Ver retornos."""
    from guiche.servicos.retornos import recebidos as servico  # noqa: PLC0415

    desde = None if p["todos"] else p.autor.hoje - timedelta(days=30)
    return p.na_pasta(lambda ctx: servico.listar(ctx, desde, p["ordem"], ao_contrario=p["decrescente"]))


def retornos_ver(p: Pedido) -> Resultado:
    """Ver um retorno."""
    from guiche.servicos.retornos import recebidos as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico.ver(ctx, p["retorno"]))


def divergencias_listar(p: Pedido) -> Resultado:
    """Ver divergências."""
    from guiche.servicos.retornos import divergencias  # noqa: PLC0415

    return p.na_pasta(divergencias.listar)


def divergencias_decidir(p: Pedido) -> Resultado:
    """Decidir divergências."""
    from guiche.servicos.retornos import divergencias  # noqa: PLC0415

    return p.na_pasta(
        lambda ctx: divergencias.decidir(ctx, p["retorno"], p["linha"], p["decisao"], p["titulo"], p["motivo"])
    )


def conciliar(p: Pedido) -> Resultado:
    """Conciliar extrato."""
    from guiche.servicos.retornos import conciliacao  # noqa: PLC0415

    return p.na_pasta(lambda ctx: conciliacao.conciliar(ctx, p["extrato"], p["conta"]))


def limpar_filtros(p: Pedido) -> Resultado:
    """Limpar filtros."""
    from guiche.servicos.pasta.abas import mostrar_tudo  # noqa: PLC0415

    return p.na_pasta(mostrar_tudo)


def atualizar(p: Pedido) -> Resultado:
    """Atualizar abas."""
    from guiche.servicos.pasta.abas import atualizar as servico  # noqa: PLC0415

    return p.na_pasta(servico)


def livro_levar(p: Pedido) -> Resultado:
    """Levar o livro ao servidor."""
    from guiche.servicos.pasta import mudanca  # noqa: PLC0415

    if p.na_janela:
        return p.na_pasta(lambda ctx: mudanca.levar_aberta(ctx, p["servidor"]))
    return mudanca.levar(p.caminho, p.autor, p["servidor"])


def ajuda(_: Pedido) -> Resultado:
    """Ajuda."""
    from guiche.servicos.pasta.abas import ajuda as servico  # noqa: PLC0415

    return servico()


def ordenar(p: Pedido) -> Resultado:
    """Ordenar a lista."""
    from guiche.servicos.pasta.ordem import ordenar as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico(ctx, p["lista"], p["coluna"], decrescente=p["decrescente"]))


def remessas_listar(p: Pedido) -> Resultado:
    """Ver remessas."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.listar(ctx, banco=p["banco"], situacao=p["situacao"], tipo=p["tipo"]))


def remessas_ver(p: Pedido) -> Resultado:
    """Ver uma remessa."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.ver(ctx, p["remessa"]))


def remessas_exportar(p: Pedido) -> Resultado:
    """Exportar de novo."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.exportar(ctx, p["remessa"], p["saida"]))


def remessas_estornar(p: Pedido) -> Resultado:
    """Estornar remessa."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.estornar(ctx, p["remessa"]))


def remessas_descartar(p: Pedido) -> Resultado:
    """Descartar remessa."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.descartar(ctx, p["remessa"], p["motivo"]))


def remessas_transmitida(p: Pedido) -> Resultado:
    """Marcar transmitida."""
    return _marcar(p, "transmitida")


def remessas_confirmada(p: Pedido) -> Resultado:
    """Marcar confirmada."""
    return _marcar(p, "confirmada")


def _marcar(p: Pedido, marca: str) -> Resultado:
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.marcar(ctx, p["remessa"], marca))


def remessas_imprimir(p: Pedido) -> Resultado:
    """Imprimir remessa."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    saida = p["saida"] or p.caminho.parent / f"remessa-{p['remessa']}.pdf"
    return p.na_pasta(lambda ctx: enviadas.imprimir(ctx, p["remessa"], saida))


def titulo_ver(p: Pedido) -> Resultado:
    """Ver um título."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    return p.na_pasta(lambda ctx: titulo.ver(ctx, p["numero"]))


def titulo_estornar(p: Pedido) -> Resultado:
    """Estornar título."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    encerrado = "NOTA CANCELADA" if p["nota_cancelada"] else "ESTORNADO"
    return p.na_pasta(lambda ctx: titulo.estornar(ctx, p["numero"], p["motivo"], encerrado))


def titulo_recomecar(p: Pedido) -> Resultado:
    """Começar de novo."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    return p.na_pasta(lambda ctx: titulo.recomecar(ctx, p["numero"], p["motivo"]))


def titulo_estornar_recebimento(p: Pedido) -> Resultado:
    """Estornar recebimento."""
    from guiche.servicos.titulos import recebimentos  # noqa: PLC0415

    return p.na_pasta(lambda ctx: recebimentos.estornar(ctx, p["numero"], p["lancamento"], p["motivo"]))


def titulo_cancelamento(p: Pedido) -> Resultado:
    """Resolver cancelamento."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    return p.na_pasta(lambda ctx: titulo.decidir_cancelamento(ctx, p["numero"], p["decisao"], p["motivo"]))


def titulo_receber(p: Pedido) -> Resultado:
    """Receber título."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    onde = titulo.Onde(p.dia_do_recebimento(), p["baixar_em"], p["conta"])
    return p.na_pasta(lambda ctx: titulo.receber_com_desconto(ctx, p["numero"], p["valor"], p["desconto"] or 0, onde))
