"""Retornos errados, repetidos, de outro, truncados: resposta clara, e nada muda onde não deve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.erros import ErroGuiche
from guiche.livro import atos, retornos
from guiche.oficio.cadastros import ler_cadastros
from guiche.oficio.recepcao import Aceita, Chegada, conferir_numero
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import CONTA, cliente, ler, montar, na, retorno, titulo

TITULOS = [titulo(f"T{n}", date(2026, 8, 20), f"{10 * n}.00", f"C{n}") for n in (1, 2, 3)]


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    """Três títulos já enviados numa remessa, e o retorno ``banco.ret`` com 00, 01 e 00."""
    caminho = montar(tmp_path, clientes=[cliente(f"C{n}", n) for n in (1, 2, 3)], titulos=TITULOS)
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "banco.ret", ["00", "01", "00"])
    return caminho


def _estado(caminho: Path) -> tuple[bytes, int, list[object]]:
    with na(caminho) as ctx:
        return caminho.read_bytes(), atos.ultimo(ctx.livro), [t["estado"] for t in ler(caminho, "titulos")]


def _importar(caminho: Path, arquivo: str = "banco.ret", **opcoes: Any) -> dict[str, object]:
    with na(caminho) as ctx:
        feito = importar(ctx, caminho.parent / arquivo, confirmar=True, **opcoes)
    return feito.como_dict()


def _mudar(caminho: Path, mudanca: Callable[[list[str]], list[str]], fim: str = "\r\n") -> None:
    arquivo = caminho.parent / "banco.ret"
    linhas = mudanca(arquivo.read_bytes().decode("ascii").splitlines())
    arquivo.write_bytes((fim.join(linhas) + fim).encode("latin-1"))


def _em(linha: int, coluna: int, texto: str) -> Callable[[list[str]], list[str]]:
    """Escreve ``texto`` a partir da coluna (de 1) da linha (de 1; negativa conta do fim)."""

    def mudar(linhas: list[str]) -> list[str]:
        alvo = linhas[linha - 1 if linha > 0 else linha]
        linhas[linha - 1 if linha > 0 else linha] = alvo[: coluna - 1] + texto + alvo[coluna - 1 + len(texto) :]
        return linhas

    return mudar


RECUSADOS: dict[str, tuple[Callable[[list[str]], list[str]], str, str]] = {
    "outro banco": (_em(1, 43, "341"), "retorno.conta", "341"),
    "outro convênio": (_em(1, 3, "999999"), "retorno.conta", "999999"),
    "remessa": (_em(1, 2, "1"), "arquivo.registro", "'F'"),
    "truncado": (lambda linhas: linhas[:3], "arquivo.sem_trailer", ""),
    "linha cortada": (lambda linhas: [linhas[0], linhas[1][:149], *linhas[2:]], "linha.largura", "149"),
    "total de registros": (_em(-1, 2, "000099"), "arquivo.total_registros", "99"),
    "total em dinheiro": (_em(-1, 8, "00000000000000001"), "arquivo.total_valor", "0,01"),
    "arrecadação": (_em(1, 82, "CODIGO DE BARRAS "), "arquivo.servico", ""),
    "versão desconhecida": (_em(1, 80, "77"), "arquivo.versao", "77"),
    "valor com letra": (_em(2, 53, "00000000000150O"), "campo.ilegivel", ""),
    "vazio": (lambda _: [], "arquivo.vazio", ""),
}


@pytest.mark.requisito("S-36")
@pytest.mark.parametrize("caso", RECUSADOS)
def test_arquivo_recusado_nao_muda_nada(pasta: Path, caso: str) -> None:
    mudanca, codigo, fato = RECUSADOS[caso]
    _mudar(pasta, mudanca)
    antes = _estado(pasta)
    with pytest.raises(ErroGuiche) as erro:
        _importar(pasta)
    assert erro.value.codigo == codigo
    assert fato in str(erro.value)
    assert "o que fazer" in str(erro.value)
    assert _estado(pasta) == antes


def test_remessa_no_lugar_do_retorno(pasta: Path) -> None:
    remessa = next(pasta.parent.rglob("*.rem"))
    (pasta.parent / "banco.ret").write_bytes(remessa.read_bytes())
    antes = _estado(pasta)
    with pytest.raises(ErroGuiche) as erro:
        _importar(pasta)
    assert "remessa" in str(erro.value)
    assert _estado(pasta) == antes


@pytest.mark.requisito("K-20", "K-08")
def test_o_mesmo_retorno_duas_vezes(pasta: Path) -> None:
    _importar(pasta)
    antes = _estado(pasta)
    with pytest.raises(ErroGuiche, match=r"código 1\), por ana em 04/08/2026 às 09:14"):
        _importar(pasta)
    assert _estado(pasta) == antes


def test_o_mesmo_retorno_que_outro_importou_entre_as_duas_perguntas(pasta: Path) -> None:
    """Quem já tinha perguntado pelo conteúdo, e pergunta pelo número depois de o outro gravar, ouve a mesma recusa."""
    _importar(pasta)
    with na(pasta) as ctx:
        (r,) = retornos.listar(ctx.livro)
        conta = ler_cadastros(ctx.pasta).contas["BB1"]
        chegada = Chegada("banco.ret", r.sha256, r.tipo, r.nsa, r.gerado_em)
        with pytest.raises(ErroGuiche) as erro:
            conferir_numero(ctx, conta, chegada, Aceita())
    assert erro.value.codigo == "retorno.ja_importado"


@pytest.mark.requisito("K-20")
def test_mesmo_nsa_com_outro_conteudo_pede_supervisor(pasta: Path) -> None:
    _importar(pasta)
    _mudar(pasta, _em(2, 68, "05"))
    with pytest.raises(ErroGuiche) as erro:
        _importar(pasta)
    assert erro.value.codigo == "retorno.nsa_repetido"
    _importar(pasta, aceita=Aceita("o banco corrigiu"))
    assert "o banco corrigiu" in str(ler(pasta, "diario")[0]["detalhe"])
    assert [r["codigo"] for r in ler(pasta, "retornos")] == [1, 2]


def test_salto_de_nsa_avisa_e_importa(pasta: Path) -> None:
    _importar(pasta)
    with na(pasta) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, pasta.parent / "banco.ret", ["00"], nsa=5)
    feito = _importar(pasta)
    assert "retorno.nsa_salto" in str(feito["problemas"])
    assert [t["estado"] for t in ler(pasta, "titulos")] == [4, 4, 4]


@pytest.mark.parametrize("forma", ["lf", "ctrl-z", "utf-8", "linhas vazias"])
def test_formas_que_se_aceitam(pasta: Path, forma: str) -> None:
    arquivo = pasta.parent / "banco.ret"
    bruto = arquivo.read_bytes()
    if forma == "lf":
        bruto = bruto.replace(b"\r\n", b"\n")
    elif forma == "ctrl-z":
        bruto += b"\x1a"
    elif forma == "linhas vazias":
        bruto += b"\r\n\r\n"
    elif forma == "utf-8":
        bruto = bruto.replace(b"FARMACIA MODELO LTDA", "FARMÁCIA MODELO LTDA".encode())
    arquivo.write_bytes(bruto)
    feito = _importar(pasta)
    assert feito["dados"]["total_debitado"] == "40.00"  # type: ignore[index]
    assert [t["estado"] for t in ler(pasta, "titulos")] == [4, 0, 4]


@pytest.mark.requisito("S-39")
def test_codigo_desconhecido_nunca_paga(pasta: Path) -> None:
    _mudar(pasta, _em(2, 68, "77"))
    feito = _importar(pasta)
    assert feito["dados"]["divergencias"] == 1  # type: ignore[index]
    assert [t["estado"] for t in ler(pasta, "titulos")] == [1, 0, 4]
    resposta = ler(pasta, "retorno_linhas")[0]
    assert (resposta["classe"], resposta["situacao"]) == ("DESCONHECIDO", "DIVERGÊNCIA")


@pytest.mark.requisito("K-02")
def test_sem_chave_casa_pela_identidade_e_o_que_nao_casa_diverge(pasta: Path) -> None:
    def sem_chave(linhas: list[str]) -> list[str]:
        linhas = _em(2, 70, " " * 60)(linhas)
        return _em(3, 2, "OUTRO".ljust(25))(_em(3, 70, " " * 60)(linhas))

    _mudar(pasta, sem_chave)
    feito = _importar(pasta)
    assert [t["estado"] for t in ler(pasta, "titulos")] == [4, 1, 4]
    dados = feito["dados"]
    assert dados["divergencias"] == 1  # type: ignore[index]
    assert "não localizado" in str(feito["problemas"])
    assert dados["debitados"] + dados["recusados"] + dados["cancelados"] + dados["divergencias"] == dados["respostas"]  # type: ignore[index]


def test_dois_iguais_sem_chave_nao_se_adivinham(tmp_path: Path) -> None:
    iguais = [titulo("T1", date(2026, 8, 20), "10.00", "C1"), titulo("T2", date(2026, 8, 21), "10.00", "C1")]
    caminho = montar(tmp_path, clientes=[cliente("C1")], titulos=iguais)
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "banco.ret", ["00", "00"])
    _mudar(caminho, lambda linhas: _em(3, 70, " " * 60)(_em(2, 70, " " * 60)(linhas)))
    assert _importar(caminho)["dados"]["divergencias"] == 2  # type: ignore[index]
    assert ler(caminho, "movimento_banco") == []


def _com_total(pasta: Path, mudanca: Callable[[list[str]], list[str]]) -> None:
    """Muda o retorno e põe no fecho o total que os valores somam."""
    _mudar(pasta, mudanca)
    linhas = (pasta.parent / "banco.ret").read_bytes().decode("latin-1").splitlines()
    total = sum(int(linha[52:67]) for linha in linhas if linha[0] == "F")
    _mudar(pasta, _em(-1, 8, f"{total:017d}"))


OUTROS_TERMOS: dict[str, tuple[Callable[[list[str]], list[str]], tuple[str, ...]]] = {
    "a menos": (_em(2, 53, f"{900:015d}"), ("enviou-se R$ 10,00", "veio R$ 9,00")),
    "um real": (_em(2, 53, f"{100:015d}"), ("enviou-se R$ 10,00", "veio R$ 1,00")),
    "zero": (_em(2, 53, f"{0:015d}"), ("enviou-se R$ 10,00", "veio R$ 0,00")),
    "absurdo": (_em(2, 53, f"{99_999_900:015d}"), ("enviou-se R$ 10,00", "veio R$ 999.999,00")),
    "antes do vencimento": (_em(2, 45, "20260819"), ("enviou-se 20/08/2026", "veio 19/08/2026")),
    "um ano depois": (_em(2, 45, "20270820"), ("enviou-se 20/08/2026", "veio 20/08/2027")),
}
DE_OUTRO: dict[str, tuple[Callable[[list[str]], list[str]], tuple[str, ...]]] = {
    "identificação": (_em(2, 2, f"{'OUTRO CLIENTE 77':25}"), ("identificação: enviou-se", "veio …E 77")),
    "agência": (_em(2, 27, "9999"), ("agência: enviou-se 0101, veio 9999",)),
    "conta": (_em(2, 31, f"{'98765432':14}"), ("conta: enviou-se", "veio …5432")),
}


@pytest.mark.caso("O-08")
@pytest.mark.parametrize("caso", [*OUTROS_TERMOS, *DE_OUTRO])
def test_o_que_nao_volta_como_foi_e_divergencia_com_os_dois_lados_e_nada_se_baixa(pasta: Path, caso: str) -> None:
    """O banco devolve o que recebeu (FEBRABAN 150, F.02 a F.06): outro valor, data ou dono não é resposta ao débito."""
    mudanca, lados = (OUTROS_TERMOS | DE_OUTRO)[caso]
    _com_total(pasta, mudanca)
    feito = _importar(pasta)
    assert feito["dados"]["divergencias"] == 1  # type: ignore[index]
    assert [t["situacao"] for t in ler(pasta, "titulos")] == ["ENVIADO", "EM ABERTO", "PAGO"]
    assert [m["valor"] for m in ler(pasta, "movimento_banco")] == [30.0]
    (aberta,) = ler(pasta, "divergencias")
    assert all(lado in aberta["aviso"] for lado in lados)
    assert (aberta["quem"] == "T1") == (caso in OUTROS_TERMOS)
    assert "T1" in f"{aberta['quem']} {aberta['aviso']}"
    assert "98765432" not in str(feito)


@pytest.mark.caso("O-08")
def test_a_chave_de_um_titulo_na_linha_de_outro_nao_paga_ninguem(pasta: Path) -> None:
    """Duas cópias do mesmo livro dão a mesma chave a débitos diferentes: o dono diz de quem é."""

    def trocar(linhas: list[str]) -> list[str]:
        chaves = [linha[69:129] for linha in linhas[1:4]]
        linhas[1], linhas[3] = (
            linhas[1][:69] + chaves[2] + linhas[1][129:],
            linhas[3][:69] + chaves[0] + linhas[3][129:],
        )
        return linhas

    _mudar(pasta, trocar)
    feito = _importar(pasta)
    assert (feito["dados"]["divergencias"], feito["dados"]["debitados"]) == (2, 0)  # type: ignore[index]
    assert ler(pasta, "movimento_banco") == []


@pytest.mark.caso("O-08")
def test_debito_de_vencimento_em_dia_sem_expediente_sai_no_dia_util_seguinte(tmp_path: Path) -> None:
    """Manual da 05, F.05: data real do débito se debitado; e o 31 é o de feriado na praça."""
    dias = [date(2026, 8, 22), date(2026, 8, 20), date(2026, 8, 20)]
    titulos = [titulo(f"T{n}", dia, f"{10 * n}.00", f"C{n}") for n, dia in enumerate(dias, 1)]
    caminho = montar(tmp_path, clientes=[cliente(f"C{n}", n) for n in (1, 2, 3)], titulos=titulos)
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "banco.ret", ["00", "31", "00"])
    por_linha = {"T1": "20260824", "T2": "20260821", "T3": "20260821"}
    arquivo = tmp_path / "banco.ret"
    linhas = arquivo.read_bytes().decode("ascii").splitlines()
    valores = {f"{1000 * n:015d}": f"T{n}" for n in (1, 2, 3)}
    linhas = [x[:44] + por_linha[valores[x[52:67]]] + x[52:] if x[0] == "F" else x for x in linhas]
    arquivo.write_bytes(("\r\n".join(linhas) + "\r\n").encode("ascii"))
    _importar(caminho)
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["PAGO", "PAGO", "ENVIADO"]


@pytest.mark.requisito("K-03")
@pytest.mark.caso("R-10")
@pytest.mark.parametrize("confirmar", [False, True])
def test_as_contas_do_retorno_de_debito_somam_o_que_se_leu(pasta: Path, *, confirmar: bool) -> None:
    primeiro = (pasta.parent / "banco.ret").read_bytes().decode("ascii").splitlines()
    _importar(pasta)
    estranho = _em(2, 68, "ZZ")(_em(1, 74, "000002")(primeiro))
    (pasta.parent / "dois.ret").write_bytes(("\r\n".join(estranho) + "\r\n").encode("ascii"))
    with na(pasta) as ctx:
        dados = importar(ctx, pasta.parent / "dois.ret", confirmar=confirmar).dados
    partes = [dados[c] for c in ("debitados", "recusados", "cancelados", "divergencias", "ja_processados", "sem_baixa")]
    assert dados["lidos"] == sum(partes) == 3
    assert (dados["divergencias"], dados["ja_processados"], dados["sem_baixa"]) == (2, 1, 0)


def test_debitado_em_dois_arquivos_recebe_uma_vez_so(pasta: Path) -> None:
    segundo = (pasta.parent / "banco.ret").read_bytes().decode("ascii").splitlines()
    _importar(pasta)
    recebido = ler(pasta, "movimento_banco")
    (pasta.parent / "dois.ret").write_bytes(("\r\n".join(_em(1, 74, "000002")(segundo)) + "\r\n").encode("ascii"))
    _importar(pasta, "dois.ret")
    assert ler(pasta, "movimento_banco") == recebido
    assert len(recebido) == 2
    assert len(ler(pasta, "retornos")) == 2
    assert [t["situacao"] for t in ler(pasta, "titulos")] == ["PAGO", "EM ABERTO", "PAGO"]


@pytest.mark.requisito("S-37", "S-40")
@pytest.mark.parametrize(
    ("destino", "tabela"), [("CAIXA", "caixa"), ("CONTA", "movimento_banco"), ("", "movimento_banco")]
)
def test_onde_se_da_baixa(pasta: Path, destino: str, tabela: str) -> None:
    _importar(pasta, baixar_em=destino)
    linhas = ler(pasta, tabela)
    assert [(linha["titulo"], linha["valor"], linha["data"]) for linha in linhas] == [
        ("T1", 10.0, date(2026, 8, 20)),
        ("T3", 30.0, date(2026, 8, 20)),
    ]


@pytest.mark.requisito("K-05", "K-09", "K-10", "K-11", "K-12", "K-13", "S-44", "S-45")
def test_a_lista_de_retornos_e_o_relatorio(pasta: Path) -> None:
    _importar(pasta)
    linha = ler(pasta, "retornos")[0]
    assert (linha["codigo"], linha["numero"], linha["tipo"], linha["usuario"]) == (1, "000001", "DEBITO_150", "ana")
    assert linha["data_emissao"] == date(2026, 8, 4)
    assert str(linha["data_importacao"]).startswith("2026-08-04 09:14")
    respostas = ler(pasta, "retorno_linhas")
    assert [r["codigo"] for r in respostas] == ["00", "01", "00"]
    assert respostas[1]["motivo"] == "A conta do pagador não tinha dinheiro no dia."
    assert respostas[1]["o_que_fazer"]


@pytest.mark.requisito("K-16")
def test_a_previa_nao_escreve_nada(pasta: Path) -> None:
    antes = {p: p.read_bytes() for p in pasta.parent.rglob("*") if p.is_file()}
    with na(pasta) as ctx:
        feito = importar(ctx, pasta.parent / "banco.ret")
    assert feito.dados["debitados"] == 2
    assert {p: p.read_bytes() for p in pasta.parent.rglob("*") if p.is_file()} == antes


def test_conta_sem_dados_nao_recebe_baixa(tmp_path: Path) -> None:
    caminho = montar(tmp_path, contas=[CONTA, CONTA | {"codigo": "BB2", "convenio": "777"}], titulos=TITULOS)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        gerar(ctx)
    assert erro.value.codigo == "conta.ambigua"
