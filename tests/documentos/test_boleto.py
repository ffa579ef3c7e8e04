"""O papel do boleto: lido por um leitor de barras de verdade, medido em milímetros, relido por nós mesmos."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp
from barcode.itf import ITF
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from guiche.boleto import pix
from guiche.boleto.calculo import calcular
from guiche.boleto.regras import banco
from guiche.cli import main
from guiche.documentos.barras import ALTURA, LARGURA, codigo_de_barras, tabela
from guiche.documentos.boleto import _dados_da_parte, _geometria, desenhar
from guiche.documentos.conferencia import ler_barras, reler
from guiche.documentos.papel import Papel
from guiche.erros import ErroDeCampo
from tests.boleto.test_numeros import VARIANTES, entrada_de

MM = 72 / 25.4
SEM_POPPLER = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="não há pdftoppm (poppler-utils)")


def emv(centavos: int = 12345, nome: str = "FARMACIA MODELO LTDA") -> str:
    valor = f"{centavos // 100}.{centavos % 100:02d}"
    endereco = "0014br.gov.bcb.pix2549banco.exemplo.com.br/qr/v2/cobv/1b1a4e5c00004c5f9d1e1234567890ab"
    campos = {"00": "01", "26": endereco,
              "52": "0000", "53": "986", "54": valor, "58": "BR", "59": nome, "60": "SAO PAULO",
              "62": "0503***"}  # fmt: skip
    texto = "".join(f"{id_}{len(dado):02d}{dado}" for id_, dado in campos.items()) + "6304"
    return texto + pix.crc16(texto)


PADRAO: dict[str, Any] = {
    "banco": "001", "agencia": "1606", "conta": "06809350", "convenio": "1234567", "carteira": "17",
    "nosso_numero": "42", "centavos": 12345, "vencimento": date(2026, 12, 10),
}  # fmt: skip


def papel(entrada: dict[str, Any] | None = None, **mudancas: Any) -> Papel:
    entrada = entrada or PADRAO
    c, b = calcular(entrada), banco(entrada["banco"])
    reais = f"{entrada['centavos'] // 100},{entrada['centavos'] % 100:02d}"
    feito = Papel(
        b.nome, f"{b.codigo}-{b.dv}", c.linha_digitavel, c.codigo_barras, b.local_pagamento,
        f"{entrada['vencimento']:%d/%m/%Y}", "FARMÁCIA MODELO LTDA",
        "FARMÁCIA MODELO LTDA – CNPJ 11.222.333/0001-81 – Rua das Acácias, 100, São Paulo/SP",
        "CNPJ 11.222.333/0001-81 – Rua das Acácias, 100, São Paulo/SP", c.agencia_codigo_beneficiario, "21/11/2026",
        "NF 5001", "DM", "N", "21/11/2026", c.nosso_numero_formatado, entrada.get("carteira", ""), "R$", reais,
        ("Multa de 2% após o vencimento.",), ("JOÃO HIPOTÉTICO (CPF 529.982.247-25)", "Rua A, 1", "São Paulo/SP"),
        "JOÃO HIPOTÉTICO", demonstrativo=("Título T1: R$ 123,45",), atendimento=b.atendimento,
    )  # fmt: skip
    return feito._replace(**mudancas)


def paginas(pdf: bytes, onde: Path, dpi: int, *opcoes: str) -> list[Image.Image]:
    (onde / "b.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-gray", *opcoes, str(onde / "b.pdf"), str(onde / f"p{dpi}")], check=True
    )
    return [Image.open(caminho) for caminho in sorted(onde.glob(f"p{dpi}-*.pgm"))]


def lidos(imagem: Image.Image, formato: Any) -> list[str]:
    return [r.text for r in zxingcpp.read_barcodes(imagem, formats=formato)]


@SEM_POPPLER
@pytest.mark.parametrize("dpi", [200, 300])
def test_um_leitor_de_verdade_le_o_codigo_de_todos_os_bancos(tmp_path: Path, dpi: int) -> None:
    entradas = [entrada_de(codigo, dict(variante), 1234) for codigo, variante in VARIANTES]
    papeis = [papel(entrada) for entrada in entradas]
    imagens = paginas(desenhar(papeis), tmp_path, dpi)
    assert len(imagens) == len(papeis)
    for imagem, esperado in zip(imagens, papeis, strict=True):
        assert lidos(imagem, zxingcpp.BarcodeFormat.ITF) == [esperado.codigo_barras]


@SEM_POPPLER
@pytest.mark.parametrize("dpi", [200, 300])
def test_o_carne_e_o_qr_se_leem(tmp_path: Path, dpi: int) -> None:
    feitos = [papel(entrada_de("033", {}, n)) for n in range(1, 8)]
    imagens = paginas(desenhar(feitos, "carne"), tmp_path, dpi)
    achados = [sorted(lidos(imagem, zxingcpp.BarcodeFormat.ITF)) for imagem in imagens]
    assert achados == [sorted(p.codigo_barras for p in feitos[i : i + 3]) for i in (0, 3, 6)]
    (tmp_path / "q").mkdir()
    (imagem,) = paginas(desenhar([papel(pix=emv())]), tmp_path / "q", dpi)
    assert lidos(imagem, zxingcpp.BarcodeFormat.QRCode) == [emv()]


def _conteudo(pdf: bytes) -> str:
    pagina = pypdf.PdfReader(BytesIO(pdf)).pages[0]
    return pagina.get_contents().get_data().decode("latin-1")  # type: ignore[union-attr]


def test_medidas_do_codigo_e_seu_lugar() -> None:
    escala = re.search(r"q ([\d.]+) 0 0 ([\d.]+) ([\d.]+) ([\d.]+) cm", _conteudo(desenhar([papel()])))
    assert escala
    modulo, altura, x, y = (float(v) / MM for v in escala.groups())
    assert modulo * tabela().modulos == pytest.approx(LARGURA, abs=0.05)
    assert altura == pytest.approx(ALTURA, abs=0.01)
    assert x - 10 >= 5
    ficha = 10
    assert y + altura / 2 - ficha == pytest.approx(12, abs=0.01)


@pytest.mark.parametrize(("parte", "largura", "altura"), [("ficha", (170, 216), (95, 108)),
                                                         ("carne.ficha", (145, 216), (60, 108))])  # fmt: skip
def test_a_ficha_esta_nas_medidas_dos_manuais(parte: str, largura: tuple[int, int], altura: tuple[int, int]) -> None:
    dados = _dados_da_parte(parte)
    assert largura[0] <= dados["largura"] <= largura[1]
    assert altura[0] <= dados["altura"] <= altura[1]
    for celula in dados["celulas"]:
        x, y, comprimento, alto = celula["caixa"]
        assert x >= 0
        assert y >= 0
        assert x + comprimento <= dados["largura"]
        assert y + alto <= dados["altura"]
    assert dados["barras"]["x"] >= 5


def test_as_partes_cabem_na_folha_e_as_caixas_nao_se_cobrem() -> None:
    for forma, dados in _geometria()["folha"].items():
        for onde in dados["partes"]:
            parte = _dados_da_parte(onde["parte"])
            assert onde["x"] + parte["largura"] <= 210, forma
            assert onde["y"] + parte["altura"] <= 297 / dados["por_pagina"], forma
            caixas = [c["caixa"] for c in parte["celulas"] if c.get("borda", True)]
            for i, (x, y, w, h) in enumerate(caixas):
                for x2, y2, w2, h2 in caixas[i + 1 :]:
                    assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


@given(st.text("0123456789", min_size=44, max_size=44))
def test_a_tabela_desenha_o_que_o_python_barcode_diz(codigo: str) -> None:
    modulos = ITF(codigo, narrow=1, wide=3).build()[0]
    esperado = " ".join(f"{b.start()} 0 {b.end() - b.start()} 1 re" for b in re.finditer("1+", modulos))
    desenho = codigo_de_barras(codigo, 0, 0).partition("cm ")[2].removesuffix("f Q\n").strip()
    assert desenho == esperado
    assert ler_barras(f"{desenho} ") == codigo


def test_o_pdf_tem_titulo_autor_lingua_marcadores_e_texto_que_se_copia() -> None:
    feitos = [papel(), papel(entrada_de("237", {}, 7))]
    leitor = pypdf.PdfReader(BytesIO(desenhar(feitos)))
    assert leitor.metadata
    assert (leitor.metadata.title, leitor.metadata.author) == (
        "2 boletos – FARMÁCIA MODELO LTDA",
        "FARMÁCIA MODELO LTDA",
    )
    raiz: Any = leitor.trailer["/Root"]
    assert raiz["/Lang"] == "pt-BR"
    assert raiz["/ViewerPreferences"]["/PrintScaling"] == "/None"
    marcadores: list[Any] = list(leitor.outline)
    assert [m.title for m in marcadores] == [f"{p.nosso_numero} – JOÃO HIPOTÉTICO" for p in feitos]
    texto = leitor.pages[0].extract_text()
    assert texto.count(feitos[0].linha_digitavel) == 2
    for termo in ("Recibo do Pagador", "Beneficiário", "Pagador", "Autenticação Mecânica – Ficha de Compensação"):
        assert termo in texto
    assert not re.search("Cedente|Sacado|Bloqueto", texto)
    assert desenhar(feitos) == desenhar(feitos)


def test_banco_que_exige_o_sac_o_imprime_e_a_marca_aparece() -> None:
    texto = pypdf.PdfReader(BytesIO(desenhar([papel(entrada_de("104", {}, 1))]))).pages[0].extract_text()
    assert "0800 726 0101" in texto
    marcado = pypdf.PdfReader(BytesIO(desenhar([papel(marca="AGUARDANDO REGISTRO")]))).pages[0].extract_text()
    assert "AGUARDANDO REGISTRO" in marcado


def test_logotipo_do_beneficiario() -> None:
    imagem = BytesIO()
    Image.new("RGB", (60, 20), "green").save(imagem, "PNG")
    com, sem = desenhar([papel()], logo=imagem.getvalue()), desenhar([papel()])
    assert b"/Subtype /Image" in com
    assert b"/Subtype /Image" not in sem


def test_texto_comprido_encolhe_e_o_que_nao_cabe_se_recusa() -> None:
    desenhar([papel(beneficiario_completo="A" * 130)])
    with pytest.raises(ErroDeCampo, match="beneficiario_completo não cabe"):
        desenhar([papel(beneficiario_completo="A" * 300)])
    with pytest.raises(ErroDeCampo, match="instrucoes não cabe"):
        desenhar([papel(instrucoes=("linha",) * 9)])


def test_letras_e_parenteses_no_papel() -> None:
    nome = "Çãé (João) \\ “aspas” – ñ"
    assert nome in pypdf.PdfReader(BytesIO(desenhar([papel(pagador_nome=nome)]))).pages[0].extract_text()


@pytest.mark.parametrize("forma", ["a4", "carne"])
def test_relemos_o_que_desenhamos(forma: str) -> None:
    feitos = [papel(entrada_de("341", {}, n), pix=emv() if n == 2 else "") for n in range(1, 6)]
    impressos = reler(desenhar(feitos, forma))
    assert [i.codigo_barras for i in impressos] == [p.codigo_barras for p in feitos]
    for impresso, esperado in zip(impressos, feitos, strict=True):
        assert set(impresso.linhas) == {esperado.linha_digitavel}
        assert esperado.valor in impresso.valores
        assert esperado.vencimento in impresso.datas


def test_nenhuma_pagina_escapa_da_releitura() -> None:
    """Um fluxo comprimido acaba em qualquer byte, também no da quebra de linha."""
    papeis = [papel(PADRAO | {"centavos": centavos}) for centavos in range(1, 1500)]
    relidos = reler(desenhar(papeis))
    assert [i.linhas[0] for i in relidos] == [p.linha_digitavel for p in papeis]


def test_conferir_pdf_pela_linha_de_comando(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bom, ruim, outro = tmp_path / "bom.pdf", tmp_path / "ruim.pdf", tmp_path / "outro.pdf"
    bom.write_bytes(desenhar([papel(), papel(entrada_de("237", {}, 7))]))
    ruim.write_bytes(desenhar([papel(valor="999,99", vencimento="11/12/2026", linha_digitavel=papel(
        entrada_de("237", {}, 7)).linha_digitavel)]))  # fmt: skip
    outro.write_bytes(b"%PDF-1.4 stream\n" + zlib.compress(b"nada") + b"\nendstream")
    assert main(["boleto", "conferir-pdf", str(bom)]) == 0
    assert main(["boleto", "conferir-pdf", str(ruim)]) == 1
    relato = capsys.readouterr().out
    for trecho in ("a linha digitável não é a das barras", "o valor das barras, R$ 123,45", "o vencimento das barras"):
        assert trecho in relato
    assert main(["boleto", "conferir-pdf", str(outro)]) == 1
    assert main(["boleto", "conferir-pdf", str(tmp_path / "nada.pdf")]) == 1
    assert ler_barras("0 0 1 1 re ") == ""


def test_o_pix_do_banco_se_confere() -> None:
    assert pix.ler(emv()) == pix.Pix("FARMACIA MODELO LTDA", "SAO PAULO", 12345)
    sem_valor = emv().replace("5406123.45", "")
    sem_valor = sem_valor[:-4] + pix.crc16(sem_valor[:-4])
    assert pix.ler(sem_valor).centavos is None
    for ruim in (
        "",
        "00020101",
        emv()[:-1] + ("0" if emv()[-1] != "0" else "1"),
        emv().replace("123.45", "123.46"),
        emv()[:40],
        "000201" + "xx" * 9,
    ):
        with pytest.raises(ErroDeCampo) as erro:
            pix.ler(ruim)
        assert erro.value.codigo == "boleto.pix"
