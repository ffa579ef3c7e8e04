"""O que cada banco quer numa remessa, lido de ``layouts/remessa/`` e junto ao seu layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from guiche.bancos.ocorrencias import comandos as do_formato
from guiche.erros import ErroDeLayout, ErroDeRegra
from guiche.layout.carga import carregar, existe, ler_toml, pasta
from guiche.layout.modelo import Campo, Layout, Registro

_SPEC = re.compile(r"(?P<chave>\w+)(?:\[(?P<de>-?\d+)-(?P<ate>\d+)\])?(?:@(?P<tabela>\w+))?")
_CHAVES = {
    "nota", "extinto", "aceita", "comandos", "campos", "codigos", "instrucoes", "complementos", "exige",
    "dispensa", "tamanhos", "se_falta", "fim_de_arquivo", "acompanha",
    "por_tamanho",
    "nosso_numero_do_banco", "nosso_numero_livre", "certeza", "banco_nome", "nome_do_arquivo",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fonte:
    """De onde vem o conteúdo de um campo."""

    texto: str
    """Como está escrito no TOML."""
    modelo: str = ""
    constante: str | None = None
    chave: str = ""
    trecho: tuple[int, int] | None = None
    """Primeira e última posição, contadas de 1."""
    tabela: str = ""


@dataclass(frozen=True, slots=True)
class Complemento:
    """Um registro que acompanha o do título quando ele tem alguma das chaves."""

    registro: Registro
    quando: tuple[str, ...]
    comandos: frozenset[str]
    """Com que comandos ele vai."""


@dataclass(frozen=True, slots=True, eq=False)
class Receita:
    """Como se faz a remessa de um layout."""

    layout: Layout
    aceita: Mapping[str, Any]
    """O que se sabe dizer ao banco: ``juros``, ``multa``, ``descontos``, ``abatimento``, ``protesto``…"""
    fontes: Mapping[str, Mapping[str, Fonte]]
    """Registro → campo → fonte."""
    codigos: Mapping[str, Mapping[str, str]]
    instrucoes: Mapping[str, str]
    complementos: tuple[Complemento, ...]
    exige: Mapping[str, tuple[str, ...]]
    """Comando → chaves do título sem as quais o banco o recusa; ``a|b``, basta uma."""
    dispensa: tuple[str, ...]
    """Chaves exigidas que este banco deixa faltar."""
    tamanhos: Mapping[str, tuple[int, ...]]
    """Chave da empresa → quantos algarismos pode ter."""
    se_falta: Mapping[str, str]
    """Chave da empresa → a que vale quando ela falta."""
    fim_de_arquivo: bytes
    nosso_numero_do_banco: bool
    """Sem nosso número, e com emissor BANCO, gravam-se zeros e o banco numera."""
    nosso_numero_livre: bool
    """O número vai como veio: o banco não tem regra conhecida."""
    supostos: frozenset[str]
    """Comandos cujo código é o de costume, e não da tabela do banco."""
    nota: str
    certeza: str
    """O que, nestes dados, não vem de um manual."""
    nome_do_arquivo: str
    """Máscara do nome que o banco quer."""
    por_tamanho: tuple[str, Mapping[int, Mapping[str, Mapping[str, Fonte]]]] = ("", MappingProxyType({}))
    """Chave da empresa, e as fontes que mudam com quantos algarismos ela tem."""

    @property
    def cabecalhos(self) -> tuple[Registro, ...]:
        """Os registros que abrem o arquivo."""
        return (*self.layout.do_papel("cabecalho"), *self.layout.do_papel("cabecalho_lote"))

    @property
    def rodapes(self) -> tuple[Registro, ...]:
        """Os que o fecham."""
        return (*self.layout.do_papel("rodape_lote"), *self.layout.do_papel("rodape"))

    @property
    def titulo(self) -> Registro:
        """O registro do título."""
        return self.layout.do_papel("titulo")[0]

    @property
    def registros(self) -> tuple[Registro, ...]:
        """Os registros que a remessa pode ter, na ordem."""
        return (*self.cabecalhos, self.titulo, *(c.registro for c in self.complementos), *self.rodapes)

    @property
    def comandos(self) -> tuple[str, ...]:
        """O que se sabe pedir a este banco."""
        leva = any(f.chave == "comando" for f in self.fontes[self.titulo.codigo].values())
        return tuple(self.codigos["comandos"]) if leva else ("registrar",)

    def livres(self) -> Mapping[str, Campo]:
        """Campos do título e dos complementos que se podem dar pelo nome."""
        registros = (self.titulo, *(c.registro for c in self.complementos))
        return {c.nome: c for r in registros for c in r.campos if c.nome and c.fixo is None}


def apelido(nome: str) -> str:
    """``341.cnab400`` e ``341.cnab400.remessa`` são o mesmo layout."""
    return f"{nome.removesuffix('.remessa')}.remessa"


@cache
def receita(nome: str) -> Receita:
    """A receita do layout.

    Raises:
        ErroDeLayout: não há esse layout, ou seus dados estão errados.
        ErroDeRegra: ``remessa.nao_se_grava``: layout só de leitura, ou de banco que não existe mais.
    """
    banco, _, forma = apelido(nome).removesuffix(".remessa").partition(".")
    layout = carregar(f"cnab/{apelido(nome)}")
    dados = ler_toml(f"remessa/{banco}")[forma] if existe(f"remessa/{banco}") else {}
    if dados.get("extinto"):
        raise ErroDeRegra("remessa.nao_se_grava", f"{layout.banco_nome}: {dados['extinto']}")
    if not layout.ativo:
        raise ErroDeRegra("remessa.nao_se_grava", f"o layout {layout.apelido} veio de uma fonte só e serve para ler")
    return montar(layout, dados)


@cache
def gravaveis(banco: str) -> tuple[str, ...]:
    """Os layouts de remessa do banco que se gravam: ``("341.cnab240", "341.cnab400", "341.cnab444")``."""
    nomes = sorted(c.name.removesuffix(".remessa.toml") for c in (pasta() / "cnab").glob(f"{banco}.*.remessa.toml"))
    return tuple(nome for nome in nomes if _se_grava(nome))


def _se_grava(nome: str) -> bool:
    try:
        receita(nome)
    except ErroDeRegra:
        return False
    return True


def montar(layout: Layout, dados: Mapping[str, Any]) -> Receita:
    """Junta o comum, o do formato e o do banco, cujas tabelas de códigos valem inteiras; erros como em ``receita``."""
    if estranhas := set(dados) - _CHAVES:
        raise ErroDeLayout("layout.invalido", f"remessa de {layout.apelido}: chave desconhecida {sorted(estranhas)}")
    comum = ler_toml("remessa/comum")
    familia = "cnab240" if layout.formato == "cnab240" else "cnab400"
    junto: Mapping[str, Any] = {}
    for camada in ({n: v for n, v in comum.items() if n not in {"cnab240", "cnab400"}}, comum[familia], dados):
        junto = _juntar(junto, camada)
    codigos = {**junto["codigos"], **dados.get("codigos", {})}
    complementos = tuple(
        Complemento(
            layout.registros[c["registro"]],
            tuple(c["quando"]),
            frozenset(junto["acompanha"].get(c["registro"], junto["acompanha"]["todos"])),
        )
        for c in junto["complementos"]
        if c["registro"] in layout.registros and layout.registros[c["registro"]].situacao != "inferido"
    )
    registros = [r for r in layout.registros.values() if r.papel != "complemento"] + [c.registro for c in complementos]
    comandos = {**_da_tabela(layout, junto["pedidos"]), **junto.get("comandos", {})}
    if "banco_nome" in junto:
        junto = _juntar(junto, {"campos": {"banco_nome": f"={junto['banco_nome']}"}})
    return Receita(
        layout, junto["aceita"], {r.codigo: dict(_fontes(r, junto["campos"])) for r in registros},
        {**codigos, "comandos": comandos}, junto.get("instrucoes", {}), complementos,
        {n: tuple(v) for n, v in junto["exige"].items()}, tuple(junto.get("dispensa", ())),
        {n: tuple(v) for n, v in junto.get("tamanhos", {}).items()}, junto["se_falta"],
        junto.get("fim_de_arquivo", "").encode(), junto["nosso_numero_do_banco"],
        junto.get("nosso_numero_livre", False), frozenset(dados.get("comandos", ())),
        dados.get("nota", ""), dados.get("certeza", ""), junto["nome_do_arquivo"],
        _por_tamanho(registros, junto["campos"], dados.get("por_tamanho", {})),
    )  # fmt: skip


def _por_tamanho(
    registros: Sequence[Registro], campos: Mapping[str, Any], dados: Mapping[str, Any]
) -> tuple[str, Mapping[int, Mapping[str, Mapping[str, Fonte]]]]:
    """A chave e, por tamanho dela, as fontes de cada registro."""
    trocas = {int(n): _juntar(campos, trocados) for n, trocados in dados.get("campos", {}).items()}
    return dados.get("chave", ""), {
        n: {r.codigo: dict(_fontes(r, trocados)) for r in registros} for n, trocados in trocas.items()
    }


def da_empresa(uma: Receita, empresa: Mapping[str, Any]) -> Receita:
    """A receita com as fontes que valem para esta empresa.

    >>> da_empresa(receita("104.cnab240"), {"convenio": "1100000"}).fontes["header_lote"]["versao_layout_lote"].texto
    '=067'
    """
    chave, por_tamanho = uma.por_tamanho
    valor = str(empresa.get(chave) or empresa.get(uma.se_falta.get(chave, "")) or "").lstrip("0")
    fontes = por_tamanho.get(len(valor))
    return replace(uma, fontes=fontes) if fontes else uma


def _da_tabela(layout: Layout, pedidos: Mapping[str, list[str]]) -> dict[str, str]:
    """Comando → código, do que a tabela de códigos do banco sabe pedir; pedido com dois códigos não se escolhe."""
    do_banco = do_formato(layout.banco, f"{layout.formato}_{layout.variante}" if layout.variante else layout.formato)
    achados = {}
    for comando, nomes in pedidos.items():
        codigos = next(filter(None, ([c.codigo for c in do_banco if c.pedido == n] for n in nomes)), [])
        if len(codigos) == 1:
            achados[comando] = codigos[0]
    return achados


def _juntar(base: Mapping[str, Any], novo: Mapping[str, Any]) -> dict[str, Any]:
    junto = dict(base)
    for nome, valor in novo.items():
        antes = junto.get(nome)
        junto[nome] = _juntar(antes, valor) if isinstance(valor, Mapping) and isinstance(antes, Mapping) else valor
    return junto


def _fontes(registro: Registro, campos: Mapping[str, Any]) -> Iterator[tuple[str, Fonte]]:
    proprias = campos.get(registro.codigo, {})
    for campo in registro.campos:
        if campo.nome and campo.fixo is None:
            texto = proprias.get(campo.nome, campos.get(campo.nome))
            if isinstance(texto, str) and texto:
                yield campo.nome, fonte(texto)


def sem_fonte(receita_: Receita) -> list[tuple[str, str]]:
    """Campos de que ninguém disse a fonte, nem que ficam vazios: (registro, campo)."""
    comum, layout = ler_toml("remessa/comum"), receita_.layout
    banco, _, forma = layout.apelido.removesuffix(".remessa").partition(".")
    familia = "cnab240" if layout.formato == "cnab240" else "cnab400"
    proprio = ler_toml(f"remessa/{banco}")[forma] if existe(f"remessa/{banco}") else {}
    camadas = [comum["campos"], comum[familia].get("campos", {}), proprio.get("campos", {})]
    ditos = {(None, n) for c in camadas for n in c} | {
        (r, n) for c in camadas for r, t in c.items() if isinstance(t, Mapping) for n in t
    }
    return [
        (r.codigo, c.nome)
        for r in receita_.registros
        for c in r.campos
        if c.nome and c.fixo is None and c.padrao is None and not {(None, c.nome), (r.codigo, c.nome)} & ditos
    ]


@cache
def fonte(texto: str) -> Fonte:
    """Lê uma fonte escrita no TOML.

    Raises:
        ErroDeLayout: não se entende.

    >>> fonte("pagador_cep[6-8]").trecho
    (6, 8)
    """
    if texto.startswith("="):
        return Fonte(texto, constante=texto[1:])
    if "{" in texto:
        return Fonte(texto, modelo=texto)
    achado = _SPEC.fullmatch(texto)
    if achado is None:
        raise ErroDeLayout("layout.invalido", f"não se entende de onde vem um campo: {texto!r}")
    trecho = (int(achado["de"]), int(achado["ate"])) if achado["de"] else None
    return Fonte(texto, chave=achado["chave"], trecho=trecho, tabela=achado["tabela"] or "")
