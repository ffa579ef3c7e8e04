"""O nome do arquivo da remessa de boletos: a máscara do contrato, ou a do banco."""

from __future__ import annotations

from datetime import date

from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.nomes import conferir_mascara, nome_de_arquivo
from guiche.erros import ErroDeRegra
from guiche.remessa.receita import Receita

_MESES = "123456789OND"


def nome_da_remessa(conta: Conta, cobranca: Cobranca, como: Receita, nsa: int, hoje: date) -> str:
    """O nome que o arquivo leva.

    Raises:
        ErroDeRegra: ``remessa.nome``, se a máscara não se entende.
        ErroDeCampo: ``nome.arquivo``, se o nome não serve a um arquivo.
    """
    mascara = cobranca.nome_da_remessa or como.nome_do_arquivo
    dados = {"banco": conta.banco, "conta": conta.conta, "convenio": conta.convenio, "nsa": nsa, "hoje": hoje,
             "mes": _MESES[hoje.month - 1]}  # fmt: skip
    try:
        conferir_mascara(mascara, dados)
        nome = mascara.format(**dados)
    except (ValueError, IndexError) as erro:
        raise ErroDeRegra("remessa.nome", f"a máscara {mascara[:60]!r} não se entende: {erro}") from erro
    return nome_de_arquivo(nome)
