"""Ler, explicar e verificar um arquivo do banco, sem pasta de trabalho."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

from guiche.arquivos import cobranca, debito150
from guiche.arquivos.cobranca_json import ler_json as cobranca_json
from guiche.arquivos.cobranca_json import resumir
from guiche.arquivos.deteccao import COBRANCA, detectar
from guiche.arquivos.exame import Achado
from guiche.arquivos.explicar import LinhaExplicada, ler_json
from guiche.arquivos.explicar import explicar as explicar_linhas
from guiche.arquivos.explicar_cobranca import explicar_cobranca
from guiche.arquivos.linhas import Fonte
from guiche.arquivos.plano import formato_com_variante
from guiche.arquivos.verificar import verificar as verificar_debito
from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.bancos.ocorrencias import comando, ocorrencia
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.texto import contar
from guiche.erros import ErroDeArquivo, Local, Problema, do_sistema
from guiche.oficio.resultado import Resultado

COLUNAS = ("Linha", "Registro", "Campo", "Nome", "Posição", "Conteúdo", "Valor", "Significado", "Origem")
_NOMES = {
    "valor_titulo": "Títulos", "valor_pago": "Pago", "valor_liquido": "Creditado", "valor_tarifa": "Tarifas",
    "valor_juros_multa": "Juros e multa", "valor_desconto": "Descontos", "valor_abatimento": "Abatimentos",
    "valor_iof": "IOF",
}  # fmt: skip


def conteudo_de(caminho: Path) -> bytes:
    """Os bytes do arquivo.

    Raises:
        ErroDeArquivo: ``arquivo.ausente``.
    """
    try:
        return caminho.read_bytes()
    except OSError as erro:
        texto = f"não foi possível abrir: {do_sistema(erro)}"
        raise ErroDeArquivo("arquivo.ausente", texto, local=Local(caminho.name)) from erro


def _abrir(caminho: Path) -> debito150.Arquivo:
    return debito150.ler(conteudo_de(caminho), caminho.name)


def _e_cobranca(caminho: Path) -> bool:
    return detectar(Fonte(caminho.name, caminho).inicio()) == COBRANCA


def ler(caminho: Path, layout: str = "") -> Resultado:
    """O conteúdo do arquivo, registro a registro; o layout, sendo de cobrança, é o dito ou o que o conteúdo mostra."""
    return _ler_cobranca(caminho, layout) if layout or _e_cobranca(caminho) else _ler_debito(caminho)


def _ler_cobranca(caminho: Path, dito: str) -> Resultado:
    """Sem ``--json`` só se soma, sem guardar os títulos."""
    arquivo = cobranca.abrir(caminho, layout=dito)
    resumo = resumir(arquivo)
    layout = arquivo.layout
    formato = arquivo.formato.replace("cnab", "CNAB ")
    relato = [
        f"{caminho.name}: {formato} de cobrança, {arquivo.sentido}, {layout.banco_nome} ({arquivo.banco}).",
        f"Layout {layout.apelido}: {contar(resumo.titulos, 'título')}.",
    ]
    relato += [f"{_NOMES[campo]}: R$ {escrever_reais(soma)}." for campo, soma in resumo.totais.items() if soma]
    relato += [f"Com Pix: {contar(resumo.pix, 'título')}."] if resumo.pix else []
    relato += [f"{vezes:>7} × {_dizer(arquivo, codigo)}" for codigo, vezes in resumo.ocorrencias.items()]
    return Resultado(
        "arquivo ler", tuple(relato), {}, arquivo.problemas, detalhar=lambda: cobranca_json(arquivo), so_dados=True,
        feito=not arquivo.erros,
    )  # fmt: skip


def _dizer(arquivo: cobranca.Cobranca, codigo: str) -> str:
    """O código e o que ele quer dizer neste banco."""
    formato = formato_com_variante(arquivo.layout)
    if arquivo.sentido == "remessa":
        return f"{codigo or '(sem código)'} {comando(arquivo.banco, formato, codigo).texto}"
    return f"{codigo} {ocorrencia(arquivo.banco, formato, codigo).texto}"


def _ler_debito(caminho: Path) -> Resultado:
    arquivo = _abrir(caminho)
    total = arquivo.trailer.get("valor_total") or 0
    relato = (
        f"{arquivo.fonte}: débito automático, versão {arquivo.versao}, {arquivo.sentido} do banco {arquivo.banco}.",
        f"Convênio {arquivo.convenio}, NSA {arquivo.nsa}, {contar(len(arquivo.linhas), 'linha')}, "
        f"R$ {escrever_reais(total)}.",
    )
    problemas = (*arquivo.erros, *arquivo.problemas)
    return Resultado("arquivo ler", relato, ler_json(arquivo), problemas, so_dados=True, feito=not arquivo.erros)


def explicar(caminho: Path, saida: Path | None = None) -> Resultado:
    """Cada linha aberta em campos: posição, nome, conteúdo, valor e significado (I-01, S-02)."""
    linhas, problemas = _explicacao(caminho)
    if saida is not None:
        from guiche.planilha.lista import gravar_lista  # noqa: PLC0415

        gravar_lista(saida, [("Arquivo explicado", COLUNAS, linhas)])
    relato = []
    for i in linhas:
        valor = f" = {i.valor}" if i.valor else ""
        sentido = f"  ({i.significado})" if i.significado else ""
        relato.append(f"{i.linha:>5} {i.registro} {i.posicao} {i.nome:<44} [{i.bruto}]{valor}{sentido}")
    dados = {"linhas": [i._asdict() for i in linhas]}
    return Resultado("arquivo explicar", tuple(relato), dados, problemas, (saida,) if saida else (), so_dados=True)


def _explicacao(caminho: Path) -> tuple[list[LinhaExplicada], tuple[Problema, ...]]:
    if _e_cobranca(caminho):
        de_cobranca = cobranca.abrir(caminho)
        linhas = list(explicar_cobranca(de_cobranca))
        return linhas, de_cobranca.problemas
    arquivo = _abrir(caminho)
    return list(explicar_linhas(arquivo)), (*arquivo.erros, *arquivo.problemas)


def verificar(caminho: Path, hoje: date, layout: str = "") -> Resultado:
    """O que um banco recusaria ou estranharia: regra, gravidade, posição, razão e remédio (I-06)."""
    achados = _achados(caminho, hoje, layout)
    relato = [
        f"{a.gravidade.upper():<5} {a.regra} linha {a.linha} {a.colunas}: {a.mensagem}\n      remédio: {a.remedio}"
        for a in achados
    ]
    erros = sum(a.gravidade == "erro" for a in achados)
    relato.append(f"{caminho.name}: {contar(erros, 'erro')}, {contar(len(achados) - erros, 'aviso')}.")
    dados = {"achados": [a._asdict() for a in achados]}
    return Resultado("arquivo verificar", tuple(relato), dados, so_dados=True, feito=not erros)


def _achados(caminho: Path, hoje: date, layout: str) -> list[Achado]:
    """O que não se reconhece também é achado, e não erro."""
    if layout:
        return verificar_cobranca(caminho, caminho.name, hoje, layout)
    with suppress(ErroDeArquivo):
        if _e_cobranca(caminho):
            return verificar_cobranca(caminho, caminho.name, hoje)
    return verificar_debito(conteudo_de(caminho), caminho.name, hoje)
