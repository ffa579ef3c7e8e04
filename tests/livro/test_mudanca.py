"""Levar o livro do arquivo ao servidor: tudo chega, e o que se interrompe se acaba."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from guiche.cli import main
from guiche.erros import ErroDeLivro
from guiche.livro import mudanca
from guiche.livro.vinculo import VARIAVEL, abrir_no_servidor, caminho_do_livro
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.remessas.enviadas import estornar, marcar
from tests.servicos.apoio import autor, cliente, gravar_tabela, ler, montar, na, titulo
from tests.servicos.cenas import Fotografia, fazer, fotografar, preparar

pytestmark = pytest.mark.postgresql


def _sem_origem(foto: Fotografia) -> Fotografia:
    """No servidor cada ato leva a pasta de que partiu."""
    return foto | {"ato": [tuple(v for v in linha if v not in {"", "da vez"}) for linha in foto["ato"]]}


@pytest.mark.parametrize("ato", ["importar", "retorno_boletos"])
def test_tudo_chega_ao_servidor_e_o_trabalho_segue(ato: str, servidor_postgresql: str, tmp_path: Path,
                                                   capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    caminho = preparar(tmp_path, ato)
    fazer(caminho, ato)
    antes = fotografar(caminho)
    assert main(["livro", "levar", str(caminho), "--servidor", servidor_postgresql, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dados"]["atos"] == len(antes["ato"])
    assert not caminho_do_livro(caminho).exists()
    assert PastaEmArquivo(caminho).parametro("livro") == servidor_postgresql
    assert _sem_origem(fotografar(caminho)) == _sem_origem(antes)
    fazer(caminho, ato)  # o mesmo retorno se recusa também lá


def test_o_que_ficou_por_exportar_se_exporta_do_servidor(
    servidor_postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])
    (tmp_path / "remessas").write_text("um arquivo onde devia haver uma pasta")
    with na(caminho) as ctx:
        ctx.salvar()
    with pytest.raises(Exception, match=r"disco\.gravacao"), na(caminho) as ctx:
        gerar(ctx)
    (tmp_path / "remessas").unlink()
    monkeypatch.setenv(VARIAVEL, servidor_postgresql)
    assert main(["livro", "levar", str(caminho)]) == 0
    assert PastaEmArquivo(caminho).parametro("livro") == ""
    with na(caminho) as ctx:
        assert [a.name for a in atualizar(ctx).arquivos] == ["DBT_654321_000001.rem"]
        marcar(ctx, 1, "transmitida")
        estornar(ctx, 1)
    assert [r["nsa"] for r in ler(caminho, "remessas")] == [2, 1]


def test_interrompido_se_acaba_e_dividido_se_recusa(servidor_postgresql: str, tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])
    with na(caminho) as ctx:
        gerar(ctx)
    identidade = PastaEmArquivo(caminho).parametro("livro_id")
    for _ in range(2):  # a segunda acha tudo lá
        assert mudanca.levar(caminho, identidade, autor(), servidor_postgresql) == 1
    aberta = PastaEmArquivo(caminho)
    gravar_tabela(aberta, "titulos", [titulo("T2", date(2026, 8, 20), "1.00")])
    aberta.salvar()
    with na(caminho) as ctx:
        gerar(ctx)
    with pytest.raises(ErroDeLivro, match=r"livro\.dividido"):
        mudanca.levar(caminho, identidade, autor(), servidor_postgresql)
    assert caminho_do_livro(caminho).exists()


def test_livro_que_nao_chegou_inteiro_nao_se_toma_por_vazio(
    servidor_postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])
    with na(caminho) as ctx:
        gerar(ctx)
    identidade = PastaEmArquivo(caminho).parametro("livro_id")
    abrir_no_servidor(servidor_postgresql, caminho, identidade, autor(), criar=True).fechar()
    monkeypatch.setenv(VARIAVEL, servidor_postgresql)
    with pytest.raises(ErroDeLivro, match=r"livro\.a_meio"), na(caminho):
        pass
    assert main(["livro", "levar", str(caminho)]) == 0
    with na(caminho) as ctx:
        assert gerar(ctx).linhas[0].startswith("Nenhum título a enviar")


def test_sem_livro_ou_sem_servidor_nada_se_leva(servidor_postgresql: str, tmp_path: Path) -> None:
    caminho = montar(tmp_path)
    antes = caminho.read_bytes()
    for opcoes, codigo in (([], "livro.endereco"), (["--servidor", servidor_postgresql], "livro.ausente")):
        assert main(["livro", "levar", str(caminho), *opcoes]) != 0, codigo
    with pytest.raises(ErroDeLivro, match=r"livro\.ausente"):
        mudanca.levar(caminho, "", autor(), servidor_postgresql)
    assert caminho.read_bytes() == antes
