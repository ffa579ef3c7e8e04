"""Confere um arquivo de débito antes de o mandar, ou depois de o receber: uma regra por função."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from typing import Any

from guiche.arquivos.debito150 import Arquivo, ler
from guiche.arquivos.exame import Achado
from guiche.bancos.codigos import interpretar
from guiche.bancos.perfil import perfil
from guiche.dominio import cpf_cnpj
from guiche.dominio.dinheiro import escrever_reais
from guiche.erros import ErroDeArquivo, ErroDeCampo, Problema
from guiche.layout.carga import carregar

Regra = Callable[[Arquivo], Iterator[Achado]]


def verificar(conteudo: bytes, fonte: str, hoje: date | None = None) -> list[Achado]:
    """Tudo o que há de errado ou estranho no arquivo, em ordem de linha. Não levanta erro por conteúdo."""
    try:
        arquivo = ler(conteudo, fonte)
    except ErroDeArquivo as erro:
        return [Achado(f"D150.{erro.codigo}", "erro", 1, "", erro.mensagem, erro.fazer)]
    achados = [_do_problema(p) for p in (*arquivo.erros, *arquivo.problemas)]
    if not arquivo.erros:
        for regra in REGRAS:
            try:
                achados += regra(arquivo)
            except ErroDeCampo as erro:
                achados.append(Achado("D150.CAMPO", "erro", _linha(erro), "", erro.mensagem, erro.fazer))
    if hoje and arquivo.data_geracao and arquivo.data_geracao > hoje:
        achados.append(
            Achado(
                "D150.A07",
                "aviso",
                1,
                "066-073",
                "a data de geração está no futuro",
                "Confira o relógio de quem gerou.",
            )
        )
    return sorted(set(achados), key=lambda a: (a.linha, a.regra))


def _linha(erro: ErroDeCampo) -> int:
    return (erro.local.linha if erro.local else None) or 1


def _do_problema(p: Problema) -> Achado:
    colunas = f"{p.local.colunas[0]:03d}-{p.local.colunas[1]:03d}" if p.local.colunas else ""
    return Achado(f"D150.{p.codigo}", p.gravidade, p.local.linha or 1, colunas, p.mensagem, p.fazer)


def _colunas(arquivo: Arquivo, letra: str, *nomes: str) -> list[tuple[Any, ...]]:
    registro = carregar(arquivo.layout).registros.get(letra)
    existem = {campo.nome for campo in registro.campos} if registro else set()
    return list(chain.from_iterable(arquivo.detalhes(letra, nomes))) if existem.issuperset(nomes) else []


def _nsa(arquivo: Arquivo) -> Iterator[Achado]:
    if not arquivo.nsa:
        yield Achado("D150.A08", "erro", 1, "074-079", "o NSA está zerado", "gere o arquivo com o próximo NSA")


def _literal(arquivo: Arquivo) -> Iterator[Achado]:
    servico = str(arquivo.cabecalho["identificacao_servico"])
    esperado = perfil(arquivo.banco).servico
    if arquivo.sentido == "remessa" and servico != esperado:
        yield Achado("D150.A10", "aviso", 1, "082-098", f"o banco costuma pedir {esperado!r}", "confira com o banco")


def _vencimento(arquivo: Arquivo) -> Iterator[Achado]:
    gerado = arquivo.data_geracao
    for n, dia in _colunas(arquivo, "E", "data_vencimento"):
        if dia is None or (gerado and dia < gerado):
            mensagem = "o vencimento falta ou é anterior à geração do arquivo"
            yield Achado("D150.E05", "erro", n, "", mensagem, "corrija o vencimento")


def _valor(arquivo: Arquivo) -> Iterator[Achado]:
    for n, valor in _colunas(arquivo, "E", "valor_debito"):
        if not valor:
            mensagem = "valor zero: só mantém viva a autorização, nada se debita"
            yield Achado("D150.E06", "aviso", n, "", mensagem, "confira se é isso que se quer")


def _repetidos(arquivo: Arquivo) -> Iterator[Achado]:
    letra = "E" if arquivo.sentido == "remessa" else "F"
    linhas = _colunas(arquivo, letra, "uso_empresa", "codigo_movimento")
    vezes = Counter(chave[1:] for chave in linhas if chave[1].strip())
    for n, uso, movimento in linhas:
        if vezes[uso, movimento] > 1:
            yield Achado("D150.E08", "erro", n, "", "uso da empresa repetido no arquivo", "cada débito tem a sua chave")


def _movimento(arquivo: Arquivo) -> Iterator[Achado]:
    for registro in carregar(arquivo.layout).registros.values():
        dominios = [campo for campo in registro.campos if campo.nome == "codigo_movimento" and campo.dominio]
        for campo in dominios:
            for n, movimento in _colunas(arquivo, registro.codigo, "codigo_movimento"):
                if movimento not in campo.dominio:
                    mensagem = f"o movimento {movimento!a} não existe neste registro"
                    yield Achado("D150.MOV", "erro", n, campo.posicao, mensagem, "confira com o manual")


def _documento(arquivo: Arquivo) -> Iterator[Achado]:
    for n, tipo, documento in _colunas(arquivo, "E", "tipo_identificacao", "identificacao"):
        tamanho, nome = (11, "CPF") if tipo == "2" else (14, "CNPJ")
        if documento[:-tamanho].strip("0") or cpf_cnpj.tipo(documento[-tamanho:]) != nome:
            yield Achado("D150.E10", "erro", n, "131-145", f"{nome} inválido", "corrija o documento do cliente")


def _falta_j(arquivo: Arquivo) -> Iterator[Achado]:
    if perfil(arquivo.banco).exige_j and not any(linha[0] == "J" for linha in arquivo.linhas):
        yield Achado("D150.J", "erro", len(arquivo.linhas), "", "o banco exige o registro J", "gere com o registro J")


def _reservado(arquivo: Arquivo) -> Iterator[Achado]:
    registros = carregar(arquivo.layout).registros
    vazios = {r.codigo: [c for c in r.campos if c.tipo == "reservado"] for r in registros.values()}
    for n, linha in enumerate(arquivo.linhas, 1):
        for campo in vazios[linha[0]]:
            if linha[campo.inicio - 1 : campo.fim].strip(" "):
                mensagem = "há conteúdo em parte reservada"
                yield Achado("D150.RES", "aviso", n, campo.posicao, mensagem, "deixe em branco")


def _caracteres(arquivo: Arquivo) -> Iterator[Achado]:
    """Na remessa, o banco lê só maiúsculas sem acento; no retorno, o que vier serve."""
    if arquivo.sentido == "remessa":
        for n, linha in enumerate(arquivo.linhas, 1):
            if not linha.isascii() or linha != linha.upper():
                mensagem = "há minúsculas, acentos ou sinais que o banco pode não ler"
                yield Achado("D150.CAR", "aviso", n, "", mensagem, "grave só maiúsculas sem acento")


def _totais_debitados(arquivo: Arquivo) -> Iterator[Achado]:
    """O registro T conta só o que foi de fato debitado."""
    linhas_f = _colunas(arquivo, "F", "codigo_retorno", "codigo_movimento", "valor")
    debitados = [
        valor or 0
        for _, codigo, movimento, valor in linhas_f
        if interpretar(arquivo.banco, arquivo.versao, movimento, codigo).classe.startswith("DEBITADO")
    ]
    for n, quantos, total in _colunas(arquivo, "T", "total_debitados", "valor_debitado"):
        if (quantos, total) != (len(debitados), sum(debitados)):
            mensagem = (
                f"o T informa {quantos} débitos, R$ {escrever_reais(total or 0)}; as linhas dão {len(debitados)}, "
                f"R$ {escrever_reais(sum(debitados))}"
            )
            yield Achado("D150.T", "aviso", n, "002-024", mensagem, "confira com o banco se falta retorno")


REGRAS: tuple[Regra, ...] = (
    _nsa, _literal, _vencimento, _valor, _repetidos, _movimento, _documento, _falta_j, _reservado,
    _caracteres, _totais_debitados,
)  # fmt: skip
