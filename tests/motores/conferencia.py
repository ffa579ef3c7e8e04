"""O que se exige de uma pasta aberta por um motor que não é nosso: o que o esquema diz e o nosso leitor lê."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import FORMATOS, Coluna, Tabela, esquema
from guiche.planilha.lugares import Lugar
from tests.motores.motores import Aba, Motor

_EPOCA = datetime(1899, 12, 30)


def aceitos(coluna: Coluna) -> list[str]:
    """Os valores que o esquema dá à coluna; vazio se ela é livre."""
    return ["Sim", "Não"] if coluna.tipo == "sim_nao" else list(coluna.lista)


def conferir(motor: Motor, pasta: Path) -> None:
    """Abre a pasta no motor e confere todas as tabelas do esquema, e os valores de cada uma."""
    vistas = {aba.nome: aba for aba in motor.abrir(pasta)}
    nossa = PastaEmArquivo(pasta)
    assert set(vistas) >= {tabela.aba for tabela in esquema().values()}
    for tabela in esquema().values():
        _conferir_aba(vistas[tabela.aba], tabela, nossa, motor)


def _conferir_aba(aba: Aba, tabela: Tabela, nossa: PastaEmArquivo, motor: Motor) -> None:
    lugar = nossa.lugares[tabela.nome]
    primeira, ultima = lugar.colunas
    cabecalho = [str(titulo) for titulo in aba.valores[0] if titulo]
    assert set(cabecalho) >= {c.titulo for c in tabela.colunas}, f"{tabela.aba}: cabeçalho"
    if aba.tabelas is not None:
        assert dict(aba.tabelas) == {tabela.nome: f"{primeira}{lugar.cabecalho}:{ultima}{lugar.fim}"}, tabela.aba
    onde = {c.id: cabecalho.index(c.titulo) for c in tabela.colunas}
    if not tabela.painel:  # nas abas de filtros cada linha tem o seu formato e a sua lista
        _conferir_colunas(aba, tabela, lugar, onde)
    folha = nossa.ler(tabela.id, tuple(onde))
    for numero, linha in zip(folha.numeros, folha.linhas, strict=True):
        vista = _linha(aba.valores, numero, len(cabecalho))
        for id_, nosso in zip(onde, linha, strict=True):
            if tabela.coluna(id_).tipo == "ligacao" and not nosso:
                continue  # a cópia mascarada deixa a fórmula sem o texto; quem recalcula o refaz
            dele = vista[onde[id_]]
            assert igual(nosso, dele, so_texto=motor.so_textos), f"{tabela.aba}, {id_} da linha {numero}: {dele!r}"
    em_branco = set(range(2, len(aba.valores) + 1)) - set(folha.numeros)
    assert not any(v not in (None, "") for n in em_branco for v in aba.valores[n - 1]), f"{tabela.aba}: linhas a mais"


def _conferir_colunas(aba: Aba, tabela: Tabela, lugar: Lugar, onde: Mapping[str, int]) -> None:
    certos = {c.id: FORMATOS[c.tipo] for c in tabela.colunas}
    assert {id_: aba.formatos[n] for id_, n in onde.items()} == certos, f"{tabela.aba}: formatos da primeira linha"
    assert {id_: aba.abaixo[n] for id_, n in onde.items()} == certos, f"{tabela.aba}: formatos abaixo da tabela"
    if aba.listas is not None:
        certas = {lugar.letra(c.titulo): aceitos(c) for c in tabela.colunas if aceitos(c)}
        assert dict(aba.listas) == certas, f"{tabela.aba}: listas"


def _linha(valores: Sequence[Sequence[Any]], numero: int, largura: int) -> list[Any]:
    linha = list(valores[numero - 1]) if numero <= len(valores) else []
    return (linha + [None] * largura)[:largura]


def igual(nosso: Any, dele: Any, *, so_texto: bool = False) -> bool:
    """Diz se os dois leitores viram o mesmo; data é número, e texto nunca é número."""
    numero = _numero(nosso)
    if nosso == "" or nosso is None:
        return dele in (None, "")
    if numero is None:
        return bool(str(nosso) == dele)
    if so_texto and isinstance(dele, str):
        try:
            dele = float(dele)
        except ValueError:
            return False
    return isinstance(dele, (int, float)) and abs(numero - dele) < 1e-6


def _numero(valor: Any) -> float | None:
    if isinstance(valor, datetime):
        return (valor - _EPOCA).total_seconds() / 86_400
    if isinstance(valor, date):
        return float((datetime.combine(valor, time()) - _EPOCA).days)
    return float(valor) if isinstance(valor, (int, float)) and not isinstance(valor, bool) else None
