"""O que querem dizer os códigos da cobrança: ocorrências e motivos do retorno, comandos da remessa.

As tabelas são de cada banco (``layouts/codigos/cobranca/``). O padrão FEBRABAN de 240
posições só completa o que não é dinheiro: pagamento que a tabela do banco não diz é
DESCONHECIDA. O banco sem tabela em CNAB 240 segue o padrão inteiro.

``formato`` é o do layout com a variante: ``cnab240``, ``cnab400``, ``cnab400_cnr``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from guiche.erros import ErroDeRegra
from guiche.layout.carga import existe, ler_toml

PADRAO, FORMATO_PADRAO = "000", "cnab240"
PAGAS = frozenset({"LIQUIDACAO", "LIQUIDACAO_PARCIAL"})
"""As classes em que entrou dinheiro do título."""
_SO_O_BANCO_DIZ = PAGAS | {"PAGAMENTO_AVISADO", "PAGAMENTO_DESFEITO", "BAIXA"}
_CAMPOS = ("texto", "acao", "quem", "gravidade", "campo")
_Chave = tuple[str, str]
_ChaveDeMotivo = tuple[str, str, str]


class Ocorrencia(NamedTuple):
    """Uma ocorrência do retorno: o que houve, o que fazer e quem age."""

    codigo: str
    classe: str
    """Uma de ``classes()``."""
    texto: str
    acao: str
    quem: str
    gravidade: str
    campo: str
    """O que corrigir; vazio se nada."""
    paga: bool = False
    """Se é baixa porque já se pagou: o título não volta à cobrança."""


class Motivo(NamedTuple):
    """Um motivo: por que houve a ocorrência."""

    codigo: str
    texto: str
    acao: str
    quem: str
    gravidade: str
    campo: str
    conhecido: bool = True
    classe: str = ""
    """A classe que a ocorrência passa a ter com este motivo; vazia se é a dela."""
    paga: bool = False
    """Se diz que a baixa é porque já se pagou."""


class Comando(NamedTuple):
    """Um comando de remessa: o código do banco e o que se pede com ele."""

    codigo: str
    pedido: str
    """Um de ``pedidos()``; vazio se o código não é conhecido."""
    texto: str


@cache
def classes() -> Mapping[str, str]:
    """As classes de ocorrência e o nome de cada uma; a lista é fechada."""
    return {classe: verbete["nome"] for classe, verbete in ler_toml("codigos/cobranca")["classes"].items()}


@cache
def pedidos() -> Mapping[str, str]:
    """O que se pode pedir numa remessa, em qualquer banco; a lista é fechada."""
    return dict(ler_toml("codigos/cobranca")["pedidos"])


def _tabela(banco: str) -> Mapping[str, Any]:
    nome = f"codigos/cobranca/{banco}"
    return ler_toml(nome) if banco.isascii() and banco.isdigit() and existe(nome) else {}


@cache
def _ocorrencias(banco: str) -> Mapping[_Chave, Ocorrencia]:
    return {
        (formato, linha["codigo"]): Ocorrencia(
            linha["codigo"], linha["classe"], **{c: linha.get(c, "") for c in _CAMPOS}, paga=linha.get("paga", False)
        )
        for linha in _tabela(banco).get("ocorrencias", ())
        for formato in linha["formatos"]
    }


@cache
def _motivos(banco: str) -> Mapping[_ChaveDeMotivo, Mapping[str, Motivo]]:
    """(formato, ocorrência, lugar) → código → motivo; ocorrência ``*`` vale para todas."""
    tabela: dict[_ChaveDeMotivo, dict[str, Motivo]] = {}
    for linha in _tabela(banco).get("motivos", ()):
        textos = {c: linha.get(c, "") for c in (*_CAMPOS, "classe")}
        achado = Motivo(linha["codigo"], **textos, paga=linha.get("paga", False))
        for formato in linha["formatos"]:
            for ocorrencia in linha["ocorrencias"]:
                tabela.setdefault((formato, ocorrencia, linha.get("lugar", "")), {})[achado.codigo] = achado
    return tabela


@cache
def _comandos(banco: str) -> Mapping[str, tuple[Comando, ...]]:
    tabela: dict[str, list[Comando]] = {}
    for linha in _tabela(banco).get("comandos", ()):
        for formato in linha["formatos"]:
            comando = Comando(linha["codigo"], linha["pedido"], pedidos()[linha["pedido"]])
            tabela.setdefault(formato, []).append(comando)
    return {formato: tuple(lista) for formato, lista in tabela.items()}


@cache
def _formato_da_tabela(tabela: str, banco: str, formato: str) -> str:
    """O formato pelo qual procurar: a variante, se tem tabela sua; senão o formato sem ela."""
    chaves: Mapping[str, set[str]] = {
        "ocorrencias": {f for f, _ in _ocorrencias(banco)},
        "motivos": {f for f, _, _ in _motivos(banco)},
        "comandos": set(_comandos(banco)),
    }
    inteiro, _, _ = formato.partition("_")
    candidatos = (formato, inteiro, "cnab400" if inteiro == "cnab444" else "")
    return next((f for f in candidatos if f in chaves[tabela]), "")


@cache
def ocorrencia(banco: str, formato: str, codigo: str) -> Ocorrencia:
    """O que quer dizer a ocorrência neste banco e formato.

    Código que não está em tabela nenhuma é DESCONHECIDA, e nunca vale como pago.

    >>> ocorrencia("341", "cnab400", "06").classe, ocorrencia("033", "cnab240", "09").classe
    ('LIQUIDACAO', 'BAIXA')
    >>> ocorrencia("341", "cnab400", "ZZ").classe, ocorrencia("012", "cnab400", "06").classe
    ('DESCONHECIDA', 'DESCONHECIDA')
    """
    do_banco = _formato_da_tabela("ocorrencias", banco, formato)
    if achada := _ocorrencias(banco).get((do_banco, codigo)):
        return achada
    if formato == FORMATO_PADRAO:
        padrao = _ocorrencias(PADRAO).get((FORMATO_PADRAO, codigo))
        if padrao and not (do_banco and padrao.classe in _SO_O_BANCO_DIZ):
            return padrao
    texto = f"O banco devolveu a ocorrência {codigo!r}, que a tabela não conhece."
    return Ocorrencia(codigo, "DESCONHECIDA", texto, "Pergunte ao banco e decida à mão.", "empresa", "revisar", "")


@cache
def codigos_da_classe(banco: str, formato: str, classe: str) -> tuple[str, ...]:
    """As ocorrências da classe neste banco e formato; em CNAB 240 sem tabela do banco, as do padrão.

    As de baixa por já se ter pago vêm depois das outras.

    >>> codigos_da_classe("341", "cnab400", "ENTRADA_CONFIRMADA")[0], codigos_da_classe("000", "cnab240", "LIQUIDACAO")
    ('02', ('06', '17'))
    """
    quem = (banco, _formato_da_tabela("ocorrencias", banco, formato))
    if not quem[1] and formato == FORMATO_PADRAO:
        quem = (PADRAO, FORMATO_PADRAO)
    da_classe = [o for (f, _), o in _ocorrencias(quem[0]).items() if f == quem[1] and o.classe == classe]
    return tuple(o.codigo for o in sorted(da_classe, key=lambda o: o.paga))


@cache
def motivo(banco: str, formato: str, codigo_ocorrencia: str, codigo: str, lugar: str = "") -> Motivo:
    """Por que houve a ocorrência; o mesmo código muda de sentido de uma ocorrência para outra.

    ``lugar`` distingue listas que vêm em campos próprios (``campo_apontado``). O motivo
    que não se conhece vem com ``conhecido`` falso e um texto que o diz.

    >>> motivo("000", "cnab240", "03", "48").texto
    'O banco não aceitou o CEP.'
    >>> motivo("104", "cnab400", "99", "001") == motivo("104", "cnab400", "99", "01")
    True
    >>> motivo("341", "cnab400", "06", "??").conhecido
    False
    """
    do_banco = _formato_da_tabela("motivos", banco, formato)
    fontes = [(_motivos(banco), do_banco)]
    if formato == FORMATO_PADRAO and (do_banco, codigo_ocorrencia, lugar) not in _motivos(banco):
        fontes.append((_motivos(PADRAO), FORMATO_PADRAO))
    formas = (codigo, codigo[1:]) if len(codigo) > len("00") and codigo[0] == "0" else (codigo,)
    for tabela, chave in fontes:
        for dona in (codigo_ocorrencia, "*"):
            lista = tabela.get((chave, dona, lugar), {})
            if forma := next((f for f in formas if f in lista), None):
                return lista[forma]
    texto = f"O banco deu o motivo {codigo!r}, que a tabela não conhece."
    return Motivo(codigo, texto, "Pergunte ao banco o que quer dizer.", "empresa", "revisar", "", conhecido=False)


@cache
def motivos_da(banco: str, formato: str, codigo_ocorrencia: str) -> tuple[str, ...]:
    """Os motivos que a tabela conhece para a ocorrência; os do padrão, se o banco não tem os seus.

    >>> "48" in motivos_da("000", "cnab240", "03"), motivos_da("341", "cnab400", "06")
    (True, ())
    """
    do_banco = _formato_da_tabela("motivos", banco, formato)
    fontes = ((_motivos(banco), do_banco), (_motivos(PADRAO), FORMATO_PADRAO if formato == FORMATO_PADRAO else ""))
    achados = (tabela.get((chave, dona, "")) for tabela, chave in fontes for dona in (codigo_ocorrencia, "*"))
    return tuple(next((lista for lista in achados if lista), ()))


@cache
def muda_a_classe(banco: str, formato: str) -> bool:
    """Se algum motivo muda, neste banco e formato, o que a ocorrência quer dizer.

    >>> muda_a_classe("237", "cnab400"), muda_a_classe("000", "cnab240")
    (True, False)
    """
    do_banco = _formato_da_tabela("motivos", banco, formato)
    return any(m.classe for (f, _, _), lista in _motivos(banco).items() if f == do_banco for m in lista.values())


@cache
def ja_se_pagou(banco: str, formato: str, codigo_ocorrencia: str, motivos: tuple[str, ...]) -> bool:
    """Se a baixa que assim se avisa é porque o título já foi pago, por onde este arquivo não diz.

    >>> ja_se_pagou("341", "cnab400", "10", ()), ja_se_pagou("341", "cnab400", "09", ())
    (True, False)
    """
    lidos = (motivo(banco, formato, codigo_ocorrencia, codigo) for codigo in motivos)
    return ocorrencia(banco, formato, codigo_ocorrencia).paga or any(m.paga for m in lidos)


@cache
def comandos(banco: str, formato: str) -> tuple[Comando, ...]:
    """Os comandos que o banco aceita na remessa; sem tabela, só os que todo banco entende.

    >>> [c.codigo for c in comandos("341", "cnab400")]
    ['01', '02']
    """
    if do_banco := _formato_da_tabela("comandos", banco, formato):
        return _comandos(banco)[do_banco]
    universais: Mapping[str, str] = ler_toml("codigos/cobranca")["universais"]
    return tuple(Comando(codigo, pedido, pedidos()[pedido]) for pedido, codigo in universais.items())


def comando(banco: str, formato: str, codigo: str) -> Comando:
    """O que o código pede neste banco; código que não se conhece vem com ``pedido`` vazio.

    >>> comando("237", "cnab240", "06").texto, comando("237", "cnab240", "ZZ").pedido
    ('Mudar o vencimento', '')
    """
    achados = (c for c in comandos(banco, formato) if c.codigo == codigo)
    return next(achados, Comando(codigo, "", f"O comando {codigo!r} não está na tabela do banco."))


def codigo_do_pedido(banco: str, formato: str, pedido: str) -> str:
    """O código com que se faz o pedido neste banco e formato.

    Raises:
        ErroDeRegra: ``cobranca.pedido``, o banco não tem esse comando, ou tem mais de um.

    >>> codigo_do_pedido("033", "cnab240", "SUSTAR_PROTESTO")
    '18'
    """
    achados = [c.codigo for c in comandos(banco, formato) if c.pedido == pedido]
    if len(achados) != 1:
        nome = pedidos().get(pedido, pedido)
        razao = f"não tem na tabela o pedido {nome!r}" if not achados else f"tem {len(achados)} códigos para {nome!r}"
        raise ErroDeRegra("cobranca.pedido", f"o banco {banco} em {formato} {razao}")
    return achados[0]
