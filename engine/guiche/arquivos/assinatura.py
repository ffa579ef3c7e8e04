"""De que layout de cobrança é um arquivo, pelo conteúdo; as assinaturas são dados."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from guiche.erros import ErroDeArquivo, Local
from guiche.layout.carga import carregar, existe, ler_toml
from guiche.layout.modelo import Layout

Marcas = tuple[tuple[int, str], ...]
_COBRANCA = ("01",)
_SERVICO, _COLUNAS_DO_SERVICO = slice(9, 11), (10, 11)


class Identidade(NamedTuple):
    """O que o arquivo é."""

    formato: str
    """``cnab240``, ``cnab400`` ou ``cnab444``."""
    banco: str
    sentido: str
    layout: Layout
    aviso: str = ""
    """O que o cabeçalho diz de extraordinário."""


class _Familia(NamedTuple):
    formato: str
    primeira: Marcas
    banco: tuple[int, int]
    banco_fixo: str
    sentido: tuple[int, int]
    sentidos: Mapping[str, str]
    do_retorno: Marcas
    da_remessa: Marcas
    avisos: Mapping[str, str]


def _marcas(tabela: Mapping[str, str]) -> Marcas:
    return tuple((int(col.partition("-")[0]), texto) for col, texto in tabela.items())


def _faixa(col: str) -> tuple[int, int]:
    inicio, _, fim = col.partition("-")
    return (int(inicio), int(fim)) if fim else (0, 0)


def _tem(marcas: Marcas, linha: str) -> bool:
    return all(linha.startswith(texto, inicio - 1) for inicio, texto in marcas)


@cache
def _familias() -> tuple[_Familia, ...]:
    return tuple(
        _Familia(
            f["formato"], _marcas(f["primeira"]), _faixa(f.get("banco", "")), f.get("banco_fixo", ""),
            _faixa(f["sentido"]), f["sentidos"], _marcas(f.get("do_retorno", {})), _marcas(f.get("da_remessa", {})),
            f.get("avisos", {}),
        )
        for f in ler_toml("leitura/assinaturas")["familias"]
    )  # fmt: skip


def familia_de(primeira: str) -> str:
    """O formato de cobrança a que a primeira linha pertence; vazio se a nenhum.

    >>> familia_de("02RETORNO01COBRANCA".ljust(76) + "341"), familia_de("00100000".ljust(142) + "2"), familia_de("A1")
    ('cnab400', 'cnab240', '')
    """
    familia = _achar(primeira)
    return familia.formato if familia else ""


def _achar(primeira: str) -> _Familia | None:
    return next((f for f in _familias() if _tem(f.primeira, primeira) and _banco(f, primeira)), None)


def _banco(familia: _Familia, primeira: str) -> str:
    """O banco que a linha diz; vazio se ela é curta demais ou ali não há número."""
    banco = familia.banco_fixo or primeira[familia.banco[0] - 1 : familia.banco[1]]
    inteira = len(primeira) >= max(familia.banco[1], familia.sentido[1])
    return banco if inteira and banco.isascii() and banco.isdigit() else ""


def identificar(linhas: Sequence[str], fonte: str = "arquivo") -> Identidade:
    """O layout de um arquivo de cobrança, pelas suas primeiras linhas (sem as vazias).

    Raises:
        ErroDeArquivo: não é cobrança, o cabeçalho se contradiz ou não há layout para ele.
    """
    familia = _achar(linhas[0])
    if familia is None:
        raise ErroDeArquivo("arquivo.formato", "a primeira linha não é um cabeçalho CNAB", local=Local(fonte, 1))
    banco = _banco(familia, linhas[0])
    if familia.formato == "cnab240":
        _recusar_outro_servico(familia, linhas, fonte)
    sentido = _sentido(familia, linhas, fonte)
    layout = _layout(familia.formato, banco, sentido, linhas)
    if layout is None:
        razao = f"não há layout de {familia.formato} de {sentido} para o banco {banco}"
        raise ErroDeArquivo("arquivo.banco", razao, local=Local(fonte, 1, familia.banco))
    inicio, fim = familia.sentido
    return Identidade(layout.formato, banco, sentido, layout, familia.avisos.get(linhas[0][inicio - 1 : fim], ""))


def _recusar_outro_servico(familia: _Familia, linhas: Sequence[str], fonte: str) -> None:
    """Pagamentos e extratos têm o mesmo cabeçalho de arquivo; é o do lote que diz o serviço."""
    if any(_tem(familia.do_retorno, x) or _tem(familia.da_remessa, x) for x in linhas):
        return
    lote = next(((n, x) for n, x in enumerate(linhas, 1) if x[7:8] == "1"), None)
    if lote and lote[1][_SERVICO] not in _COBRANCA:
        razao = f"o lote é do serviço {lote[1][_SERVICO]!a}: não é cobrança"
        raise ErroDeArquivo("arquivo.servico", razao, local=Local(fonte, lote[0], _COLUNAS_DO_SERVICO))


def _sentido(familia: _Familia, linhas: Sequence[str], fonte: str) -> str:
    """O que o cabeçalho diz; se ele nada diz, vale o que os segmentos mostram."""
    inicio, fim = familia.sentido
    dito = familia.sentidos.get(linhas[0][inicio - 1 : fim], "")
    marcas = (("retorno", familia.do_retorno), ("remessa", familia.da_remessa))
    vistos = {nome for nome, marca in marcas if marca and any(_tem(marca, x) for x in linhas)}
    if dito and vistos <= {dito}:
        return dito
    if not dito and len(vistos) == 1:
        return vistos.pop()
    razao = "o cabeçalho não diz se é remessa ou retorno, e os segmentos não o mostram"
    if dito:
        razao = f"o cabeçalho diz {dito}, mas há segmentos de {' e de '.join(sorted(vistos))}"
    raise ErroDeArquivo("arquivo.sentido", razao, local=Local(fonte, 1, familia.sentido))


def _layout(formato: str, banco: str, sentido: str, linhas: Sequence[str]) -> Layout | None:
    titulo = next((x for x in linhas[1:] if x[:1] not in "09"), "")
    for variante in ler_toml("leitura/assinaturas")["variantes"]:
        for nome in variante["layouts"]:
            do_banco, inteiro, do_sentido = nome.split(".")
            if (do_banco, do_sentido) != (banco, sentido) or inteiro[:5] != formato[:5]:
                continue
            if _confere(variante, linhas[0], titulo) and _mesma_familia(inteiro, formato):
                return carregar(f"cnab/{nome}")
    nome = f"cnab/{banco}.{formato}.{sentido}"
    return carregar(nome) if existe(nome) else None


def _mesma_familia(inteiro: str, formato: str) -> bool:
    return inteiro.partition("_")[0] == formato or (formato, inteiro) == ("cnab400", "cnab444")


def _confere(variante: Mapping[str, Any], primeira: str, titulo: str) -> bool:
    largura = variante.get("largura_do_titulo", 0)
    return (
        _tem(_marcas(variante.get("primeira", {})), primeira)
        and _tem(_marcas(variante.get("titulo", {})), titulo)
        and (not largura or len(titulo.rstrip()) == largura)
    )
