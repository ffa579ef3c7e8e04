"""Uma empresa para cada layout que se grava, e títulos com tudo o que ele diz saber levar ao banco."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from guiche.erros import ErroDeRegra
from guiche.layout.carga import pasta
from guiche.remessa.receita import Receita, receita

AGORA = datetime(2026, 7, 1, 9, 30, 5)
_TODOS = sorted(p.name.removesuffix(".remessa.toml") for p in (pasta() / "cnab").glob("*.remessa.toml"))


def _grava(nome: str) -> bool:
    try:
        receita(nome)
    except ErroDeRegra as erro:
        assert erro.codigo == "remessa.nao_se_grava"
        return False
    return True


GRAVAVEIS = [n for n in _TODOS if _grava(n)]
SO_DE_LER = [n for n in _TODOS if n not in GRAVAVEIS]

_COMUM = {
    "empresa_nome": "Farmácia São José Ltda", "empresa_documento": "12ABC34501DE35", "agencia": "0057",
    "agencia_dv": "6", "conta": "12345", "conta_dv": "7", "convenio": "12345", "carteira": "1",
    "sequencial_arquivo": 12,
}  # fmt: skip
_PROPRIAS: dict[str, dict[str, Any]] = {
    "000.cnab240": {"banco": "001"},
    "001.cnab240": {"convenio": "1234567", "carteira": "17", "variacao": "019"},
    "001.cnab400": {"convenio": "1234567", "carteira": "17", "variacao": "019"},
    "001.cnab400_conv6": {"convenio": "123456", "carteira": "17", "variacao": "019"},
    "033.cnab240": {"codigo_transmissao": "005700001234567"},
    "033.cnab400": {"codigo_transmissao": "00570123456701234567"},
    "097.cnab240": {"empresa_documento": "11222333000181"},
    "097.cnab400": {"empresa_documento": "11222333000181"},
    "104.cnab240": {"convenio": "123456"},
    "104.cnab400": {"convenio": "1234567"},
    "336.cnab400": {"carteira": "20", "conta_cobranca_direta": "123456"},
    "341.cnab240": {"carteira": "109"},
    "341.cnab400": {"carteira": "109"},
    "341.cnab444": {"carteira": "109"},
    "748.cnab240": {"posto": "02"},
    "748.cnab400": {"posto": "02"},
    "756.cnab400_correspondente": {"cooperativa": "3040"},
}


def empresa(nome: str) -> dict[str, Any]:
    """A empresa sintética do layout."""
    return _COMUM | _PROPRIAS.get(nome, {})


def minimo(numero: int = 1) -> dict[str, Any]:
    """Um título só com o que todo banco pede."""
    return {
        "nosso_numero": str(numero), "numero_documento": f"NF {numero}", "valor_titulo": 19_990 + numero,
        "data_vencimento": date(2026, 8, 4), "pagador_nome": "João da Silva", "pagador_documento": "529.982.247-25",
        "pagador_endereco": "Rua Conceição, 1", "pagador_bairro": "Centro", "pagador_cep": "01310-100",
        "pagador_cidade": "São Paulo", "pagador_uf": "SP",
    }  # fmt: skip


_DESCONTOS = [(date(2026, 7, 10), 900), (date(2026, 7, 20), 600), (date(2026, 7, 30), 300)]
_SACADOR = {
    "sacador_nome": "Indústria Andrade", "sacador_documento": "11222333000181", "sacador_endereco": "Av. Brasil, 9",
    "sacador_bairro": "Distrito", "sacador_cep": "20040-002", "sacador_cidade": "Rio de Janeiro", "sacador_uf": "RJ",
}  # fmt: skip


def clausulas(uma: Receita) -> dict[str, dict[str, Any]]:
    """Cláusula que o layout diz aceitar → as chaves que a dizem."""
    aceita = uma.aceita
    ao_dia, percentual = "dia" in aceita.get("juros", ()), "percentual" in aceita.get("multa", ())
    todas: dict[str, dict[str, Any]] = {
        "juros": {"juros_ao_dia": 7} if ao_dia else {"juros_ao_mes": 100},
        "multa": {"multa_percentual": 200} if percentual else {"multa": 400},
        "descontos": {"descontos": _DESCONTOS[-int(aceita.get("descontos", 0)) :]},
        "abatimento": {"abatimento": 500},
        "protesto": {"protesto_dias": 5},
        "baixa": {"baixa_dias": 30},
        "negativacao": {"negativacao_dias": 7},
        "sacador": _SACADOR,
        "pix": {"pix_chave": "123e4567-e12b-12d1-a456-426655440000", "pix_txid": "TX1"},
    }
    return {nome: chaves for nome, chaves in todas.items() if aceita.get(nome)}


def completo(uma: Receita, numero: int = 2) -> dict[str, Any]:
    """Um título com tudo o que o layout diz aceitar."""
    titulo = minimo(numero) | {"mensagens": ["Não receber após 30 dias", "Dúvidas: (11) 4002-8922"], "especie": "DM"}
    for nome, chaves in clausulas(uma).items():
        de_fora = {"baixa", "negativacao"} if "protesto" in clausulas(uma) else set()
        de_fora |= {"abatimento"} if uma.aceita.get("abatimento_ou_multa") else set()
        titulo |= {} if nome in de_fora else chaves
    return titulo | {"numero_documento_empresa": "CTRL-77", "parcela": "1", "pagador_documento": "11222333000181"}


def baixar(numero: int = 3) -> dict[str, Any]:
    """O pedido de baixa de um título."""
    return minimo(numero) | {"comando": "baixar"}
