"""Boletos: números por segundo, páginas por segundo, bytes por página, memória, crescimento."""

from __future__ import annotations

import time
import zlib
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from reportlab.graphics.barcode.common import I2of5
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from guiche.boleto.calculo import calcular
from guiche.documentos.barras import codigo_de_barras
from guiche.documentos.boleto import _dados_da_parte, _desenhar_parte, _geometria, desenhar, folha
from guiche.documentos.papel import Papel
from tests.desempenho.regua import Medida, medianas

_HOJE = date(2026, 8, 4)
"""Um dia qualquer: os números não dependem dele."""
META_PAGINAS, META_BYTES = 2_400, 2_048
META_AVULSOS = 350
_AVULSOS = 100


def entradas(n: int) -> list[dict[str, Any]]:
    """Boletos fictícios do Itaú."""
    return [
        {"banco": "341", "agencia": "0057", "conta": "12345", "carteira": "109", "nosso_numero": str(i),
         "centavos": 1000 + i, "vencimento": _HOJE + timedelta(days=i % 300)}
        for i in range(1, n + 1)
    ]  # fmt: skip


def papeis(n: int) -> list[Papel]:
    """Os papéis deles."""
    feitos = []
    for i, entrada in enumerate(entradas(n)):
        c = calcular(entrada)
        feitos.append(Papel(
            "Itaú", "341-7", c.linha_digitavel, c.codigo_barras, "PAGÁVEL EM QUALQUER BANCO ATÉ O VENCIMENTO",
            f"{entrada['vencimento']:%d/%m/%Y}", "FARMÁCIA MODELO LTDA", "FARMÁCIA MODELO – CNPJ 11.222.333/0001-81",
            "CNPJ 11.222.333/0001-81 – Rua A, 1", c.agencia_codigo_beneficiario, "04/08/2026", f"NF {i}", "DM", "N",
            "04/08/2026", c.nosso_numero_formatado, "109", "R$", f"{entrada['centavos'] / 100:.2f}".replace(".", ","),
            ("Após o vencimento, multa de R$ 0,20.", "Juros de R$ 0,01 ao dia."),
            (f"Cliente {i} – CPF 529.982.247-25", "Rua B, 2", "São Paulo/SP"), f"Cliente {i} – CPF 529.982.247-25",
            demonstrativo=(f"Título T{i}: R$ 10,00",),
        ))  # fmt: skip
    return feitos


def naive(lista: list[Papel]) -> bytes:
    """O desenho de sempre: cada caixa, rótulo, valor e barra pelo canvas, página a página."""
    saida = BytesIO()
    tela = Canvas(saida, pagesize=A4)
    for papel in lista:
        for onde in _geometria()["folha"]["a4"]["partes"]:
            tela.saveState()
            tela.translate(onde["x"] * mm, onde["y"] * mm)
            _parte_ingenua(tela, _dados_da_parte(onde["parte"]), papel)
            tela.restoreState()
        tela.bookmarkPage(papel.codigo_barras)
        tela.addOutlineEntry(f"{papel.nosso_numero} – {papel.pagador_nome}", papel.codigo_barras)
        tela.showPage()
    tela.save()
    return saida.getvalue()


def _parte_ingenua(tela: Canvas, dados: Any, papel: Papel) -> None:
    for celula in dados["celulas"]:
        x, y, largura, altura = (v * mm for v in celula["caixa"])
        tela.rect(x, y, largura, altura)
        tela.setFont("Helvetica", 5.5)
        tela.drawString(x + mm, y + altura - 2.2 * mm, celula.get("rotulo", ""))
        tela.setFont("Helvetica-Bold" if celula.get("negrito") else "Helvetica", celula.get("corpo", 8))
        texto = getattr(papel, celula["campo"]) if "campo" in celula else celula.get("texto", "")
        escrever = tela.drawRightString if celula.get("lado") == "direita" else tela.drawString
        escrever(x + (largura if celula.get("lado") == "direita" else mm), y + mm, texto)
    for bloco in dados["blocos"]:
        for i, linha in enumerate(getattr(papel, bloco["campo"])):
            tela.drawString(bloco["x"] * mm, (bloco["y"] - i * bloco["passo"]) * mm, linha)
    if "barras" in dados:
        barras = I2of5(papel.codigo_barras, barWidth=103 * mm / 405, ratio=3, barHeight=13 * mm, bearers=0, quiet=0,
                       checksum=0)  # fmt: skip
        barras.drawOn(tela, 5 * mm, 5.5 * mm)


