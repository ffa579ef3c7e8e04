"""Lê um arquivo inteiro de débito automático, com tolerância só onde nada se perde."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guiche.arquivos.deteccao import DEBITO150, detectar
from guiche.bancos.codigos import interpretar
from guiche.dominio.dinheiro import escrever_reais
from guiche.erros import ErroDeArquivo, ErroDeCampo, Local, Problema
from guiche.layout.carga import carregar, existe
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Layout, Registro

LARGURA = 150
_BLOCO = 4096
_VERSAO, _BANCO = slice(79, 81), slice(42, 45)
_COM_VALOR = {"E": "valor_debito", "F": "valor"}


@dataclass(frozen=True, slots=True, eq=False)
class Arquivo:
    """Um arquivo lido. Com ``erros``, não deve ser aceito; ``problemas`` são avisos."""

    fonte: str
    banco: str
    convenio: str
    versao: str
    layout: str
    sentido: str
    nsa: int | None
    data_geracao: date | None
    cabecalho: dict[str, Any]
    trailer: dict[str, Any]
    linhas: Sequence[str]
    problemas: Sequence[Problema]
    erros: Sequence[Problema]

    def detalhes(self, registro: str, colunas: tuple[str, ...]) -> Iterator[list[tuple[Any, ...]]]:
        """As linhas do registro, em blocos: número da linha e as colunas pedidas. Valores em centavos.

        Raises:
            ErroDeCampo: número ou data ilegível, com linha e colunas.
        """
        if regra := carregar(self.layout).registros.get(registro):
            yield from _em_blocos(regra, colunas, self.linhas)


def _em_blocos(registro: Registro, colunas: tuple[str, ...], linhas: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    ler_bloco = tradutor(registro).leitor_de_linhas(colunas)
    return (ler_bloco(linhas[de : de + _BLOCO], de + 1) for de in range(0, len(linhas), _BLOCO))


def ler(conteudo: bytes, fonte: str) -> Arquivo:
    """Lê o arquivo; o que o torna inaceitável fica todo em ``erros``.

    Raises:
        ErroDeArquivo: não é débito automático, ou o cabeçalho não deixa escolher o layout.
    """
    if detectar(conteudo) != DEBITO150:
        razao = "o arquivo é de cobrança (CNAB); aqui se espera débito automático"
        raise ErroDeArquivo("arquivo.cobranca", razao, local=Local(fonte))
    linhas, avisos = _linhas(conteudo, fonte)
    layout = _layout(linhas[0], fonte)
    if not layout.ativo:
        avisos.append(_aviso("arquivo.inativo", f"a versão {layout.versao} é lida com reserva", Local(fonte, 1)))
    erros: list[Problema] = []
    linhas = _completar(linhas, layout, fonte, (avisos, erros))
    cabecalho = _traduzir(layout, linhas[0], Local(fonte, 1), erros)
    ultima = linhas[-1]
    com_fim = ultima[:1] == "Z" and len(ultima) == LARGURA
    trailer = _traduzir(layout, ultima, Local(fonte, len(linhas)), erros) if com_fim else {}
    sentido = "retorno" if linhas[0][1:2] == "2" else "remessa"
    if not erros:
        erros += _conferir(layout, linhas, trailer, (fonte, sentido))
    if not erros and sentido == "retorno":
        avisos += _codigos(layout, linhas, (fonte, linhas[0][_BANCO]))
    return Arquivo(
        fonte, linhas[0][_BANCO], linhas[0][2:22].strip(), layout.versao, layout.nome, sentido,
        cabecalho.get("nsa"), cabecalho.get("data_geracao"), cabecalho, trailer, linhas, avisos, erros,
    )  # fmt: skip


def _aviso(codigo: str, mensagem: str, local: Local) -> Problema:
    return Problema(codigo, mensagem, local, gravidade="aviso")


def _linhas(conteudo: bytes, fonte: str) -> tuple[list[str], list[Problema]]:
    """As linhas com conteúdo; UTF-8 com acento é aceito com aviso."""
    bruto = conteudo.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x1a\r\n")
    avisos: list[Problema] = []
    if bruto.isascii():
        texto = bruto.decode("ascii")
    else:
        try:
            texto = bruto.decode("utf-8")
            avisos.append(_aviso("arquivo.utf8", "há acentos gravados em UTF-8", Local(fonte)))
        except UnicodeDecodeError:
            texto = bruto.decode("latin-1")
    if "\r" in texto:
        texto = texto.replace("\r\n", "\n").replace("\r", "\n")
    return [linha for linha in texto.split("\n") if linha.strip("\x1a ")], avisos


def _layout(primeira: str, fonte: str) -> Layout:
    """Escolhe pela versão (A09) e pelo banco, nunca por palpite sobre o conteúdo."""
    versao, banco = primeira[_VERSAO], primeira[_BANCO]
    if not (versao.isascii() and versao.isdigit() and existe(f"febraban150/v{versao}")):
        onde = Local(fonte, 1, (80, 81))
        raise ErroDeArquivo("arquivo.versao", f"a versão {versao!a} do layout não é conhecida", local=onde)
    proprio = f"febraban150/v{versao}-{banco}"
    proprio_existe = banco.isascii() and banco.isdigit() and existe(proprio)
    return carregar(proprio if proprio_existe else f"febraban150/v{versao}")


def _completar(
    linhas: list[str], layout: Layout, fonte: str, anotar: tuple[list[Problema], list[Problema]]
) -> list[str]:
    """Devolve às linhas curtas os brancos reservados do fim; as demais larguras são erro."""
    if all(len(linha) == LARGURA for linha in linhas):
        return linhas
    avisos, erros = anotar
    prontas = []
    for n, linha in enumerate(linhas, 1):
        registro = layout.registros.get(linha[:1])
        if len(linha) != LARGURA and registro and _so_falta_reservado(registro, linha):
            avisos.append(_aviso("arquivo.linha_curta", f"a linha veio com {len(linha)} posições", Local(fonte, n)))
            prontas.append(linha.ljust(LARGURA))
            continue
        if len(linha) != LARGURA:
            mensagem = f"a linha tem {len(linha)} posições, e não {LARGURA}"
            erros.append(Problema("linha.largura", mensagem, Local(fonte, n)))
        prontas.append(linha)
    return prontas


def _so_falta_reservado(registro: Registro, linha: str) -> bool:
    """Vale só para o fim reservado, ou para marca opcional em que branco quer dizer ausente."""
    minimo = LARGURA
    for campo in reversed(registro.campos):
        opcional = campo.tipo == "texto" and not (campo.zeros or campo.obrigatorio or campo.fixo)
        if campo.tipo != "reservado" and not opcional:
            break
        minimo = campo.inicio - 1
    return minimo <= len(linha) < LARGURA


def _traduzir(layout: Layout, linha: str, local: Local, erros: list[Problema]) -> dict[str, Any]:
    if len(linha) != LARGURA:
        return {}
    try:
        return tradutor(layout.registros[linha[0]]).ler(linha, local)
    except ErroDeCampo as erro:
        erros.append(Problema(erro.codigo, erro.mensagem, erro.local or local))
        return {}


def _conferir(layout: Layout, linhas: Sequence[str], trailer: dict[str, Any], de: tuple[str, str]) -> list[Problema]:
    fonte, sentido = de
    erros = [
        Problema("arquivo.registro", f"o registro {linhas[n - 1][0]!a} não cabe aqui", Local(fonte, n))
        for n in _fora_de_lugar(layout, linhas, sentido)
    ]
    if not trailer:
        erros.append(Problema("arquivo.sem_trailer", "falta o registro Z no fim do arquivo", Local(fonte, len(linhas))))
        return erros
    if trailer["total_registros"] != len(linhas):
        mensagem = f"o Z informa {trailer['total_registros']} linhas e o arquivo tem {len(linhas)}"
        erros.append(Problema("arquivo.total_registros", mensagem, Local(fonte, len(linhas), (2, 7))))
    return erros + _conferir_valor(layout, linhas, trailer, fonte)


def _fora_de_lugar(layout: Layout, linhas: Sequence[str], sentido: str) -> list[int]:
    pode = {r.codigo for r in layout.registros.values() if r.sentido in {"ambos", sentido}} - {"A", "Z"}
    fim = len(linhas)
    meio = {linha[0] for linha in linhas[1 : fim - 1]} | ({linhas[-1][0]} - {"Z"})
    if meio <= pode:
        return []
    return [n for n, x in enumerate(linhas, 1) if n > 1 and x[0] not in pode and (n < fim or x[0] != "Z")]


def _conferir_valor(layout: Layout, linhas: Sequence[str], trailer: dict[str, Any], fonte: str) -> list[Problema]:
    soma = 0
    try:
        for letra, nome in _COM_VALOR.items():
            if letra in layout.registros:
                blocos = _em_blocos(layout.registros[letra], (nome,), linhas)
                soma += sum(v or 0 for bloco in blocos for _, v in bloco)
    except ErroDeCampo as erro:
        linha, colunas = (erro.local.linha, erro.local.colunas) if erro.local else (None, None)
        return [Problema(erro.codigo, erro.mensagem, Local(fonte, linha, colunas))]
    if soma != (trailer["valor_total"] or 0):
        mensagem = f"o Z informa R$ {escrever_reais(trailer['valor_total'] or 0)} e a soma dá R$ {escrever_reais(soma)}"
        return [Problema("arquivo.total_valor", mensagem, Local(fonte, len(linhas), (8, 24)))]
    return []


def _codigos(layout: Layout, linhas: Sequence[str], de: tuple[str, str]) -> list[Problema]:
    fonte, banco = de
    if "F" not in layout.registros:
        return []
    return [
        _aviso("arquivo.codigo", f"o código de retorno {codigo!a} não é conhecido", Local(fonte, n, None))
        for bloco in _em_blocos(layout.registros["F"], ("codigo_retorno", "codigo_movimento"), linhas)
        for n, codigo, movimento in bloco
        if interpretar(banco, layout.versao, movimento, codigo).classe == "DESCONHECIDO"
    ]
