"""O conjunto de amostras de cobrança: o que se espera de cada arquivo, e em que diferimos disso."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from guiche.arquivos.cobranca import Cobranca, abrir
from guiche.arquivos.cobranca_json import ler_json
from guiche.bancos.ocorrencias import classes
from guiche.erros import ErroGuiche

PASTA = Path(__file__).parents[1] / "amostras" / "cnab"
# O nome do esperado → o nosso, onde a mesma coisa tem outro nome.
_NOSSO = {
    "codigo_ocorrencia": "codigo_movimento", "valor_lancamento": "valor_liquido", "valor_creditado": "valor_liquido",
    "valor_juros_mora": "valor_juros_multa", "valor_recebido": "valor_pago", "sequencial": "sequencial_registro",
    "convenio": "codigo_convenio", "beneficiario": "codigo_beneficiario", "conta_ou_beneficiario": "conta",
    "carteira": "codigo_carteira", "identificacao_titulo": "identificacao_titulo_banco",
    "conta_sem_dv": "conta", "numero_sequencial": "sequencial_registro",
    "pix_chave_ou_url": "pix_chave", "pix_url_qrcode": "pix_url",
}  # fmt: skip


class Diferenca(NamedTuple):
    """Onde o esperado e o lido não dizem o mesmo."""

    amostra: str
    campo: str
    deles: str
    nosso: str


def indice() -> list[dict[str, Any]]:
    lista: list[dict[str, Any]] = json.loads((PASTA / "indice.json").read_text("utf-8"))
    return lista


@cache
def esperado() -> dict[str, dict[str, Any]]:
    return {x["id"]: x for x in json.loads((PASTA / "esperado.json").read_text("utf-8"))}


def diferencas_revistas() -> dict[Diferenca, str]:
    """As diferenças aceitas, e por que cada uma."""
    tabela = tomllib.loads((PASTA / "diferencas.toml").read_text("utf-8"))["diferencas"]
    return {Diferenca(x["amostra"], x["campo"], x["deles"], x["nosso"]): x["porque"] for x in tabela}


def comparar(amostra: dict[str, Any]) -> list[Diferenca]:
    """Tudo em que a leitura difere do esperado; recusa e erro também são diferença."""
    id_ = amostra["id"]
    esperada = esperado().get(id_, {})
    try:
        arquivo = abrir(PASTA / amostra["arquivo"])
        lido = ler_json(arquivo)
    except ErroGuiche as erro:
        return [Diferenca(id_, "leitura", "lida", f"{erro.codigo}: {erro.mensagem}")]
    achadas = [Diferenca(id_, f"erro na linha {e.local.linha}", "", f"{e.codigo}: {e.mensagem}") for e in arquivo.erros]
    if "calculado" in esperada:
        achadas += _calculado(id_, esperada["calculado"], lido)
    elif amostra["detalhes"] != len(lido["titulos"]):
        achadas.append(Diferenca(id_, "detalhes", str(amostra["detalhes"]), str(len(lido["titulos"]))))
    return achadas + _afirmado(id_, esperada.get("afirmado", {}), lido, arquivo)


def _calculado(id_: str, calculado: dict[str, Any], lido: dict[str, Any]) -> list[Diferenca]:
    pares = [("layout", calculado["layout"], lido["layout"]), ("detalhes", calculado["detalhes"], len(lido["titulos"]))]
    if calculado["detalhes"] and not lido["titulos"]:
        return [Diferenca(id_, "detalhes", str(calculado["detalhes"]), "0")]
    codigos = set(calculado["ocorrencias"]) | set(lido["ocorrencias"])
    pares += [(f"ocorrencias.{c}", calculado["ocorrencias"].get(c, 0), lido["ocorrencias"].get(c, 0)) for c in codigos]
    totais = {_NOSSO.get(nome, nome): valor for nome, valor in calculado["totais"].items()}
    pares += [(f"totais.{nome}", valor, lido["totais"].get(nome)) for nome, valor in totais.items()]
    for qual, i in (("primeiro", 0), ("ultimo", -1)):
        titulo = lido["titulos"][i] if lido["titulos"] else {}
        for nome, valor in calculado[qual].items():
            pares.append((f"{qual}.{nome}", valor, _do_titulo(nome, valor, titulo)))
    return [Diferenca(id_, campo, _dizer(a), _dizer(b)) for campo, a, b in pares if _dizer(a) != _dizer(b)]


def _do_titulo(nome: str, valor: Any, titulo: dict[str, Any]) -> Any:
    """O nosso valor para o que o esperado chama assim."""
    if nome == "motivos_ocorrencia":
        codigos = [valor[i : i + 2] for i in range(0, len(valor or ""), 2)]
        nossos = [m["codigo"] for m in titulo.get("motivos", ())]
        if len(codigos) > 1 and nossos == [codigos[0], f"D{codigos[1]}"]:
            return valor  # Caixa: canal e forma do pagamento; o resto do campo são os dias até o crédito
        return valor if nossos == list(dict.fromkeys(c for c in codigos if c.strip("0 "))) else nossos
    if nome == "carteira_numero" and nome not in titulo:
        return valor  # o título só guarda uma carteira; a outra se confere nas afirmações, pelo layout
    return titulo.get(_NOSSO.get(nome, nome))


def _dizer(valor: Any) -> str:
    return "" if valor is None else str(valor)


def _afirmado(id_: str, afirmado: dict[str, Any], lido: dict[str, Any], arquivo: Cobranca) -> list[Diferenca]:
    pares: list[tuple[str, Any, Any]] = []
    if "detalhes" in afirmado:
        pares.append(("afirmado.detalhes", afirmado["detalhes"], len(lido["titulos"])))
    cabecalho = _juntar(arquivo, {"cabecalho", "cabecalho_lote"})
    rodape = _juntar(arquivo, {"rodape", "rodape_lote"})
    for parte, valores in (("header", cabecalho), ("trailer", rodape)):
        for nome, valor in afirmado.get(parte, {}).items():
            pares.append((f"afirmado.{parte}.{nome}", valor, _procurar(nome, valor, {}, valores)))
    for i, fatos in afirmado.get("titulos", {}).items():
        brutos = _linhas_do_titulo(arquivo, lido["titulos"], int(i))
        titulo = lido["titulos"][int(i)] if int(i) < len(lido["titulos"]) else {}
        for nome, valor in fatos.items():
            pares.append((f"afirmado.titulos.{i}.{nome}", valor, _procurar(nome, valor, titulo, brutos)))
    return [Diferenca(id_, campo, _dizer(a), _dizer(b)) for campo, a, b in pares if _dizer(a) != _dizer(b)]


def _procurar(nome: str, valor: Any, titulo: dict[str, Any], brutos: dict[str, str]) -> Any:
    """O fato no título lido ou no campo do layout que tem esse nome; o próprio ``valor``, se alguma forma dele confere.

    Uma forma é o mesmo identificador com ou sem zeros à esquerda, com ou sem o dígito.
    """
    if nome == "classe":
        return classes()[titulo["classe"]]
    achados = [
        origem[candidato]
        for candidato in dict.fromkeys(
            (nome, _NOSSO.get(nome, nome), "carteira_numero" if nome == "carteira" else nome)
        )
        for origem in (titulo, brutos)
        if candidato in origem
    ]
    if nome == "motivos_brutos" and "motivos_ocorrencia" in brutos:
        campo = brutos["motivos_ocorrencia"]
        achados = [[campo[i : i + 2] for i in range(0, len(campo), 2)]]
    if nome == "nosso_numero_dv" and "nosso_numero_dv" not in brutos:
        achados = [titulo["nosso_numero"][-1]]
    formas = [forma for achado in achados for forma in _formas(nome, achado, brutos)]
    if valor in formas or str(valor) in formas:
        return valor
    return achados[0] if achados else "(não há)"


def _formas(nome: str, achado: Any, brutos: dict[str, str]) -> list[Any]:
    texto = "" if achado is None else str(achado)
    dv = brutos.get(f"{_NOSSO.get(nome, nome)}_dv") or brutos.get(f"{nome}_dac") or ""
    formas: list[Any] = [achado, texto, texto.lstrip("0"), texto + dv, f"{texto}-{dv}"]
    if nome == "nosso_numero":
        formas.append(texto[:-1])
    if nome.startswith("valor_") and texto.isdigit():
        formas.append(f"{int(texto) / 100:.2f}")
    if nome.startswith("data_") and len(texto) == len("DDMMAA") and texto.isdigit():
        formas.append(f"20{texto[4:]}-{texto[2:4]}-{texto[:2]}")
    return formas


def _juntar(arquivo: Cobranca, papeis: set[str]) -> dict[str, str]:
    campos: dict[str, str] = {}
    for bloco in arquivo.blocos():
        for linha in bloco.linhas:
            registro = arquivo.layout.reconhecer(linha)
            if registro and registro.papel in papeis:
                lidos = {c.nome: linha[c.inicio - 1 : c.fim].strip() for c in registro.campos if c.nome}
                campos = {**lidos, **campos}
    return campos


def _linhas_do_titulo(arquivo: Cobranca, titulos: list[dict[str, Any]], i: int) -> dict[str, str]:
    """Os campos, como estão na linha, do título e dos seus complementos."""
    if i >= len(titulos):
        return {}
    de = titulos[i]["linha"]
    ate = titulos[i + 1]["linha"] if i + 1 < len(titulos) else 10**9
    campos: dict[str, str] = {}
    for bloco in arquivo.blocos():
        for n, linha in zip(bloco.numeros, bloco.linhas, strict=True):
            registro = arquivo.layout.reconhecer(linha)
            if de <= n < ate and registro and registro.papel in {"titulo", "complemento"}:
                campos = {**{c.nome: linha[c.inicio - 1 : c.fim].strip() for c in registro.campos if c.nome}, **campos}
    return campos