def piso(lista: list[Papel]) -> bytes:
    """O menor PDF com as mesmas páginas, escrito à mão: os mesmos operadores, sem marcadores nem o que é fixo."""
    modelo, objetos, saida = folha("a4"), [], BytesIO()
    fontes = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> /F2 << /Type /Font /Subtype /Type1 "
    fontes += "/BaseFont /Helvetica-Bold >> >>"
    for i, papel in enumerate(lista):
        fluxo = zlib.compress("".join(_desenhar_parte(parte, papel, 0) for parte in modelo.partes).encode("ascii"))
        objetos.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(fluxo), fluxo))
        recursos = f"/Resources << {fontes} >> /Contents {3 + 2 * i} 0 R"
        objetos.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {recursos} >>".encode())
    filhos = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(lista)))
    cabeca = [b"<< /Type /Catalog /Pages 2 0 R >>",
              f"<< /Type /Pages /Count {len(lista)} /Kids [{filhos}] >>".encode()]  # fmt: skip
    saida.write(b"%PDF-1.4\n")
    lugares = []
    for n, objeto in enumerate(cabeca + objetos, 1):
        lugares.append(saida.tell())
        saida.write(b"%d 0 obj\n%b\nendobj\n" % (n, objeto))
    inicio = saida.tell()
    saida.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(lugares) + 1))
    saida.write(b"".join(b"%010d 00000 n \n" % lugar for lugar in lugares))
    saida.write(b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(lugares) + 1, inicio))
    return saida.getvalue()


def _desenhar(lista: list[Papel]) -> int:
    return len(desenhar(lista))


def _tempo(trabalho: Any, *dados: Any) -> tuple[float, Any]:
    inicio = time.perf_counter()
    feito = trabalho(*dados)
    return time.perf_counter() - inicio, feito


def medir(n: int) -> list[Medida]:
    """As linhas da tabela."""
    lista, pedidos = papeis(n), entradas(n)
    desenhar(lista[:10])
    numeros, _ = _tempo(lambda: [calcular(e) for e in pedidos])
    nosso, ingenuo, minimo = medianas(
        lambda: desenhar(lista), lambda: naive(lista[: n // 10]), lambda: piso(lista), rodadas=3
    )
    avulsos, _ = _tempo(lambda: [desenhar([p]) for p in lista[:_AVULSOS]])
    pequeno, _ = _tempo(desenhar, lista[: n // 10])
    codigos, _ = _tempo(lambda: [codigo_de_barras(p.codigo_barras, 0, 0) for p in lista])
    meio = n // 2
    with ProcessPoolExecutor(2) as dois:
        list(dois.map(_desenhar, [lista[:2], lista[:2]]))
        par, _ = _tempo(lambda: list(dois.map(_desenhar, [lista[:meio], lista[meio:]])))
    por_pagina = len(desenhar(lista)) / n
    return [
        Medida("boletos: calcular os números (10 mil/s ÷ ritmo)", f"{n / numeros:,.0f}/s", n / numeros / 10_000, 1.0),
        Medida("boletos em PDF ÷ desenho ingênuo no canvas", f"{n / nosso:,.0f} páginas/s", ingenuo * 10 / nosso, 10.0),
        Medida("boletos em PDF ÷ escritor mínimo próprio", f"{n / nosso:,.0f} páginas/s", minimo / nosso, 0.5),
        Medida(
            f"boletos em PDF ÷ {META_PAGINAS} páginas/s", f"{n / nosso:,.0f} páginas/s", n / nosso / META_PAGINAS, 1.0
        ),
        Medida("boletos em PDF: 2 KB ÷ bytes por página", f"{por_pagina:,.0f} B", META_BYTES / por_pagina, 1.0),
        Medida(
            f"um PDF por boleto ÷ {META_AVULSOS}/s",
            f"{_AVULSOS / avulsos:,.0f}/s",
            _AVULSOS / avulsos / META_AVULSOS,
            1.0,
        ),
        Medida("boletos em PDF: dois processos ÷ um", f"{n / par:,.0f} páginas/s", nosso / par, 1.3),
        Medida("só o código de barras ÷ 100 mil/s", f"{n / codigos:,.0f}/s", n / codigos / 100_000, 1.0),
        Medida(
            f"boletos em PDF: por página, {n // 10:,} ÷ {n:,}", f"{nosso / n * 1e6:.0f} µs", pequeno * 10 / nosso, 0.83
        ),
    ]
