"""O que o layout sabe dizer ao banco das cláusulas de um boleto, antes de o emitir."""

from __future__ import annotations

from guiche.cobranca.derivadas import juros, multa
from guiche.cobranca.receita import Receita
from guiche.dominio.encargos import Clausulas
from guiche.erros import ErroDeRegra


def nao_leva(como: Receita, valor: int, c: Clausulas, *, sacador: bool = False) -> str:
    """A primeira cláusula que a remessa recusaria no registro, e por quê; vazio se as leva todas.

    Args:
        como: a receita do layout.
        valor: centavos do boleto.
        c: as cláusulas dele.
        sacador: se tem sacador avalista.
    """
    aceita = como.aceita
    try:
        juros(c.juros_ao_dia, c.juros_ao_mes, valor, aceita.get("juros", ()))
        multa(c.multa, 0, valor, aceita.get("multa", ()))
    except ErroDeRegra as erro:
        return erro.mensagem
    if c.abatimento and c.multa and aceita.get("abatimento_ou_multa"):
        return "multa: o layout só leva um dos dois, abatimento ou multa"
    cabem = int(aceita.get("descontos", 0))
    if len(c.descontos) > cabem:
        return f"descontos: o layout leva {cabem} e o título tem {len(c.descontos)}"
    pedidas = {
        "abatimento": c.abatimento, "protesto_dias": c.protesto_dias, "negativacao_dias": c.negativacao_dias,
        "baixa_dias": c.baixa_dias, "sacador_nome": sacador,
    }  # fmt: skip
    faltam = (nome for nome, pedida in pedidas.items() if pedida and not aceita.get(nome.partition("_")[0]))
    return next((f"{nome}: o layout não tem lugar para isso" for nome in faltam), "")
