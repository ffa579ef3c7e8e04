"""Como o campo de motivos do retorno se parte nos códigos que traz (dado em ``layouts/leitura/cobranca.toml``)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from guiche.bancos.ocorrencias import motivo, motivos_da, ocorrencia

_DA_OCORRENCIA = 2
_DE_DOIS_OU_TRES = 3, 2


class Motivos(dict[str, tuple[str, ...]]):
    """Ocorrência seguida do campo de motivos → os códigos que ele traz, sem os vazios e sem repetir."""

    def __init__(self, regra: Mapping[str, Any], banco: str, formato: str) -> None:
        self.regra, self.de = regra, (banco, formato)

    def __missing__(self, bruto: str) -> tuple[str, ...]:
        codigos = self[bruto] = partir(self.regra, *self.de, bruto[:_DA_OCORRENCIA], bruto[_DA_OCORRENCIA:])
        return codigos


class ClassesComMotivo(dict[str, str]):
    """O mesmo → a classe: a do primeiro motivo que muda a da ocorrência, ou a dela."""

    def __init__(self, motivos: Motivos) -> None:
        self.motivos = motivos

    def __missing__(self, bruto: str) -> str:
        de, codigo = self.motivos.de, bruto[:_DA_OCORRENCIA].strip()
        classe = ocorrencia(*de, codigo).classe
        if classe != "DESCONHECIDA":
            lidos = (motivo(*de, codigo, m) for m in self.motivos[bruto])
            classe = next((m.classe for m in lidos if m.classe), classe)
        self[bruto] = classe
        return classe


def partir(regra: Mapping[str, Any], banco: str, formato: str, ocorrencia: str, campo: str) -> tuple[str, ...]:
    """Os códigos que o campo traz, sem os vazios e sem repetir.

    ``pedacos_do_motivo`` diz, por ocorrência, de que posição a que posição do campo vai cada pedaço, e que letra vai
    à frente dos códigos dele: o mesmo número quer dizer outra coisa noutro pedaço.
    """
    if regra.get("sinais"):
        return tuple(f"{n:02d}" for n, sinal in enumerate(campo, 1) if sinal == "1")
    largura = _da_ocorrencia(regra.get("larguras_do_motivo", {"*": 2}), ocorrencia)
    conhecidos = {c for dona in (ocorrencia, "*") for c in motivos_da(banco, formato, dona)} if largura == 0 else ()
    pedacos = _da_ocorrencia(regra.get("pedacos_do_motivo", {}), ocorrencia) or [[1, len(campo), ""]]
    codigos = (
        letra + codigo
        for de, ate, letra in pedacos
        for codigo in (_fatias(campo[de - 1 : ate], largura) if largura else _pelos(conhecidos, campo[de - 1 : ate]))
    )
    return tuple(dict.fromkeys(codigos))


def _da_ocorrencia(por_ocorrencia: Mapping[str, Any], ocorrencia: str) -> Any:
    return por_ocorrencia.get(ocorrencia, por_ocorrencia.get("*"))


def _fatias(texto: str, largura: int) -> Iterator[str]:
    partes = (texto[i : i + largura] for i in range(0, len(texto), largura))
    return (parte.strip() for parte in partes if parte.strip("0 "))


def _pelos(conhecidos: Collection[str], texto: str) -> Iterator[str]:
    """Os códigos de dois e de três caracteres, seguidos: os que a tabela conhece; se não dá, de dois em dois."""
    partes = _segmentos(conhecidos, texto.strip())
    return (p for p in partes if p.strip("0")) if partes else _fatias(texto, 2)


def _segmentos(conhecidos: Collection[str], texto: str) -> list[str]:
    """Vazio se o texto não se parte só em códigos conhecidos, com 00 por vazio."""
    for largura in _DE_DOIS_OU_TRES:
        primeiro, resto = texto[:largura], texto[largura:]
        if primeiro in conhecidos or primeiro == "00":
            depois = _segmentos(conhecidos, resto) if resto else []
            if depois or not resto:
                return [primeiro, *depois]
    return []
