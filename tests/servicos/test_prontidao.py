"""Como o banco lê os clientes: o que se corta na largura do layout, e o CNPJ com letras."""

from __future__ import annotations

from pathlib import Path

from guiche.arquivos.cobranca import abrir
from guiche.layout.codec import tradutor
from guiche.servicos.cobranca import remessa
from guiche.servicos.cuidados.prontidao import verificar
from tests.servicos.apoio import COBRANCA, CONTA, ENDERECO, cliente, ler, montar, na, titulo
from tests.servicos.test_retorno_boletos import CONTRATO, DIA, emitidos

COMPRIDO = "Associação Beneficente dos Servidores Públicos Municipais de São José"


def test_o_que_se_mostra_e_o_que_a_remessa_leva(tmp_path: Path) -> None:
    pessoas = [
        cliente("A", 1, nome=COMPRIDO, optante="Não", **ENDERECO),
        cliente("B", 2, cpf_cnpj="12ABC34501DE35", **ENDERECO),
        cliente("C", 3, cpf_cnpj="123", **ENDERECO),
        cliente("D", 4, **ENDERECO),
    ]
    caminho = montar(
        tmp_path, clientes=pessoas, titulos=[titulo("T1", DIA, "10.00")], contas=[CONTA, COBRANCA], cobranca=[CONTRATO]
    )
    with na(caminho) as ctx:
        feito = verificar(ctx)
    linhas = {(str(x["cliente"]), str(x["campo"])): x for x in ler(caminho, "prontidao")}
    assert ("D", "nome") not in linhas
    assert "recusa" in str(linhas["C", "CPF/CNPJ"]["aviso"])
    assert feito.dados["cnpj_com_letras"] == 1
    assert (("B", "CPF/CNPJ") in linhas) == bool(feito.dados["layouts_sem_letras"])
    emitidos(caminho)
    with na(caminho) as ctx:
        (arquivo,) = remessa.gerar(ctx, "").arquivos
    lido = abrir(arquivo)
    principal = lido.layout.do_papel("titulo")[0]
    bruta = next(x for bloco in lido.blocos() for x in bloco.linhas if principal.e(x))
    assert tradutor(principal).ler(bruta)["pagador_nome"].strip() == str(linhas["A", "nome"]["no_banco"]).strip()
