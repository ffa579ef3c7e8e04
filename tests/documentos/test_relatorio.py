"""O PDF de relatórios: o que se lê, em quantas folhas, e que nada se perde."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from guiche.documentos.modelo import Tipo, Valor, escrever_valor
from guiche.documentos.relatorio import Coluna, Relatorio, gravar_relatorio
from guiche.erros import ErroDeArquivo

COLUNAS = (
    Coluna("Título", 2),
    Coluna("Cliente", 5),
    Coluna("Vencimento", 2, "data"),
    Coluna("Valor (R$)", 2, "valor"),
    Coluna("Linha", 1, "inteiro"),
)


def _linhas(quantas: int) -> list[tuple[Valor, ...]]:
    return [(f"T{i:05d}", f"CLIENTE FICTÍCIO {i}", date(2026, 8, 7), 100_000 + i, i) for i in range(quantas)]


def _relatorio(linhas: Sequence[Sequence[Valor]]) -> Relatorio:
    return Relatorio("Títulos da remessa", COLUNAS, linhas, gerado_em="Gerado em 04/08/2026 às 10:15")


def _textos(destino: Path, relatorio: Relatorio) -> list[str]:
    gravar_relatorio(destino, relatorio)
    return [pagina.extract_text() for pagina in PdfReader(destino).pages]


@pytest.fixture
def destino(tmp_path: Path) -> Path:
    return tmp_path / "relatorio.pdf"


def test_uma_folha_mostra_cabecalho_linhas_e_totais(destino: Path) -> None:
    relatorio = replace(
        _relatorio(_linhas(2)),
        subtitulos=("FARMÁCIA MODELO LTDA", "Banco 001 – convênio 1234567"),
        totais=(("Total a debitar (R$)", 37525), ("Total cancelado (R$)", 10000), ("Títulos", "5")),
    )
    (texto,) = _textos(destino, relatorio)
    for esperado in (
        "Títulos da remessa",
        "FARMÁCIA MODELO LTDA",
        "Banco 001 – convênio 1234567",
        "Vencimento",
        "CLIENTE FICTÍCIO 1",
        "07/08/2026",
        "1.000,01",
        "375,25",
        "100,00",
        "Gerado em 04/08/2026 às 10:15",
        "Página 1 de 1",
    ):
        assert esperado in texto


def test_toda_folha_repete_o_cabecalho_e_diz_quantas_sao(destino: Path) -> None:
    textos = _textos(destino, _relatorio(_linhas(200)))
    assert len(textos) > 2
    for numero, texto in enumerate(textos, start=1):
        assert f"Página {numero} de {len(textos)}" in texto
        assert "Valor (R$)" in texto
        assert "Títulos da remessa" in texto


def test_cada_linha_sai_uma_vez_so_e_em_ordem(destino: Path) -> None:
    palavras = " ".join(_textos(destino, _relatorio(_linhas(300)))).split()
    assert [p for p in palavras if p.startswith("T0")] == [f"T{i:05d}" for i in range(300)]


def test_mesmo_relatorio_mesmos_bytes(tmp_path: Path) -> None:
    um, dois = tmp_path / "um.pdf", tmp_path / "dois.pdf"
    gravar_relatorio(um, _relatorio(_linhas(60)))
    gravar_relatorio(dois, _relatorio(_linhas(60)))
    assert um.read_bytes() == dois.read_bytes()


def test_texto_comprido_quebra_e_nao_perde_nada(destino: Path) -> None:
    comprido = "ASSOCIAÇÃO DOS SERVIDORES MUNICIPAIS DE SÃO JOÃO DA BOA VISTA – SEÇÃO DE APOSENTADOS"
    texto = _textos(destino, _relatorio([("X" * 90, comprido, None, None, None)]))[0]
    assert "".join(comprido.split()) in "".join(texto.split())
    assert texto.count("X") == 90


def test_celula_mais_alta_que_a_folha_continua_na_seguinte(destino: Path) -> None:
    palavras = [f"palavra{i:04d}" for i in range(900)]
    textos = _textos(destino, _relatorio([("T1", " ".join(palavras), None, 1, 1)]))
    assert len(textos) > 1
    assert [p for p in " ".join(textos).split() if p.startswith("palavra")] == palavras


@pytest.mark.parametrize("centavos", [10**15 + 37, -(10**12)])
def test_valor_grande_encolhe_e_sai_inteiro(destino: Path, centavos: int) -> None:
    texto = _textos(destino, _relatorio([("T1", "A", None, centavos, 1)]))[0]
    assert escrever_valor(centavos, "valor") in texto


@pytest.mark.requisito("S-52")
def test_observacao_e_assinaturas(destino: Path) -> None:
    relatorio = replace(
        _relatorio(_linhas(1)),
        observacoes=("Os dados foram informados pelo cliente.",),
        assinaturas=("Empresa", "Agência 0001", "Testemunha"),
    )
    gravar_relatorio(destino, relatorio)
    pagina = PdfReader(destino).pages[0]
    texto = pagina.extract_text()
    for esperado in ("Os dados foram informados pelo cliente.", "Empresa", "Agência 0001", "Testemunha"):
        assert esperado in texto
    conteudo = pagina.get_contents()
    assert conteudo is not None
    assert conteudo.get_data().count(b" l S") == 3


def test_sem_linhas_diz_que_nao_ha(destino: Path) -> None:
    (texto,) = _textos(destino, _relatorio([]))
    assert "Nenhuma linha." in texto


def test_paisagem_deita_a_folha(destino: Path) -> None:
    gravar_relatorio(destino, replace(_relatorio(_linhas(1)), orientacao="paisagem"))
    caixa = PdfReader(destino).pages[0].mediabox
    assert caixa.width > caixa.height


def test_propriedades_do_arquivo(destino: Path) -> None:
    gravar_relatorio(destino, _relatorio([]))
    leitor = PdfReader(destino)
    assert leitor.metadata is not None
    assert leitor.metadata.title == "Títulos da remessa"
    assert leitor.metadata.author == "Guichê"
    assert str(leitor.root_object["/Lang"]) == "pt-BR"


def test_letra_que_a_fonte_nao_tem_fica_a_vista(destino: Path) -> None:
    (texto,) = _textos(destino, _relatorio([("T1", "Dvořák 漢 “aspas” €", None, 1, 1)]))
    assert "Dvorák ? “aspas” €" in texto


def test_pasta_que_nao_existe(tmp_path: Path) -> None:
    with pytest.raises(ErroDeArquivo) as erro:
        gravar_relatorio(tmp_path / "nao_existe" / "r.pdf", _relatorio([]))
    assert erro.value.codigo == "documento.nao_gravado"


def test_falha_na_troca_deixa_o_antigo_e_nenhum_resto(tmp_path: Path) -> None:
    ocupado = tmp_path / "r.pdf"
    ocupado.mkdir()  # uma pasta no lugar do arquivo: a troca de nome falha
    with pytest.raises(ErroDeArquivo):
        gravar_relatorio(ocupado, _relatorio([]))
    assert list(tmp_path.iterdir()) == [ocupado]


def test_linha_com_celulas_a_menos_e_recusada(destino: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        gravar_relatorio(destino, _relatorio([("T1",)]))
    assert not destino.exists()


@pytest.mark.parametrize(
    ("valor", "tipo", "texto"),
    [
        (Decimal("1234.50"), "valor", "1.234,50"),
        (-5, "valor", "-0,05"),
        ("já escrito", "valor", "já escrito"),
        (7, "inteiro", "7"),
        (7, "texto", "7"),
        (None, "data", ""),
    ],
)
def test_escrever_valor(valor: Valor, tipo: Tipo, texto: str) -> None:
    assert escrever_valor(valor, tipo) == texto


@pytest.mark.parametrize(
    ("valor", "tipo"), [(1.5, "valor"), (True, "inteiro"), (7, "data"), (date(2026, 8, 7), "valor")]
)
def test_valor_de_outro_tipo_e_engano_de_quem_programa(valor: Valor, tipo: Tipo) -> None:
    with pytest.raises(TypeError, match="não aceita"):
        escrever_valor(valor, tipo)


def _tinta(pgm: bytes) -> float:
    """Fração de pontos escuros de uma imagem PGM binária."""
    pontos = pgm.split(b"\n", 3)[3]
    return sum(ponto < 128 for ponto in pontos) / len(pontos)


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="sem pdftoppm (pacote poppler-utils)")
def test_o_leitor_de_pdf_desenha_a_folha(destino: Path, tmp_path: Path) -> None:
    gravar_relatorio(destino, _relatorio(_linhas(30)))
    comando = ["pdftoppm", "-r", "50", "-gray", "-singlefile", str(destino), str(tmp_path / "folha")]
    saida = subprocess.run(comando, check=True, capture_output=True, encoding="utf-8")
    assert saida.stderr == ""
    assert 0.005 < _tinta((tmp_path / "folha.pgm").read_bytes()) < 0.2
