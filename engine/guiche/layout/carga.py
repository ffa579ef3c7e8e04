"""Lê os TOML de ``layouts/`` e recusa o que não fecha; é o único leitor deles."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from guiche.erros import ErroDeLayout
from guiche.layout.modelo import FORMATOS_DE_DATA, PAPEIS, TIPOS, Campo, Layout, Registro

_CHAVES = {"id", "col", "tipo", "nome", "titulo", "nota", "zeros", "decimais", "obrigatorio", "fixo", "padrao"}
_CHAVES |= {"vazio", "sem_fim", "dominio", "formato", "exato", "casas_da_taxa"}
_DO_DOMINIO = {"valores", "manual", "duvida"}
_LARGURA_DA_HORA = 6
_NOME = re.compile(r"[a-z0-9_]{1,40}(?:[./-][a-z0-9_]{1,40}){0,5}")
"""O nome pode vir de um pedido de fora, e é um caminho: não sai da pasta dos layouts."""
_MARCA = tuple[tuple[int, str], ...]


@cache
def pasta() -> Path:
    """Onde estão os layouts: dentro do pacote instalado, ou na raiz do projeto."""
    pacote = Path(__file__).parents[1]
    instalada = pacote / "_layouts"
    return instalada if instalada.is_dir() else pacote.parents[1] / "layouts"


@cache
def ler_toml(nome: str) -> Mapping[str, Any]:
    """Conteúdo de ``layouts/{nome}.toml``.

    Raises:
        ErroDeLayout: o arquivo não existe ou não é TOML.
    """
    if not _NOME.fullmatch(nome):
        raise ErroDeLayout("layout.ausente", f"não há layout chamado {nome[:40]!r}")
    try:
        return tomllib.loads((pasta() / f"{nome}.toml").read_text("utf-8"))
    except FileNotFoundError as erro:
        raise ErroDeLayout("layout.ausente", f"não há layout chamado {nome}") from erro
    except tomllib.TOMLDecodeError as erro:
        raise ErroDeLayout("layout.invalido", f"{nome}.toml não é TOML: {erro}") from erro


def existe(nome: str) -> bool:
    """Diz se há um arquivo de layout com esse nome."""
    return _NOME.fullmatch(nome) is not None and (pasta() / f"{nome}.toml").is_file()


@cache
def carregar(nome: str) -> Layout:
    """Layout conferido, com os registros da ``base`` que não foram repetidos.

    Raises:
        ErroDeLayout: o arquivo falta, tem chave estranha, furo, sobreposição ou nome repetido.

    >>> carregar("febraban150/v05").registros["E"].campo("valor_debito").posicao
    '053-067'
    """
    return montar(nome, ler_toml(nome))


def montar(nome: str, dados: Mapping[str, Any]) -> Layout:
    """Monta e confere um layout a partir do TOML já lido; erros como em ``carregar``."""
    try:
        largura = int(dados["largura"])
        base = str(dados.get("base", ""))
        comum = {"largura": largura, "sentido": dados.get("sentido", ""), "fontes": [dados["fonte"]]}
        proprios = {letra: _registro(letra, {**comum, **tabela}) for letra, tabela in dados["registros"].items()}
        proprios = _com_dominios(proprios, dados.get("dominios", {}))
        herdados = carregar(base).registros if base else {}
        return Layout(
            nome, dados["formato"], dados["versao"], largura, dados.get("ativo", True), base, dados["fonte"],
            {**herdados, **proprios}, dados.get("banco", ""), dados.get("banco_nome", ""), dados.get("sentido", ""),
            dados.get("variante", ""), tuple(dados.get("notas", ())),
        )  # fmt: skip
    except (KeyError, ValueError, TypeError, AttributeError) as erro:
        raise ErroDeLayout("layout.invalido", f"{nome}: {erro}") from erro


def _registro(codigo: str, tabela: Mapping[str, Any]) -> Registro:
    largura = tabela["largura"]
    campos = tuple(_campo(linha) for linha in tabela["campos"])
    _conferir(codigo, campos, (1, largura))
    partes = {nome: tuple(_campo(linha) for linha in linhas) for nome, linhas in tabela.get("partes", {}).items()}
    papel = tabela.get("papel", "")
    if papel not in PAPEIS:
        raise ValueError(f"{codigo}: papel {papel} não existe")
    registro = Registro(
        codigo, tabela["titulo"], tabela["sentido"], tabela["ocorrencia"], tabela["situacao"],
        tuple(tabela["fontes"]), tabela.get("nota", ""), largura, campos, _marca(codigo, tabela, largura), papel,
        tabela.get("segue", ""), tuple(tabela.get("exige", ())), partes,
    )  # fmt: skip
    for nome, campos_da_parte in partes.items():
        todo = registro.campo(nome)
        _conferir(f"{codigo}.{nome}", campos_da_parte, (todo.inicio, todo.fim))
    return registro


def _com_dominios(registros: Mapping[str, Registro], dominios: Mapping[str, Any]) -> dict[str, Registro]:
    """Os registros com o domínio de cada campo posto nele, em todo registro que o tem.

    O nome é o do campo, ou ``registro.campo`` quando um registro tem o seu.
    """
    usados: set[str] = set()

    def posto(registro: Registro, campo: Campo) -> Campo:
        nome = next((n for n in (f"{registro.codigo}.{campo.nome}", campo.nome) if n in dominios), "")
        if not nome:
            return campo
        usados.add(nome)
        dado = dominios[nome]
        if estranhas := set(dado) - _DO_DOMINIO:
            raise ValueError(f"domínio {nome}: chave desconhecida {sorted(estranhas)}")
        novo = replace(campo, dominio=dado["valores"], manual=dado["manual"], duvida=dado.get("duvida", ""))
        _conferir_campo(registro.codigo, novo)
        return novo

    prontos = {c: replace(r, campos=tuple(posto(r, f) for f in r.campos)) for c, r in registros.items()}
    if sobram := dominios.keys() - usados:
        raise ValueError(f"domínio de campo que não há: {sorted(sobram)}")
    return prontos


def _marca(codigo: str, tabela: Mapping[str, Any], largura: int) -> _MARCA:
    """A marca escrita no TOML; sem ela, vale o código na primeira coluna."""
    marca = []
    for col, texto in tabela.get("marca", {"001-001": codigo}).items():
        inicio, _, fim = col.partition("-")
        if len(texto) != int(fim) - int(inicio) + 1 or not 0 < int(inicio) <= int(fim) <= largura:
            raise ValueError(f"{codigo}: a marca {texto!r} não cabe em {col}")
        marca.append((int(inicio), str(texto)))
    return tuple(marca)


@cache
def aberto(registro: Registro, *nomes: str) -> Registro:
    """O registro com os campos ``nomes`` trocados por suas partes.

    Raises:
        KeyError: o campo não tem partes.

    >>> t = carregar("cnab/756.cnab240.retorno").registros["segmento_t"]
    >>> aberto(t, "nosso_numero").campo("nosso_numero_parcela").posicao
    '048-049'
    """
    trocas = {nome: registro.partes[nome] for nome in nomes}
    campos = tuple(parte for campo in registro.campos for parte in trocas.get(campo.nome, (campo,)))
    return replace(registro, campos=campos)


def layout_cnab(banco: str, formato: str, sentido: str, variante: str = "") -> Layout:
    """O layout de cobrança do banco; ``formato`` é ``cnab240``, ``cnab400`` ou ``cnab444``.

    Raises:
        ErroDeLayout: não há esse layout; erros como em ``carregar``.

    >>> layout_cnab("001", "cnab400", "retorno", "conv6").apelido
    '001.cnab400_conv6.retorno'
    """
    return carregar(f"cnab/{banco}.{formato}{'_' if variante else ''}{variante}.{sentido}")


def _campo(linha: Mapping[str, Any]) -> Campo:
    if estranhas := set(linha) - _CHAVES:
        raise ValueError(f"{linha.get('id')}: chave desconhecida {sorted(estranhas)}")
    inicio, _, fim = str(linha["col"]).partition("-")
    resto = {chave: valor for chave, valor in linha.items() if chave not in {"col", "id"}}
    return Campo(linha.get("id", ""), int(inicio), int(fim), **resto)


def _conferir(codigo: str, campos: Sequence[Campo], trecho: tuple[int, int]) -> None:
    proxima, ultima = trecho
    for campo in campos:
        if campo.inicio != proxima or campo.fim < campo.inicio:
            raise ValueError(f"{codigo}: {campo.posicao} começa em {campo.inicio}; devia começar em {proxima}")
        proxima = campo.fim + 1
        _conferir_campo(codigo, campo)
    if proxima != ultima + 1:
        raise ValueError(f"{codigo}: os campos terminam em {proxima - 1}, não em {ultima}")
    nomes = Counter(campo.nome for campo in campos if campo.nome)
    if repetidos := [nome for nome, vezes in nomes.items() if vezes > 1]:
        raise ValueError(f"{codigo}: nome repetido {repetidos}")


def _conferir_campo(codigo: str, campo: Campo) -> None:
    textos = [t for t in (campo.fixo, campo.padrao, *campo.dominio) if t is not None]
    faltas = {
        f"tipo {campo.tipo} não existe": campo.tipo not in TIPOS,
        "falta o nome": bool(campo.nome) == (campo.tipo == "reservado"),
        "a data não cabe": campo.tipo == "data" and campo.largura != FORMATOS_DE_DATA.get(campo.formato),
        "hora tem 6 posições": campo.tipo == "hora" and campo.largura != _LARGURA_DA_HORA,
        "zeros só à esquerda e só em texto": bool(campo.zeros)
        and (campo.zeros != "esquerda" or campo.tipo not in {"texto", "reservado"}),
        "texto maior que o campo": any(len(t) > campo.largura for t in textos),
        "exato só em texto": campo.exato and campo.tipo != "texto",
        "domínio de outra largura": any(len(t) != campo.largura for t in campo.dominio),
    }
    for falta, ha in faltas.items():
        if ha:
            raise ValueError(f"{codigo}: {campo.posicao}: {falta}")
