"""A linha de comando: os mesmos atos, códigos de saída, ``--json``, e o primeiro comando do README."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.atos import atos
from guiche.cli import main
from guiche.livro import arquivos, retornos
from tests.servicos.apoio import ler, na
from tests.sistema import RAIZ, ambiente

AMOSTRAS = RAIZ / "tests" / "amostras" / "debito150"


def _json(capsys: pytest.CaptureFixture[str], *argumentos: str) -> tuple[int, dict[str, Any]]:
    codigo = main([*argumentos, "--json"])
    return codigo, json.loads(capsys.readouterr().out)


def _amostra(nome: str) -> str:
    return str(next(AMOSTRAS.rglob(f"{nome}*.txt")))


@pytest.mark.caso("M-13")
@pytest.mark.parametrize("o_que", ["divergencias", "cadastramentos"])
def test_decidir_sem_numeros_vale_o_que_esta_na_aba(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], o_que: str
) -> None:
    caminho = tmp_path / "Cobrança.xlsx"
    assert main(["novo", str(caminho)]) == 0
    capsys.readouterr()
    codigo, dados = _json(capsys, o_que, "decidir", str(caminho))
    assert (codigo, dados["problemas"][0]["codigo"]) == (1, f"{o_que[:-1]}.decisao")


@pytest.mark.requisito("S-31", "S-03")
def test_o_caminho_inteiro_pela_linha_de_comando(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--em", str(tmp_path), "--hoje", "2026-08-04", "--usuario", "ana"]) == 0
    conta = capsys.readouterr().out
    assert "A debitar: 18 títulos" in conta
    for nome in ("Farmácia Modelo.xlsx", "DBT_654321_000001.rem", "Optantes.pdf"):
        assert nome in conta
    pasta = str(tmp_path / "Farmácia Modelo.xlsx")
    comuns = ("--hoje", "2026-08-05", "--usuario", "bia")
    codigo, dados = _json(capsys, "conferir", pasta, "--parcial", *comuns)
    assert (codigo, dados["dados"]["debitos"]) == (0, 4)
    assert {t["destino"] for t in dados["dados"]["titulos"]} == {"DEBITAR", "FORA"}
    codigo, dados = _json(capsys, "gerar", pasta, "--parcial", *comuns)
    assert (codigo, dados["dados"]["nsa"]) == (0, 2)
    codigo, dados = _json(capsys, "remessas", "listar", pasta, *comuns)
    assert [r["bola"] for r in dados["dados"]["remessas"]] == ["amarela", "preta", "preta"]
    codigo, dados = _json(capsys, "titulo", "receber", pasta, "T0001", "--valor", "1,00", *comuns)
    assert (codigo, dados["feito"]) == (0, True)
    numero = next(iter(t["titulo"] for t in _json(capsys, "conferir", pasta, *comuns)[1]["dados"]["titulos"]
                       if t["motivo"] == "enviado"))  # fmt: skip
    codigo, dados = _json(capsys, "titulo", "receber", pasta, numero, "--valor", "1,00", *comuns)
    assert (codigo, dados["problemas"][0]["codigo"]) == (1, "titulo.bloqueado")
    assert _json(capsys, "titulo", "estornar", pasta, numero, "--motivo", "x", "--nota-cancelada", *comuns)[0] == 0
    assert _json(capsys, "remessas", "transmitida", pasta, "3", *comuns)[0] == 0
    assert _json(capsys, "remessas", "confirmada", pasta, "3", *comuns)[0] == 0
    assert _json(capsys, "remessas", "imprimir", pasta, "3", *comuns)[0] == 0
    assert _json(capsys, "remessas", "exportar", pasta, "3", "--saida", str(tmp_path / "c.rem"), *comuns)[0] == 0
    assert _json(capsys, "remessas", "estornar", pasta, "3", *comuns)[0] == 0
    assert _json(capsys, "remessas", "descartar", pasta, "4", "--motivo", "x", *comuns)[0] == 0
    assert _json(capsys, "optantes", pasta, *comuns)[0] == 0
    assert _json(capsys, "atualizar", pasta, *comuns)[0] == 0
    assert len(_json(capsys, "retornos", pasta, *comuns)[1]["dados"]["retornos"]) == 2
    assert main(["demo", "--em", str(tmp_path)]) == 1
    assert "demo.existe" in capsys.readouterr().err


def test_importar_mostra_a_previa_e_depois_confirma(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo", "--em", str(tmp_path), "--hoje", "2026-08-04"])
    pasta = str(tmp_path / "Farmácia Modelo.xlsx")
    main(["gerar", pasta, "--parcial", "--hoje", "2026-08-05"])
    remessa, saida = str(tmp_path / "remessas" / "DBT_654321_000002.rem"), str(tmp_path / "b.ret")
    assert (
        main(
            ["banco-simulado", remessa, "--saida", saida, "--nsa", "2", "--parcelas", "00=100", "--hoje", "2026-08-06"]
        )
        == 0
    )
    capsys.readouterr()
    assert _json(capsys, "importar", pasta, saida, "--hoje", "2026-08-06")[1]["problemas"][0]["codigo"] == (
        "retorno.ensaio"
    )
    quando = ("--ensaio", "--hoje", "2026-08-06")
    assert _json(capsys, "importar", pasta, saida, *quando)[1]["dados"]["codigo"] is None
    _, dados = _json(capsys, "importar", pasta, saida, "--confirmar", "--baixar-em", "CAIXA", *quando)
    assert (dados["dados"]["codigo"], dados["dados"]["debitados"]) == (3, 4)
    assert len(dados["dados"]["linhas"]) == 4


@pytest.mark.requisito("S-02")
def test_arquivo_ler_explicar_e_verificar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arquivo = _amostra("02_v04_retorno")
    codigo, dados = _json(capsys, "arquivo", "ler", arquivo)
    assert (codigo, dados["formato"], dados["sentido"], dados["versao"]) == (0, "debito150", "retorno", "04")
    saida = tmp_path / "explicado.xlsx"
    codigo, dados = _json(capsys, "arquivo", "explicar", arquivo, "--saida", str(saida))
    linhas = Path(arquivo).read_bytes().decode("ascii").splitlines()
    for n, linha in enumerate(linhas, 1):
        assert "".join(campo["bruto"] for campo in dados["linhas"] if campo["linha"] == n) == linha
    assert openpyxl.load_workbook(saida).active.max_row == len(dados["linhas"]) + 1  # type: ignore[union-attr]
    assert main(["arquivo", "explicar", arquivo]) == 0
    assert "Código do Registro" in capsys.readouterr().out
    codigo, dados = _json(capsys, "arquivo", "verificar", _amostra("n03_z_valor"))
    assert codigo == 1
    achado = dados["achados"][0]
    assert {"regra", "gravidade", "linha", "colunas", "mensagem", "remedio"} <= set(achado)
    for estragada in sorted(AMOSTRAS.rglob("n*.txt")):
        achados = _json(capsys, "arquivo", "verificar", str(estragada))[1]["achados"]
        assert all(a["remedio"] for a in achados), estragada.name
    assert main(["arquivo", "verificar", arquivo, "--hoje", "2026-02-01"]) == 0
    assert "a data de geração está no futuro" in capsys.readouterr().out


CNAB = RAIZ / "tests" / "amostras" / "cnab" / "arquivos"


@pytest.mark.requisito("S-02")
def test_explicar_e_verificar_a_cobranca(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arquivo = str(CNAB / "341_400_ret_opencnabphp_CN03116A.RET")
    saida = tmp_path / "explicado.xlsx"
    _, dados = _json(capsys, "arquivo", "explicar", arquivo, "--saida", str(saida))
    assert openpyxl.load_workbook(saida).active.max_row == len(dados["linhas"]) + 1  # type: ignore[union-attr]
    assert {"Código ocorrência", "Valor título"} <= {x["nome"] for x in dados["linhas"]}
    assert main(["arquivo", "verificar", arquivo, "--hoje", "2026-11-21"]) == 0
    assert "0 erros, 0 avisos" in capsys.readouterr().out
    codigo, dados = _json(capsys, "arquivo", "verificar", str(CNAB / "399_400_ret_boletobr_399.TRT.txt"))
    assert (codigo, dados["achados"][0]["regra"]) == (1, "D150.arquivo.formato")


def test_comparar_e_anonimizar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a = CNAB / "336_400_rem_pycobranca_remessa_banco_c6_cnab400.rem"
    b, planilha = tmp_path / "b.rem", tmp_path / "c.xlsx"
    assert main(["arquivo", "comparar", str(a), str(a)]) == 0
    assert "Títulos: 2 iguais, 0 só em A, 0 só em B, 0 com diferença." in capsys.readouterr().out
    codigo, dados = _json(capsys, "arquivo", "anonimizar", str(a), "--saida", str(b), "--semente", "x")
    assert (codigo, dados["dados"]["linhas"]) == (0, 4)
    assert b.read_bytes() != a.read_bytes()
    assert main(["arquivo", "comparar", str(a), str(b), "--saida", str(planilha)]) == 1
    assert "Pagador nome: 'CLIENTE FINAL DA SILVA' em A" in capsys.readouterr().out
    codigo, dados = _json(capsys, "arquivo", "comparar", str(a), str(b))
    campos = [m for par in dados["mudados"] for m in par["campos"]] + dados["cabecalho"]
    assert openpyxl.load_workbook(planilha).active.max_row == len(campos) + 1  # type: ignore[union-attr]
    assert main(["arquivo", "anonimizar", str(b), "--saida", str(b)]) == 1
    assert "arquivo.mesmo" in capsys.readouterr().err
    assert main(["arquivo", "anonimizar", str(b)]) == 0
    sorteada = tmp_path / "b sem pessoas.rem"
    assert main(["arquivo", "anonimizar", str(b)]) == 0
    primeira = sorteada.read_bytes()
    assert main(["arquivo", "anonimizar", str(b)]) == 0
    assert sorteada.read_bytes() != primeira


@pytest.mark.requisito("K-05", "K-06")
def test_lista_de_retornos_recentes_e_todos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo", "--em", str(tmp_path), "--hoje", "2026-08-04"])
    capsys.readouterr()
    pasta = str(tmp_path / "Farmácia Modelo.xlsx")
    quantos = {
        opcoes: len(_json(capsys, "retornos", pasta, *opcoes.split())[1]["dados"]["retornos"])
        for opcoes in ("--hoje 2026-09-03", "--hoje 2026-09-04", "--hoje 2026-09-04 --todos")
    }
    assert list(quantos.values()) == [2, 0, 2]


@pytest.mark.requisito("K-07")
def test_a_lista_de_retornos_na_ordem_que_se_pede(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo", "--em", str(tmp_path), "--hoje", "2026-08-04"])
    pasta = tmp_path / "Farmácia Modelo.xlsx"
    with na(pasta) as ctx:
        for codigo, (nsa, usuario) in enumerate(((10, "bia"), (9, "Ana"), (9, "ânia")), 3):
            sha = arquivos.guardar(ctx.livro, "x.ret", bytes([codigo]))
            retornos.gravar(ctx.livro, 1, retornos.listar(ctx.livro)[0]._replace(
                id=codigo, nsa=nsa, numero=f"{nsa:06d}", sha256=sha, usuario=usuario,
            ), ())  # fmt: skip

    def ordem(*opcoes: str) -> list[int]:
        comuns = (str(pasta), "--hoje", "2026-08-04", *opcoes)
        return [r["id"] for r in _json(capsys, "retornos", *comuns)[1]["dados"]["retornos"]]

    capsys.readouterr()
    assert ordem() == [1, 2, 3, 4, 5]
    assert ordem("--ordem", "NUMERO") == [1, 2, 4, 5, 3]
    assert ordem("--ordem", "NUMERO", "--decrescente") == [3, 4, 5, 1, 2]
    assert ordem("--ordem", "USUARIO")[:3] == [4, 5, 3]
    assert ordem("--ordem", "TIPO", "--decrescente") == [1, 3, 4, 5, 2]


@pytest.mark.requisito("K-05", "K-13")
def test_um_retorno_do_arquivo_as_suas_linhas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo", "--em", str(tmp_path), "--hoje", "2026-08-04"])
    capsys.readouterr()
    pasta = str(tmp_path / "Farmácia Modelo.xlsx")
    tabelas = {}
    for codigo in ("1", "2"):
        saida, resposta = _json(capsys, "retorno", "ver", pasta, codigo)
        dados = resposta["dados"]
        assert saida == 0
        assert dados["retorno"]["id"] == int(codigo)
        assert {linha["retorno"] for linha in dados["linhas"]} == {int(codigo)}
        assert len(resposta["relato"]) == 3 + len(dados["linhas"])
        tabelas[codigo] = dados["tabela"]
        (retorno,) = [r for r in ler(Path(pasta), "retornos") if r["codigo"] == float(codigo)]
        assert retorno["linhas"] == f"{len(dados['linhas'])} linhas"
    assert set(tabelas.values()) == {"retorno_linhas", "boleto_respostas"}
    assert main(["retorno", "ver", pasta, "9"]) == 1
    assert "retorno.ausente" in capsys.readouterr().err


def test_erros_de_uso_e_de_arquivo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gerar", str(tmp_path / "nada.xlsx")]) == 1
    assert "pasta.ausente" in capsys.readouterr().err
    assert main(["arquivo", "ler", str(tmp_path / "nada.ret")]) == 1
    assert main(["novo", str(tmp_path / "x.xls")]) == 1
    assert main(["novo", str(tmp_path / "x.xlsx")]) == 0
    assert main(["novo", str(tmp_path / "x.xlsx")]) == 1
    with pytest.raises(SystemExit) as saida:
        main(["voar"])
    assert saida.value.code == 2


def test_o_modulo_se_executa(tmp_path: Path) -> None:
    comando = [sys.executable, "-m", "guiche", "--version"]
    feito = subprocess.run(comando, env=ambiente(), cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert feito.stdout.startswith("guiche ")


def test_nenhum_dado_pessoal_em_mensagem_de_erro(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo", "--em", str(tmp_path), "--hoje", "2026-08-04"])
    capsys.readouterr()
    ret = tmp_path / "retornos" / "DBT_654321_000001.ret"
    linhas = ret.read_bytes().decode("ascii").splitlines()
    linhas[1] = linhas[1][:52] + "X" * 15 + linhas[1][67:]
    ret.write_bytes(("\r\n".join(linhas) + "\r\n").encode("ascii"))
    assert main(["importar", str(tmp_path / "Farmácia Modelo.xlsx"), str(ret), "--hoje", "2026-08-05"]) == 1
    erro = capsys.readouterr().err
    assert "campo.ilegivel" in erro
    assert linhas[1][1:44].strip() not in erro


@pytest.mark.parametrize(
    ("erro", "codigo", "aviso"), [(KeyboardInterrupt, 130, "Interrompido"), (RuntimeError, 3, "Falha não prevista")]
)
def test_o_imprevisto_se_diz(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    erro: type[BaseException],
    codigo: int,
    aviso: str,
) -> None:
    from guiche.servicos.pasta import abas

    def falhar(_: Path) -> None:
        raise erro

    monkeypatch.setattr(abas, "criar", falhar)
    assert main(["novo", str(tmp_path / "x.xlsx")]) == codigo
    assert aviso in capsys.readouterr().err


DISPENSAVEIS = sorted(
    ato.id for ato in atos().values() if not ato.igual_a and any(opcao.dispensavel for opcao in ato.opcoes)
)


@pytest.fixture
def exemplo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A pasta de trabalho do exemplo."""
    assert main(["demo", "--em", str(tmp_path / "e"), "--hoje", "2026-08-04"]) == 0
    capsys.readouterr()
    return tmp_path / "e" / "Farmácia Modelo.xlsx"


