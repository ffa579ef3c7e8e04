"""Anonimizar: some quem é, fica o que o arquivo diz do dinheiro, e os defeitos."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guiche.arquivos import debito150
from guiche.arquivos.anonimizar import anonimizar, como_trocar, retrato
from guiche.arquivos.cobranca import abrir
from guiche.arquivos.deteccao import COBRANCA, detectar
from guiche.arquivos.fichas import Reconhecedor
from guiche.arquivos.troca import Troca
from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.dominio import cpf_cnpj
from guiche.erros import ErroDeArquivo, ErroGuiche
from guiche.layout.carga import carregar, ler_toml, pasta
from guiche.layout.modelo import Layout
from tests.arquivos.amostras_cnab import PASTA, indice

SEMENTE = b"uma semente de teste"
ARQUIVOS = PASTA / "arquivos"
CAIXA = (ARQUIVOS / "104_240_rem_pycobranca_remessa_caixa_cnab240.rem").read_bytes()
DEBITO = sorted((PASTA.parent / "debito150").rglob("*.txt"))
TODOS = [*(PASTA / a["arquivo"] for a in indice()), *DEBITO]
_MENOR_QUE_SE_PROCURA = 6


def layout_de(conteudo: bytes) -> Layout:
    if detectar(conteudo) == COBRANCA:
        return abrir(conteudo, "x").layout
    return carregar(debito150.ler(conteudo, "x").layout)


def pessoais(conteudo: bytes) -> set[str]:
    """O que o arquivo traz nos campos que se trocam, com letras que bastem para se reconhecer."""
    layout = layout_de(conteudo)
    reconhecer = Reconhecedor(layout)
    achados = set()
    for linha in conteudo.decode("latin-1").splitlines():
        registro = reconhecer(linha)
        for campo in registro.campos if registro and len(linha.rstrip()) <= registro.largura else ():
            bruto = linha[campo.inicio - 1 : campo.fim].strip()
            marcado = any(campo.inicio <= i <= campo.fim for i, _ in registro.marca) if registro else False
            if como_trocar(campo) and not marcado and sum(c.isalpha() for c in bruto) >= _MENOR_QUE_SE_PROCURA:
                achados.add(bruto)
    return achados


@pytest.mark.parametrize("caminho", TODOS, ids=lambda c: c.name)
def test_cada_amostra_se_le_igual_e_sem_ninguem(caminho: Path) -> None:
    conteudo = caminho.read_bytes()
    try:
        feito = anonimizar(conteudo, caminho.name, SEMENTE)
    except ErroGuiche as erro:
        with pytest.raises(ErroDeArquivo) as ao_ler:
            layout_de(conteudo)
        assert erro.codigo == ao_ler.value.codigo
        return
    assert retrato(feito.conteudo, "x")[0] == retrato(conteudo, "x")[0]
    assert [len(x) for x in feito.conteudo.splitlines()] == [len(x) for x in conteudo.splitlines()]
    assert re.findall(rb"[\r\n]+", feito.conteudo) == re.findall(rb"[\r\n]+", conteudo)
    texto = feito.conteudo.decode("latin-1")
    assert not [p for p in pessoais(conteudo) if p in texto]
    assert feito.trocados > 0


def test_o_verificador_ve_os_mesmos_defeitos() -> None:
    """Só o dígito que depende da conta muda de sentido."""
    for caminho in sorted(ARQUIVOS.iterdir()):
        try:
            feito = anonimizar(caminho.read_bytes(), "x", SEMENTE).conteudo
        except ErroDeArquivo:
            continue
        antes, depois = (
            {(a.regra, a.linha, a.colunas) for a in verificar_cobranca(c, "x") if not a.regra.endswith("N02")}
            for c in (caminho.read_bytes(), feito)
        )
        assert antes == depois, caminho.name


def test_a_mesma_pessoa_vira_sempre_a_mesma_e_outra_semente_da_outra() -> None:
    feito = anonimizar(CAIXA, "x", SEMENTE).conteudo
    linhas = feito.decode("ascii").split("\r\n")
    empresa, no_lote = linhas[0][18:32], linhas[1][18:33]
    assert no_lote == f"0{empresa}"
    assert cpf_cnpj.tipo(empresa) == "CNPJ"
    assert linhas[6][18:33] == no_lote  # o pagador do segundo título é a própria empresa
    assert cpf_cnpj.tipo(linhas[3][22:33]) == "CPF"
    assert linhas[2][23:29] == linhas[0][58:64]
    assert anonimizar(CAIXA, "x", SEMENTE).conteudo == feito
    assert anonimizar(CAIXA, "x", b"outra").conteudo != feito


def test_ficam_valores_datas_numeros_e_codigos() -> None:
    linhas, novas = CAIXA.split(b"\r\n"), anonimizar(CAIXA, "x", SEMENTE).conteudo.split(b"\r\n")
    for i, j in ((13, 22), (39, 58), (77, 100), (108, 195)):
        assert novas[2][i:j] == linhas[2][i:j]


def test_acentos_codificacao_e_marca_ficam() -> None:
    acentuado = CAIXA.replace(b"CLIENTE FINAL", "ÁGUA É FRIA  ".encode("latin-1"))
    assert anonimizar(acentuado, "x", SEMENTE).conteudo.decode("latin-1")
    em_utf8 = b"\xef\xbb\xbf" + CAIXA.replace(b"CLIENTE FINAL", "ÁGUA É FRIA  ".encode())
    feito = anonimizar(em_utf8, "x", SEMENTE).conteudo
    assert feito.startswith(b"\xef\xbb\xbf104")
    assert "ÁGUA" not in feito.decode("utf-8")


def test_linha_deslocada_ou_estranha_se_troca_toda() -> None:
    linhas = CAIXA.split(b"\r\n")
    linhas[3] = linhas[3][:20] + b"9" + linhas[3][20:]
    linhas.insert(5, b"1040001399999K 01" + b"JOSE DE TAL".ljust(223))
    feito = anonimizar(b"\r\n".join(linhas), "x", SEMENTE).conteudo
    assert b"JOSE" not in feito
    assert b"CLIENTE" not in feito
    assert b"FLORES" not in feito
    assert b"1040001399999K 01" in feito


def test_chave_de_nota_depois_do_registro() -> None:
    conteudo = (ARQUIVOS / "341_444_rem_brcobranca_remessa-itau-cnab444.rem").read_bytes()
    linhas = conteudo.split(b"\n")
    chave = linhas[1].rstrip()[-44:]
    assert chave.isdigit()
    assert not chave.strip(b"0") or chave not in anonimizar(conteudo, "x", SEMENTE).conteudo


def test_troca_que_mudaria_a_leitura_nao_sai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guiche.arquivos.anonimizar._trocar", lambda c, *_: type("X", (), {"conteudo": c[:-482]})())
    with pytest.raises(ErroDeArquivo) as erro:
        anonimizar(CAIXA, "x", SEMENTE)
    assert erro.value.codigo == "arquivo.troca"


TROCA = Troca(SEMENTE)


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60))
def test_a_troca_guarda_a_forma(texto: str) -> None:
    nova = TROCA("texto", texto)
    assert len(nova) == len(texto)
    assert TROCA("texto", texto) == nova
    for antes, depois in zip(texto, nova, strict=True):
        assert antes.isdigit() == depois.isdigit() or not antes.isascii()
        assert antes.isspace() == depois.isspace()
        assert antes.isupper() == depois.isupper() or not antes.isascii()


@given(st.integers(10**4, 10**9 - 1))
def test_cpf_certo_vira_outro_certo(numero: int) -> None:
    documento = cpf_cnpj.completar(f"{numero:09d}")
    assume(cpf_cnpj.tipo(documento))
    novo = TROCA("documento", f"000{documento}")
    assert len(novo) == 14
    assert cpf_cnpj.tipo(novo[-11:]) == "CPF"
    assert TROCA("documento", documento) == novo[-11:]


def test_filiais_continuam_da_mesma_empresa_e_letra_continua_letra() -> None:
    matriz, filial = (cpf_cnpj.completar(f"11222333{n}") for n in ("0001", "0002"))
    novas = TROCA("documento", matriz), TROCA("documento", f"0{filial}")[1:]
    assert novas[0][:8] == novas[1][:8] != matriz[:8]
    assert [n[8:12] for n in novas] == ["0001", "0002"]
    com_letras = TROCA("documento", "12ABC34501DE35")
    assert cpf_cnpj.tipo(com_letras) == "CNPJ"
    assert com_letras[2:5].isalpha()


def test_o_cnpj_do_banco_do_brasil_nao_e_um_cpf() -> None:
    matriz = cpf_cnpj.completar("000000000001")
    novo = TROCA("documento", f"0{matriz}")
    assert (novo[:9], cpf_cnpj.tipo(novo[1:])) == ("000000000", "CNPJ")


def test_documento_errado_continua_errado_e_zeros_ficam() -> None:
    assert TROCA("documento", "00000000000000") == "00000000000000"
    assert TROCA("documento", "52998224724") != "52998224724"
    assert TROCA("texto", "   ") == "   "
    assert len(TROCA("texto", "0001234")) == 7
    assert TROCA("texto", "0001234")[3:] == TROCA("texto", "1234")


@pytest.mark.parametrize("endereco", ["fulano.de.tal@empresa.com.br", "A@BC.COM.BR.COM", "a@b.co"])
def test_email(endereco: str) -> None:
    novo = TROCA("email", endereco)
    assert len(novo) == len(endereco)
    assert "fulano" not in novo
    if len(endereco) > 12:
        assert novo.lower().endswith("@exemplo.com")


def test_todo_nome_da_tabela_e_de_algum_campo() -> None:
    from fnmatch import fnmatchcase

    nomes = {
        c.nome
        for de in ("cnab", "febraban150")
        for p in (pasta() / de).glob("*.toml")
        for r in carregar(f"{de}/{p.stem}").registros.values()
        for c in r.campos
        if c.nome
    }
    for lista in ler_toml("leitura/pessoais").values():
        assert not [padrao for padrao in lista if not any(fnmatchcase(nome, padrao) for nome in nomes)]


def test_todo_campo_de_pessoa_se_troca() -> None:
    """Em qualquer layout: nome, documento, endereço, telefone, e-mail e conta não ficam."""
    marcas = (
        "pagador_",
        "sacador_",
        "empresa_",
        "beneficiario_",
        "conta",
        "nome",
        "endereco",
        "cep",
        "cidade",
        "chave",
    )
    ficam = re.compile(
        r".*_(uf|tipo_.*|dv|dac)|conta_caucao|empresa_tipo_inscricao|pagador_tipo_.*|banco_.*|nome_banco|agencia_.*"
        r"|nome_agencia|.*_agencia|.*_dv|codigo_.*|cooperativa_.*"
    )
    for de in ("cnab", "febraban150"):
        for p in (pasta() / de).glob("*.toml"):
            for r in carregar(f"{de}/{p.stem}").registros.values():
                for c in r.campos:
                    if (
                        c.tipo == "texto"
                        and c.fixo is None
                        and c.nome.startswith(marcas)
                        and not ficam.fullmatch(c.nome)
                    ):
                        assert como_trocar(c), (p.stem, c.nome)
