"""De um boleto que já não se paga nada pagável volta a sair, por porta nenhuma."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pypdf
import pytest
import zxingcpp

from guiche.cli import main
from guiche.documentos.conferencia import reler
from guiche.erros import ErroGuiche
from guiche.livro.boletos import Boleto, guardar_pix
from guiche.servicos.boletos import impressao, rascunhos
from guiche.servicos.boletos.impressao import Saida
from guiche.servicos.boletos.papel import NAO_SE_PAGA
from guiche.servicos.cobranca import fila
from tests.documentos.test_boleto import SEM_POPPLER, lidos, paginas
from tests.servicos.apoio import HOJE, ler, na, titulo
from tests.servicos.test_retorno_boletos import DIA, arquivo, emitidos, emv, estados, importado, pasta, resposta

pytestmark = pytest.mark.caso("B-28")
FECHADOS = {
    1: f"PAGO EM {DIA:%d/%m/%Y}", 2: "BAIXADO – NÃO PAGAR", 3: "ESTORNADO – NÃO PAGAR", 4: "REJEITADO – NÃO PAGAR",
}  # fmt: skip


@pytest.fixture
def cinco(tmp_path: Path) -> tuple[Path, list[Boleto]]:
    """Um boleto pago, um baixado, um estornado, um rejeitado e um por pagar, todos com Pix."""
    caminho = pasta(tmp_path, [titulo(f"T{n}", DIA, f"{100 * n}.00") for n in range(1, 6)])
    feitos = emitidos(caminho)
    with na(caminho) as ctx, ctx.livro.transacao():
        guardar_pix(ctx.livro, {b.id: emv(b.valor) for b in feitos})
    respostas = [resposta(b, "02", classe="ENTRADA_CONFIRMADA") for b in feitos if b.id != 4]
    respostas += [resposta(feitos[3], "03", classe="ENTRADA_REJEITADA", motivos=("08",))]
    importado(caminho, arquivo(caminho, respostas))
    pagos = [resposta(feitos[0]), resposta(feitos[1], "09", classe="BAIXA")]
    importado(caminho, arquivo(caminho, pagos, numero=2))
    with na(caminho) as ctx:
        fila.estornar(ctx, 3)
    assert estados(caminho) == ["PAGO", "BAIXADO", "ESTORNADO", "REJEITADO", "REGISTRADO"]
    for pdf in tmp_path.rglob("*.pdf"):
        pdf.unlink()
    return caminho, feitos


def _conferir(pdfs: list[Path], emitido: Mapping[int, Boleto], onde: Path) -> set[int]:
    """Os boletos que se acharam no papel, depois de lido por um leitor de verdade."""
    achados: set[int] = set()
    for pdf in pdfs:
        texto = "".join(p.extract_text() for p in pypdf.PdfReader(pdf).pages)
        barras = {b for p in paginas(pdf.read_bytes(), onde, 200) for b in lidos(p, zxingcpp.BarcodeFormat.ITF)}
        qr = {b for p in paginas(pdf.read_bytes(), onde, 200) for b in lidos(p, zxingcpp.BarcodeFormat.QRCode)}
        for codigo, boleto in emitido.items():
            if boleto.nosso_numero not in texto:
                continue
            achados.add(codigo)
            paga = codigo not in FECHADOS
            assert (boleto.linha_digitavel in texto) == paga, codigo
            assert (boleto.codigo_barras in barras) == paga, codigo
            assert paga or emv(boleto.valor) not in qr
            if not paga:
                assert texto.count(FECHADOS[codigo]) >= 2
                assert NAO_SE_PAGA in texto
        assert {i.codigo_barras for i in reler(pdf.read_bytes())} - {""} <= barras
    return achados


@SEM_POPPLER
@pytest.mark.parametrize("saida", [Saida("a4"), Saida("carne"), Saida("a4", separados=True)], ids=str)
def test_impresso_outra_vez_sai_marcado_e_sem_nada_que_se_pague(
    cinco: tuple[Path, list[Boleto]], saida: Saida, tmp_path: Path
) -> None:
    caminho, feitos = cinco
    with na(caminho) as ctx:
        feito = impressao.imprimir(ctx, range(1, 6), saida)
    assert _conferir(list(feito.arquivos), {b.id: b for b in feitos}, tmp_path) == {1, 2, 3, 4, 5}
    aviso = next(linha for linha in feito.linhas if "já não se pagam" in linha.lower())
    assert "1 (PAGO), 2 (BAIXADO), 3 (ESTORNADO), 4 (REJEITADO)" in aviso


@SEM_POPPLER
def test_pelos_marcados_tambem(cinco: tuple[Path, list[Boleto]], tmp_path: Path) -> None:
    caminho, feitos = cinco
    aberta = openpyxl.load_workbook(caminho)
    for linha in (2, 3):
        aberta["Boletos"][f"A{linha}"] = "Sim"
    aberta.save(caminho)
    codigos = [int(str(b["codigo"]).partition(".")[0]) for b in ler(caminho, "boletos")[:2]]
    assert main(["boletos", "imprimir", str(caminho), "--hoje", HOJE.isoformat()]) == 0
    assert _conferir(list(tmp_path.rglob("*.pdf")), {b.id: b for b in feitos}, tmp_path) == set(codigos)


@pytest.mark.parametrize("codigo", FECHADOS)
def test_segunda_via_e_rascunho_se_recusam_e_nada_fica(cinco: tuple[Path, list[Boleto]], codigo: int) -> None:
    caminho, _ = cinco
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as da_via:
        impressao.segunda_via(ctx, codigo, DIA)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as do_rascunho:
        rascunhos.rascunhos(ctx, [5, codigo])
    assert (da_via.value.codigo, do_rascunho.value.codigo) == ("boleto.fechado", "boleto.fechado")
    assert not [*caminho.parent.rglob("*.pdf"), *caminho.parent.rglob("*.eml")]
