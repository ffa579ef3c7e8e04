"""Um número, um boleto: o espaço de números da conta, o que o livro não deixa repetir e o que já não se muda."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDeLivro, ErroDeRegra
from guiche.livro import boletos as livro_boletos
from guiche.livro.boletos import Boleto
from guiche.livro.conexao import versoes
from guiche.livro.numeracao import repetidos, ultimo
from guiche.oficio.resultado import Resultado
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import fila, remessa
from guiche.servicos.cuidados.integridade import verificar
from guiche.servicos.debito import gerar as debito
from guiche.servicos.retornos import divergencias
from tests.servicos.apoio import COBRANCA, CONTA, ENDERECO, HOJE, cliente, gravar_tabela, ler, montar, na, titulo
from tests.servicos.test_retorno_boletos import DIA

CONTRATO = {"conta": "ITAU1", "carteira": "109", "endereco": "Rua A, 1, São Paulo/SP", "formato": "CNAB400"}
DA_CAIXA = {"banco": "104", "convenio": "123456"}


def pasta(onde: Path, contrato: dict[str, Any] | None = None, **conta: Any) -> Path:
    pessoas = [cliente("A", 1, optante="Não", **ENDERECO), cliente("D", 2)]
    titulos = [titulo("T1", DIA, "100.00")]
    return montar(
        onde,
        clientes=pessoas,
        titulos=titulos,
        contas=[CONTA, COBRANCA | conta],
        cobranca=[CONTRATO | (contrato or {})],
    )


def mais_um(caminho: Path, numero: str, dono: str = "A", vencimento: date = DIA) -> None:
    linhas = ler(caminho, "titulos")
    p = PastaEmArquivo(caminho)
    gravar_tabela(p, "titulos", [*linhas, titulo(numero, vencimento, "100.00", dono)])
    p.salvar()


def escrever(caminho: Path, tabela: str, coluna: str, valor: str, linha: int) -> None:
    """Escreve uma célula, como a pessoa."""
    p = PastaEmArquivo(caminho)
    p.atualizar(tabela, (coluna,), {linha: (valor,)})
    p.salvar()


def emitir(caminho: Path, dias: int = 0) -> Resultado:
    with na(caminho, HOJE + timedelta(days=dias)) as ctx:
        return emissao.gerar(ctx, "", Filtros(), juntar=False)


def do_livro(caminho: Path) -> list[Boleto]:
    with na(caminho) as ctx:
        return livro_boletos.listar(ctx.livro)


def um_espaco_so(onde: Path) -> None:
    """Itaú: o convênio não entra no espaço dos números, e escrevê-lo doutra forma não os recomeça."""
    caminho = pasta(onde, convenio="1")
    emitir(caminho)
    with na(caminho) as ctx:
        remessa.gerar(ctx, "")
    escrever(caminho, "contas", "convenio", "0", 3)
    mais_um(caminho, "T9")
    assert emitir(caminho).feito
    assert [b.numero for b in do_livro(caminho)] == [1, 2]
    assert ler(caminho, "cobranca")[0]["proximo"] == "3"
    with na(caminho) as ctx:
        assert remessa.gerar(ctx, "").dados["nsa"] == 2
        assert verificar(ctx).feito


@pytest.mark.caso("B-01")
def test_o_convenio_que_o_banco_nao_usa_nao_recomeca_os_numeros(tmp_path: Path) -> None:
    um_espaco_so(tmp_path)


@pytest.mark.caso("B-16")
def test_zeros_a_esquerda_na_celula_nao_recomecam_os_numeros(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, {"carteira": "1"}, **DA_CAIXA)
    emitir(caminho)
    escrever(caminho, "contas", "convenio", "0123456", 3)
    mais_um(caminho, "T9")
    assert emitir(caminho).feito
    um, outro = do_livro(caminho)
    assert (um.numero, outro.numero, um.espaco) == (1, 2, outro.espaco)


Mudanca = tuple[str, str, str, str, dict[str, Any], dict[str, Any]]
MUDANCAS: list[Mudanca] = [
    ("contas", "agencia", "0058", "Contas!E3", {"conta_dv": ""}, {}),
    ("contas", "conta", "12346", "Contas!G3", {"conta_dv": ""}, {}),
    ("contas", "convenio", "123457", "Contas!I3", DA_CAIXA, {"carteira": "1"}),
    ("contas", "convenio", "1234568", "Contas!I3", {"banco": "237", "convenio": "1234567", "conta_dv": ""},
     {"carteira": "09"}),
    ("cobranca", "carteira", "112", "Cobrança!B2", {}, {}),
    ("cobranca", "posto", "03", "Cobrança!E2", {"banco": "748", "agencia": "0165", "convenio": "00623"},
     {"carteira": "1", "posto": "02"}),
]  # fmt: skip


@pytest.mark.caso("B-01")
@pytest.mark.parametrize("mudanca", MUDANCAS, ids=lambda m: f"{m[0]}-{m[1]}-{m[2]}")
def test_a_celula_da_chave_com_historia_nao_se_muda(tmp_path: Path, mudanca: Mudanca) -> None:
    """Conferir diz a célula e o que fazer; gerar, e a remessa, param antes de gastar coisa alguma; posta, segue-se."""
    tabela, coluna, valor, celula, conta, contrato = mudanca
    caminho = pasta(tmp_path, contrato, **conta)
    assert emitir(caminho).feito
    antes = ler(caminho, tabela)[0 if tabela == "cobranca" else 1][coluna]
    linha = 2 if tabela == "cobranca" else 3
    escrever(caminho, tabela, coluna, valor, linha)
    mais_um(caminho, "T9")
    with na(caminho) as ctx:
        ditos = [
            emissao.conferir(ctx, "", Filtros(), juntar=False), emissao.gerar(ctx, "", Filtros(), juntar=False),
            remessa.conferir(ctx, ""), remessa.gerar(ctx, ""),
        ]  # fmt: skip
        assert len(livro_boletos.listar(ctx.livro)) == 1
    for dito in ditos:
        (problema,) = dito.problemas
        assert (dito.feito, problema.codigo, str(problema.local)) == (False, "conta.mudou", celula)
        assert "outro código" in problema.fazer
    escrever(caminho, tabela, coluna, str(antes), linha)
    assert emitir(caminho).feito
    assert [b.numero for b in do_livro(caminho)] == [1, 2]


@pytest.mark.caso("B-01")
@pytest.mark.parametrize(("coluna", "valor"), [("convenio", "654322"), ("convenio", "0654321"), ("banco", "104")])
def test_o_convenio_do_debito_com_remessa_nao_se_muda(tmp_path: Path, coluna: str, valor: str) -> None:
    caminho = pasta(tmp_path)
    mais_um(caminho, "D1", "D")
    with na(caminho) as ctx:
        assert debito.gerar(ctx, "BB1").dados["remessa"] == 1
    escrever(caminho, "contas", coluna, valor, 2)
    mais_um(caminho, "D9", "D")
    with na(caminho) as ctx:
        for dito in (debito.conferir(ctx, "BB1"), debito.gerar(ctx, "BB1")):
            (problema,) = dito.problemas
            assert (dito.feito, problema.codigo) == (False, "conta.mudou")
            assert str(problema.local).startswith("Contas!")
    assert len(ler(caminho, "remessas")) == 1


def envelhecer(caminho: Path) -> None:
    """O livro como um Guichê anterior o deixava: sem espaços, e com dois boletos de um só número."""
    with na(caminho) as ctx, ctx.livro.transacao():
        livro = ctx.livro
        livro.estruturar("DROP INDEX boleto_numero")
        livro.executar("UPDATE boleto SET espaco = '', repete = 0, numero = 1, nosso_numero = '109/00000001-2'")
        for codigo, dados in livro.consultar("SELECT id, dados FROM boleto"):
            lidos = json.loads(dados)
            lidos["entrada"]["nosso_numero"] = "1"
            livro.executar("UPDATE boleto SET dados = ? WHERE id = ?", (json.dumps(lidos), codigo))
        livro.executar("UPDATE boleto SET convenio = '0' WHERE id = 2")
        livro.executar("DELETE FROM numeracao")
        indice = next(c for c in dict(versoes())[9].split(";") if "INDEX boleto_numero " in c and "CREATE" in c)
        livro.estruturar(indice)


def um_livro_antigo(onde: Path) -> None:
    caminho = pasta(onde)
    mais_um(caminho, "T9")
    emitir(caminho)
    envelhecer(caminho)
    with na(caminho) as ctx:
        (par,) = repetidos(ctx.livro)
        assert (par.boleto, par.outro) == (2, 1)
        assert ultimo(ctx.livro, "341", "agencia=57 conta=12345 carteira=109") == 1
        (aberta,) = divergencias.listar(ctx).dados["divergencias"]
        assert "boleto 2 tem o nosso número do boleto 1" in aberta["aviso"]
        with pytest.raises(ErroDeRegra, match="estorne um dos dois"):
            divergencias.decidir(ctx, 0, 2, "IGNORAR")
        assert any("os boletos 1 e 2" in p.mensagem for p in verificar(ctx).problemas)
        previa = remessa.conferir(ctx, "")
        assert [f["motivo"] for f in previa.dados["fora"]] == ["os boletos 1 e 2 têm um só nosso número"] * 2
        assert not remessa.gerar(ctx, "").dados["pedidos"]
    (na_aba,) = ler(caminho, "divergencias")
    assert "estorne um dos dois" in na_aba["aviso"]
    with na(caminho) as ctx:
        fila.estornar(ctx, 2)
        assert not repetidos(ctx.livro)
        assert remessa.gerar(ctx, "").dados["pedidos"] == 1
        assert verificar(ctx).feito
    assert not ler(caminho, "divergencias")


@pytest.mark.caso("B-01")
def test_um_livro_antigo_com_numeros_em_dobro_abre_e_diz_quais(tmp_path: Path) -> None:
    um_livro_antigo(tmp_path)


def o_livro_recusa(onde: Path) -> None:
    caminho = pasta(onde)
    emitir(caminho)
    with na(caminho) as ctx:
        (boleto,) = livro_boletos.listar(ctx.livro)
        with pytest.raises(ErroDeLivro) as recusa, ctx.livro.transacao():
            livro_boletos.emitir(ctx.livro, 1, [boleto._replace(id=99, convenio="outro")], [])
        assert recusa.value.codigo == "livro.contradicao"
        assert len(livro_boletos.listar(ctx.livro)) == 1


@pytest.mark.caso("B-01")
def test_o_livro_nao_aceita_dois_boletos_com_um_numero(tmp_path: Path) -> None:
    o_livro_recusa(tmp_path)


@pytest.mark.caso("B-01")
def test_o_sicredi_recomeca_a_cada_ano(tmp_path: Path) -> None:
    """O ano é parte do número, e a sequência é dele."""
    caminho = pasta(tmp_path, {"carteira": "1", "posto": "02"}, banco="748", agencia="0165", convenio="00623")
    emitir(caminho)
    mais_um(caminho, "T9", vencimento=DIA + timedelta(days=365))
    emitir(caminho, 200)
    assert [(b.numero, b.nosso_numero[:4]) for b in do_livro(caminho)] == [(1, "26/2"), (1, "27/2")]
