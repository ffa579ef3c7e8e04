"""Quem retira a autorização: o débito no banco se cancela e a exclusão vai ao banco, uma vez."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from guiche.boleto.contas import certo
from guiche.erros import ErroGuiche
from guiche.livro import cadastramentos, remessas
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.cuidados.desfazer import desfazer
from guiche.servicos.debito.decisao import decidir
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.fechamentos import atos as fechamentos
from guiche.servicos.privacidade.pessoa import anonimizar
from guiche.servicos.remessas import enviadas as tela
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import CONTA, HOJE, cliente, gravar_tabela, ler, montar, na, retorno, titulo

VENCE = HOJE + timedelta(days=10)
DEPOIS = HOJE + timedelta(days=1)
EMPRESA = {
    "codigo": "E1", "nome": "Associação", "cnpj": "11222333000181", "banco": "001", "agencia": "4321", "conta": "98765",
    "conta_dv": "4",
}  # fmt: skip


@pytest.fixture
def pasta(banco: str, tmp_path: Path) -> Path:
    """Dois optantes já no banco: A deve um título sem resposta, e B um que não se debitou."""
    assert banco
    return _pasta(tmp_path)


def _pasta(onde: Path, contas: Any = (CONTA,), **dados: Any) -> Path:
    caminho = montar(
        onde, clientes=[cliente("A", 1, **dados), cliente("B", 2, **dados)], contas=list(contas), empresas=[EMPRESA],
        titulos=[titulo("TA", VENCE, "10.00", "A"), titulo("TB", VENCE, "20.00", "B"),
                 titulo("TF", VENCE, "30.00", "B", fechamento="F1")],
        fechamentos=[{"codigo": "F1", "empresa": "E1", "vencimento": VENCE}],
    )  # fmt: skip
    _gerar(caminho)
    return caminho


def _gerar(pasta: Path, hoje: date = HOJE) -> list[str]:
    """As linhas da remessa; vazia se não há o que enviar."""
    with na(pasta, hoje) as ctx:
        arquivos = gerar(ctx).arquivos
    return arquivos[-1].read_text("ascii").splitlines() if arquivos else []


def _ultima(pasta: Path) -> Path:
    with na(pasta) as ctx:
        return pasta.parent / remessas.listar(ctx.livro)[0].arquivo


def _importar(pasta: Path, codigos: list[str], *, nsa: int = 1, registros: str = "") -> Any:
    arquivo = retorno(_ultima(pasta), pasta.parent / f"r{nsa}.ret", codigos, nsa=nsa, registros=registros)
    with na(pasta) as ctx:
        return importar(ctx, arquivo, confirmar=True)


def _mudar(pasta: Path, codigo: str, **dados: Any) -> None:
    """O que a pessoa faz na aba Clientes."""
    aberta = PastaEmArquivo(pasta)
    linhas = [c | dados if c["codigo"] == codigo else c for c in ler(pasta, "clientes")]
    gravar_tabela(aberta, "clientes", linhas)
    aberta.salvar()


def _letras(linhas: list[str]) -> str:
    return "".join(linha[0] + linha[149] if linha[0] in "DE" else linha[0] for linha in linhas)


def test_cancela_o_que_esta_no_banco_e_depois_pede_a_exclusao_uma_vez(pasta: Path) -> None:
    enviada = _ultima(pasta).read_text("ascii").splitlines()[1]
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    with na(pasta) as ctx:
        previa = "\n".join(conferir(ctx).linhas)
    assert "Ao banco, sobre os optantes: 1 exclusão de optante." in previa
    assert "A cancelar: 1 título, R$ 10,00." in previa
    assert "título TA: o cliente retirou a autorização em 04/08/2026" in previa
    with na(pasta) as ctx:
        feito = gerar(ctx)
        linhas = feito.arquivos[-1].read_text("ascii").splitlines()
    assert "Ao banco, sobre os optantes: 1 exclusão de optante." in feito.linhas
    assert _letras(linhas) == "AE1D1Z"
    exclusao = linhas[2]
    assert exclusao[1:44] == enviada[1:44]
    assert exclusao[44:69].strip() == ""
    assert exclusao[69:129].strip() == "EXCLUSAO POR SOLICITACAO DO CLIENTE EM 04/08/2026"
    assert linhas[3][1:7] == "000004"
    with na(pasta) as ctx:
        assert "exclusão" not in "\n".join(conferir(ctx).linhas)
    assert not _gerar(pasta)
    _importar(pasta, ["99"])
    assert not _gerar(pasta, DEPOIS)


def test_descartada_a_remessa_a_exclusao_vai_de_novo(pasta: Path) -> None:
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    primeira = _gerar(pasta)
    with na(pasta) as ctx:
        tela.descartar(ctx, 2, "engano")
    segunda = _gerar(pasta)
    assert _letras(primeira) == _letras(segunda) == "AE1D1Z"
    assert primeira[2] == segunda[2]
    assert [p["situacao"] for p in _pedidos(pasta)] == ["DESISTIDO", "ENVIADO"]


def test_descartada_a_conta_nova_o_banco_ainda_conhece_a_velha(pasta: Path) -> None:
    velha = _ultima(pasta).read_text("ascii").splitlines()[1]
    _importar(pasta, ["01", "01"])
    _mudar(pasta, "A", conta="7777", conta_dv="1")
    assert _letras(_gerar(pasta)) == "AE0E0Z"
    with na(pasta) as ctx:
        tela.descartar(ctx, 2, "engano")
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    (exclusao,) = [linha for linha in _gerar(pasta) if linha[0] == "D"]
    assert exclusao[1:44] == velha[1:44]


def test_descartada_a_unica_remessa_o_banco_nao_conhece_ninguem(pasta: Path) -> None:
    with na(pasta) as ctx:
        tela.descartar(ctx, 1, "engano")
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    assert _letras(_gerar(pasta)) == "AE0Z"


def _pedidos(pasta: Path) -> list[dict[str, Any]]:
    with na(pasta) as ctx:
        linhas = ctx.livro.consultar("SELECT cliente, situacao, id_novo FROM pedido_cadastral ORDER BY id")
    return [dict(zip(("cliente", "situacao", "id_novo"), linha, strict=True)) for linha in linhas]


def test_quem_o_banco_excluiu_nao_se_exclui_outra_vez(pasta: Path) -> None:
    _importar(pasta, ["01", "01"], registros="B")  # A muda de conta e B sai
    _mudar(pasta, "B", autorizacao_cancelada=HOJE)
    assert "D1" not in _letras(_gerar(pasta))
    with na(pasta) as ctx:
        (saida,) = [c for c in cadastramentos.ultimos(ctx.livro, 9) if c.movimento == cadastramentos.EXCLUSAO]
        decidir(ctx, saida.retorno_id, saida.seq, "ACEITAR")
    assert "D1" not in _letras(_gerar(pasta))
    with na(pasta) as ctx:
        desfeito = saida._replace(situacao="RECUSADO")
        with ctx.livro.transacao():  # se a empresa recusa a exclusão, para o banco ele continua
            cadastramentos.decidir(ctx.livro, desfeito, "RECUSADO", "B", saida.retorno_id)
    assert _letras(_gerar(pasta)) == "AD1Z"


def test_recusada_nao_se_repete_ate_o_cadastro_mudar(pasta: Path) -> None:
    _importar(pasta, ["01", "01"])
    _mudar(pasta, "A", autorizacao_cancelada=HOJE, optante="Não")
    assert _letras(_gerar(pasta)) == "AE0D1Z"
    feito = _importar(pasta, ["00"], nsa=2, registros="H")
    assert feito.dados["registros"] == {"H": 1}
    (h,) = ler(pasta, "cadastramentos")
    assert (h["registro"], h["de_quem"]) == ("EXCLUSÃO RECUSADA", "A")
    assert h["proposta"].startswith("o banco não excluiu o optante: OPTANTE NAO CADASTRADO; confira a conta")
    assert not _gerar(pasta)
    _mudar(pasta, "A", conta="7777", conta_dv="1")
    linhas = _gerar(pasta)
    assert _letras(linhas) == "AD1Z"
    assert linhas[1][30:44] == "00000000077771"
    _importar(pasta, [], nsa=3, registros="H")
    assert not _gerar(pasta)
    _mudar(pasta, "A", autorizacao_cancelada=HOJE - timedelta(days=1))
    (de_novo,) = [linha for linha in _gerar(pasta) if linha[0] == "D"]
    assert de_novo[69:129].strip().endswith("03/08/2026")


def test_desfazer_o_retorno_devolve_o_pedido_a_espera(pasta: Path) -> None:
    _importar(pasta, ["01", "01"])
    _mudar(pasta, "A", autorizacao_cancelada=HOJE, optante="Não")
    _mudar(pasta, "B", id_no_debito="ID-NOVA")
    assert _letras(_gerar(pasta)) == "AD0E0D1Z"
    _importar(pasta, ["01"], nsa=2, registros="H")
    assert [p["situacao"] for p in _pedidos(pasta)] == ["RECUSADO", "RECUSADO"]
    with na(pasta) as ctx:
        assert cadastramentos.conhecidos(ctx.livro, "001", "654321")["B"].identidade == "B"
        desfazer(ctx, "")
    assert [p["situacao"] for p in _pedidos(pasta)] == ["ENVIADO", "ENVIADO"]
    with na(pasta) as ctx:
        assert cadastramentos.conhecidos(ctx.livro, "001", "654321")["B"].identidade == "ID-NOVA"
    assert [r["situacao"] for r in ler(pasta, "remessas")] == ["ATIVA", "PROCESSADA"]
    _importar(pasta, ["01"], nsa=2, registros="H")
    assert [p["situacao"] for p in _pedidos(pasta)] == ["RECUSADO", "RECUSADO"]


def test_quem_volta_se_debita_e_pode_sair_outra_vez(pasta: Path) -> None:
    _importar(pasta, ["01", "00"])
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    assert _letras(_gerar(pasta)) == "AD1Z"
    _mudar(pasta, "A", autorizacao_data=DEPOIS)  # autorizou de novo, e a data em que saíra ficou
    assert _letras(_gerar(pasta, DEPOIS)) == "AE0Z"
    _mudar(pasta, "A", autorizacao_cancelada=DEPOIS)
    assert _letras(_gerar(pasta, DEPOIS)) == "AE1D1Z"


def test_o_debito_de_titulo_que_saiu_da_planilha_tambem_se_cancela(pasta: Path) -> None:
    aberta = PastaEmArquivo(pasta)
    gravar_tabela(aberta, "titulos", [t for t in ler(pasta, "titulos") if t["numero"] == "TF"])
    aberta.salvar()
    assert not _gerar(pasta)
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    assert _letras(_gerar(pasta)) == "AE1D1Z"
    assert not _gerar(pasta)


def test_o_fechamento_no_banco_e_da_empresa_e_fica(pasta: Path) -> None:
    """Mesmo que um cliente tenha o código da empresa."""
    with na(pasta) as ctx:
        fechamentos.gerar(ctx, "", ["F1"])
    aberta = PastaEmArquivo(pasta)
    gravar_tabela(aberta, "clientes", [*ler(pasta, "clientes"), cliente("E1", 9, autorizacao_cancelada=HOJE)])
    aberta.salvar()
    assert "E1" not in _letras(_gerar(pasta))


def test_retirada_com_data_futura_so_alcanca_o_que_vence_depois(pasta: Path) -> None:
    _mudar(pasta, "A", autorizacao_cancelada=VENCE + timedelta(days=1))
    assert not _gerar(pasta)  # o débito vence antes de ela valer
    _mudar(pasta, "A", autorizacao_cancelada=VENCE)
    assert _letras(_gerar(pasta)) == "AE1Z"
    assert _letras(_gerar(pasta, VENCE)) == "AD1Z"


def test_o_que_ja_venceu_espera_a_resposta(pasta: Path) -> None:
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    with na(pasta, VENCE + timedelta(days=1)) as ctx:
        relato = "\n".join(conferir(ctx).linhas)
    assert "o cancelamento já não vale: o débito venceu em 14/08/2026" in relato
    assert "1 exclusão de optante" in relato


def test_sem_nenhum_debito_a_remessa_vai_e_o_que_ela_e_se_diz(pasta: Path) -> None:
    _importar(pasta, ["00", "00"])
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    assert _letras(_gerar(pasta)) == "AD1Z"
    with na(pasta) as ctx:
        assert "Só leva recusas e mudanças de optantes." in tela.ver(ctx, 2).linhas[1]
        tela.marcar(ctx, 2, "transmitida")
        with pytest.raises(ErroGuiche, match="não há débito a cancelar") as erro:
            tela.estornar(ctx, 2)
    assert erro.value.codigo == "remessa.fechada"
    _importar(pasta, [], nsa=2, registros="HJ")
    (r, _) = ler(pasta, "remessas")
    assert (r["situacao"], r["linhas"]) == ("PROCESSADA", 0)
    assert r["confirmada_em"]
    with na(pasta) as ctx, pytest.raises(ErroGuiche):
        tela.descartar(ctx, 2, "engano")


def test_a_remessa_de_fechamentos_nada_diz_dos_optantes(pasta: Path) -> None:
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    with na(pasta) as ctx:
        linhas = fechamentos.gerar(ctx, "", ["F1"]).arquivos[-1].read_text("ascii").splitlines()
    assert _letras(linhas) == "AE0Z"
    assert _letras(_gerar(pasta)) == "AE1D1Z"


@pytest.mark.parametrize(("codigo", "versao"), [
    ("001", "04"), ("001", "05"), ("033", "04"), ("033", "05"), ("041", "05"), ("104", "04"), ("341", "04"),
    ("748", "04"), ("748", "05"), ("756", "04"), ("756", "05"), ("237", "04"),
])  # fmt: skip
def test_em_cada_banco_a_exclusao_leva_o_optante_como_o_debito_o_levou(
    tmp_path: Path, codigo: str, versao: str
) -> None:
    de_todos = {"operacao": "003", "compromisso": "1", "convenio": "54321"}
    conta = CONTA | de_todos | {"banco": codigo, "layout_versao": versao}
    conta |= {"conta_dv": certo(codigo, "conta_dv", conta) or "7"}
    pasta = _pasta(tmp_path, [conta], banco=codigo, operacao="001")
    enviada = next(li for li in _ultima(pasta).read_text("ascii").splitlines() if li[0] == "E")
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    linhas = _gerar(pasta)
    (exclusao,) = [linha for linha in linhas if linha[0] == "D"]
    assert exclusao[1:44] == enviada[1:44]
    assert exclusao[149] == "1"
    assert not [linha for linha in _gerar(pasta) if linha[0] == "D"]
    resposta = retorno(_ultima(pasta), tmp_path / "r.ret", ["99"], registros="H")
    with na(pasta) as ctx:
        assert importar(ctx, resposta, confirmar=True).dados["registros"] == {"H": 1}
    assert not _gerar(pasta)


def test_na_versao_08_so_sai_por_aqui_quem_a_empresa_cadastrou(tmp_path: Path) -> None:
    conta = CONTA | {"banco": "756", "layout_versao": "08"}
    pasta = montar(
        tmp_path, contas=[conta], titulos=[titulo("TA", VENCE, "10.00", "A"), titulo("TB", VENCE, "10.00", "B")],
        clientes=[cliente("A", 1, banco="756", autorizacao_canal="BANCO"),
                  cliente("B", 2, banco="756", autorizacao_canal="EMPRESA")],
    )  # fmt: skip
    aberta = PastaEmArquivo(pasta)
    aberta.definir_parametro("versoes_ligadas", "08")
    aberta.salvar()
    _gerar(pasta)
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    with na(pasta) as ctx:
        relato = "\n".join(conferir(ctx).linhas)
    assert "o arquivo deste banco não leva a exclusão de A. Peça-a na agência" in relato
    assert "exclusão de optante" not in relato
    assert _letras(_gerar(pasta)) == "AE1Z"
    with na(pasta) as ctx:
        nada = gerar(ctx)
    assert not nada.arquivos
    assert "não leva a exclusão de A" in "\n".join(nada.linhas)
    _mudar(pasta, "A", optante="Não")
    _mudar(pasta, "B", autorizacao_cancelada=HOJE)
    with na(pasta) as ctx:
        assert "não leva" not in "\n".join(conferir(ctx).linhas)
    assert _letras(_gerar(pasta)) == "AE1D1Z"


def test_registros_de_imposto_e_de_convite_dizem_os_valores_e_nao_as_pessoas(pasta: Path) -> None:
    arquivo = retorno(_ultima(pasta), pasta.parent / "r.ret", ["00", "01"])
    *corpo, fecho = arquivo.read_text("ascii").splitlines()
    quem = "A".rjust(25, "0")
    convite = f"I{quem}200012345678909{'MARIA DA SILVA':<40}{'CAMPINAS':<30}SP".ljust(150)
    imposto = f"K{quem}0101000000000100150100000000000093059522000012345678909".ljust(150)
    linhas = [*corpo, convite, imposto, f"Z{len(corpo) + 3:06d}{fecho[7:]}"]
    arquivo.write_bytes(("\r\n".join(linhas) + "\r\n").encode("ascii"))
    with na(pasta) as ctx:
        assert importar(ctx, arquivo, confirmar=True).dados["divergencias"] == 0
    *_, i, k = ler(pasta, "retorno_linhas")
    assert i["cliente"] == k["cliente"] == "A"
    assert i["o_que_fazer"].startswith("Incentivo de Débito Automático: Cidade CAMPINAS; Estado (UF) SP.")
    assert "Valor (tributo retido, Lei 10.833) R$ 9,30; Código da receita 5952" in k["o_que_fazer"]
    assert "MARIA" not in i["o_que_fazer"]
    assert "12345678909" not in i["o_que_fazer"] + k["o_que_fazer"]


def test_anonimizado_o_cliente_as_respostas_atrasadas_do_banco_ainda_se_leem(pasta: Path) -> None:
    _importar(pasta, ["00", "00"])
    _mudar(pasta, "A", autorizacao_cancelada=HOJE)
    assert _letras(_gerar(pasta)) == "AD1Z"
    resposta = retorno(_ultima(pasta), pasta.parent / "r.ret", [], nsa=2, registros="H")
    with na(pasta) as ctx:
        anonimizar(ctx, "A", confirmar=True)
        assert importar(ctx, resposta, confirmar=True).dados["registros"] == {"H": 1}
        assert not gerar(ctx).arquivos


def test_nao_se_anonimiza_quem_tem_recusa_por_enviar(pasta: Path) -> None:
    _importar(pasta, ["00", "00"], registros="B")
    with na(pasta) as ctx:
        (saida,) = [c for c in cadastramentos.ultimos(ctx.livro, 9) if c.movimento == cadastramentos.EXCLUSAO]
        decidir(ctx, saida.retorno_id, saida.seq, "RECUSAR")
        with pytest.raises(ErroGuiche, match="recusa de cadastramento na fila") as erro:
            anonimizar(ctx, "B", confirmar=True)
    assert erro.value.codigo == "pessoa.em_curso"
