"""O nosso número que o banco de faz de conta dá ao título que lhe chega sem ele."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from guiche.arquivos.cobranca import Cobranca
from guiche.arquivos.plano import Titulo
from guiche.boleto.regras import banco
from guiche.erros import ErroDeCampo
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Layout
from guiche.remessa.numero_do_banco import forma

_DE_ONDE = {
    "agencia": ("agencia",), "conta": ("conta",), "posto": ("posto",),
    "documento_beneficiario": ("empresa_numero_inscricao",),
    "convenio": ("codigo_beneficiario", "convenio", "codigo_convenio", "codigo_empresa"),
}  # fmt: skip


class Numerador:
    """Dá números aos títulos de uma remessa."""

    def __init__(self, arquivo: Cobranca, layout: Layout, hoje: date) -> None:
        self._layout = layout
        do_arquivo = {**_do_primeiro_titulo(arquivo), **arquivo.cabecalho}
        self._entrada: dict[str, Any] = {
            dado: next((str(v) for nome in nomes if (v := do_arquivo.get(nome))), "")
            for dado, nomes in _DE_ONDE.items()
        }
        self._carteira = str(do_arquivo.get("nosso_numero_produto") or "").lstrip("0")
        self._entrada |= {"banco": layout.banco, "ano_nosso_numero": f"{hoje:%y}"}

    def numerado(self, titulo: Titulo, sorte: int) -> Titulo:
        """O título com um número, se veio com zeros e se sabe como o banco os dá; senão, como veio."""
        if (titulo.nosso_numero or "").strip("0"):
            return titulo
        try:
            do_banco, dela = (
                banco(self._layout.banco).numera,
                self._carteira or (titulo.codigo_carteira or "").lstrip("0"),
            )
            carteira = dela if dela in do_banco.carteiras or not do_banco.carteiras else min(do_banco.carteiras)
            entrada = {**self._entrada, "carteira": carteira, **do_banco.entrada}
            numero = sorte % (10 ** banco(self._layout.banco).variante(entrada).tamanho - 1) + 1
            return titulo._replace(nosso_numero=forma(self._layout, {**entrada, "nosso_numero": str(numero)}))
        except ErroDeCampo:
            return titulo


def _do_primeiro_titulo(arquivo: Cobranca) -> Mapping[str, Any]:
    registro = arquivo.layout.do_papel("titulo")[0]
    linhas = (linha for bloco in arquivo.blocos() for linha in bloco.linhas if registro.e(linha))
    primeira = next(linhas, "")
    return tradutor(registro).ler(primeira) if primeira else {}
