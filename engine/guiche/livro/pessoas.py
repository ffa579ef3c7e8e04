"""O que o livro guarda de um cliente, e como isso se tira dele."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from guiche.livro import lembrancas
from guiche.livro.conexao import Livro

_DO_CLIENTE = {
    "linhas_enviadas": "SELECT remessa_id, seq, titulo, movimento, vencimento, valor, id_cliente, agencia, conta,"
    " estado, codigo FROM linha WHERE cliente = ? ORDER BY id",
    "respostas_do_debito": "SELECT retorno_id, seq, titulo, codigo, classe, vencimento, valor, resultado, aviso"
    " FROM retorno_linha WHERE cliente = ? ORDER BY retorno_id, seq",
    "recebimentos": "SELECT titulo, valor, juros, desconto, dia, baixado_em, conta, retorno_id"
    " FROM recebimento WHERE cliente = ? ORDER BY id",
    "titulos_de_fechamentos": "SELECT titulo, vencimento, valor, cadeia FROM membro WHERE cliente = ?"
    " ORDER BY cadeia, titulo",
    "boletos": "SELECT id, conta, nosso_numero, vencimento, valor, estado, linha_digitavel, dados, gerado_em, pix,"
    " pago_em, valor_pago FROM boleto WHERE cliente = ? ORDER BY id",
    "respostas_dos_boletos": "SELECT b.id, r.retorno_id, r.seq, r.codigo, r.classe, r.motivos, r.ocorrencia_em, r.pago,"
    " r.juros, r.desconto FROM retorno_boleto r JOIN boleto b ON b.id = r.boleto_id WHERE b.cliente = ?"
    " ORDER BY r.retorno_id, r.seq",
    "pedidos_ao_banco": "SELECT p.boleto_id, p.comando, p.dados, p.situacao, p.remessa_id FROM pedido_ao_banco p"
    " JOIN boleto b ON b.id = p.boleto_id WHERE b.cliente = ? ORDER BY p.id",
    "cadastramentos": "SELECT retorno_id, seq, registro, movimento, banco, id_cliente, id_novo, agencia, operacao,"
    " conta, dia, texto, situacao FROM cadastramento WHERE cliente = ? ORDER BY retorno_id, seq",
    "pedidos_cadastrais": "SELECT banco, registro, id_cliente, id_novo, dados, situacao, remessa_id"
    " FROM pedido_cadastral WHERE cliente = ? ORDER BY id",
    "como_o_banco_o_conhece": "SELECT banco, identidade, id_cliente, agencia, conta, remessa_id FROM optante_no_banco"
    " WHERE cliente = ? ORDER BY banco, convenio",
    "arquivos": "SELECT DISTINCT 'remessa', r.id, r.gerada_em FROM remessa r JOIN linha l ON l.remessa_id = r.id"
    " WHERE l.cliente = ? ORDER BY r.id",
}
_COLUNAS = {
    "linhas_enviadas": "remessa linha titulo movimento vencimento centavos id_cliente agencia conta estado codigo",
    "respostas_do_debito": "retorno linha titulo codigo classe vencimento centavos resultado aviso",
    "recebimentos": "titulo centavos juros desconto dia baixado_em conta retorno",
    "titulos_de_fechamentos": "titulo vencimento centavos debito",
    "boletos": "boleto conta nosso_numero vencimento centavos estado linha_digitavel dados gerado_em pix pago_em"
    " centavos_pagos",
    "respostas_dos_boletos": "boleto retorno linha codigo classe motivos ocorrencia_em centavos_pagos juros desconto",
    "pedidos_ao_banco": "boleto comando dados situacao remessa",
    "cadastramentos": "retorno linha registro movimento banco id_cliente id_novo agencia operacao conta dia texto"
    " situacao",
    "pedidos_cadastrais": "banco registro id_cliente id_novo dados situacao remessa",
    "como_o_banco_o_conhece": "banco identidade id_cliente agencia conta remessa",
    "arquivos": "tipo codigo quando",
}
_TIRAR = (
    "UPDATE linha SET cliente = ?, id_cliente = '', agencia = '', conta = '' WHERE cliente = ?",
    "UPDATE retorno_linha SET cliente = ? WHERE cliente = ?",
    "UPDATE recebimento SET cliente = ? WHERE cliente = ?",
    "UPDATE membro SET cliente = ? WHERE cliente = ?",
    "UPDATE cadastramento SET cliente = ?, id_cliente = '', id_novo = '', agencia = '', operacao = '', conta = '',"
    " conta_dv = '', agencia_no_arquivo = '', conta_no_arquivo = '' WHERE cliente = ?",
    "UPDATE pedido_cadastral SET cliente = ?, id_cliente = '', id_novo = '', dados = '{}' WHERE cliente = ?",
    "UPDATE optante_no_banco SET cliente = ?, identidade = '', id_cliente = '', agencia = '', conta = ''"
    " WHERE cliente = ?",
)
_VIVOS = ("A REGISTRAR", "REGISTRADO", "REJEITADO")


def tudo(livro: Livro, cliente: str) -> dict[str, list[dict[str, Any]]]:
    """Tudo o que o livro guarda do cliente, por assunto; dinheiro em centavos."""
    return {
        assunto: [
            dict(zip(_COLUNAS[assunto].split(), linha, strict=True)) for linha in livro.consultar(sql, (cliente,))
        ]
        for assunto, sql in _DO_CLIENTE.items()
    }


def em_curso(livro: Livro, cliente: str) -> list[str]:
    """O que ainda espera algo do banco: enquanto houver, o cliente tem de ficar."""
    linhas = livro.consultar(
        "SELECT titulo FROM linha WHERE cliente = ? AND estado IN (1, 2, 3) AND substituida_por IS NULL"
        " UNION SELECT m.titulo FROM membro m JOIN linha l ON l.cadeia = m.cadeia"
        " WHERE m.cliente = ? AND l.estado IN (1, 2, 3) AND l.substituida_por IS NULL",
        (cliente, cliente),
    )
    boletos = livro.consultar("SELECT id, estado FROM boleto WHERE cliente = ?", (cliente,))
    pedidos = livro.consultar(
        "SELECT DISTINCT b.id FROM pedido_ao_banco p JOIN boleto b ON b.id = p.boleto_id"
        " WHERE b.cliente = ? AND p.situacao IN ('NA FILA', 'ENVIADO')",
        (cliente,),
    )
    recusas = livro.consultar("SELECT id FROM pedido_cadastral WHERE cliente = ? AND situacao = 'NA FILA'", (cliente,))
    vivos = [f"boleto {id_} {estado}" for id_, estado in boletos if estado in _VIVOS]
    return [*(f"débito do título {t}" for (t,) in linhas), *vivos, *(f"pedido do boleto {b}" for (b,) in pedidos),
            *("recusa de cadastramento na fila" for _ in recusas)]  # fmt: skip


def quantos_ja_sairam(livro: Livro) -> int:
    """Quantas pessoas já se anonimizaram neste livro."""
    return int(livro.valor("SELECT COUNT(*) FROM ato WHERE tipo = 'lgpd anonimizar'"))


def tirar(livro: Livro, cliente: str, novo: str, titulos: Sequence[str], pagador: Mapping[str, str]) -> None:
    """Põe ``novo`` no lugar do cliente e apaga o que o identifica; valores e datas ficam."""
    for sql in _TIRAR:
        livro.executar(sql, (novo, cliente))
    for id_, dados in livro.consultar("SELECT id, dados FROM boleto WHERE cliente = ?", (cliente,)):
        livro.executar("UPDATE pedido_ao_banco SET dados = '{}' WHERE boleto_id = ?", (id_,))
        livro.executar(
            "UPDATE boleto SET cliente = ?, pix = '', dados = ? WHERE id = ?", (novo, _sem_pessoa(dados, pagador), id_)
        )
    for titulo in titulos:
        livro.executar("UPDATE titulo_evento SET motivo = '' WHERE titulo = ?", (titulo,))
    _tirar_do_diario(livro, {cliente, *titulos})
    lembrancas.esquecer(livro)


def _sem_pessoa(escrito: str, pagador: Mapping[str, str]) -> str:
    dados = json.loads(escrito)
    dados["pagador"] = {nome: pagador.get(nome, "") for nome in dados.get("pagador", {})}
    dados |= {"instrucoes": [], "sacador": []}
    return json.dumps(dados, ensure_ascii=False)


def _tirar_do_diario(livro: Livro, deles: set[str]) -> None:
    """Apaga o motivo, que é texto livre, dos atos sobre os títulos da pessoa."""
    for id_, depois in livro.consultar("SELECT id, depois FROM ato"):
        dados = json.loads(depois)
        citados = {str(dados.get("titulo", "")), *str(dados.get("titulos", "")).replace(" ", "").split(",")}
        if dados.get("motivo") and deles & citados:
            novo = json.dumps(dados | {"motivo": ""}, ensure_ascii=False, sort_keys=True)
            livro.executar("UPDATE ato SET depois = ? WHERE id = ?", (novo, id_))
