"""O caminho rápido: uma função compilada por registro e escolha de colunas.

Escrita: um molde ``%`` por linha; a junção, a troca de caracteres e a conferência
são feitas uma vez por pedaço. ``%`` preenche mas nunca corta, e por isso o tamanho
do pedaço prova que nenhum campo passou da largura. Quando algo não confere a função
devolve ``None``, e o caminho lento diz o quê.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any

from guiche.dominio.texto import transliterar
from guiche.erros import ErroDeCampo, Local
from guiche.layout.modelo import Campo, Registro
from guiche.layout.valores import escrever_campo, ler_campo, ler_numero

_PEDACO = 2048
_LEMBRADOS = {"data", "hora"}
Tuplas = Sequence[tuple[Any, ...]]


def _tabela() -> bytes:
    """Byte latin-1 → o ASCII que o banco vê; 0 onde só o caminho lento sabe responder."""
    trocas = [transliterar(chr(i)) for i in range(256)]
    return bytes(ord(t) if len(t) == 1 and " " <= t <= "~" else i if i in b"\r\n" else 0 for i, t in enumerate(trocas))


_TABELA = _tabela()


class _Escritas(dict[Any, str]):
    """Memória de datas e horas já escritas; o tipo se confere na primeira vez."""

    def __init__(self, campo: Campo) -> None:
        self.campo = campo

    def __missing__(self, valor: Any) -> str:
        texto = self[valor] = escrever_campo(self.campo, valor)
        return texto


class _Lidas(dict[Any, Any]):
    """Memória de datas e horas já lidas, pela forma crua (``str`` ou ``bytes``)."""

    def __init__(self, campo: Campo) -> None:
        self.campo = campo

    def __missing__(self, bruto: str | bytes) -> date | time | None:
        texto = bruto if isinstance(bruto, str) else bruto.decode("latin-1")
        lida: date | time | None = ler_campo(self.campo, texto, None)
        self[bruto] = lida
        return lida


def _compilar(codigo: str, nomes: Mapping[str, Any]) -> Any:
    return eval(codigo, dict(nomes))  # noqa: S307  só nomes e números dos nossos layouts


def _molde(campo: Campo, indice: int | None, fixos: Mapping[str, Any]) -> tuple[str, str]:
    """O trecho do molde e a expressão que o preenche (vazia se é constante)."""
    if indice is None:
        return escrever_campo(campo, fixos.get(campo.nome)).replace("%", "%%"), ""
    if campo.tipo in _LEMBRADOS:
        return "%s", f"D{indice}[r[{indice}]]"
    if campo.tipo != "texto":
        return f"%0{campo.largura}d", f"r[{indice}]"
    if campo.zeros:
        return "%s", f"r[{indice}].rjust({campo.largura}, '0')"
    return f"%-{campo.largura}s", f"r[{indice}]"


def compilar_escritor(
    registro: Registro, colunas: tuple[str, ...], fixos: Mapping[str, Any], fim: bytes
) -> Callable[[Tuplas], bytes | None]:
    """Função que escreve um lote, ou devolve ``None`` se alguma linha precisa do caminho lento."""
    indices = {nome: i for i, nome in enumerate(colunas)}
    if any(campo.exato and campo.nome in {*colunas, *fixos} for campo in registro.campos):
        return lambda tuplas: None if tuplas else b""
    try:
        partes = [_molde(campo, indices.get(campo.nome), fixos) for campo in registro.campos]
    except ErroDeCampo:
        return lambda tuplas: None if tuplas else b""
    campos = {campo.nome: campo for campo in registro.campos}
    molde = "".join(parte for parte, _ in partes)
    valores = "".join(f"{expressao}, " for _, expressao in partes if expressao)
    nomes: dict[str, Any] = {"T": molde}
    nomes |= {f"D{i}": _Escritas(campos[nome]) for nome, i in indices.items() if campos[nome].tipo in _LEMBRADOS}
    formatar = _compilar(f"lambda linhas: [T % ({valores}) for r in linhas]", nomes)
    conferir = [_conferencia(campos[nome]) for nome in colunas]
    separador = fim.decode()

    def escrever(tuplas: Tuplas) -> bytes | None:
        pedacos = []
        for inicio in range(0, len(tuplas), _PEDACO):
            pedaco = tuplas[inicio : inicio + _PEDACO]
            pronto = _pedaco(pedaco, formatar, conferir, (registro.largura, separador))
            if pronto is None:
                return None
            pedacos.append(pronto)
        return b"".join(pedacos)

    return escrever


def _pedaco(
    pedaco: Tuplas,
    formatar: Any,
    conferir: Sequence[Callable[[Any], bool]],
    medida: tuple[int, str],
) -> bytes | None:
    """Um pedaço pronto, ou ``None`` se tipo, largura ou caractere não confere."""
    largura, fim = medida
    try:
        colunas = list(zip(*pedaco, strict=True))
        if len(colunas) != len(conferir) or not all(f(c) for f, c in zip(conferir, colunas, strict=True)):
            return None
        texto = (fim.join(formatar(pedaco)) + fim).encode("latin-1").translate(_TABELA)
    except (ErroDeCampo, TypeError, AttributeError, ValueError):
        return None
    n = len(pedaco)
    certo = len(texto) == (largura + len(fim)) * n and 0 not in texto
    certo = certo and all(texto.count(c) == n * fim.count(c.decode()) for c in (b"\r", b"\n"))
    return texto if certo else None


def _conferencia(campo: Campo) -> Callable[[Any], bool]:
    """O que se confere numa coluna inteira antes de formatar."""
    if campo.fixo is not None or campo.tipo in _LEMBRADOS:
        return lambda _: campo.fixo is None
    if campo.tipo != "texto":
        return lambda coluna: set(map(type, coluna)) == {int} and min(coluna) >= 0
    dominio = set(campo.dominio)
    if dominio:
        return dominio.issuperset
    if campo.obrigatorio or campo.padrao is not None:
        return lambda coluna: all(map(str.strip, coluna))
    if campo.zeros:
        return lambda coluna: set(map(type, coluna)) == {str}
    return lambda coluna: set(map(type, coluna)) == {str}


def _expressoes(campos: Sequence[Campo], trecho: Callable[[int, Campo], str], tipo: type) -> tuple[str, dict[str, Any]]:
    """Expressões que convertem cada coluna, e os nomes que elas usam."""
    nomes: dict[str, Any] = {"int": int, "str": str, "enumerate": enumerate}
    partes = []
    for i, campo in enumerate(campos):
        bruto = trecho(i, campo)
        if campo.tipo in _LEMBRADOS:
            nomes[f"D{i}"] = _Lidas(campo)
            partes.append(f"D{i}[{bruto}]")
        elif campo.tipo != "texto":
            nomes[f"N{i}"] = _numero_de(campo)
            sem_ascii = f" and {bruto}.isascii()" if tipo is str else ""
            partes.append(f"int({bruto}) if {bruto}.isdigit(){sem_ascii} else N{i}({bruto})")
        else:
            texto = bruto if tipo is str else f"str({bruto}, 'latin-1')"
            partes.append(f"{texto}.rstrip(' ')" if campo.largura > 1 or not campo.zeros else texto)
    return ", ".join(f"({p})" for p in partes) + ",", nomes


def _numero_de(campo: Campo) -> Callable[[str | bytes], int | None]:
    return lambda bruto: ler_numero(campo, bruto if isinstance(bruto, str) else bruto.decode("latin-1"))


def compilar_leitor(
    registro: Registro, colunas: tuple[str, ...], fim: bytes
) -> Callable[[bytes], list[tuple[Any, ...]] | None]:
    """Função que lê um bloco de passo exato, ou devolve ``None`` se ele não é assim ou tem campo ilegível."""
    campos = [registro.campo(nome) for nome in colunas]
    trechos = {c.inicio: c.largura for c in campos} | {inicio: len(texto) for inicio, texto in registro.marca}
    posicao, formato, variaveis = 1, "<", []
    for inicio, largura in sorted(trechos.items()):
        formato += f"{inicio - posicao}x{largura}s"
        posicao = inicio + largura
        variaveis.append(f"c{inicio}")
    formato += f"{registro.largura + 1 - posicao}x{len(fim)}s"
    valores, nomes = _expressoes(campos, lambda _, campo: f"c{campo.inicio}", bytes)
    nomes |= {"P": struct.Struct(formato).iter_unpack, "FIM": fim}
    alvo = ", ".join([*variaveis, "fim"])
    marca = "".join(f" and c{inicio} == {texto.encode()!r}" for inicio, texto in registro.marca)
    codigo = f"lambda b: [({valores}) for {alvo} in P(b) if fim == FIM{marca}]"
    ler = _compilar(codigo, nomes)
    passo = registro.largura + len(fim)

    def rapido(bloco: bytes) -> list[tuple[Any, ...]] | None:
        if len(bloco) % passo:
            return None
        try:
            lidas: list[tuple[Any, ...]] = ler(bloco)
        except ErroDeCampo:
            return None
        return lidas if len(lidas) == len(bloco) // passo else None

    return rapido


def compilar_fatias(
    registro: Registro, colunas: tuple[str, ...]
) -> Callable[[Sequence[str], int], list[tuple[Any, ...]]]:
    """Função que lê, por fatias de ``str``, as linhas deste registro; localiza o erro por linha e colunas.

    Recebe as linhas e o número da primeira.
    """
    campos = [registro.campo(nome) for nome in colunas]
    valores, nomes = _expressoes(campos, lambda _, campo: f"l[{campo.inicio - 1}:{campo.fim}]", str)
    ler = _compilar(
        f"lambda linhas, de: [(n, {valores}) for n, l in enumerate(linhas, de) if {condicao(registro)}]", nomes
    )

    def fatiar(linhas: Sequence[str], primeira: int) -> list[tuple[Any, ...]]:
        try:
            lidas: list[tuple[Any, ...]] = ler(linhas, primeira)
        except ErroDeCampo:
            _apontar(campos, registro, linhas, primeira)
            raise
        return lidas

    return fatiar


def condicao(registro: Registro, linha: str = "l", *, alem_de: Sequence[tuple[int, str]] = ()) -> str:
    """Expressão Python que diz se a linha traz a marca do registro; nunca é verdadeira se ele não a tem.

    ``alem_de`` são as marcas que já se viu que a linha traz.

    >>> from guiche.layout.carga import carregar
    >>> condicao(carregar("cnab/341.cnab240.retorno").registros["segmento_t"])
    "l[7:8] == '3' and l[13:14] == 'T'"
    """
    partes = [
        f"{linha}[{i - 1}:{i - 1 + len(texto)}] == {texto!r}"
        for i, texto in registro.marca
        if (i, texto) not in alem_de
    ]
    return " and ".join(partes) or "False"


def _apontar(campos: Sequence[Campo], registro: Registro, linhas: Sequence[str], primeira: int) -> None:
    for n, linha in enumerate(linhas, primeira):
        if registro.e(linha):
            for campo in campos:
                if campo.tipo != "texto":
                    ler_campo(campo, linha[campo.inicio - 1 : campo.fim], Local("arquivo", n))
