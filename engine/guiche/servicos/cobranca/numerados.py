"""O número que o banco dá a um boleto que se lhe mandou sem ele: com ele vêm o código de barras e a linha."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from guiche.arquivos.plano import Titulo
from guiche.boleto.calculo import calcular
from guiche.boleto.numeracao import espaco
from guiche.erros import ErroDeCampo
from guiche.layout.modelo import Layout
from guiche.livro import boletos, numeracao
from guiche.livro.boletos import Boleto, Resumido
from guiche.livro.conexao import Livro
from guiche.livro.numeracao import Numerado
from guiche.remessa.numero_do_banco import ler
from guiche.servicos.boletos.papel import calculo_de, em_json
from guiche.servicos.cobranca.apuracao import Lote

_SEM_VALOR = {"ENTRADA_REJEITADA", "REJEITADA", "TARIFA", "DESCONHECIDA"}
"""Classes de resposta cujo número, se o trazem, ainda não é de boleto nenhum."""


class Numeros:
    """Os números que um retorno traz."""

    def __init__(self, livro: Livro, layout: Layout) -> None:
        self._livro, self._layout = livro, layout
        self._dados: dict[tuple[str, str, int], int] = {}
        self._ja: set[int] = set()

    def dar(self, lote: Lote, t: Titulo, b: Resumido) -> str:
        """Dá ao boleto sem número o da linha, se o traz; devolve por que não serve, ou vazio."""
        bruto = (t.nosso_numero or "").strip()
        if b.numero or b.id in self._ja or not bruto.strip("0") or t.classe in _SEM_VALOR:
            return ""
        boleto = boletos.buscar(self._livro, b.id)
        if boleto is None or boleto.numero:
            return ""
        dados = json.loads(boleto.dados)
        try:
            numero = ler(self._layout, dados["entrada"], bruto)
            feito = self._feito(boleto, dados, numero) if numero else None
        except ErroDeCampo as erro:
            return f"o nosso número {bruto} que o banco deu não serve: {erro.mensagem}"
        if feito is None:
            return f"não se entende o nosso número {bruto} que o banco deu, e o boleto continua sem ele"
        chave = (boleto.banco, feito.espaco, numero)
        dono = self._dados.get(chave) or numeracao.dono(self._livro, *chave)
        if dono not in {None, b.id}:
            return f"o nosso número {bruto} que o banco deu já é do boleto {dono}"
        self._dados[chave] = b.id
        self._ja.add(b.id)
        lote.numerados[b.id] = feito
        return ""

    def _feito(self, boleto: Boleto, dados: Mapping[str, Any], numero: int) -> Numerado:
        novos = {**dados, "entrada": {**dados["entrada"], "nosso_numero": str(numero)}}
        calculo = calcular(calculo_de(boleto, novos))
        return Numerado(
            numero, calculo.nosso_numero_formatado, espaco(novos["entrada"]), calculo.codigo_barras,
            calculo.linha_digitavel, em_json(novos), boleto.id,
        )  # fmt: skip
