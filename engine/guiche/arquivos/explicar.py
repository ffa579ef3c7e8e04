"""Um arquivo aos olhos de gente: cada linha aberta em campos, e a forma para ``--json``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from guiche.arquivos.debito150 import LARGURA, Arquivo
from guiche.bancos.codigos import interpretar, interpretar_alteracao
from guiche.dominio.dinheiro import para_reais
from guiche.erros import ErroDeCampo, Local
from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Campo, Registro
from guiche.layout.valores import ler_campo


class LinhaExplicada(NamedTuple):
    """Um campo de uma linha; os ``bruto`` de uma linha, juntos, são a linha."""

    linha: int
    registro: str
    campo: str
    nome: str
    posicao: str
    bruto: str
    valor: str
    significado: str
    origem: str = ""
    """O documento de que se tirou o campo, e a página, onde se sabe."""


def explicar(arquivo: Arquivo) -> Iterator[LinhaExplicada]:
    """Abre cada linha em seus campos; linha que o layout não conhece vem inteira (S-02)."""
    layout = carregar(arquivo.layout)
    registros = layout.registros
    for n, linha in enumerate(arquivo.linhas, 1):
        registro = registros.get(linha[0])
        if registro is None or len(linha) != LARGURA:
            yield LinhaExplicada(n, linha[0], "", "", f"001-{len(linha):03d}", linha, "", "não é linha deste layout")
            continue
        for campo in registro.campos:
            bruto = linha[campo.inicio - 1 : campo.fim]
            valor, sentido = _valor(campo, bruto), _significado(arquivo, registro, campo, linha)
            yield LinhaExplicada(
                n, registro.codigo, campo.id, campo.titulo, campo.posicao, bruto, valor, sentido, layout.fonte
            )


def _valor(campo: Campo, bruto: str) -> str:
    if campo.tipo == "reservado":
        return ""
    try:
        lido = _json(campo, ler_campo(campo, bruto, None))
    except ErroDeCampo:
        return "(ilegível)"
    return "" if lido is None else str(lido)


def _significado(arquivo: Arquivo, registro: Registro, campo: Campo, linha: str) -> str:
    bruto = linha[campo.inicio - 1 : campo.fim]
    if campo.nome == "codigo_retorno":
        movimento = registro.campo("codigo_movimento")
        return interpretar(arquivo.banco, arquivo.versao, linha[movimento.inicio - 1 : movimento.fim], bruto).texto
    if registro.codigo == "H" and campo.nome.startswith("ocorrencia_") and bruto.strip("0 "):
        return interpretar_alteracao(arquivo.banco, arquivo.versao, bruto).texto
    return campo.dominio.get(bruto, campo.nota)


def _json(campo: Campo, valor: Any) -> Any:
    if campo.tipo == "valor" and valor is not None:
        return str(para_reais(valor))
    return valor.isoformat() if isinstance(valor, date) else valor


def ler_json(arquivo: Arquivo) -> dict[str, Any]:
    """Forma do arquivo para máquinas: dinheiro em texto decimal, datas ISO, ausente nulo."""
    return {
        "formato": "debito150",
        "banco": arquivo.banco,
        "convenio": arquivo.convenio,
        "sentido": arquivo.sentido,
        "versao": arquivo.versao,
        "layout": arquivo.layout,
        "cabecalho": _registro_json(arquivo, 1),
        "registros": [_registro_json(arquivo, n) for n in range(1, len(arquivo.linhas) + 1)],
        "totais": _registro_json(arquivo, len(arquivo.linhas)) if arquivo.trailer else {},
        "problemas": [p.como_dict() for p in (*arquivo.erros, *arquivo.problemas)],
    }


def _registro_json(arquivo: Arquivo, n: int) -> dict[str, Any]:
    linha = arquivo.linhas[n - 1]
    registro = carregar(arquivo.layout).registros.get(linha[0])
    if registro is None or len(linha) != LARGURA:
        return {"registro": linha[0], "linha": n, "bruto": linha}
    try:
        valores = tradutor(registro).ler(linha, Local(arquivo.fonte, n))
    except ErroDeCampo:
        return {"registro": linha[0], "linha": n, "bruto": linha}
    campos = {nome: _json(registro.campo(nome), valor) for nome, valor in valores.items()}
    return {"registro": linha[0], "linha": n, **campos}
