"""Verificar integridade: o que se mexeu à mão. Lote: a pasta de entrada, sem ninguém olhando."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from guiche.cli import main
from guiche.servicos.cuidados import integridade
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo

DIA = HOJE + timedelta(days=10)


def pasta(onde: Path) -> tuple[Path, Path]:
    caminho = montar(onde, clientes=[cliente("A", 1)], titulos=[titulo(f"T{n}", DIA, f"{n}0.00") for n in range(1, 4)])
    with na(caminho) as ctx:
        return caminho, gerar(ctx).arquivos[-1]


def achados(caminho: Path) -> list[tuple[str, str]]:
    with na(caminho) as ctx:
        return [(p.codigo, str(p.local)) for p in integridade.verificar(ctx).problemas]


def mexer(caminho: Path, tabela: str, colunas: tuple[str, ...], linha: int, valores: tuple[object, ...]) -> None:
    with na(caminho) as ctx:
        numeros = ctx.pasta.ler(tabela).numeros if tabela == "titulos" else ctx.pasta.ler(tabela, colunas).numeros
        ctx.pasta.atualizar(tabela, colunas, {numeros[linha]: valores})  # type: ignore[dict-item]
        ctx.salvar()


def test_pasta_intacta_confere(tmp_path: Path) -> None:
    caminho, remessa = pasta(tmp_path)
    antes = caminho.read_bytes()
    assert achados(caminho) == []
    assert caminho.read_bytes() == antes
    with na(caminho) as ctx:
        importar(ctx, retorno(remessa, tmp_path / "r.ret", ["00", "01", "00"]), confirmar=True)
    assert achados(caminho) == []


def test_o_que_se_mudou_a_mao_aparece_com_a_celula_e_atualizar_desfaz(tmp_path: Path) -> None:
    caminho, _ = pasta(tmp_path)
    mexer(caminho, "titulos", ("situacao",), 1, ("PAGO",))
    mexer(caminho, "remessas", ("total_debito",), 0, (Decimal("1.00"),))
    assert {codigo for codigo, _ in achados(caminho)} == {"integridade.celula"}
    assert {local.split("!")[0] for _, local in achados(caminho)} == {"Títulos", "Remessas"}
    assert main(["integridade", str(caminho), "--hoje", HOJE.isoformat()]) == 1
    assert main(["atualizar", str(caminho), "--hoje", HOJE.isoformat()]) == 0
    assert main(["integridade", str(caminho), "--hoje", HOJE.isoformat()]) == 0


def test_titulo_mudado_depois_de_enviado(tmp_path: Path) -> None:
    caminho, _ = pasta(tmp_path)
    mexer(caminho, "titulos", ("valor",), 0, (Decimal("5.00"),))
    assert ("integridade.titulo", "Títulos") in achados(caminho)


def test_conta_do_livro_que_nao_fecha(tmp_path: Path) -> None:
    caminho, _ = pasta(tmp_path)
    with sqlite3.connect(caminho.with_suffix(".guiche.db")) as livro:
        livro.execute("UPDATE remessa SET linhas = 9")
        livro.execute("UPDATE arquivo SET conteudo = x'789c4bcc4a010002460124'")
    codigos = {codigo for codigo, _ in achados(caminho)}
    assert {"integridade.livro", "integridade.arquivo"} <= codigos


def test_lote_importa_recusa_gera_e_pode_repetir(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    caminho, remessa = pasta(tmp_path)
    entrada = tmp_path / "entrada"
    entrada.mkdir()
    retorno(remessa, entrada / "a.ret", ["00", "01", "00"])
    (entrada / "b.ret").write_bytes(b"lixo")
    assert main(["lote", str(caminho), "--hoje", HOJE.isoformat(), "--json"]) == 1
    feito = json.loads(capsys.readouterr().out)
    assert feito["dados"]["recusados"] == 1
    assert sorted(p.name for p in entrada.rglob("*.*")) == ["a.ret", "b.ret", "b.ret.motivo.txt"]
    assert (entrada / "importados" / "a.ret").is_file()
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["PAGO", "ENVIADO", "PAGO"]
    (saida,) = (tmp_path / "saida").iterdir()
    assert saida.read_bytes() == (tmp_path / "remessas" / saida.name).read_bytes()
    (entrada / "importados" / "a.ret").rename(entrada / "a.ret")
    assert main(["lote", str(caminho), "--hoje", HOJE.isoformat(), "--json"]) == 0
    assert "já estava importado" in json.loads(capsys.readouterr().out)["relato"][1]
    assert len(ler(caminho, "retornos")) == 1


def test_pasta_de_entrada_que_nao_ha_ou_e_a_da_propria_pasta_e_um_erro(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    caminho, _ = pasta(tmp_path)
    antes = len(ler(caminho, "remessas"))
    for errada in (tmp_path / "rede" / "caida", caminho, tmp_path):
        assert main(["lote", str(caminho), "--hoje", HOJE.isoformat(), "--entrada", str(errada)]) == 1
        dito = capsys.readouterr()
        assert dito.out == ""
        assert f"{errada}: lote.entrada: " in dito.err
    assert len(ler(caminho, "remessas")) == antes
    assert not (tmp_path / "saida").exists()


def test_o_lote_conta_o_que_de_fato_fez(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    caminho, remessa = pasta(tmp_path)
    comando = ["lote", str(caminho), "--hoje", HOJE.isoformat()]
    assert main(comando) == 0
    assert capsys.readouterr().out.splitlines()[0] == "Nada chegou, e nada há a enviar: nada foi feito."
    (tmp_path / "entrada").mkdir()
    retorno(remessa, tmp_path / "entrada" / "a.ret", ["00", "01", "00"])
    (tmp_path / "entrada" / "b.ret").write_bytes(b"lixo")
    assert main([*comando, "--json"]) == 1
    feito = json.loads(capsys.readouterr().out)
    assert feito["relato"][0] == "1 retorno importado, 1 remessa gerada, 1 recusa."
    assert [feito["dados"][que] for que in ("importados", "geradas", "recusados")] == [1, 1, 1]
