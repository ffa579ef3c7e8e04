"""A remessa composta pelo perfil de cada banco, byte a byte contra as amostras, fora a chave que é nossa."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.debito150 import ler
from guiche.bancos.perfil import perfil
from guiche.debito.composicao import CANCELAMENTO, DEBITO, Item, Remetente, compor
from guiche.dominio.cadastro import Cliente, Conta
from guiche.erros import ErroDeCampo, ErroDeRegra

AMOSTRAS = Path(__file__).parents[1] / "amostras" / "debito150" / "compostas"


def conta(**dados: Any) -> Conta:
    vazia = Conta._make([""] * len(Conta._fields))
    return vazia._replace(**{"empresa_nome": "Farmácia Modelo Ltda", "produto": "DEBITO"} | dados)


def cliente(**dados: Any) -> Cliente:
    return Cliente._make([""] * len(Cliente._fields))._replace(**dados)


CASOS: dict[str, tuple[Conta, list[Cliente], list[int], int]] = {
    "03_v05_remessa_sicredi": (
        conta(banco="748", convenio="ZZ9", layout_versao="05"),
        [
            cliente(codigo="52998224725", agencia="0268", conta="12345", conta_dv="6", cpf_cnpj="529.982.247-25"),
            cliente(codigo="11222333000181", agencia="0268", conta="65432", conta_dv="1", cpf_cnpj="11222333000181"),
        ],
        [31457, 120000],
        5,
    ),
    "06_v04_remessa_itau_sisdeb": (
        conta(banco="341", convenio="1234567890123", layout_versao="04"),
        [
            cliente(codigo="108", agencia="0445", conta="12345", conta_dv="6", cpf_cnpj="52998224725"),
            cliente(codigo="205", agencia="0445", conta="54321", conta_dv="0", cpf_cnpj="11222333000181"),
        ],
        [15075, 9999],
        3,
    ),
    "09_v05_remessa_banrisul": (
        conta(banco="041", convenio="12345", layout_versao="05"),
        [cliente(codigo="Cliente Teste", agencia="0943", conta="351234560", conta_dv="5", cpf_cnpj="52998224725")],
        [5990],
        2,
    ),
}


def _sem_a_chave(linha: str, inicio: int = 69, fim: int = 100) -> str:
    return linha[:inicio] + linha[fim:] if linha[0] == "E" else linha


@pytest.mark.parametrize("nome", CASOS)
def test_composta_como_a_amostra(nome: str) -> None:
    da_conta, pessoas, valores, nsa = CASOS[nome]
    amostra = (AMOSTRAS / f"{nome}.txt").read_text("ascii").splitlines()
    remetente = Remetente(da_conta, perfil(da_conta.banco), "AAAA", {p.codigo: p for p in pessoas})
    itens = [
        Item(f"T{n}", pessoa.codigo, DEBITO, date(2026, 2, 10), valor, n)
        for n, (pessoa, valor) in enumerate(zip(pessoas, valores, strict=True), 1)
    ]
    linhas = compor(remetente, itens, nsa=nsa, hoje=date(2026, 2, 2)).conteudo.decode("ascii").splitlines()
    assert linhas[0] == amostra[0]
    assert [_sem_a_chave(linha) for linha in linhas[1:-1]] == [_sem_a_chave(a) for a in amostra[1 : 1 + len(itens)]]


def test_cancelamento_so_troca_o_movimento() -> None:
    da_conta, pessoas, _, _ = CASOS["03_v05_remessa_sicredi"]
    remetente = Remetente(da_conta, perfil("748"), "AAAA", {p.codigo: p for p in pessoas})
    original = (AMOSTRAS / "03_v05_remessa_sicredi.txt").read_text("ascii").splitlines()[1]
    item = Item("T1", pessoas[0].codigo, CANCELAMENTO, date(2026, 2, 10), 31457, 1, original)
    linha = compor(remetente, [item], nsa=1, hoje=date(2026, 2, 2)).linhas[0]
    assert (linha[:149], linha[149]) == (original[:149], "1")


def test_versao_que_o_banco_nao_usa_e_versao_desligada() -> None:
    for versao, razao in (("77", "usa 04"), ("06", "versoes_ligadas"), ("08", "versoes_ligadas")):
        remetente = Remetente(conta(banco="237", convenio="1", layout_versao=versao), perfil("237"), "AAAA", {})
        with pytest.raises(ErroDeRegra, match=razao):
            compor(remetente, [], nsa=1, hoje=date(2026, 2, 2))


@pytest.mark.parametrize(("versao", "fim"), [("06", " 0"), ("08", "322 0")])
def test_versao_ligada_de_proposito_se_grava_e_se_le(versao: str, fim: str) -> None:
    pessoa = cliente(codigo="A", agencia="1", conta="12", conta_dv="3", cpf_cnpj="52998224725")
    da_conta = conta(banco="237", convenio="1", empresa_nome="EMPRESA", layout_versao=versao)
    remetente = Remetente(da_conta, perfil("237"), "AAAA", {"A": pessoa}, frozenset({versao}))
    itens = [Item("T", "A", DEBITO, date(2026, 2, 10), 12345, 7)]
    escrita = compor(remetente, itens, nsa=1, hoje=date(2026, 2, 2))
    assert escrita.linhas[0].endswith("2000052998224725" + fim.rjust(5))
    arquivo = ler(escrita.conteudo, "06.rem")
    assert (arquivo.versao, arquivo.erros) == (versao, [])
    lidos = next(arquivo.detalhes("E", ("valor_debito", "uso_empresa")))
    assert lidos[0][1:] == (12345, "AAAAT0000000007")


def test_nsa_alem_do_maximo_e_conta_que_nao_cabe() -> None:
    remetente = Remetente(
        conta(banco="237", convenio="1"), perfil("237"), "AAAA", {"A": cliente(codigo="A", agencia="1", conta="9" * 15)}
    )
    with pytest.raises(ErroDeRegra, match="passa do máximo"):
        compor(remetente, [], nsa=1_000_000, hoje=date(2026, 2, 2))
    with pytest.raises(ErroDeCampo, match="só cabem 14"):
        compor(remetente, [Item("T", "A", DEBITO, date(2026, 2, 10), 1, 1)], nsa=1, hoje=date(2026, 2, 2))


FORMAS = {
    "chave à direita no retorno v05": (
        "A2ZZ9                 HOSPITAL FICTICIO   748SICREDI             2026021000003405DEBITO AUTOMATICO" + " " * 53,
        "F00000000001              0268900001        20260215000000000031457" + "01" + " " * 33
        + "01TESTE0000000000000000001 2000052998224725    0",
    ),
    "nome do banco em minúsculas": (
        "A299999               EMPRESA FICTICIA    001Banco do Brasil     2026073000001205DEBITO AUTOMATICO" + " " * 53,
        "F0000000000000000000000010045400000000012323202607070000000000012000" + "00" + "M".ljust(60)
        + "2000052998224725    0",
    ),
    "remessa v04 com quinze dígitos de cliente e a agência em 9": (
        "A19999000099          COOPERATIVA FICTICIA756SICOOB              2017120100000104DEBITO AUTOMATICO",
        "E000000000000123          99991234567-8     2017121500000000001000003" + "99999901000123".ljust(80),
    ),
    "remessa v04 com a conta encostada à esquerda": (
        "A1ZZ                  EMPRESA FICTICIA    748SICREDI CENTRAL     2017060100000704DEBITO AUTOMATICO",
        "E00000000000000000000001230718" + "09000001".ljust(14) + "2017061000000000000499003" + "OS 123".ljust(80),
    ),
}  # fmt: skip


@pytest.mark.parametrize("forma", FORMAS)
def test_formas_vistas_em_arquivos_publicos(forma: str) -> None:
    cabecalho, detalhe = FORMAS[forma]
    linhas = [cabecalho[:150].ljust(150), detalhe[:149].ljust(149) + "0"]
    linhas.append(f"Z{len(linhas) + 1:06d}{int(detalhe[52:67]):017d}".ljust(150))
    arquivo = ler(("\r\n".join(linhas) + "\r\n").encode("ascii"), "ret.txt")
    assert not arquivo.erros
    assert arquivo.nsa in {34, 12, 1, 7}
    seq, id_cliente, conta_lida, uso = next(
        arquivo.detalhes(detalhe[0], ("id_cliente_empresa", "id_cliente_banco", "uso_empresa"))
    )[0]
    assert seq == 2
    assert (id_cliente, conta_lida) == (detalhe[1:26].strip(), detalhe[30:44].strip())
    assert uso.strip()


@pytest.mark.parametrize(("ambiente", "marca"), [("TESTE", "TESTE"), ("PRODUCAO", "     ")])
def test_marca_de_homologacao_do_banco_do_brasil(ambiente: str, marca: str) -> None:
    da_conta = conta(banco="001", convenio="123", layout_versao="05", ambiente=ambiente)
    remetente = Remetente(da_conta, perfil("001"), "AAAA", {})
    cabecalho = compor(remetente, [], nsa=1, hoje=date(2026, 2, 2)).conteudo.decode("ascii").splitlines()[0]
    assert cabecalho[145:150] == marca
