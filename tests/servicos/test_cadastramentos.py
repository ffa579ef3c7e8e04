"""O que o retorno diz além das respostas: cadastramentos, alterações, confirmações, totais e agências."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.livro import cadastramentos, remessas
from guiche.livro.atos import ultimo
from guiche.oficio.cadastros import ler_cadastros
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.decisao import decidir, listar
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.debito.manutencao import a_manter
from guiche.servicos.debito.optantes import listar_optantes
from guiche.servicos.debito.selecao import selecionar
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.remessas import enviadas as tela
from guiche.servicos.retornos.importar import importar
from guiche.vistas.retomada import retomar
from tests.servicos.apoio import HOJE, cliente, gravar_tabela, ler, montar, na, retorno, titulo

VENCE = date(2026, 8, 10)


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    return montar(
        tmp_path,
        clientes=[cliente("A", 1, id_no_debito="ID-A"), cliente("B", 2), cliente("C", 3)],
        titulos=[titulo(f"T{c}", VENCE, "10.00", c) for c in "ABC"],
    )


def _gerar(pasta: Path, hoje: date = HOJE) -> Path:
    with na(pasta, hoje) as ctx:
        return gerar(ctx).arquivos[-1]


def _importar(pasta: Path, arquivo: Path, **opcoes: Any) -> Any:
    with na(pasta) as ctx:
        return importar(ctx, arquivo, **{"confirmar": True, **opcoes})


def _clientes(pasta: Path) -> dict[str, dict[str, Any]]:
    return {c["codigo"]: c for c in ler(pasta, "clientes")}


def _mudar(pasta: Path, codigo: str, **dados: Any) -> None:
    """O que a pessoa faz na aba Clientes."""
    aberta = PastaEmArquivo(pasta)
    linhas = [c | dados if c["codigo"] == codigo else c for c in ler(pasta, "clientes")]
    gravar_tabela(aberta, "clientes", linhas)
    aberta.salvar()


def test_a_previa_conta_os_registros_e_nada_grava(pasta: Path, tmp_path: Path) -> None:
    arquivo = retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="BJTX")
    antes = pasta.read_bytes()
    with na(pasta) as ctx:
        previa = importar(ctx, arquivo)
        assert not cadastramentos.ultimos(ctx.livro, 9)
    assert previa.dados["registros"] == {"B": 2, "J": 1, "T": 1, "X": 1}
    assert "cadastramentos do banco: 2" in "\n".join(previa.linhas)
    assert pasta.read_bytes() == antes
    feito = _importar(pasta, arquivo)
    assert feito.linhas[1:] == previa.linhas[1:]
    assert feito.dados["divergencias"] == 0
    with pytest.raises(ErroGuiche, match="já importado"):
        _importar(pasta, arquivo)
    assert len(ler(pasta, "cadastramentos")) == 2


def test_o_banco_cadastra_e_exclui_e_a_pessoa_aceita(pasta: Path, tmp_path: Path) -> None:
    _importar(pasta, retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="B"))
    abertos = {c["de_quem"]: c for c in ler(pasta, "cadastramentos")}
    assert {q: c["registro"] for q, c in abertos.items()} == {"A": "INCLUSÃO", "B": "EXCLUSÃO"}
    assert "conta 001/0101/1001-4 → 001/0101/1015-4" in abertos["A"]["proposta"]
    assert _clientes(pasta)["B"]["situacao_optante"] == "BLOQUEADO"
    aberta = PastaEmArquivo(pasta)
    gravar_tabela(aberta, "cadastramentos", [c | {"decisao": "ACEITAR"} for c in abertos.values()])
    aberta.salvar()
    with na(pasta) as ctx:
        assert decidir(ctx, None, None).dados == {"decididos": 2}
    depois = _clientes(pasta)
    assert (depois["A"]["conta"], depois["A"]["conta_dv"], depois["A"]["autorizacao_canal"]) == ("1015", "4", "BANCO")
    assert depois["A"]["autorizacao_data"] == HOJE
    assert (depois["B"]["optante"], depois["B"]["autorizacao_cancelada"]) == ("Não", HOJE)
    assert {c["situacao"] for c in ler(pasta, "cadastramentos")} == {"ACEITO"}
    assert not [c["decisao"] for c in ler(pasta, "cadastramentos") if c["decisao"]]


def test_a_decisao_sobrevive_a_queda_antes_de_gravar_a_pasta(pasta: Path, tmp_path: Path) -> None:
    _importar(pasta, retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="B"))
    antes = pasta.read_bytes()
    with na(pasta) as ctx:
        linha = next(c.seq for c in cadastramentos.ultimos(ctx.livro, 9) if c.cliente == "A")
        decidir(ctx, 1, linha, "ACEITAR")
    pasta.write_bytes(antes)  # como se a máquina parasse depois do livro e antes da pasta
    with na(pasta) as ctx:
        listar_optantes(ctx)  # grava a pasta sem refazer as abas
    with na(pasta) as ctx:
        retomar(ctx)
        atualizar(ctx)
    assert _clientes(pasta)["A"]["conta"] == "1015"
    _mudar(pasta, "A", conta="7777")
    with na(pasta) as ctx:
        assert ctx.pasta.parametro("ultimo_ato") == str(ultimo(ctx.livro))
    _gerar(pasta)
    assert _clientes(pasta)["A"]["conta"] == "7777"


def test_recusar_leva_o_registro_c_na_proxima_remessa_uma_vez(pasta: Path, tmp_path: Path) -> None:
    _importar(pasta, retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="B"))
    with na(pasta) as ctx:
        c = next(c for c in cadastramentos.ultimos(ctx.livro, 9) if c.cliente == "B")
        decidir(ctx, c.retorno_id, c.seq, "RECUSAR", motivo="Autorização não é nossa, confira com o cliente na agência")
        assert "1 recusa de cadastramento" in "\n".join(conferir(ctx).linhas)
    segunda = _gerar(pasta)
    linhas = segunda.read_text("ascii").splitlines()
    (linha_c,) = [linha for linha in linhas if linha[0] == "C"]
    assert linhas[1] == linha_c
    assert linha_c[1:26] == "B".rjust(25, "0")
    assert linha_c[26:44] == "010100000000010022"
    assert linha_c[44:84].strip() == "AUTORIZACAO NAO E NOSSA, CONFIRA COM O C"
    assert linha_c[84:124].strip() == "LIENTE NA AGENCIA"
    assert linha_c[149] == "1"
    assert not [linha for linha in _sem_titulos(pasta) if linha[0] == "C"]
    with na(pasta) as ctx, pytest.raises(ErroGuiche) as erro:
        decidir(ctx, c.retorno_id, c.seq, "ACEITAR")
    assert erro.value.codigo == "cadastramento.ausente"


def _sem_titulos(pasta: Path) -> list[str]:
    """A remessa seguinte, vazia se não há o que enviar."""
    with na(pasta) as ctx:
        arquivos = gerar(ctx).arquivos
    return arquivos[-1].read_text("ascii").splitlines() if arquivos else []


def test_descartar_devolve_a_recusa_a_fila(pasta: Path, tmp_path: Path) -> None:
    _importar(pasta, retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="B"))
    with na(pasta) as ctx:
        c = next(c for c in cadastramentos.ultimos(ctx.livro, 9) if c.cliente == "B")
        decidir(ctx, c.retorno_id, c.seq, "RECUSAR")
        gerar(ctx)
        tela.descartar(ctx, 2, "engano")
    linhas = _gerar(pasta).read_text("ascii").splitlines()
    assert [linha[0] for linha in linhas] == ["A", "C", "E", "Z"]


def test_cadastramento_de_quem_nao_se_conhece(pasta: Path, tmp_path: Path) -> None:
    arquivo = retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="B")
    linhas = arquivo.read_text("ascii").splitlines()
    linhas = [linha[0] + "OUTRO".rjust(25, "0") + linha[26:] if linha[0] == "B" else linha for linha in linhas]
    arquivo.write_bytes(("\r\n".join(linhas) + "\r\n").encode("ascii"))
    _importar(pasta, arquivo)
    with na(pasta) as ctx:
        inclusao = next(c for c in cadastramentos.ultimos(ctx.livro, 9) if c.movimento == 2)
        onde = (inclusao.retorno_id, inclusao.seq)
        assert inclusao.cliente == ""
        assert "não se achou o cliente" in listar(ctx).linhas[0]
        with pytest.raises(ErroGuiche) as erro:
            decidir(ctx, *onde, "ACEITAR")
        assert erro.value.codigo == "cadastramento.cliente"
        with pytest.raises(ErroGuiche) as erro:
            decidir(ctx, *onde, "TALVEZ")
        assert erro.value.codigo == "cadastramento.decisao"
        with pytest.raises(ErroGuiche) as erro:
            decidir(ctx, *onde, "RECUSAR", motivo="x" * 81)
        assert erro.value.codigo == "cadastramento.decisao"
        with pytest.raises(ErroGuiche) as erro:
            decidir(ctx, None, None)
        assert erro.value.codigo == "cadastramento.decisao"
        decidir(ctx, *onde, "ACEITAR", cliente="C")
    assert _clientes(pasta)["C"]["conta"] == "1015"


def test_j_confirma_a_remessa_e_compara_os_totais(pasta: Path, tmp_path: Path) -> None:
    enviada = _gerar(pasta)
    arquivo = retorno(enviada, tmp_path / "r.ret", ["00", "00", "01"], registros="J")
    errado = tmp_path / "errado.ret"
    errado.write_bytes(arquivo.read_bytes().replace(b"J000001" + f"{HOJE:%Y%m%d}".encode() + b"000005",
                                                    b"J000001" + f"{HOJE:%Y%m%d}".encode() + b"000009"))  # fmt: skip
    assert errado.read_bytes() != arquivo.read_bytes()
    feito = _importar(pasta, errado)
    assert feito.dados["divergencias"] == 1
    (r,) = ler(pasta, "remessas")
    assert r["confirmada_em"] == ""
    (d,) = ler(pasta, "divergencias")
    assert "com 9 linhas e R$ 30,00, e ela foi com 5 linhas e R$ 30,00" in d["aviso"]


def test_j_certo_marca_transmitida_e_confirmada(pasta: Path, tmp_path: Path) -> None:
    feito = _importar(pasta, retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="J"))
    assert "O banco confirmou a remessa 1 (NSA 1)." in feito.linhas
    (r,) = ler(pasta, "remessas")
    assert r["confirmada_em"] == r["transmitida_em"] != ""


def test_j_de_remessa_descartada_e_divergencia(pasta: Path, tmp_path: Path) -> None:
    arquivo = retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="J")
    with na(pasta) as ctx:
        tela.descartar(ctx, 1, "engano")
    _importar(pasta, arquivo)
    assert any("foi descartada aqui" in d["aviso"] for d in ler(pasta, "divergencias"))


def test_t_compara_o_total_do_banco_com_o_baixado(pasta: Path, tmp_path: Path) -> None:
    arquivo = retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"], registros="T")
    certo = arquivo.read_bytes()
    assert b"T000002" + b"2000".rjust(17, b"0") in certo
    arquivo.write_bytes(certo.replace(b"T000002", b"T000003"))
    feito = _importar(pasta, arquivo)
    assert feito.dados["divergencias"] == 1
    (d,) = ler(pasta, "divergencias")
    assert "debitou 3, R$ 20,00" in d["aviso"]
    assert "baixa em 2, R$ 20,00" in d["aviso"]


def test_x_deixa_pendentes_os_clientes_da_agencia_ate_se_corrigir(pasta: Path, tmp_path: Path) -> None:
    _importar(pasta, retorno(_gerar(pasta), tmp_path / "r.ret", ["01", "01", "01"], registros="X"))
    assert {c["situacao_optante"] for c in ler(pasta, "clientes")} == {"PENDENTE"}
    assert "a agência 0101 (AGENCIA SIMULADA) vai fechar" in _clientes(pasta)["A"]["pendencia"]
    _mudar(pasta, "A", agencia="0202")
    with na(pasta) as ctx:
        feito = gerar(ctx)
    assert feito.dados["debitos"] == 1
    assert _clientes(pasta)["A"]["situacao_optante"] == "OPTANTE"


def test_identificacao_nova_vai_em_d_antes_do_debito_e_o_h_a_desfaz(pasta: Path, tmp_path: Path) -> None:
    _importar(pasta, retorno(_gerar(pasta), tmp_path / "r1.ret", ["01", "00", "00"]))
    _mudar(pasta, "A", id_no_debito="ID-NOVA")
    segunda = _gerar(pasta)
    linhas = segunda.read_text("ascii").splitlines()
    assert [linha[0] for linha in linhas] == ["A", "D", "E", "Z"]
    assert (linhas[1][1:26], linhas[1][44:69]) == ("ID-A".rjust(25, "0"), "ID-NOVA".rjust(25, "0"))
    assert linhas[1][26:44] == linhas[2][26:44]
    assert (linhas[1][149], linhas[2][1:26]) == ("0", "ID-NOVA".rjust(25, "0"))
    with na(pasta) as ctx:
        (enviada,) = remessas.linhas_da(ctx.livro, 2)
    assert enviada.seq == 3
    _importar(pasta, retorno(segunda, tmp_path / "r2.ret", ["02"], nsa=2, registros="H"))
    (h,) = ler(pasta, "cadastramentos")
    assert (h["registro"], h["de_quem"]) == ("ALTERAÇÃO RECUSADA", "A")
    assert "IDENTIFICACAO JA EXISTE" in h["proposta"]
    cadastro = _clientes(pasta)["A"]
    assert (cadastro["situacao_optante"], cadastro["pendencia"]) == (
        "BLOQUEADO",
        "o banco recusou a identificação ID-NOVA",
    )
    assert not _sem_titulos(pasta)
    _mudar(pasta, "A", id_no_debito="ID-A", autorizacao_data=date(2026, 8, 5))
    with na(pasta, date(2026, 8, 5)) as ctx:
        feito = gerar(ctx)
    assert [linha[0] for linha in feito.arquivos[-1].read_text("ascii").splitlines()] == ["A", "E", "Z"]


def test_descartar_esquece_a_troca_que_o_banco_nao_viu(pasta: Path, tmp_path: Path) -> None:
    _importar(pasta, retorno(_gerar(pasta), tmp_path / "r1.ret", ["01", "00", "00"]))
    _mudar(pasta, "A", id_no_debito="ID-NOVA")
    _gerar(pasta)
    with na(pasta) as ctx:
        tela.descartar(ctx, 2, "engano")
    _mudar(pasta, "A", id_no_debito="ID-OUTRA")
    linhas = _gerar(pasta).read_text("ascii").splitlines()
    assert [linha[0] for linha in linhas] == ["A", "D", "E", "Z"]
    assert (linhas[1][1:26], linhas[1][44:69]) == ("ID-A".rjust(25, "0"), "ID-OUTRA".rjust(25, "0"))


def test_o_estorno_repete_o_debito_da_remessa_que_levou_d(pasta: Path, tmp_path: Path) -> None:
    _importar(pasta, retorno(_gerar(pasta), tmp_path / "r1.ret", ["01", "00", "00"]))
    _mudar(pasta, "A", id_no_debito="ID-NOVA")
    segunda = _gerar(pasta).read_text("ascii").splitlines()
    with na(pasta) as ctx:
        tela.marcar(ctx, 2, "transmitida")
        cancelada = tela.estornar(ctx, 2).arquivos[-1].read_text("ascii").splitlines()
    assert cancelada[1] == segunda[2][:149] + "1"


def test_manutencao_manda_valor_zero_a_quem_esta_parado_e_a_resposta_nada_baixa(tmp_path: Path) -> None:
    antes = date(2026, 5, 1)
    pasta = montar(
        tmp_path,
        clientes=[
            cliente("A", 1, autorizacao_data=antes), cliente("B", 2, autorizacao_data=antes),
            cliente("C", 3, autorizacao_data=HOJE), cliente("D", 4, autorizacao_data=antes, banco="104"),
        ],
        titulos=[titulo("TB", VENCE, "10.00", "B")],
    )  # fmt: skip
    filtros = Filtros(manutencao=True)
    with na(pasta) as ctx:
        assert "De valor zero, para manter o cadastro: 1 optante." in conferir(ctx, filtros=filtros).linhas
        arquivo = gerar(ctx, filtros=filtros).arquivos[-1]
    linhas = arquivo.read_text("ascii").splitlines()
    assert [(li[0], li[44:67]) for li in linhas[1:3]] == [
        ("E", "20260810" + "1000".rjust(15, "0")),
        ("E", "20260807" + "0" * 15),
    ]
    feito = _importar(pasta, retorno(arquivo, tmp_path / "r.ret", ["00", "96"]))
    assert (feito.dados["debitados"], feito.dados["recusados"], feito.dados["divergencias"]) == (1, 0, 0)
    assert len(ler(pasta, "movimento_banco")) == 1
    assert {r["titulo"]: r["estado"] for r in ler(pasta, "remessa_linhas")} == {"TB": 4.0, "MANUT A": 0.0}
    with na(pasta) as ctx:
        assert not gerar(ctx, filtros=filtros).arquivos  # já foi: não se repete
    with na(pasta, date(2026, 12, 1)) as ctx:
        assert gerar(ctx).dados.get("remessa") is None  # sem se pedir, nada vai


def test_manutencao_so_onde_o_banco_aceita(pasta: Path) -> None:
    with na(pasta) as ctx:
        cadastros = ler_cadastros(ctx.pasta)
        selecao = selecionar(ctx, cadastros, cadastros.conta(""), Filtros(manutencao=True), {})
        assert a_manter(ctx.livro, selecao) == []
        recusa = replace(selecao, perfil=replace(selecao.perfil, aceita_manutencao=False))
        with pytest.raises(ErroGuiche) as erro:
            a_manter(ctx.livro, recusa)
    assert erro.value.codigo == "manutencao.banco"


def test_registro_que_so_informa_nao_recusa_o_retorno_nem_muda_nada(pasta: Path, tmp_path: Path) -> None:
    arquivo = retorno(_gerar(pasta), tmp_path / "r.ret", ["00", "00", "01"])
    *corpo, fecho = arquivo.read_text("ascii").splitlines()
    cronograma = ("L" + "20260801" * 4).ljust(150)
    linhas = [*corpo, cronograma, f"Z{len(corpo) + 2:06d}{fecho[7:]}"]
    arquivo.write_bytes(("\r\n".join(linhas) + "\r\n").encode("ascii"))
    feito = _importar(pasta, arquivo)
    assert (feito.dados["registros"], feito.dados["divergencias"]) == ({"L": 1}, 0)
    assert ler(pasta, "retorno_linhas")[-1]["situacao"] == "INFORMADO"
    assert not ler(pasta, "cadastramentos")
