"""Os relatórios em PDF dizem o que as abas dizem, com os totais certos."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from guiche.atos import atos
from guiche.erros import ErroGuiche
from guiche.planilha.esquema import esquema
from guiche.servicos.cuidados.relatorios import relatar, verbetes
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as servico_do_titulo
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo
from tests.servicos.test_retorno_boletos import AGORA, DIA, arquivo, importado, quatro, resposta


def texto(pdf: Path) -> str:
    return "\n".join(pagina.extract_text() for pagina in PdfReader(pdf).pages)


def test_o_registro_e_os_verbetes_dizem_os_mesmos_relatorios() -> None:
    (opcao,) = [o for o in atos()["relatorio"].opcoes if o.chave == "qual"]
    assert {q.lower() for q in opcao.lista} == set(verbetes())
    for verbete in verbetes().values():
        tabela = esquema()[verbete["tabela"]]
        assert set(verbete["colunas"]) | set(verbete.get("ordem", ())) <= set(tabela.ids())
        assert all(tabela.coluna(c).tipo == "valor" for c in verbete["soma"])
        assert set(verbete["soma"]) <= set(verbete["colunas"])


def test_caixa_do_dia_conferencia_e_retorno(tmp_path: Path) -> None:
    caminho = montar(
        tmp_path,
        clientes=[cliente("A", 1)],
        titulos=[titulo(f"T{n}", HOJE + timedelta(10), f"1{n}0.00") for n in range(4)],
    )
    for n, dia in ((0, HOJE), (1, HOJE - timedelta(1))):
        with na(caminho) as ctx:
            servico_do_titulo.receber(ctx, f"T{n}", 5_000, dia=dia)
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    with na(caminho) as ctx:
        importar(ctx, retorno(remessa, tmp_path / "r.ret", ["00", "01"]), confirmar=True)
    with na(caminho) as ctx:
        do_caixa = relatar(ctx, "CAIXA")
        da_vespera = relatar(ctx, "CAIXA", tmp_path / "v.pdf", dia=HOJE - timedelta(1))
        conferencia = relatar(ctx, "CONFERENCIA")
        respostas = relatar(ctx, "RETORNO")
        with pytest.raises(ErroGuiche) as erro:
            relatar(ctx, "COMISSOES")
    assert erro.value.codigo == "relatorio.vazio"
    assert (do_caixa.dados["linhas"], da_vespera.dados["linhas"]) == (1, 1)
    lido = texto(do_caixa.arquivos[0])
    assert "Caixa do dia" in lido
    assert "T0" in lido
    assert "T1" not in lido
    assert "50,00" in lido
    assert conferencia.dados["linhas"] == len(ler(caminho, "conferencia"))
    total = sum(float(str(x["valor"])) for x in ler(caminho, "retorno_linhas"))
    assert "BAIXADO (1)" in texto(respostas.arquivos[0])
    assert f"{total:.2f}".replace(".", ",") in texto(respostas.arquivos[0])


def test_respostas_dos_boletos_divergencias_e_movimento(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    linhas = [resposta(emitido[0], valor_tarifa=210), resposta(emitido[1])._replace(nosso_numero="99999999")]
    importado(caminho, arquivo(caminho, linhas))
    with na(caminho, AGORA.date()) as ctx:
        dos_boletos = relatar(ctx, "RETORNO_DE_BOLETOS")
        divergencias = relatar(ctx, "DIVERGENCIAS")
        movimento = relatar(ctx, "MOVIMENTO", dia=DIA)
    assert "300,00" in texto(dos_boletos.arquivos[0])  # 100 do boleto e 200 do não localizado
    assert "não localizado" in texto(divergencias.arquivos[0])
    assert "97,90" in texto(movimento.arquivos[0])
