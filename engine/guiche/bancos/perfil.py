"""Os costumes de cada banco no débito automático, lidos de ``layouts/perfis/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from string import Formatter
from typing import Any

from guiche.dominio.nomes import conferir_mascara
from guiche.erros import ErroDeCampo, ErroDeLayout, Local
from guiche.layout.carga import existe, ler_toml

_FINS = {"CRLF": "\r\n", "LF": "\n"}
Mascaras = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Perfil:
    """O que um banco decide: versões, literais, prazos, nome de arquivo e máscaras de campo."""

    banco: str
    nome: str
    versoes: Mapping[str, str]
    """Versão (A09) → nome do layout."""
    versao_padrao: str
    servico: str
    fim_de_linha: str
    antecedencia_dias: int
    antecedencia_tipo: str
    """``"CORRIDOS"`` ou ``"UTEIS"``."""
    exige_j: bool
    mascara_arquivo: str
    nsa_maximo: int
    aceita_manutencao: bool
    permite_matricula_em_e02: bool
    e02_matricula: str
    usa_operacao: bool
    uso_empresa: Mapping[str, int]
    """``inicio`` (coluna) e ``largura`` da parte livre."""
    fonte: str
    nao_provado: str
    campos: Mapping[str, Mascaras]
    """Letra do registro → campo → máscara, na versão padrão."""
    base: Mapping[str, Mascaras]
    """As máscaras comuns a todas as versões."""
    da_versao: Mapping[str, Mapping[str, Mascaras]]
    """O que cada versão acrescenta às comuns."""

    @property
    def fim(self) -> str:
        """Os caracteres de fim de linha."""
        return _FINS[self.fim_de_linha]

    def mascaras(self, registro: str, versao: str) -> dict[str, str]:
        """Máscaras do registro na versão dada."""
        return {**self.base.get(registro, {}), **self.da_versao.get(versao, {}).get(registro, {})}

    def nome_do_arquivo(self, *, convenio: str, nsa: int, hoje: date) -> str:
        """Nome do arquivo de remessa que o banco espera.

        >>> perfil("001").nome_do_arquivo(convenio="123", nsa=7, hoje=date(2026, 8, 4))
        'DBT_123_000007.rem'
        """
        limpo = "".join(c for c in convenio if c.isalnum())
        return self.mascara_arquivo.format(convenio=limpo, nsa=nsa, hoje=hoje)


@cache
def perfil(banco: str) -> Perfil:
    """Costumes do banco; sem arquivo próprio, os do manual.

    Raises:
        ErroDeLayout: o arquivo do perfil está errado.

    >>> perfil("104").servico, perfil("237").versao_padrao
    ('DEB AUTOMAT', '04')
    """
    conhecido = len(banco) == 3 and banco.isascii() and banco.isdigit() and existe(f"perfis/{banco}")  # noqa: PLR2004
    nome = f"perfis/{banco if conhecido else 'padrao'}"
    dados = dict(ler_toml(nome))
    base: Mapping[str, Mascaras] = dados.pop("campos")
    da_versao: Mapping[str, Mapping[str, Mascaras]] = dados.pop("campos_da_versao", {})
    extras = da_versao.get(dados["versao_padrao"], {})
    campos = {letra: {**mascaras, **extras.get(letra, {})} for letra, mascaras in base.items()}
    try:
        return Perfil(banco=banco, campos=campos, base=base, da_versao=da_versao, **dados)
    except TypeError as erro:
        raise ErroDeLayout("layout.invalido", f"{nome}: {erro}") from erro


def preencher(mascaras: Mascaras, contexto: Mapping[str, Any]) -> dict[str, str]:
    """Aplica as máscaras ao contexto; ``conta_dv`` (conta e dígito juntos) sai de ``conta`` e ``dv``.

    Raises:
        ErroDeCampo: a máscara pede um dado que o contexto não tem, ou está malformada.

    >>> preencher({"conta": "{operacao:0>3}{conta:0>8}"}, {"operacao": "1", "conta": "123"})
    {'conta': '00100000123'}
    """
    dados = {chave: str(valor) for chave, valor in contexto.items()}
    if "conta" in dados and "dv" in dados:
        dados["conta_dv"] = dados["conta"] + dados["dv"]
    return {campo: _aplicar(campo, mascara, dados) for campo, mascara in mascaras.items()}


def desfazer(mascara: str, texto: str) -> dict[str, str]:
    """Os dados que a máscara pôs no texto, sem os zeros com que ela enche a conta.

    Onde a máscara não diz a largura, o dígito é o último caractere.

    >>> desfazer("{conta_dv:0>14}", "00000000010015"), desfazer("{operacao:0>3}{conta:0>8}", "00100000123")
    ({'conta': '1001', 'dv': '5'}, {'operacao': '001', 'conta': '123'})
    """
    partes = [
        (nome, int((largura or "").rpartition(">")[2] or 0))
        for _, nome, largura, _ in Formatter().parse(mascara.replace("{conta_dv", "{conta}{dv"))
        if nome
    ]
    achados: dict[str, str] = {}
    if len(partes) > 1 and partes[-1][0] == "dv":
        partes, achados["dv"], texto = partes[:-1], texto[-1:], texto[:-1]
    for n, (nome, largura) in enumerate(partes):
        fim = largura if n < len(partes) - 1 else len(texto)
        achados[nome], texto = texto[:fim], texto[fim:]
    if "conta" in achados:
        achados["conta"] = achados["conta"].lstrip("0")
    return dict(sorted(achados.items(), key=lambda par: _ORDEM.get(par[0], 0)))


_ORDEM = {"agencia": 1, "operacao": 2, "conta": 3, "dv": 4}


def _aplicar(campo: str, mascara: str, dados: Mapping[str, str]) -> str:
    try:
        conferir_mascara(mascara, dados)
        return mascara.format_map(dados)
    except (KeyError, ValueError, IndexError, AttributeError) as erro:
        razao = f"{campo}: a máscara {mascara!r} não serve; dados que existem: {', '.join(dados)}"
        raise ErroDeCampo("campo.mascara", razao, local=Local("perfil")) from erro
