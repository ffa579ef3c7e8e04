"""Explicar um arquivo de cobrança: nada da linha se perde, e cada código diz o que é."""

from __future__ import annotations

from pathlib import Path

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.explicar import LinhaExplicada
from guiche.arquivos.explicar_cobranca import explicar_cobranca, rotulo
from guiche.layout.carga import carregar, ler_toml, pasta
from tests.arquivos.amostras_cnab import PASTA

ARQUIVOS = PASTA / "arquivos"
LIDOS = [
    "001_400_ret_brcobranca_CBR64310.RET", "104_240_ret_laravel-boleto_caixa.ret",
    "237_400_ret_laravel-boleto_bradesco.ret",
    "341_400_ret_laravel-boleto_itau_v2.ret", "341_444_rem_brcobranca_remessa-itau-cnab444.rem",
    "756_240_rem_brcobranca_remessa-bancoob-cnab240.rem",
]  # fmt: skip


def explicado(nome: str) -> list[LinhaExplicada]:
    return list(explicar_cobranca(abrir(ARQUIVOS / nome)))


def dos_campos(linhas: list[LinhaExplicada], n: int) -> dict[str, LinhaExplicada]:
    return {x.campo: x for x in linhas if x.linha == n and x.campo}


@pytest.mark.parametrize("nome", LIDOS)
@pytest.mark.requisito("S-02")
def test_os_campos_de_uma_linha_juntos_sao_a_linha(nome: str) -> None:
    arquivo = abrir(ARQUIVOS / nome)
    certas = {n: x for bloco in arquivo.blocos() for n, x in zip(bloco.numeros, bloco.linhas, strict=True)}
    juntas: dict[int, str] = dict.fromkeys(certas, "")
    for campo in explicar_cobranca(arquivo):
        juntas[campo.linha] += campo.bruto
    assert juntas == certas


def test_ocorrencia_motivo_valor_e_data() -> None:
    campos = dos_campos(explicado("341_400_ret_laravel-boleto_itau_v2.ret"), 2)
    assert campos["codigo_ocorrencia"].significado == "O título foi pago."
    assert campos["valor_titulo"].valor == "389.75"
    assert campos["data_ocorrencia"].valor == "2013-06-20"
    assert campos["data_vencimento"].valor == ""
    alegacao = dos_campos(explicado("341_400_ret_laravel-boleto_itau_v2.ret"), 3)["erros"]
    assert alegacao.significado.startswith("1842: ")


def test_o_comando_da_remessa_diz_o_que_pede() -> None:
    campos = dos_campos(explicado("756_240_rem_brcobranca_remessa-bancoob-cnab240.rem"), 3)
    assert campos["codigo_movimento"].significado == "Registrar o título"


def test_motivos_um_a_um_com_o_texto() -> None:
    conteudo = (ARQUIVOS / "237_400_ret_laravel-boleto_bradesco.ret").read_bytes().split(b"\r\n")
    conteudo[1] = conteudo[1][:108] + b"03" + conteudo[1][110:318] + b"0810000000" + conteudo[1][328:]
    campos = dos_campos(list(explicar_cobranca(abrir(b"\r\n".join(conteudo), "x"))), 2)
    partes = campos["motivos_ocorrencia"].significado.split(" | ")
    assert [p[:4] for p in partes] == ["08: ", "10: "]
    assert all(len(p) > 8 for p in partes)


def test_linha_estranha_vem_inteira() -> None:
    conteudo = (ARQUIVOS / "341_400_ret_laravel-boleto_itau_v2.ret").read_bytes()
    conteudo = conteudo.replace(b"\r\n9", b"\r\n7".ljust(402) + b"\r\n9")
    estranha = next(x for x in explicar_cobranca(abrir(conteudo, "x")) if not x.registro)
    assert (estranha.posicao, estranha.significado) == ("001-400", "não é linha deste layout")


def test_valor_ilegivel_se_diz_sem_parar() -> None:
    conteudo = (ARQUIVOS / "341_400_ret_laravel-boleto_itau_v2.ret").read_bytes().split(b"\r\n")
    conteudo[1] = conteudo[1][:152] + b"000000003897O" + conteudo[1][165:]
    campos = dos_campos(list(explicar_cobranca(abrir(b"\r\n".join(conteudo), "x"))), 2)
    assert campos["valor_titulo"].valor == "(ilegível)"


def _nomes() -> set[str]:
    layouts = (carregar(f"cnab/{p.stem}") for p in Path(pasta() / "cnab").glob("*.toml"))
    return {c.nome for x in layouts for r in x.registros.values() for c in r.campos if c.nome}


def test_toda_palavra_da_tabela_e_de_algum_campo_e_todo_campo_tem_rotulo() -> None:
    usadas = {palavra for nome in _nomes() for palavra in nome.split("_")}
    assert set(ler_toml("leitura/palavras")) <= usadas
    assert all(rotulo(nome)[:1].isupper() or rotulo(nome)[:1].isdigit() for nome in _nomes())


@pytest.mark.parametrize("nome", LIDOS)
def test_explicar_nao_muda_os_avisos(nome: str) -> None:
    arquivo = abrir(ARQUIVOS / nome)
    list(explicar_cobranca(arquivo))
    assert all(p.mensagem for p in arquivo.problemas)
