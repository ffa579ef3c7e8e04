"""Como se lê um título num layout: a função compilada que tira da linha só o que interessa.

De que campo sai cada dado é dado (``layouts/leitura/cobranca.toml``). Dinheiro sai em
centavos; número ou data ilegível levanta ``ErroDeCampo``, nunca vira zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, reduce
from itertools import repeat
from typing import Any, NamedTuple

from guiche.arquivos.lembrados import Classes, Datas, Textos
from guiche.arquivos.motivos import ClassesComMotivo, Motivos, partir
from guiche.bancos.ocorrencias import PAGAS, muda_a_classe
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo, Layout, Registro
from guiche.layout.rapido import condicao
from guiche.layout.valores import ler_numero, recusar

_CASAS_DO_CENTAVO = 2
_REPETE_ATE = 6
"""Texto até esta largura se repete de linha em linha, e vale guardá-lo."""
_SINAIS_DO_NUMERO = "-./ "
MARCA_DO_T = (8, "3"), (14, "T")
"""A do segmento T: as linhas que vêm aos pares com um U já se viu que a trazem."""
_Linhas = Sequence[str]
Leitura = Callable[[Sequence[int], _Linhas, _Linhas], list[Any]]
"""(números, linhas do título, linhas do complemento de valores) → títulos."""


class Titulo(NamedTuple):
    """Um título como o arquivo o traz; dinheiro em centavos, ausente ``None``."""

    linha: int
    nosso_numero: str | None
    numero_documento: str | None
    uso_empresa: str | None
    data_vencimento: date | None
    valor_titulo: int | None
    valor_pago: int | None
    """O que o pagador pagou, antes da tarifa."""
    valor_liquido: int | None
    """O que o banco creditou; ausente se o layout não o diz."""
    valor_tarifa: int | None
    valor_juros_multa: int | None
    valor_desconto: int | None
    valor_abatimento: int | None
    valor_iof: int | None
    data_ocorrencia: date | None
    data_credito: date | None
    codigo_movimento: str
    """A ocorrência do retorno ou o comando da remessa."""
    classe: str
    """A classe da ocorrência com os motivos que traz; vazia na remessa."""
    motivos: tuple[str, ...]
    motivo_texto: str | None
    """O motivo por extenso, nos bancos que o escrevem."""
    banco_recebedor: str | None
    agencia_recebedora: str | None
    codigo_carteira: str | None


class Plano(NamedTuple):
    """A leitura dos títulos de um registro de um layout."""

    registro: Registro
    complemento: Registro | None
    minimo: int
    """A última coluna de dinheiro, data ou identidade: linha mais curta não se lê."""
    minimo_do_complemento: int
    ler: Leitura
    """Para linhas só de ASCII."""
    ler_com_acentos: Leitura


def formato_com_variante(layout: Layout) -> str:
    """O formato como as tabelas de códigos o dizem.

    >>> from guiche.layout.carga import carregar
    >>> formato_com_variante(carregar("cnab/399.cnab400_cnr.retorno"))
    'cnab400_cnr'
    """
    return f"{layout.formato}_{layout.variante}" if layout.variante else layout.formato


@cache
def planos(layout: Layout) -> tuple[Plano, ...]:
    """Um plano por registro de título do layout."""
    complemento = layout.registros.get("segmento_u")
    return tuple(_plano(layout, r, complemento, regra_do(layout)) for r in layout.do_papel("titulo"))


@cache
def regra_do(layout: Layout) -> Mapping[str, Any]:
    """De que campos sai cada dado neste layout."""
    dados = ler_toml("leitura/cobranca")
    return {**dados[layout.sentido], **dados["layouts"].get(layout.apelido, {})}


def campos_do_dado(regra: Mapping[str, Any], dado: str, existem: Collection[str]) -> list[str]:
    """Os nomes, entre os que existem no layout, dos campos de que o dado se tira."""
    for candidato in regra.get(dado, ()):
        nomes: list[str] = candidato.split("+")
        if all(n in existem for n in nomes):
            return nomes
    return []


def partir_motivos(layout: Layout, codigo_ocorrencia: str, campo: str) -> tuple[str, ...]:
    """Os códigos de motivo que o campo traz, sem os vazios e sem repetir.

    >>> from guiche.layout.carga import carregar
    >>> partir_motivos(carregar("cnab/237.cnab400.retorno"), "03", "0800160000")
    ('08', '16')
    """
    return partir(regra_do(layout), layout.banco, formato_com_variante(layout), codigo_ocorrencia, campo)


def _plano(layout: Layout, registro: Registro, complemento: Registro | None, regra: Mapping[str, Any]) -> Plano:
    autor = _Autor(layout, registro, complemento, regra)
    irmaos = [r for r in layout.registros.values() if r is not registro and set(r.marca) > set(registro.marca)]
    sabidas = MARCA_DO_T if complemento else ()
    condicoes = [condicao(registro, alem_de=sabidas)] if set(registro.marca) - set(sabidas) else []
    condicoes += [f"not ({condicao(r, alem_de=registro.marca)})" for r in irmaos]
    so_este = f"if {' and '.join(condicoes)}" if condicoes else ""
    leituras = autor.compilar(so_este, ascii=True), autor.compilar(so_este, ascii=False)
    return Plano(registro, complemento, autor.minimo["l"], autor.minimo["u"], *leituras)


class _Autor:
    """Escreve a expressão de cada dado do título; ``l`` é a linha do título e ``u``, a do complemento."""

    def __init__(
        self, layout: Layout, registro: Registro, complemento: Registro | None, regra: Mapping[str, Any]
    ) -> None:
        self.layout, self.regra = layout, regra
        self.campos = {c.nome: (c, "u") for c in complemento.campos if c.nome} if complemento else {}
        self.campos |= {c.nome: (c, "l") for c in registro.campos if c.nome}
        self.minimo = {"l": 0, "u": 0}
        self.nomes: dict[str, Any] = {"int": int, "zip": zip, "map": map, "repeat": repeat}
        self.nomes |= {"novo": tuple.__new__, "T": Titulo, "PAGAS": PAGAS}
        self.nomes |= {"S": somar, "B": Textos(), "C": Classes(layout.banco, formato_com_variante(layout))}
        self.nomes["M"] = lidos = Motivos(regra, layout.banco, formato_com_variante(layout))
        self.nomes["K"] = ClassesComMotivo(lidos)
        self.muda = muda_a_classe(layout.banco, formato_com_variante(layout))

    def compilar(self, so_este: str, *, ascii: bool) -> Leitura:  # noqa: A002  é o que o pedaço é
        partes = ["n", *(self._dado(nome, ascii=ascii) for nome in Titulo._fields[1:])]
        comuns = f"for o in [{self._trechos('codigo_movimento')}] for c in [{self._classe()}]"
        linhas = "n, l, u in zip(ns, ls, us)" if any("u[" in x for x in partes) else "n, l in zip(ns, ls)"
        tuplas = f"[({', '.join(partes)}) for {linhas} {so_este} {comuns}]"
        codigo = f"lambda ns, ls, us: [*map(novo, repeat(T), {tuplas})]"
        leitura: Leitura = eval(codigo, self.nomes)  # noqa: S307  só nomes e números dos nossos layouts
        return leitura

    def _dado(self, nome: str, *, ascii: bool) -> str:  # noqa: A002
        especiais: dict[str, Callable[[], str]] = {
            "classe": lambda: "c",
            "motivos": lambda: f"M[o + {self._trechos('motivos')}]" if self._de("motivos") else "()",
            "nosso_numero": lambda: self._identidade(ascii=ascii),
            "codigo_movimento": lambda: "(B[o] or '')",
            "valor_pago": lambda: self._pago(ascii=ascii),
            "valor_liquido": lambda: "p" if self._sem_tarifa() else self._soma("valor_liquido", ascii=ascii),
        }
        return especiais[nome]() if nome in especiais else self._soma(nome, ascii=ascii)

    def _soma(self, nome: str, *, ascii: bool) -> str:  # noqa: A002
        valores = [self._valor(n, ascii=ascii) for n in self._de(nome)]
        return reduce(lambda a, b: f"S({a}, {b})", valores) if valores else "None"

    def _sem_tarifa(self) -> bool:
        """Se o campo do pago é o do líquido, que vem já sem a tarifa."""
        return bool(self.regra.get("pago_sem_tarifa"))

    def _pago(self, *, ascii: bool) -> str:  # noqa: A002
        pago = self._soma("valor_pago", ascii=ascii)
        if not self._sem_tarifa():
            return pago
        return f"(S((p := {pago}), {self._soma('valor_tarifa', ascii=ascii)}) if c in PAGAS else (p := {pago}))"

    def _classe(self) -> str:
        if self.layout.sentido != "retorno":
            return "''"
        return f"K[o + {self._trechos('motivos')}]" if self.muda and self._de("motivos") else "C[o]"

    def _de(self, nome: str) -> list[str]:
        return campos_do_dado(self.regra, nome, self.campos)

    def _trecho(self, nome: str) -> str:
        campo, linha = self.campos[nome]
        return f"{linha}[{campo.inicio - 1}:{campo.fim}]"

    def _trechos(self, nome: str) -> str:
        return " + ".join(self._trecho(n) for n in self._de(nome)) or "''"

    def _exigir(self, campo: Campo, linha: str) -> None:
        self.minimo[linha] = max(self.minimo[linha], campo.fim)

    def _identidade(self, *, ascii: bool) -> str:  # noqa: A002
        campo, linha = self.campos[self._de("nosso_numero")[0]]
        self._exigir(campo, linha)
        self.nomes["I"] = lambda texto: ler_identidade(campo, texto)
        so_ascii = "" if ascii else " and x.isascii()"
        inteiro = f"x if (x := {self._trecho(campo.nome)}).isalnum(){so_ascii}"
        return f"({inteiro} else x if (x := x.strip()).isalnum(){so_ascii} else I(x))"

    def _valor(self, nome: str, *, ascii: bool) -> str:  # noqa: A002
        campo, linha = self.campos[nome]
        trecho = self._trecho(nome)
        if campo.tipo == "texto":
            return f"({trecho}.strip() or None)" if campo.largura > _REPETE_ATE else f"B[{trecho}]"
        self._exigir(campo, linha)
        apelido = f"{linha}{campo.inicio}"
        if campo.tipo == "data":
            self.nomes[f"D{apelido}"] = Datas(campo)
            return f"D{apelido}[{trecho}]"
        aparar = bool(self.regra.get("aparar"))
        self.nomes[f"V{apelido}"] = lambda texto: ler_centavos(campo, texto, aparar=aparar)
        if ascii and campo.decimais == _CASAS_DO_CENTAVO:
            zeros = "0" * campo.largura  # o valor mais comum, que se reconhece sem converter
            return f"(0 if (x := {trecho}) == '{zeros}' else int(x) if x.isdigit() else V{apelido}(x))"
        return f"V{apelido}({trecho})"


def somar(parcela: int | None, outra: int | None) -> int | None:
    """A soma das parcelas presentes; ausente se nenhuma está.

    >>> somar(3790, 210), somar(None, 5), somar(None, None)
    (4000, 5, None)
    """
    if parcela is None or outra is None:
        return outra if parcela is None else parcela
    return parcela + outra


def ler_identidade(campo: Campo, texto: str) -> str | None:
    """O nosso número; vazio é ausente.

    Raises:
        ErroDeCampo: há nele caractere que nenhum nosso número tem.
    """
    if not texto:
        return None
    if not texto.isascii() or not all(c.isalnum() or c in _SINAIS_DO_NUMERO for c in texto):
        raise recusar(campo, "campo.ilegivel", f"não é um nosso número: {texto!a}")
    return texto


def ler_centavos(campo: Campo, bruto: str, *, aparar: bool = False) -> int | None:
    """O valor em centavos; ``aparar`` aceita brancos à direita dos algarismos.

    Raises:
        ErroDeCampo: não é número, ou tem fração de centavo.
    """
    lido = ler_numero(campo, bruto.rstrip(" ") if aparar and bruto.strip() else bruto)
    if lido is None or campo.decimais == _CASAS_DO_CENTAVO:
        return lido
    if campo.decimais < _CASAS_DO_CENTAVO:
        return int(lido * 10 ** (_CASAS_DO_CENTAVO - campo.decimais))
    centavos, fracao = divmod(lido, 10 ** (campo.decimais - _CASAS_DO_CENTAVO))
    if fracao:
        raise recusar(campo, "campo.ilegivel", f"tem fração de centavo: {bruto!a}")
    return int(centavos)


def ler_uma(plano: Plano, numero: int, linha: str, complemento: str) -> Iterator[Titulo]:
    """O título de uma linha só, com o erro que o caminho rápido não localiza.

    Raises:
        ErroDeCampo: campo ilegível, com as colunas.
    """
    yield from plano.ler_com_acentos((numero,), (linha,), (complemento,))