def _casa(onde: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variavel in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variavel, str(onde))


@pytest.mark.parametrize("id_", DISPENSAVEIS)
def test_o_que_se_pode_omitir_se_omite(
    exemplo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], id_: str
) -> None:
    """Ou o ato se faz, ou uma frase diz o que falta e o que fazer; nunca o nome de arquivo vazio."""
    assert {"novo", "copia_mascarada"} <= set(DISPENSAVEIS)
    _casa(tmp_path, monkeypatch)
    ato = atos()[id_]
    codigo = main([*ato.comando.split(), *([str(exemplo)] if ato.alvo else [])])
    dito = capsys.readouterr()
    assert codigo in {0, 1}
    if codigo:
        assert "o que fazer: " in dito.err
        assert not dito.err.startswith(":")
        assert "Traceback" not in dito.err
    else:
        assert dito.out.strip()
        assert not dito.err


def test_novo_sem_nome_vai_para_os_documentos_e_diz_onde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _casa(tmp_path, monkeypatch)
    for nome in ("Cobrança.xlsx", "Cobrança 2.xlsx"):
        assert main(["novo"]) == 0
        criada = tmp_path / "Documents" / nome
        assert str(criada) in capsys.readouterr().out
        assert openpyxl.load_workbook(criada).sheetnames


def test_copia_mascarada_sem_nome_vai_ao_lado_com_nome_livre(exemplo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for nome in ("Farmácia Modelo mascarada.xlsx", "Farmácia Modelo mascarada 2.xlsx"):
        assert main(["copia-mascarada", str(exemplo)]) == 0
        assert nome in capsys.readouterr().out
        assert openpyxl.load_workbook(exemplo.with_name(nome)).sheetnames
