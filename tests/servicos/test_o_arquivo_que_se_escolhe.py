"""O arquivo do banco, como a pessoa o escolhe e como o vê aberto, campo a campo."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from guiche.cli import main
from guiche.servicos.debito.gerar import gerar
from tests.servicos import test_remessa_boletos as de_boletos
from tests.servicos import test_retorno_boletos as do_retorno
from tests.servicos.apoio import cliente, ler, montar, na, retorno, titulo

NOMES = ("banco.ret", "banco.txt", "BANCO.RET", "banco", "banco.pdf", "CB0108.REM")


def _de_debito(onde: Path) -> tuple[Path, bytes]:
    caminho = montar(onde, clientes=[cliente("C1")], titulos=[titulo("T1", do_retorno.DIA, "10.00", "C1")])
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    return caminho, retorno(remessa, onde / "x", ["00"]).read_bytes()


def _de_boletos(onde: Path) -> tuple[Path, bytes]:
    caminho, emitido = do_retorno.quatro(onde)
    return caminho, do_retorno.arquivo(caminho, [do_retorno.resposta(b) for b in emitido[:3]], nome="x").read_bytes()


@pytest.mark.requisito("K-15")
@pytest.mark.parametrize("nome", NOMES)
@pytest.mark.parametrize("produto", [_de_debito, _de_boletos], ids=["débito", "boletos"])
def test_a_extensao_do_retorno_nao_importa(
    tmp_path: Path, nome: str, produto: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """O mesmo conteúdo, com qualquer nome, dá o mesmo resultado, no relato e nas abas."""
    feitos = []
    for n, chamado in enumerate((NOMES[0], nome)):
        onde = tmp_path / str(n)
        onde.mkdir()
        caminho, conteudo = produto(onde)  # type: ignore[operator]
        (onde / "baixados").mkdir()
        escolhido = onde / "baixados" / chamado
        escolhido.write_bytes(conteudo)
        quando = ["--hoje", do_retorno.AGORA.date().isoformat()]
        assert main(["importar", str(caminho), str(escolhido), "--confirmar", "--json", *quando]) == 0
        dados = json.loads(capsys.readouterr().out)["dados"]
        titulos = [(t["numero"], t["situacao"]) for t in ler(caminho, "titulos")]
        feitos.append(({c: v for c, v in dados.items() if not isinstance(v, list)}, titulos))
    assert feitos[0] == feitos[1]
    assert "PAGO" in {situacao for _, situacao in feitos[0][1]}


@pytest.mark.requisito("S-02")
@pytest.mark.parametrize("produto", ["débito", "boletos"])
def test_cada_linha_da_remessa_gerada_se_abre_na_planilha(
    tmp_path: Path, produto: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lida a planilha escrita: as posições se seguem, e os conteúdos, juntos, são a linha do arquivo."""
    if produto == "débito":
        remessa = next(_de_debito(tmp_path)[0].parent.glob("remessas/*"))
    else:
        caminho = de_boletos.pasta(tmp_path, 2)
        do_retorno.emitidos(caminho)
        (remessa,) = de_boletos.gerada(caminho).arquivos
    saida = tmp_path / "aberto.xlsx"
    assert main(["arquivo", "explicar", str(remessa), "--saida", str(saida)]) == 0
    capsys.readouterr()
    cabecalho, *linhas = openpyxl.load_workbook(saida).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert {"Linha", "Campo", "Nome", "Posição", "Conteúdo", "Valor", "Origem"} <= set(cabecalho)
    campos = [dict(zip(cabecalho, linha, strict=True)) for linha in linhas]
    for n, linha in enumerate(remessa.read_bytes().decode("ascii").split("\r\n")[:-1], 1):
        desta = [c for c in campos if int(str(c["Linha"])) == n]
        fim = 0
        for campo in desta:
            de, _, ate = str(campo["Posição"]).partition("-")
            assert int(de) == fim + 1
            fim = int(ate or de)
            assert str(campo["Conteúdo"] or "").ljust(fim - int(de) + 1) == linha[int(de) - 1 : fim]
        assert fim == len(linha)
    assert all(c["Nome"] for c in campos if c["Campo"])
    manual = {"débito": "Manual do Débito Automático FEBRABAN, versão 0", "boletos": "COBRANCA-.400.BYTES.CNAB"}[
        produto
    ]
    assert all(manual in str(c["Origem"]) for c in campos)
