"""Atos sobre optantes e fechamentos, prontos para se interromper: a preparação de cada um e o resumo do que deixa."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from guiche.livro import remessas
from guiche.livro.remessas import Remessa
from guiche.oficio.contexto import Contexto
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.cuidados.desfazer import desfazer
from guiche.servicos.debito.decisao import decidir
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.fechamentos import atos as fechamentos
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import CONTA, HOJE, cliente, gravar_tabela, ler, montar, na, retorno, titulo

DIA = HOJE + timedelta(days=10)
EMPRESA: dict[str, Any] = {
    "codigo": "E1", "nome": "Associação", "cnpj": "11222333000181", "banco": "001", "agencia": "4321", "conta": "98765",
    "conta_dv": "4", "vendedor": "Rita", "comissao": 0.02,
}  # fmt: skip
RESPOSTA = "banco.ret"


class Cena(NamedTuple):
    """Um ato: como se chega a ele, o que se faz e o que tem de resultar (``resumir``)."""

    preparar: Callable[[Path], Path]
    fazer: Callable[[Contexto], object]
    resumo: tuple[list[str], list[str], list[float], list[str]]


def resumir(caminho: Path) -> tuple[list[str], list[str], list[float], list[str]]:
    """Os pedidos sobre optantes, os cadastramentos, as comissões e as letras de cada remessa."""
    with na(caminho) as ctx:
        pedidos = ctx.livro.consultar("SELECT registro, cliente, situacao FROM pedido_cadastral ORDER BY id")
        todas = [no_disco(caminho, r) for r in remessas.listar(ctx.livro)[::-1]]
    return (
        [" ".join(p) for p in pedidos],
        [f"{c['registro']} {c['de_quem']} {c['situacao']}" for c in ler(caminho, "cadastramentos")],
        [c["valor"] for c in ler(caminho, "comissoes")],
        ["".join(linha[0] + linha[149].strip() for linha in p.read_text("ascii").splitlines()) for p in todas],
    )


def no_disco(caminho: Path, remessa: Remessa) -> Path:
    """Onde está o arquivo da remessa; o da descartada muda de nome, para que ninguém o mande."""
    fim = ".descartado" if remessa.situacao == "DESCARTADA" else ""
    return caminho.parent / f"{remessa.arquivo}{fim}"


def _pasta(onde: Path) -> Path:
    """Três optantes que o banco já conhece, e cujos débitos ele recusou; um fechamento de dois títulos."""
    pessoas = [cliente(f"C{n}", n + 1, empresa="E1") for n in range(3)]
    devidos = [titulo(f"T{n}", DIA, f"{10 + n}.50", f"C{n}") for n in range(3)]
    juntos = [titulo(f"F{n}", DIA, f"{30 + n}.25", f"C{n}", fechamento="F1") for n in range(2)]
    caminho = montar(
        onde, clientes=pessoas, titulos=[*devidos, *juntos], contas=[CONTA], empresas=[EMPRESA],
        fechamentos=[{"codigo": "F1", "empresa": "E1", "vencimento": DIA}],
    )  # fmt: skip
    with na(caminho) as ctx:
        gerar(ctx)
    _responder(caminho, ["01"] * 3, nsa=1)
    with na(caminho) as ctx:
        _importar(ctx)
    return caminho


def _responder(caminho: Path, codigos: list[str], *, nsa: int, registros: str = "") -> None:
    with na(caminho) as ctx:
        ultima = caminho.parent / remessas.listar(ctx.livro)[0].arquivo
    retorno(ultima, caminho.with_name(RESPOSTA), codigos, nsa=nsa, registros=registros)


def _importar(ctx: Contexto) -> object:
    return importar(ctx, ctx.pasta.caminho.with_name(RESPOSTA), baixar_em="CAIXA", confirmar=True)


def _mudar(caminho: Path, tabela: str, mudancas: dict[str, dict[str, Any]], chave: str) -> None:
    """O que a pessoa escreve numa aba."""
    aberta = PastaEmArquivo(caminho)
    gravar_tabela(aberta, tabela, [linha | mudancas.get(linha[chave], {}) for linha in ler(caminho, tabela)])
    aberta.salvar()


def _com_mudancas(onde: Path) -> Path:
    """C0 muda de identificação e C2 retira a autorização com um débito no banco."""
    caminho = _pasta(onde)
    with na(caminho) as ctx:
        gerar(ctx)
    _mudar(caminho, "clientes", {"C0": {"id_no_debito": "ID-0"}, "C2": {"autorizacao_cancelada": HOJE}}, "codigo")
    return caminho


def _por_descartar(onde: Path) -> Path:
    caminho = _com_mudancas(onde)
    with na(caminho) as ctx:
        gerar(ctx)
    return caminho


def _com_resposta(onde: Path) -> Path:
    """O banco recusa as duas mudanças, cadastra um optante e exclui outro, e fecha uma agência."""
    caminho = _pasta(onde)
    _mudar(caminho, "clientes", {"C0": {"id_no_debito": "ID-0"}, "C2": {"autorizacao_cancelada": HOJE}}, "codigo")
    with na(caminho) as ctx:
        gerar(ctx)
    _responder(caminho, ["00", "01"], nsa=2, registros="BHJTX")
    return caminho


def _respondida(onde: Path) -> Path:
    caminho = _com_resposta(onde)
    with na(caminho) as ctx:
        _importar(ctx)
    return caminho


def _por_decidir(onde: Path) -> Path:
    caminho = _respondida(onde)
    _mudar(caminho, "cadastramentos", {"INCLUSÃO": {"decisao": "ACEITAR"}, "EXCLUSÃO": {"decisao": "RECUSAR"}},
           "registro")  # fmt: skip
    return caminho


def _por_baixar(onde: Path) -> Path:
    caminho = _pasta(onde)
    with na(caminho) as ctx:
        fechamentos.gerar(ctx, "", ["F1"])
    _responder(caminho, ["00"], nsa=2)
    return caminho


def _baixado(onde: Path) -> Path:
    caminho = _por_baixar(onde)
    with na(caminho) as ctx:
        _importar(ctx)
    return caminho


_RECUSADOS = ["D C0 RECUSADO", "D C2 RECUSADO"]
_ABERTOS = ["INCLUSÃO C0 A DECIDIR", "EXCLUSÃO C1 A DECIDIR"]
_DO_H = ["ALTERAÇÃO RECUSADA C0 INFORMADO", "EXCLUSÃO RECUSADA C2 INFORMADO"]
_PRIMEIRA, _DOS_DOIS = "AE0E0E0Z", "AD0E0E0D1Z"
CENAS = {
    "exclusao": Cena(
        _com_mudancas, gerar,
        (["D C0 ENVIADO", "D C2 ENVIADO"], [], [], [_PRIMEIRA, _PRIMEIRA, "AD0E1D1Z"]),
    ),
    "descartar": Cena(
        _por_descartar, lambda ctx: desfazer(ctx, "engano"),
        (["D C0 DESISTIDO", "D C2 DESISTIDO"], [], [], [_PRIMEIRA, _PRIMEIRA, "AD0E1D1Z"]),
    ),
    "registros": Cena(_com_resposta, _importar, (_RECUSADOS, [*_ABERTOS, *_DO_H], [], [_PRIMEIRA, _DOS_DOIS])),
    "decidir": Cena(
        _por_decidir, lambda ctx: decidir(ctx, None, None),
        ([*_RECUSADOS, "C C1 NA FILA"], ["INCLUSÃO C0 ACEITO", "EXCLUSÃO C1 RECUSADO", *_DO_H], [],
         [_PRIMEIRA, _DOS_DOIS]),
    ),
    "desfazer_registros": Cena(
        _respondida, lambda ctx: desfazer(ctx, "engano"),
        (["D C0 ENVIADO", "D C2 ENVIADO"], ["INCLUSÃO C0 INFORMADO", "EXCLUSÃO C1 INFORMADO", *_DO_H], [],
         [_PRIMEIRA, _DOS_DOIS]),
    ),
    "fechamento": Cena(
        _pasta, lambda ctx: fechamentos.gerar(ctx, "", ["F1"]), ([], [], [], [_PRIMEIRA, "AE0Z"]),
    ),
    "comissao": Cena(_por_baixar, _importar, ([], [], [1.23], [_PRIMEIRA, "AE0Z"])),
    "desfazer": Cena(
        _baixado, lambda ctx: desfazer(ctx, "engano"), ([], [], [1.23, -1.23], [_PRIMEIRA, "AE0Z"]),
    ),
}  # fmt: skip
