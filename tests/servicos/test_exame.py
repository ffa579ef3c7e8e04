"""O exame dos cadastros: a mesma recusa, com as mesmas palavras e a célula, em toda porta."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiche.boleto.contas import certo, digito_que_falta
from guiche.dominio import escritos
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDeCampo
from guiche.layout.carga import pasta as pasta_dos_layouts
from guiche.livro import boletos as livro_dos_boletos
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.remessa.composicao import compor
from guiche.remessa.receita import receita
from guiche.servicos.boletos import emissao, homologacao, numeros
from guiche.servicos.cobranca import porta_json, remessa
from guiche.servicos.cuidados import prontidao
from guiche.servicos.cuidados.lista_externa import importar_lista
from guiche.servicos.debito import gerar as debito
from guiche.servicos.debito import optantes
from tests.servicos.apoio import COBRANCA, CONTA, cliente, ler, montar, na, titulo

VENCE = date(2026, 9, 10)
CONTRATO: dict[str, Any] = {
    "conta": "ITAU1", "carteira": "109", "emissor": "CLIENTE", "formato": "CNAB400", "endereco": "Rua A, 1, Centro",
}  # fmt: skip
MORADA: dict[str, Any] = {"endereco": "Rua B, 2", "bairro": "Centro", "cidade": "São Paulo", "uf": "SP"}
LAYOUTS = sorted(p.name.removesuffix(".remessa.toml") for p in (pasta_dos_layouts() / "cnab").glob("*.remessa.toml"))


def _pasta(onde: Path, **tabelas: Any) -> Path:
    padrao: dict[str, Any] = {
        "contas": [CONTA, COBRANCA], "cobranca": [CONTRATO], "clientes": [cliente("A", cep="01001-000", **MORADA)],
        "titulos": [titulo("T1", VENCE, "100.00")],
    }  # fmt: skip
    return montar(onde, **padrao | tabelas)


def _boletos(quem: Callable[..., Resultado]) -> Callable[[Contexto], Resultado]:
    return lambda ctx: quem(ctx, "", Filtros(), juntar=False)


def _da_conta(quem: Callable[..., Resultado]) -> Callable[[Contexto], Resultado]:
    return lambda ctx: quem(ctx, "")


PORTAS_DOS_BOLETOS = {
    "boletos conferir": _boletos(emissao.conferir), "boletos gerar": _boletos(emissao.gerar),
    "homologação": _da_conta(homologacao.homologacao), "remessa conferir": _da_conta(remessa.conferir),
    "remessa gerar": _da_conta(remessa.gerar),
}  # fmt: skip
PORTAS_DO_DEBITO: dict[str, Callable[..., Resultado]] = {
    "conferir": debito.conferir, "gerar": debito.gerar, "optantes": optantes.listar_optantes,
}  # fmt: skip
DA_COBRANCA: dict[str, tuple[dict[str, Any], dict[str, Any], str, tuple[str, str]]] = {
    "dígito da conta": (
        {"conta": "72192", "conta_dv": "2"}, {}, "o dígito da conta é 0, e não 2", ("contas", "conta_dv"),
    ),
    "CNPJ": ({"empresa_cnpj": "11.222.333/0001-80"}, {}, "o CNPJ da empresa não confere", ("contas", "empresa_cnpj")),
    "sem CNPJ": ({"empresa_cnpj": ""}, {}, "falta CNPJ da empresa", ("contas", "empresa_cnpj")),
    "sem endereço": ({}, {"endereco": ""}, "falta Endereço do beneficiário", ("cobranca", "endereco")),
    "sem carteira": ({}, {"carteira": ""}, "falta Carteira: entra no boleto do banco 341", ("cobranca", "carteira")),
}  # fmt: skip


def _celula(ctx: Contexto, tabela: str, coluna: str, linha: int) -> str:
    folha = ctx.pasta.ler(tabela)
    return f"{folha.aba}!{folha.letras[coluna]}{folha.numeros[linha]}"


@pytest.mark.caso("B-03", "B-05", "B-27")
@pytest.mark.parametrize("porta", PORTAS_DOS_BOLETOS)
@pytest.mark.parametrize("caso", DA_COBRANCA)
def test_a_conta_errada_recusa_se_igual_em_toda_porta_e_nada_se_gasta(tmp_path: Path, caso: str, porta: str) -> None:
    conta, contrato, frase, (tabela, coluna) = DA_COBRANCA[caso]
    caminho = _pasta(tmp_path, contas=[CONTA, COBRANCA | conta], cobranca=[CONTRATO | contrato])
    with na(caminho) as ctx:
        feito = PORTAS_DOS_BOLETOS[porta](ctx)
        onde = _celula(ctx, tabela, coluna, 1 if tabela == "contas" else 0)
        assert not feito.feito
        assert frase in feito.problemas[0].mensagem
        assert str(feito.problemas[0].local) == onde
        assert not livro_dos_boletos.listar(ctx.livro)
        prontidao.verificar(ctx)
    assert not list(tmp_path.glob("boletos*")) + list(tmp_path.glob("homologacao*"))
    assert any(frase in p["aviso"] and p["campo"] == onde for p in ler(caminho, "prontidao"))


@pytest.mark.caso("B-03")
@pytest.mark.parametrize("porta", PORTAS_DO_DEBITO)
def test_a_conta_do_debito_com_digito_errado_recusa_se_em_toda_porta(tmp_path: Path, porta: str) -> None:
    caminho = _pasta(tmp_path, contas=[CONTA | {"conta_dv": "0"}])
    with na(caminho) as ctx:
        feito = PORTAS_DO_DEBITO[porta](ctx)
        assert (feito.feito, feito.problemas[0].mensagem) == (False, "o dígito da conta é 2, e não 0")
        assert str(feito.problemas[0].local) == _celula(ctx, "contas", "conta_dv", 0)
    assert not list(tmp_path.glob("remessas/*"))


@pytest.mark.caso("B-04")
def test_o_digito_do_cliente_tem_a_mesma_resposta_em_optantes_conferir_gerar_e_importar(tmp_path: Path) -> None:
    pessoas = [cliente("A", 1), cliente("B", 2, conta="5384", conta_dv="9")]
    caminho = _pasta(
        tmp_path, clientes=pessoas, titulos=[titulo("T1", VENCE, "10.00"), titulo("T2", VENCE, "20.00", "B")]
    )
    with na(caminho) as ctx:
        frase = f"o dígito da conta é 8, e não 9 ({_celula(ctx, 'clientes', 'conta_dv', 1)})"
        (pendente,) = optantes.listar_optantes(ctx).dados["pendentes"]
        conferido, gerado = debito.conferir(ctx), debito.gerar(ctx)
    assert (pendente["Cliente"], pendente["Motivo"]) == ("B", f"o dígito não confere: {frase}")
    for feito in (conferido, gerado):
        (fora,) = [t for t in feito.detalhar()["titulos"] if t["destino"] == "FORA"]
        assert (fora["titulo"], fora["motivo"], fora["texto"]) == ("T2", "digito", pendente["Motivo"])
        assert feito.dados["total_debito"] == "10.00"
    lista = tmp_path / "lista.csv"
    lista.write_text("Código;Nome;Banco;Agência;Conta;Dígito\nC;Caio;001;0101;5384;9\n", "utf-8")
    with na(caminho) as ctx:
        trazido = importar_lista(ctx, lista, "CLIENTES")
    assert [p.mensagem for p in trazido.problemas] == ["o dígito da conta é 8, e não 9 (lista.csv!F2)"]


@pytest.mark.caso("B-02")
@pytest.mark.parametrize(
    "escrita", [("55.432-1", ""), ("55432-1", "1"), ("55432", "1"), ("55 432-1", None), ("55432–1", "")]
)
def test_conta_e_digito_escritos_juntos_vao_separados_ao_banco(tmp_path: Path, escrita: tuple[str, str]) -> None:
    dv = certo("001", "conta_dv", {"conta": "55432"})
    conta, digito = escrita[0].replace("1", dv) if "-" in escrita[0] or "–" in escrita[0] else escrita[0], escrita[1]
    pessoa = cliente("A", conta=conta, conta_dv=digito and dv, agencia="0101-5")
    caminho = _pasta(tmp_path, clientes=[pessoa])
    with na(caminho) as ctx:
        arquivo = debito.gerar(ctx).arquivos[-1]
    linha = arquivo.read_text("ascii").splitlines()[1]
    assert (linha[26:30], linha[30:44]) == ("0101", f"55432{dv}".rjust(14, "0"))


@pytest.mark.caso("B-02")
@pytest.mark.parametrize(
    "errada", [("55432-1", "2"), ("55432-", ""), ("0057/55432", ""), ("013.00055432-1", ""), ("5543X", "1")]
)
def test_o_que_nao_se_separa_recusa_se_com_a_celula(tmp_path: Path, errada: tuple[str, str]) -> None:
    caminho = _pasta(tmp_path, clientes=[cliente("A", conta=errada[0], conta_dv=errada[1])])
    with na(caminho) as ctx:
        celula = _celula(ctx, "clientes", "conta", 0)
        for porta in PORTAS_DO_DEBITO.values():
            feito = porta(ctx)
            assert [(p.codigo, str(p.local)) for p in feito.problemas] == [("celula.conta", celula)]
            assert errada[0] not in feito.problemas[0].mensagem


@given(st.integers(1, 99_999_999), st.sampled_from("0123456789X"), st.booleans(), st.booleans())
def test_toda_forma_de_escrever_a_conta_se_le_igual(numero: int, dv: str, pontos: bool, repetido: bool) -> None:
    escrita = f"{numero:,}".replace(",", ".") if pontos else str(numero)
    assert escritos.separar(f"{escrita}-{dv}", dv if repetido else "") == (str(numero), dv)
    assert escritos.separar(escrita, dv) == (str(numero), dv)


@given(st.integers(1, 99_999_999))
def test_o_digito_que_se_calcula_nunca_e_o_de_uma_conta_que_ja_o_traz(numero: int) -> None:
    dados = {"agencia": "0101", "operacao": "", "conta": str(numero)}
    dv = digito_que_falta("001", dados)
    assert not dv or dv == certo("001", "conta_dv", dados)
    if certo("001", "conta_dv", dados).isdigit():
        assert digito_que_falta("001", dados | {"conta": f"{numero}{certo('001', 'conta_dv', dados)}"}) == ""


@pytest.mark.caso("B-30")
def test_cep_e_cpf_sem_o_zero_da_frente_completam_se_e_diz_se(tmp_path: Path) -> None:
    pessoa = cliente("A", cep=1001000, cpf_cnpj="1234567890", optante="Não", **MORADA)
    caminho = _pasta(tmp_path, clientes=[pessoa])
    with na(caminho) as ctx:
        linhas = [*emissao.gerar(ctx, "", Filtros(), juntar=False).linhas, *debito.conferir(ctx).linhas]
        celula = _celula(ctx, "clientes", "cep", 0)
        arquivo = remessa.gerar(ctx, "").arquivos[-1]
        prontidao.verificar(ctx)
    assert sum(f"Repare: {celula}: CEP 01001-000 lido de 1001000." in linha for linha in linhas) == 2
    detalhe = arquivo.read_text("ascii").splitlines()[1]
    assert (detalhe[220:234], detalhe[326:334]) == ("00001234567890", "01001000")
    assert any("CEP 01001-000 lido de 1001000" in p["aviso"] for p in ler(caminho, "prontidao"))


@pytest.mark.caso("B-30")
@pytest.mark.parametrize(
    ("dados", "frase"), [({"cep": "100"}, "o CEP não tem oito algarismos"), ({"uf": "XX"}, "a UF não existe")]
)
def test_cep_curto_nao_vai_a_boleto(tmp_path: Path, dados: dict[str, str], frase: str) -> None:
    caminho = _pasta(tmp_path, clientes=[cliente("A", optante="Não", **{"cep": "01001-000", **MORADA, **dados})])
    with na(caminho) as ctx:
        feito = emissao.gerar(ctx, "", Filtros(), juntar=False)
    (fora,) = feito.detalhar()["titulos_fora"]
    assert frase in fora["texto"]
    assert "Clientes!" in fora["texto"]


@pytest.mark.caso("M-15")
def test_tipo_de_documento_que_nenhum_titulo_tem_diz_se_tambem_nos_boletos(tmp_path: Path) -> None:
    caminho = _pasta(tmp_path)
    with na(caminho) as ctx:
        feito = emissao.conferir(ctx, "", Filtros(tipos_doc=frozenset({"nf"})), juntar=False)
    assert "Atenção: não há título do tipo NF." in feito.linhas


@pytest.mark.caso("B-03", "B-26")
def test_boleto_calcular_e_remessa_gerar_dizem_o_digito_certo() -> None:
    itau = {
        "banco": "341",
        "agencia": "0057",
        "conta": "72192",
        "conta_dv": "2",
        "carteira": "109",
        "nosso_numero": "1",
    }
    (resposta,) = numeros.calcular(json.dumps([itau])).lista or ()
    assert resposta["erro"] == {"codigo": "boleto.digito", "mensagem": "o dígito da conta é 0, e não 2"}
    (sicoob,) = (
        numeros.calcular(
            json.dumps([{"banco": "756", "convenio": "6831", "carteira": "1", "nosso_numero": "68315"}])
        ).lista
        or ()
    )
    assert sicoob.get("nosso_numero_formatado") is None
    pedido = {
        "layout": "341.cnab400", "data_hora": "2026-11-28T10:00:00",
        "empresa": {"empresa_nome": "X", "empresa_documento": "11222333000181", "agencia": "0057", "conta": "72192",
                    "conta_dv": "2", "carteira": "109"},
        "titulos": [],
    }  # fmt: skip
    feito = porta_json.gerar(json.dumps(pedido))
    assert (feito.feito, [p.mensagem for p in feito.problemas]) == (False, ["o dígito da conta é 0, e não 2"])


@pytest.mark.caso("B-24")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nenhum_digito_que_o_layout_leva_sai_em_branco(layout: str) -> None:
    """Sem os dígitos da agência e da conta, ou se calculam, ou se recusam, ou o layout diz que os dispensa."""
    try:
        uma = receita(layout)
    except Exception:  # noqa: BLE001  só de leitura, ou de banco que não há
        pytest.skip("não se grava")
    empresa = {
        "empresa_nome": "X", "empresa_documento": "11222333000181", "agencia": "1", "conta": "123456",
        "convenio": "1234567", "carteira": "1", "codigo_transmissao": "1" * 20, "posto": "01", "cooperativa": "1",
        "sequencial_arquivo": 1, **({"banco": "001"} if layout.startswith("000") else {}),
    }  # fmt: skip
    pagador = {
        "nome": "P",
        "documento": "52998224725",
        "endereco": "R",
        "bairro": "B",
        "cidade": "C",
        "uf": "SP",
        "cep": "01001000",
    }
    titulo_de_prova = {
        **{f"pagador_{n}": v for n, v in pagador.items()}, "nosso_numero": "1", "numero_documento": "1",
        "valor_titulo": 100, "data_vencimento": VENCE,
    }  # fmt: skip
    pedidos = {f.chave for fontes in uma.fontes.values() for f in fontes.values()} & {"agencia_dv", "conta_dv"}
    try:
        feita = compor(layout, empresa, [titulo_de_prova], datetime(2026, 8, 4))
    except ErroDeCampo as erro:
        dos_digitos = {*pedidos, "conta_dv", "agencia_dv"}
        assert erro.mensagem.split()[1].strip(",") in dos_digitos or erro.codigo != "remessa.falta"
        return
    except Exception:  # noqa: BLE001  outra regra do banco, que não é dígito
        return
    for linha in feita.conteudo.decode("ascii").splitlines():
        for registro in uma.registros:
            for campo in registro.campos:
                fonte = uma.fontes[registro.codigo].get(campo.nome or "")
                if fonte and fonte.chave in pedidos - set(uma.dispensa) and _e_do_registro(registro, linha):
                    assert linha[campo.inicio - 1 : campo.fim].strip(), (registro.codigo, campo.nome)


def _e_do_registro(registro: Any, linha: str) -> bool:
    fixos = [(c.inicio - 1, c.fim, c.fixo) for c in registro.campos if c.fixo is not None and c.fixo.strip()]
    return all(linha[de:ate].strip() == fixo.strip() for de, ate, fixo in fixos)
