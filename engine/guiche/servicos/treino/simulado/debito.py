"""Um banco de faz de conta: responde a qualquer remessa de débito com um retorno válido (I-14).

Serve para treinar, demonstrar e testar. Com a mesma remessa, parcelas e semente,
a resposta é sempre a mesma.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from guiche.arquivos.debito150 import Arquivo, ler
from guiche.arquivos.ensaio import marca
from guiche.bancos.codigos import interpretar
from guiche.dominio.datas import Calendario
from guiche.erros import ErroDeArquivo, ErroDeRegra, Local
from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Layout
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.servicos.treino.simulado.registros import Respondido, outros

PARCELAS = {"00": 80, "01": 15, "05": 5}
"""Código → parcela em cada 100 débitos."""
CANCELADO = "99"
_REGISTROS = frozenset("BHJTX")


class Sorteio:
    """Escolhe o código de cada linha sem dado ao acaso: um resumo da semente com a linha.

    ``parcelas`` diz quantos em cada 100 débitos levam cada código; ``codigos``, se dados,
    valem linha a linha, na ordem do arquivo. Cancelamentos respondem 99. ``registros`` são as letras dos outros
    registros que o retorno traz: B, H, J, T, X.

    Raises:
        ErroDeRegra: ``simulado.parcelas``, se as parcelas não somam 100; ``simulado.registros``, se o banco de faz
            de conta não sabe mandar um dos registros.
    """

    def __init__(
        self,
        semente: str = "guiche",
        parcelas: Mapping[str, int] = PARCELAS,
        codigos: Sequence[str] = (),
        registros: Sequence[str] = (),
    ) -> None:
        if estranhos := set(registros) - _REGISTROS:
            raise ErroDeRegra("simulado.registros", f"não se sabe responder com {', '.join(sorted(estranhos))}")
        if sum(parcelas.values()) != 100:  # noqa: PLR2004
            raise ErroDeRegra("simulado.parcelas", f"as parcelas somam {sum(parcelas.values())}, e não 100")
        self._semente = semente
        self._faixas = [codigo for codigo, parcela in parcelas.items() for _ in range(parcela)]
        self._codigos = list(codigos)
        self.registros = registros

    def codigo(self, n: int, linha: Mapping[str, Any]) -> str:
        """Código da n-ésima linha E, contada de 0."""
        if n < len(self._codigos):
            return self._codigos[n]
        if str(linha["codigo_movimento"]).strip() == "1":
            return CANCELADO
        resumo = hashlib.sha256(
            f"{self._semente}|{n}|{linha['id_cliente_empresa']}|{linha['valor_debito']}".encode()
        ).digest()
        return self._faixas[int.from_bytes(resumo[:4], "big") % 100]


def responder(
    caminho: Path,
    saida: Path,
    *,
    hoje: date,
    nsa: int | None = 1,
    sorteio: Sorteio | None = None,
    ensaio: bool = False,
) -> Resultado:
    """Lê a remessa e escreve o retorno, com os códigos do sorteio.

    Raises:
        ErroDeArquivo: o arquivo não é uma remessa de débito inteira.
        ErroDeRegra: ``simulado.parcelas``, se as parcelas não somam 100.
    """
    arquivo = ler(caminho.read_bytes(), caminho.name)
    if arquivo.erros or arquivo.sentido != "remessa":
        raise ErroDeArquivo(
            "simulado.remessa", "não é uma remessa de débito automático inteira", local=Local(caminho.name)
        )
    proprios: dict[str, Any] = {"data_geracao": hoje, "nsa": arquivo.nsa if nsa is None else nsa}
    if ensaio:
        proprios |= marca(carregar(arquivo.layout).registros["A"], arquivo.banco)
    conteudo, quantos = _retorno(arquivo, proprios, hoje, sorteio or Sorteio())
    escrever_inteiro(saida, conteudo)
    resumo = ", ".join(f"{codigo}: {n}" for codigo, n in sorted(quantos.items()))
    return Resultado(
        "banco-simulado", (f"Retorno simulado em {saida.name} ({resumo}).",), {"codigos": quantos}, arquivos=(saida,)
    )


def _retorno(
    arquivo: Arquivo, proprios: Mapping[str, Any], hoje: date, sorteio: Sorteio
) -> tuple[bytes, dict[str, int]]:
    layout = carregar(arquivo.layout)
    registro_e, registro_f = tradutor(layout.registros["E"]), tradutor(layout.registros["F"])
    linhas, quantos, total = [_cabecalho(arquivo, layout, proprios)], dict[str, int](), 0
    respondidos = []
    brutas = [linha for linha in arquivo.linhas if linha[0] == "E"]
    for n, bruta in enumerate(brutas):
        enviada = registro_e.ler(bruta)
        codigo = sorteio.codigo(n, enviada)
        quantos[codigo] = quantos.get(codigo, 0) + 1
        resposta = _resposta(layout, bruta, enviada, codigo, n + 1) | _do_debito(arquivo, enviada, codigo)
        linhas.append(registro_f.escrever(resposta))
        respondidos.append(Respondido(bruta, codigo, resposta["valor"]))
        total += resposta["valor"]
    linhas += outros(arquivo, layout, respondidos, hoje, sorteio.registros)
    linhas.append(_fecho(layout, len(linhas) + 1, total))
    return ("\r\n".join(linhas) + "\r\n").encode("ascii"), quantos


def _cabecalho(arquivo: Arquivo, layout: Layout, proprios: Mapping[str, Any]) -> str:
    registro = tradutor(layout.registros["A"])
    lido = registro.ler(arquivo.linhas[0])
    return registro.escrever({**lido, "codigo_remessa": "2", **proprios})


def _resposta(layout: Layout, bruta: str, enviada: Mapping[str, Any], codigo: str, n: int) -> dict[str, Any]:
    campos = {c.nome for c in layout.registros["F"].campos if c.nome}
    fim_da_conta = layout.registros["F"].campo("id_cliente_banco").fim
    valores = {nome: valor for nome, valor in enviada.items() if nome in campos and nome != "codigo_registro"}
    valores |= {
        "id_cliente_banco": bruta[30:fim_da_conta].rstrip(),
        "data_vencimento_ou_debito": enviada["data_vencimento"],
        "valor": enviada["valor_debito"],
        "codigo_retorno": codigo,
    }
    if "numero_sequencial_registro" in campos:
        valores["numero_sequencial_registro"] = f"{n:06d}"
    return valores


def _do_debito(arquivo: Arquivo, enviada: Mapping[str, Any], codigo: str) -> dict[str, Any]:
    """O que muda com o débito feito: a data é a do dia de expediente (F.05), e o parcial leva metade (F.06)."""
    movimento, valor = str(enviada["codigo_movimento"]).strip(), enviada["valor_debito"]
    classe = interpretar(arquivo.banco, arquivo.versao, movimento, codigo).classe
    if not classe.startswith("DEBITADO") or not enviada["data_vencimento"]:
        return {}
    dia = Calendario().proximo_util(enviada["data_vencimento"])
    return {"data_vencimento_ou_debito": dia, "valor": (valor + 1) // 2 if classe == "DEBITADO_PARCIAL" else valor}


def _fecho(layout: Layout, total: int, valor: int) -> str:
    registro = layout.registros["Z"]
    valores: dict[str, Any] = {"total_registros": total, "valor_total": valor}
    if any(c.nome == "numero_sequencial_registro" for c in registro.campos):
        valores["numero_sequencial_registro"] = f"{total - 1:06d}"
    return tradutor(registro).escrever(valores)
