"""Ler, conferir e devolver a pasta de trabalho, contra o openpyxl e contra o piso."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import openpyxl
from pydantic import PlainValidator, TypeAdapter, create_model

from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import esquema
from guiche.planilha.validacao import leitor, validar
from tests.desempenho.regua import Medida, medianas
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, montar, titulo


def modelo_de_pydantic() -> TypeAdapter[list[Any]]:
    """O modo ingênuo de conferir: um modelo por linha, com as mesmas regras em cada campo."""
    campos: dict[str, Any] = {
        c.id: (Annotated[object, PlainValidator(leitor(c))], ...)
        for c in esquema()["titulos"].colunas
        if c.dono == "operador"
    }
    modelo: Any = create_model("Titulo", **campos)
    return TypeAdapter(list[modelo])


def pasta_de(onde: Path, n: int) -> Path:
    """Uma pasta de trabalho com ``n`` títulos e um décimo de clientes."""
    onde.mkdir(parents=True, exist_ok=True)
    morada = {"endereco": "Rua B, 2", "bairro": "Centro", "cidade": "Campinas", "uf": "SP", "cep": "13000-000"}
    pessoas = [cliente(f"C{i:06d}", i, **morada) for i in range(1, n // 10 + 1)]
    devidos = [
        titulo(f"T{i:07d}", HOJE + timedelta(days=5 + i % 30), str(Decimal(2000 + i).scaleb(-2)),
               f"C{i % (n // 10) + 1:06d}", filial="01", tipo_doc="NF", documento=str(i))
        for i in range(n)
    ]  # fmt: skip
    return montar(
        onde, nome="g.xlsx", clientes=pessoas, titulos=devidos, contas=[CONTA, COBRANCA],
        cobranca=[{"conta": "ITAU1", "carteira": "109", "multa": 0.02, "juros": 0.01, "formato": "CNAB400",
                   "endereco": "Rua A, 1"}],
    )  # fmt: skip


def naive_ler(caminho: Path) -> int:
    """O openpyxl no seu modo de leitura mais rápido."""
    pasta = openpyxl.load_workbook(caminho, read_only=True)
    return sum(1 for _ in pasta["Títulos"].iter_rows(values_only=True))


def naive_devolver(caminho: Path, mudancas: dict[int, list[Any]]) -> None:
    """Abrir, mudar e salvar com o openpyxl."""
    pasta = openpyxl.load_workbook(caminho)
    for linha, valores in mudancas.items():
        for i, valor in enumerate(valores, 13):
            pasta["Títulos"].cell(linha, i, valor)
    pasta.save(caminho)


def piso_devolver(caminho: Path) -> None:
    """Abrir e comprimir de novo a mesma aba."""
    with zipfile.ZipFile(caminho) as partes:
        maior = max(partes.infolist(), key=lambda parte: parte.file_size)  # a aba dos títulos
        zlib.compress(partes.read(maior), 1)


def devolver(caminho: Path, mudancas: dict[int, list[Any]]) -> None:
    """O nosso: remendar só as linhas que mudam."""
    pasta = PastaEmArquivo(caminho)
    pasta.atualizar("titulos", esquema()["titulos"].ids("guiche")[:6], mudancas)
    pasta.salvar()


def medir(onde: Path, n: int) -> list[Medida]:
    """Validar, ler e devolver."""
    caminho = pasta_de(onde / "ler", n)
    folha = PastaEmArquivo(caminho).ler("titulos")
    em_dicionarios = [dict(zip(folha.colunas, linha, strict=True)) for linha in folha.linhas]
    modelos = modelo_de_pydantic()
    a, b = medianas(lambda: validar(folha), lambda: modelos.validate_python(em_dicionarios), rodadas=3)
    c, d = medianas(lambda: PastaEmArquivo(caminho).ler("titulos"), lambda: naive_ler(caminho), rodadas=3)
    return [
        Medida("validar títulos ÷ list[Model] do pydantic", f"{n / a:,.0f}/s", b / a, 4.0),
        Medida("ler a pasta ÷ openpyxl read_only", f"{n / c:,.0f}/s", d / c, 8.0),
        *_medir_devolucao(onde, n),
    ]


def _medir_devolucao(onde: Path, n: int) -> list[Medida]:
    total, mudam = min(n, 10_000), min(n, 10_000) // 10
    base = pasta_de(onde / "devolver", total)
    nossa, deles = onde / "nossa.xlsx", onde / "deles.xlsx"
    mudancas = {2 + i * 10: ["PAGO", Decimal("1.50"), Decimal("0.00"), 4, "7", "00"] for i in range(mudam)}
    for copia in (nossa, deles):
        shutil.copy(base, copia)
    a, c = medianas(lambda: devolver(nossa, mudancas), lambda: piso_devolver(base))
    (b,) = medianas(lambda: naive_devolver(deles, {k: list(map(str, v)) for k, v in mudancas.items()}), rodadas=1)
    nome = f"devolver {mudam} de {total} situações"
    return [
        Medida(f"{nome} ÷ openpyxl carregar e salvar", f"{a:.3f} s", b / a, 50.0),
        Medida(f"{nome} ÷ abrir e comprimir a aba", f"{a:.3f} s", c / a, 0.5),
    ]
