"""Confere um arquivo de cobrança antes de o mandar, ou depois de o receber; as regras são dados."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.exame import Achado, Exame
from guiche.arquivos.fichas import Ficha, Linha, agrupar, indice, ler_linhas
from guiche.arquivos.linhas import Fonte
from guiche.arquivos.regras_do_titulo import REGRAS, Repetidos, fora_do_dominio
from guiche.dominio.dinheiro import escrever_reais
from guiche.erros import ErroDeArquivo, Problema
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo, Registro

_PEDACO = 1 << 20
_PRIMEIRO, _ULTIMO = " ", "~"
_DO_LOTE = {"cabecalho_lote", "titulo", "complemento", "avulso", "rodape_lote"}
_TIPO, _DETALHE = slice(7, 8), "3"
"""Onde o CNAB 240 diz o tipo do registro: o detalhe conta na sequência do lote, conheça-o o layout ou não."""
_DO_ARQUIVO = {"cabecalho", "cabecalho_lote", "rodape_lote", "rodape"}
_CARTEIRAS = ("simples", "vinculada", "caucionada", "descontada")


def verificar_cobranca(origem: Path | bytes, fonte: str, hoje: date | None = None, layout: str = "") -> list[Achado]:
    """Tudo o que há de errado ou estranho no arquivo, em ordem de linha. Não levanta erro por conteúdo.

    ``layout`` manda conferir por ele; sem isso, pelo que o conteúdo mostra.
    """
    try:
        arquivo = abrir(origem, fonte, layout)
        for _ in arquivo.lotes():
            pass
        problemas = arquivo.problemas
        exame = Exame(arquivo, hoje)
        _dos_bytes(exame)
        _gerado(exame)
        _das_linhas(exame)
    except ErroDeArquivo as erro:
        return [Achado(f"CNAB.{erro.codigo}", "erro", 1, "", erro.mensagem, erro.fazer)]
    achados = {*(_do_problema(exame.prefixo, p) for p in problemas), *exame.fechar()}
    return sorted(achados, key=lambda a: (a.linha, a.regra, a.colunas))


def _do_problema(prefixo: str, p: Problema) -> Achado:
    colunas = f"{p.local.colunas[0]:03d}-{p.local.colunas[1]:03d}" if p.local.colunas else ""
    return Achado(f"{prefixo}.{p.codigo}", p.gravidade, p.local.linha or 1, colunas, p.mensagem, p.fazer)


def _dos_bytes(exame: Exame) -> None:
    """Fins de linha e fim de arquivo, que a leitura tolera."""
    crlf = cr = lf = 0
    ultimo = b""
    for pedaco in _pedacos(exame.arquivo.fonte):
        crlf, cr, lf = crlf + pedaco.count(b"\r\n"), cr + pedaco.count(b"\r"), lf + pedaco.count(b"\n")
        ultimo = pedaco[-1:] or ultimo
    banco, fim = exame.arquivo.banco, ler_toml("leitura/regras")["fim"]
    soltos = (cr - crlf) + (lf - crlf)
    if crlf and soltos:
        exame.anotar("A02", 1, f"{crlf} CR+LF e {soltos} de outro tipo")
    elif soltos:
        exame.anotar("A03" if banco in fim["de_linha"] else "A01", 1)
    if f"{banco}.{exame.arquivo.formato}" in fim["de_arquivo"] and ultimo != b"\x1a":
        exame.anotar("A04", 1)


def _pedacos(fonte: Fonte) -> Iterator[bytes]:
    """O arquivo aos pedaços, sem partir um CR+LF."""
    with fonte.abrir() as arquivo:
        while pedaco := arquivo.read(_PEDACO):
            yield pedaco + (arquivo.read(1) if pedaco.endswith(b"\r") else b"")


def _gerado(exame: Exame) -> None:
    if exame.hoje and exame.gerado_em and exame.gerado_em > exame.hoje:
        exame.anotar("A06", 1, f"{exame.gerado_em:%d/%m/%Y}")


def _das_linhas(exame: Exame) -> None:
    repetidos = Repetidos()
    for ficha in agrupar(_vigiar(exame)):
        for regra in REGRAS:
            regra(exame, ficha)
        repetidos(exame, ficha)


def _vigiar(exame: Exame) -> Iterator[Linha]:
    """Passa as linhas adiante, conferindo cada uma."""
    sequencia, lotes, totais = Sequencia(exame), Lotes(exame), Totais(exame)
    tem_titulo = False
    for linha in ler_linhas(exame.arquivo):
        sequencia(linha)
        if linha.registro:
            lotes(linha)
            totais(linha)
            _conteudo(exame, linha)
            if linha.papel in _DO_ARQUIVO:
                fora_do_dominio(exame, linha, registra=True)
            tem_titulo = linha.papel == "titulo" or (tem_titulo and linha.papel == "complemento")
            if linha.papel == "complemento" and not tem_titulo:
                exame.anotar("L04", linha, linha.registro.titulo)
        yield linha


def _conteudo(exame: Exame, linha: Linha) -> None:
    """Caracteres, fixos e reservados."""
    texto = linha.texto
    if not texto.isascii() or not texto.isprintable():
        achados = sorted({c for c in texto if not _PRIMEIRO <= c <= _ULTIMO})
        exame.anotar("A05", linha, ascii("".join(achados)))
    for campo, fixo in _previsiveis(linha.registro) if linha.registro else ():
        bruto = texto[campo.inicio - 1 : campo.fim]
        if fixo is None:
            if bruto.strip(" 0"):
                exame.anotar("A07", (linha, campo))
        elif bruto.rstrip() != fixo:
            exame.anotar("A08", (linha, campo), f"{bruto!a}, e não {fixo!r}")


@cache
def _previsiveis(registro: Registro) -> tuple[tuple[Campo, str | None], ...]:
    """Os campos de conteúdo sabido: o que o layout fixa, ou nada, se é reservado."""
    return tuple(
        (campo, campo.fixo.rstrip() if campo.fixo is not None else None)
        for campo in registro.campos
        if campo.fixo is not None or campo.tipo == "reservado"
    )


class Sequencia:
    """O número de cada registro: no arquivo, em 400; no lote, em 240."""

    def __init__(self, exame: Exame) -> None:
        self.exame, self.ordem, self.no_lote = exame, 0, 0

    def __call__(self, linha: Linha) -> None:
        """Confere o número da linha; quebrada a sequência, segue-se do número achado."""
        self.ordem += 1
        self.no_lote = 0 if linha.papel == "cabecalho_lote" else self.no_lote
        if linha.registro is None:
            self.no_lote += linha.texto[_TIPO] == _DETALHE and self.exame.arquivo.formato == "cnab240"
            return
        campos = indice(linha.registro)
        if campo := campos.get("sequencial_registro"):
            self.ordem = self._conferir(linha, campo, self.ordem)
        elif campo := campos.get("numero_sequencial_lote"):
            self.no_lote = self._conferir(linha, campo, self.no_lote + 1)

    def _conferir(self, linha: Linha, campo: Campo, certo: int) -> int:
        bruto = linha.bruto(campo)
        if bruto == f"{certo:0{campo.largura}d}":
            return certo
        self.exame.anotar("L01", (linha, campo), f"devia ser {certo}, veio {bruto!a}")
        return int(bruto) if bruto.isascii() and bruto.isdigit() else certo


class Lotes:
    """O número do lote, de 1 em 1, e repetido em cada linha dele; no retorno o banco numera como quer."""

    def __init__(self, exame: Exame) -> None:
        self.exame, self.lote = exame, 0

    def __call__(self, linha: Linha) -> None:
        """Confere o lote da linha."""
        if linha.registro is None or linha.papel not in _DO_LOTE:
            return
        campo = indice(linha.registro).get("lote_servico")
        if linha.papel == "cabecalho_lote":
            self.lote = self._do_cabecalho(linha, campo)
        if campo and linha.bruto(campo) != f"{self.lote:0{campo.largura}d}":
            self.exame.anotar("L02", (linha, campo), f"devia ser {self.lote}, veio {linha.bruto(campo)!a}")

    def _do_cabecalho(self, linha: Linha, campo: Campo | None) -> int:
        bruto = linha.bruto(campo) if campo else ""
        do_banco = self.exame.arquivo.sentido == "retorno" and bruto.isascii() and bruto.isdigit()
        return int(bruto) if do_banco else self.lote + 1


class Totais:
    """Os totais por carteira do trailer de lote, contra os títulos do lote; trailer que nada informa não se confere."""

    def __init__(self, exame: Exame) -> None:
        self.exame, self.quantos, self.soma = exame, 0, 0

    def __call__(self, linha: Linha) -> None:
        """Conta o título, ou confere o trailer."""
        if linha.papel == "cabecalho_lote":
            self.quantos = self.soma = 0
        elif linha.papel == "titulo":
            self.quantos += 1
            self.soma += Ficha((linha,)).centavos("valor_titulo") or 0
        elif linha.papel == "rodape_lote":
            ficha = Ficha((linha,))
            self._conferir(ficha, "quantidade_titulos", self.quantos, str)
            self._conferir(ficha, "valor_titulos", self.soma, lambda c: f"R$ {escrever_reais(c)}")

    def _conferir(self, ficha: Ficha, nome: str, certo: int, dizer: Any) -> None:
        ler = ficha.centavos if nome.startswith("valor") else ficha.ler
        informado = sum(ler(f"{nome}_{carteira}") or 0 for carteira in _CARTEIRAS)
        if informado not in {0, certo}:
            onde = ficha.achar(f"{nome}_simples") or ficha.linhas[0]
            self.exame.anotar("L03", onde, f"informa {dizer(informado)}, e os títulos dão {dizer(certo)}")
