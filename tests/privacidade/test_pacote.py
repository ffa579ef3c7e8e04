"""O pacote de diagnóstico leva o que o suporte precisa, e nada de pessoas, contas ou empresas."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.cli import main
from guiche.dominio import cpf_cnpj
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos.titulo import estornar, receber
from tests.privacidade.apoio import COBRANCA, CONTA, PESSOAS, PLANTADOS, achados, contrato, devidos
from tests.servicos.apoio import HOJE, montar, na, retorno


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[contrato()], clientes=PESSOAS, titulos=devidos(date(2026, 8, 20))
    )
    with na(caminho, usuario="zulmira.quaresma") as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "zulmira quaresma.ret", ["00", "01"])
    with na(caminho, usuario="zulmira.quaresma") as ctx:
        importar(ctx, tmp_path / "zulmira quaresma.ret", confirmar=True)
        receber(ctx, "T2", 500, dia=HOJE)
        estornar(ctx, "T2", "Zulmira Quaresma pediu", "ESTORNADO")
    assert main(["boletos", "gerar", str(caminho), "--optantes", "--conta", "ITAU1", "--hoje", "2026-08-04"]) == 0
    assert main(["boletos", "remessa", str(caminho), "--conta", "ITAU1", "--hoje", "2026-08-04"]) == 0
    return caminho


def _partes(pacote: Path) -> dict[str, Any]:
    with zipfile.ZipFile(pacote) as aberto:
        return {nome: json.loads(aberto.read(nome)) for nome in aberto.namelist()}


@pytest.mark.requisito("K-19")
def test_o_pacote_nao_tem_pessoa_conta_nem_documento(caminho: Path, tmp_path: Path) -> None:
    pacote = tmp_path / "p.zip"
    assert main(["pacote-de-diagnostico", str(caminho), "--saida", str(pacote)]) == 0
    partes = _partes(pacote)
    escrito = json.dumps(partes, ensure_ascii=False)
    assert achados(escrito, PLANTADOS | {"zulmira.quaresma", "T1", "T2"}) == set()
    for numero in re.findall(r"(?<!\d)\d{11}(?!\d)|(?<!\d)\d{14}(?!\d)|\d{3}\.\d{3}\.\d{3}-\d\d", escrito):
        assert not cpf_cnpj.tipo(cpf_cnpj.limpar(numero)), numero
    assert not re.search(r"[\w.]+@[\w.]+", escrito)
    pontas = [linha for ponta in partes["arquivos.json"].values() for linha in ponta]
    assert len(pontas) == 2 * 3
    assert all(not re.search(r"[A-Z]*(FARMACIA|MODELO|ZULMIRA)", linha) for linha in pontas)


@pytest.mark.requisito("K-19")
def test_o_pacote_diz_o_que_o_suporte_precisa(caminho: Path, tmp_path: Path) -> None:
    pacote = tmp_path / "p.zip"
    assert main(["diagnostico", "--pacote", str(pacote), "--com", str(caminho)]) in {0, 1}
    partes = _partes(pacote)
    assert partes["versoes.json"]["python"].startswith("3.")
    assert partes["exames.json"]["Python"] == "ok"
    assert partes["livro.json"]["linha"] == 2
    assert partes["livro.json"]["linha.estado"] == {"0": 1, "4": 1}
    assert partes["abas.json"]["clientes"] == 3
    assert [a["tipo"] for a in partes["diario.json"]][-1] == "gerar"
    assert {a["quem"] for a in partes["diario.json"]} == {"u1", "u2"}
    cabecalho, fecho = partes["arquivos.json"]["remessa 1"]
    assert (cabecalho[0], cabecalho[42:45], len(cabecalho)) == ("A", "001", 150)
    assert fecho.startswith("Z000004")


def test_pasta_que_nao_abre_ainda_da_pacote(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"estragado")
    pacote = tmp_path / "p.zip"
    main(["diagnostico", "--pacote", str(pacote), "--com", str(tmp_path / "x.xlsx")])
    assert _partes(pacote)["recusa.json"] == {"codigo": "pasta.ilegivel"}
    main(["diagnostico", "--pacote", str(pacote)])
    assert set(_partes(pacote)) == {"versoes.json", "exames.json"}
