"""Pastas de trabalho feitas para derrubar quem as lê: recusadas com uma frase, ou inofensivas."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from guiche.erros import ErroDePlanilha, ErroGuiche
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.exame_da_aba import esparsa
from guiche.planilha.pacote import sem_entidades
from guiche.servicos.debito.gerar import conferir
from tests.servicos.apoio import cliente, montar, na, titulo
from tests.sistema import ambiente, pico_de_memoria

Mudanca = Callable[[bytes], bytes]
MB = 1 << 20


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    return montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "10.00")])


def _parte_dos_titulos(caminho: Path) -> str:
    return PastaEmArquivo(caminho)._lugares["tbTitulos"].parte


def _reescrever(caminho: Path, trocas: dict[str, Mudanca], extra: dict[str, bytes] | None = None) -> None:
    with zipfile.ZipFile(caminho) as velho:
        partes = {nome: velho.read(nome) for nome in velho.namelist()}
    with zipfile.ZipFile(caminho, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as novo:
        for nome, conteudo in {**partes, **(extra or {})}.items():
            novo.writestr(nome, trocas[nome](conteudo) if nome in trocas else conteudo)


def _ler(caminho: Path) -> object:
    with na(caminho) as ctx:
        return conferir(ctx).dados


def _com_celula(celula: bytes) -> Mudanca:
    return lambda xml: xml.replace(b"</sheetData>", celula + b"</sheetData>")


LONGE = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
ESPARSAS: dict[str, bytes] = {
    "canto": LONGE,
    "baixo": LONGE.replace(b"XFD", b"A"),
    "direita e embaixo": b'<row r="9"><c r="XFD9"><v>1</v></c></row><row r="999999"><c r="A999999"><v>1</v></c></row>',
    "aspas simples": LONGE.replace(b'"', b"'"),
    "espaço no atributo": LONGE.replace(b'r="XFD', b'r = "XFD'),
    "outra ordem": b'<row r="1048576"><c t="n" r = "XFD1048576"><v>1</v></c></row>',
    "quebra de linha na célula": LONGE.replace(b"<c r", b"<c\nr"),
    "atributo antes": LONGE.replace(b'<c r="XFD', b'<c s="1" r="XFD'),
    "minúsculas": LONGE.replace(b"XFD", b"xfd"),
    "fora de ordem": LONGE + b'<row r="3"><c r="A3"><v>1</v></c></row>',
    "célula sem endereço": b'<row r="99999999"><c><v>1</v></c><c><v>2</v></c></row>',
    "linha sem número": LONGE.replace(b"XFD1048576", b"A1048576") + b"<row><c><v>1</v></c></row>",
    "dois endereços": b'<row r="3"><c r="A3" r="XFD1048576"><v>1</v></c></row>',
    "endereço dentro do texto": b'<row r="3"><c r="A3"><is><c r="XFD1048576"/></is></c></row>',
    "prefixo na célula": LONGE.replace(b"<c", b"<f:c").replace(b"</c", b"</f:c"),
    "prefixo no valor": b'<row r="3"><c r="A3"><f:c r="XFD1048576"><v>1</v></f:c></c></row>',
    "zeros à esquerda": LONGE.replace(b"XFD1", b"XFD0000000001"),
    "linha que não existe": LONGE.replace(b"1048576", b"99999999"),
}


@pytest.mark.parametrize("caso", ESPARSAS)
def test_celula_solta_muito_longe_se_recusa_antes_de_reservar_memoria(caminho: Path, caso: str) -> None:
    parte = _parte_dos_titulos(caminho)
    _reescrever(caminho, {parte: _com_celula(ESPARSAS[caso])})
    antes = pico_de_memoria()
    inicio = time.monotonic()
    with pytest.raises(ErroDePlanilha) as erro:
        _ler(caminho)
    assert erro.value.codigo == "pasta.inchada"
    assert "o que fazer" in str(erro.value)
    assert time.monotonic() - inicio < 5
    assert pico_de_memoria() - antes < 300 * MB


def test_dimensao_declarada_enorme_nao_importa(caminho: Path) -> None:
    parte = _parte_dos_titulos(caminho)
    _reescrever(caminho, {parte: lambda x: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', x)})
    assert _ler(caminho)["debitos"] == 1  # type: ignore[index]


def test_anotacao_um_pouco_longe_nao_atrapalha(caminho: Path) -> None:
    parte = _parte_dos_titulos(caminho)
    _reescrever(caminho, {parte: _com_celula(b'<row r="900"><c r="ZZ900"><v>1</v></c></row>')})
    assert _ler(caminho)["debitos"] == 1  # type: ignore[index]


def test_aba_cheia_e_larga_nao_e_esparsa() -> None:
    def aba(*celulas: bytes) -> bytes:
        return b"<sheetData>" + b"".join(b'<c r="%s"/>' % c for c in celulas) + b'</sheetData><x error="Use"/>'

    assert esparsa(aba(b"A7", b"CA7", b"ZZ7")) == ""
    assert esparsa(aba(b"A1048576")) == ""
    assert esparsa(aba(b"A1048576", b"Z1")) != ""


def test_bomba_de_zip_se_recusa_sem_abrir(caminho: Path) -> None:
    parte = _parte_dos_titulos(caminho)
    _reescrever(caminho, {parte: lambda x: x.replace(b"</sheetData>", b" " * (200 * MB) + b"</sheetData>")})
    inicio = time.monotonic()
    with pytest.raises(ErroDePlanilha) as erro:
        _ler(caminho)
    assert erro.value.codigo == "pasta.inchada"
    assert time.monotonic() - inicio < 5


@pytest.mark.parametrize("antes", ["", "pasta.gravar('titulos', []); "])
def test_bomba_de_zip_que_mente_o_tamanho(caminho: Path, antes: str) -> None:
    parte = _parte_dos_titulos(caminho)
    _reescrever(caminho, {parte: lambda x: x.replace(b"</sheetData>", b" " * (200 * MB) + b"</sheetData>")})
    with zipfile.ZipFile(caminho) as pacote:
        tamanho = pacote.getinfo(parte).file_size
    bruto = caminho.read_bytes()
    mentira = bruto.replace(tamanho.to_bytes(4, "little"), (5000).to_bytes(4, "little"))
    assert mentira != bruto
    caminho.write_bytes(mentira)
    codigo = (
        "import sys; from pathlib import Path; from guiche.erros import ErroDePlanilha\n"
        "from guiche.planilha.arquivo import PastaEmArquivo; from tests.sistema import pico_de_memoria\n"
        "base = pico_de_memoria()\n"
        f"try:\n    pasta = PastaEmArquivo(Path(sys.argv[1])); {antes}pasta.ler('titulos')\n"
        "except ErroDePlanilha as erro:\n    print(erro.codigo, (pico_de_memoria() - base) >> 20)"
    )
    comando = [sys.executable, "-c", codigo, str(caminho)]
    feito = subprocess.run(comando, env=ambiente(), capture_output=True, encoding="utf-8", check=False, timeout=60)
    codigo_do_erro, megas = feito.stdout.split() or (feito.stderr[-800:], "0")
    assert codigo_do_erro == "pasta.ilegivel"
    assert int(megas) < 50


@pytest.mark.parametrize("antes", [b"", b"<!-- <a -->", b"<?a <a ?>", b" "], ids=["logo", "comentário", "pi", "branco"])
@pytest.mark.parametrize("parte", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "aba", "tabela"])
def test_entidades_se_recusam_em_qualquer_parte(caminho: Path, parte: str, antes: bytes) -> None:
    lugar = PastaEmArquivo(caminho)._lugares["tbTitulos"]
    alvo = {"aba": lugar.parte, "tabela": lugar.parte_da_tabela}.get(parte, parte)
    risos = "".join(f'<!ENTITY r{n} "{f"&r{n - 1};" * 10}">' for n in range(1, 12))
    bomba = f'<!DOCTYPE r [<!ENTITY r0 "ha">{risos}<!ENTITY f SYSTEM "file:///etc/passwd">]>'.encode()
    _reescrever(caminho, {alvo: lambda x: re.sub(rb"(<\?xml[^>]*\?>)?", lambda m: m[0] + antes + bomba, x, count=1)})
    inicio = time.monotonic()
    with pytest.raises(ErroGuiche) as erro:
        _ler(caminho)
    assert erro.value.codigo == "pasta.ilegivel"
    assert "root:" not in str(erro.value)
    assert time.monotonic() - inicio < 5


@pytest.mark.parametrize("codificacao", ["utf-16", "utf-16-le", "utf-16-be"])
def test_entidades_noutra_codificacao_se_recusam_antes_de_se_abrirem(caminho: Path, codificacao: str) -> None:
    """Sem a marca de ordem o leitor de XML adivinha o UTF-16, e a declaração não se acha procurando-a em ASCII."""
    bomba = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">]><r>&a;</r>'.encode(codificacao)
    with pytest.raises(ErroGuiche) as erro:
        sem_entidades(bomba)
    assert erro.value.codigo == "pasta.ilegivel"
    _reescrever(caminho, {"xl/workbook.xml": lambda _: bomba})
    with pytest.raises(ErroGuiche) as erro:
        _ler(caminho)
    assert erro.value.codigo == "pasta.ilegivel"


def test_celula_gigante_e_um_problema_com_endereco(caminho: Path) -> None:
    parte = _parte_dos_titulos(caminho)
    gigante = b"9" * (2 * MB)
    _reescrever(caminho, {parte: lambda x: x.replace(b"<t>T1</t>", b"<t>" + gigante + b"</t>")})
    with na(caminho) as ctx:
        feito = conferir(ctx)
    assert [(str(p.local), p.codigo) for p in feito.problemas] == [("Títulos!A2", "celula.grande")]
    assert len(str(feito.problemas[0])) < 1000


@pytest.mark.parametrize("valor", [b"1e999", b"-1e999", b"nan", b"9" * 5000, b"1e308"])
def test_numero_absurdo_e_um_problema_com_endereco(caminho: Path, valor: bytes) -> None:
    parte = _parte_dos_titulos(caminho)
    _reescrever(caminho, {parte: lambda x: re.sub(rb'(<c r="H2"[^>]*>)<v>[^<]*', rb"\1<v>" + valor, x)})
    try:
        with na(caminho) as ctx:
            feito = conferir(ctx)
    except ErroDePlanilha as erro:
        assert erro.codigo == "pasta.ilegivel"
    else:
        assert [str(p.local) for p in feito.problemas] == ["Títulos!H2"]
        assert len(str(feito.problemas[0])) < 1000


def test_ligacao_externa_nao_se_segue(caminho: Path) -> None:
    parte = _parte_dos_titulos(caminho)
    externa = b"<f>[1]Plan1!$A$1</f><v>25</v>"
    _reescrever(
        caminho,
        {parte: lambda x: re.sub(rb'(<c r="H2"[^>]*>)<v>[^<]*</v>', rb"\1" + externa, x)},
        {
            "xl/externalLinks/externalLink1.xml": b'<externalLink xmlns="http://schemas.openxmlformats.org/'
            b'spreadsheetml/2006/main"><externalBook r:id="rId1" xmlns:r="r"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": b'<Relationships><Relationship Id="rId1" '
            b'Target="file:///etc/passwd" TargetMode="External"/></Relationships>',
        },
    )
    assert _ler(caminho)["total_debito"] == "25.00"  # type: ignore[index]


ESTRAGOS: dict[str, Callable[[bytes], bytes]] = {
    "metade": lambda b: b[: len(b) // 2],
    "sem começo": lambda b: b[100:],
    "zeros no meio": lambda b: b[: len(b) // 4] + b"\0" * (len(b) // 2) + b[len(b) // 4 + len(b) // 2 :],
    "método de compressão": lambda b: b.replace(b"PK\1\2\x14\0\x14\0\0\0\x08\0", b"PK\1\2\x14\0\x14\0\0\0\x63\0"),
    "cifrado": lambda b: b.replace(b"PK\1\2\x14\0\x14\0\0\0", b"PK\1\2\x14\0\x14\0\1\0"),
}


@pytest.mark.parametrize("caso", ESTRAGOS)
def test_pacote_estragado_se_recusa_com_uma_frase(caminho: Path, caso: str) -> None:
    bruto = caminho.read_bytes()
    assert ESTRAGOS[caso](bruto) != bruto
    caminho.write_bytes(ESTRAGOS[caso](bruto))
    with pytest.raises(ErroGuiche):
        _ler(caminho)


def test_parte_repetida_se_recusa(caminho: Path) -> None:
    parte = _parte_dos_titulos(caminho)
    with zipfile.ZipFile(caminho, "a") as pacote, pytest.warns(UserWarning, match="Duplicate"):
        pacote.writestr(parte, b"<worksheet/>")
    with pytest.raises(ErroDePlanilha) as erro:
        _ler(caminho)
    assert erro.value.codigo == "pasta.inchada"


LIGADAS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ABA = b'<sheet xmlns:r="' + LIGADAS + b'" name="%b" sheetId="99" state="visible" r:id="rIdX"/></sheets>'
RELACAO = b'<Relationship Id="rIdX" Type="' + LIGADAS + b'/worksheet" Target="%b"/></Relationships>'
OUTRA = "xl/worksheets/outra.xml"
AMBIGUAS: dict[str, tuple[bytes, bytes]] = {
    "nome repetido": (ABA % "Títulos".encode(), RELACAO % b"worksheets/outra.xml"),
    "nome noutra caixa": (ABA % "TÍTULOS".encode(), RELACAO % b"worksheets/outra.xml"),
    "caminho que sobe": (ABA % b"Nova", RELACAO % b"worksheets/../worksheets/outra.xml"),
    "caminho com xl": (ABA % b"Nova", RELACAO % b"xl/worksheets/outra.xml"),
    "dois ids": (
        (ABA % b"Nova").replace(b" r:id", b' xmlns:q="http://outro" q:id="a" r:id'), RELACAO % b"worksheets/outra.xml"
    ),
    "duas abas numa parte": (ABA % b"Nova", RELACAO % b"worksheets/sheet2.xml"),
    "id repetido": (
        ABA % b"Nova", (RELACAO % b"worksheets/outra.xml").replace(b"</R", b'<Relationship Id="rIdX" Target="x"/></R')
    ),
}  # fmt: skip


@pytest.mark.parametrize("caso", [*AMBIGUAS, "certa"])
def test_a_aba_que_dois_leitores_entenderiam_de_dois_modos_se_recusa(caminho: Path, caso: str) -> None:
    """O exame olha uma parte e o leitor de células leria outra, que ninguém examinou."""
    aba, relacao = AMBIGUAS.get(caso, (ABA % b"Nova", RELACAO % b"worksheets/outra.xml"))
    _reescrever(
        caminho,
        {
            "xl/workbook.xml": lambda b: b.replace(b"</sheets>", aba),
            "xl/_rels/workbook.xml.rels": lambda b: b.replace(b"</Relationships>", relacao),
        },
        {OUTRA: b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
         + LONGE + b"</sheetData></worksheet>"},
    )  # fmt: skip
    if caso == "certa":
        _ler(caminho)
        return
    with pytest.raises(ErroDePlanilha) as erro:
        _ler(caminho)
    assert erro.value.codigo == "pasta.ilegivel"
