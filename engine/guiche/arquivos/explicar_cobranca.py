"""Um arquivo de cobrança aos olhos de gente: cada linha aberta em campos, e cada código no que quer dizer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from functools import cache

from guiche.arquivos.cobranca import Cobranca
from guiche.arquivos.explicar import LinhaExplicada
from guiche.arquivos.plano import campos_do_dado, formato_com_variante, partir_motivos, regra_do
from guiche.bancos.ocorrencias import comando, motivo, ocorrencia
from guiche.erros import ErroDeCampo
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo, Layout, Registro
from guiche.layout.valores import ler_campo

_DO_TITULO = frozenset({"titulo", "complemento"})
_ILEGIVEL = "(ilegível)"


@cache
def rotulo(nome: str) -> str:
    """O nome do campo como se diz a uma pessoa.

    >>> rotulo("codigo_ocorrencia"), rotulo("pagador_cep"), rotulo("data_desconto_2")
    ('Código ocorrência', 'Pagador CEP', 'Data desconto 2')
    """
    palavras = ler_toml("leitura/palavras")
    texto = " ".join(palavras.get(p, p) for p in nome.split("_"))
    return texto[:1].upper() + texto[1:]


def explicar_cobranca(arquivo: Cobranca) -> Iterator[LinhaExplicada]:
    """Abre cada linha em seus campos; linha que o layout não conhece vem inteira."""
    for bloco in arquivo.blocos():
        for n, linha in zip(bloco.numeros, bloco.linhas, strict=True):
            registro = arquivo.layout.reconhecer(linha)
            if registro is None:
                posicao = f"001-{len(linha):03d}"
                yield LinhaExplicada(n, "", "", "", posicao, linha, "", "não é linha deste layout")
                continue
            for campo in registro.campos:
                yield _campo(arquivo.layout, registro, campo, n, linha)


def _campo(layout: Layout, registro: Registro, campo: Campo, n: int, linha: str) -> LinhaExplicada:
    bruto = linha[campo.inicio - 1 : campo.fim]
    sentido = _significado(layout, registro, campo, linha)
    aparado = bruto.rstrip(" ") if regra_do(layout).get("aparar") and campo.tipo != "texto" and bruto.strip() else bruto
    return LinhaExplicada(
        n, registro.codigo, campo.nome, rotulo(campo.nome), campo.posicao, bruto, valor_de(campo, aparado), sentido,
        "; ".join(filter(None, (layout.fonte, *registro.fontes, campo.manual))),
    )  # fmt: skip


def valor_de(campo: Campo, bruto: str) -> str:
    """O valor lido; o fixo que difere não é erro, porque os bancos mudam literais e versões."""
    if campo.tipo == "reservado":
        return ""
    if campo.tipo == "texto":
        return bruto.strip()
    try:
        lido = ler_campo(campo, bruto, None)
    except ErroDeCampo:
        return _ILEGIVEL
    if campo.tipo == "valor" and lido is not None:
        return str(Decimal(lido).scaleb(-campo.decimais))
    if isinstance(lido, date | time):
        return lido.isoformat()
    return "" if lido is None else str(lido)


def _significado(layout: Layout, registro: Registro, campo: Campo, linha: str) -> str:
    bruto = linha[campo.inicio - 1 : campo.fim]
    regra = regra_do(layout)
    if campo.nome in regra["codigo_movimento"] and registro.papel in _DO_TITULO:
        return _codigo(layout, bruto.strip())
    if campo.nome in _nomes_dos_motivos(layout) and registro.papel in _DO_TITULO:
        return _motivos(layout, registro, campo, linha)
    if campo.fixo is not None and bruto.rstrip() != campo.fixo.rstrip():
        return f"o layout diz {campo.fixo!r}"
    return campo.dominio.get(bruto, campo.nota)


def _codigo(layout: Layout, codigo: str) -> str:
    formato = formato_com_variante(layout)
    if layout.sentido == "retorno":
        return ocorrencia(layout.banco, formato, codigo).texto
    return comando(layout.banco, formato, codigo).texto


@cache
def _nomes_dos_motivos(layout: Layout) -> frozenset[str]:
    return frozenset(nome for candidato in regra_do(layout).get("motivos", ()) for nome in candidato.split("+"))


def _motivos(layout: Layout, registro: Registro, campo: Campo, linha: str) -> str:
    """Os do campo; os outros com que ele se lê vão em branco, para cada um ficar no seu lugar."""
    existem = {c.nome: c for r in layout.registros.values() if r.papel in _DO_TITULO for c in r.campos if c.nome}
    nomes = campos_do_dado(regra_do(layout), "motivos", existem)
    este = linha[campo.inicio - 1 : campo.fim].ljust(campo.largura)
    bruto = "".join(este if nome == campo.nome else " " * existem[nome].largura for nome in nomes)
    de = next((c for c in registro.campos if c.nome in regra_do(layout)["codigo_movimento"]), None)
    codigo = linha[de.inicio - 1 : de.fim].strip() if de else ""
    partes = partir_motivos(layout, codigo, bruto)
    formato = formato_com_variante(layout)
    return " | ".join(f"{p}: {motivo(layout.banco, formato, codigo, p).texto}" for p in partes)
