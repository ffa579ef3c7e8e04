"""Por que um título ficou fora da remessa, em palavras, e o que fazer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

RAZOES = 8
"""Quantas razões um resumo diz."""


class Motivo(NamedTuple):
    """Razão de um título não entrar na remessa (ou de um cliente não ser optante)."""

    codigo: str
    texto: str
    fazer: str


MOTIVOS = {
    m.codigo: m
    for m in (
        Motivo("filtro", "fora do filtro pedido: {0}", "nada, se o filtro é esse mesmo"),
        Motivo("enviado", "já enviado na remessa {0}, aguardando retorno", "espere o retorno do banco"),
        Motivo(
            "encerrado_enviado",
            "marcado como pago na planilha, mas o débito está no banco (remessa {0})",
            "estorne o título para o banco cancelar o débito; ou apague a marca e espere o retorno",
        ),
        Motivo("cancelando", "cancelamento enviado na remessa {0}, aguardando retorno", "espere o retorno do banco"),
        Motivo(
            "revisar_cancelamento",
            "o banco não achou o débito a cancelar",
            "confira no banco se o débito ocorreu, e então Resolver cancelamento: pedir de novo ou dar por cancelado",
        ),
        Motivo(
            "cancelamento_vencido",
            "o cancelamento já não vale: o débito venceu em {0}",
            "espere o retorno; se não vem, confira no banco e use Resolver cancelamento; se debitou, devolva o valor",
        ),
        Motivo("outra_conta", "o débito a cancelar é da conta {0}", "gere a remessa dessa conta"),
        Motivo("pago", "título já pago", "nada"),
        Motivo(
            "sem_documento",
            "o CPF ou CNPJ do cliente falta ou não confere",
            "preencha-o na aba Clientes: o banco não registra boleto sem ele",
        ),
        Motivo("encargos", "condições que não combinam: {0}", "corrija a linha do título na aba Condições"),
        Motivo(
            "abusivo",
            "{0}",
            "ajuste a multa e os juros na aba Cobrança, ou emita por outra conta",
        ),
        Motivo(
            "registro",
            "o banco não o registraria, e sem registro não se paga: {0}",
            "mude a condição do título na aba Condições (zero tira os juros ou a multa), ou a da conta na aba Cobrança",
        ),
        Motivo(
            "cadastro",
            "o banco não registraria o boleto: {0}",
            "corrija o cliente na aba Clientes, ou o sacador na aba Condições",
        ),
        Motivo("no_boleto", "está no boleto {0}", "estorne o boleto para cobrar o título de outro jeito"),
        Motivo(
            "outro_cliente",
            "o número já se usou com o cliente {0}, e o que dele se recebeu não é deste título",
            "dê-lhe outro número; ou, se é mesmo outro título, use Começar de novo",
        ),
        Motivo("no_fechamento", "está no banco, a débito no fechamento {0}", "espere o retorno do fechamento"),
        Motivo(
            "boleto_vencido",
            "venceu em {0}, e boleto não se emite vencido",
            "use a Data fixa, de hoje em diante, nos filtros",
        ),
        Motivo("encerrado", "título encerrado: {0}", "nada, se o encerramento está certo"),
        Motivo(
            "parcial",
            "há pagamento parcial de R$ {0}",
            "para enviar o saldo, marque “Enviar títulos com pagamento parcial”",
        ),
        Motivo(
            "fechamento",
            "título incluído no fechamento {0} da empresa conveniada",
            "envie pelo fechamento, não pelo título",
        ),
        Motivo("sem_cliente", "o cliente {0} não está na aba Clientes", "cadastre o cliente ou corrija o código"),
        Motivo(
            "nao_optante", "cliente não é optante do débito automático", "peça a autorização e marque Optante = Sim"
        ),
        Motivo(
            "optante",
            "cliente é optante do débito automático no banco {0}",
            "envie na remessa de débito; para emitir boleto assim mesmo, marque Também os optantes",
        ),
        Motivo(
            "sem_conta",
            "faltam dados bancários do cliente: {0}",
            "preencha banco, agência e conta do cliente, e a operação quando o banco usa",
        ),
        Motivo(
            "outro_banco",
            "conta no banco {0}: débito interbancário não é permitido",
            "use Pix Automático, ou peça uma conta no mesmo banco do convênio",
        ),
        Motivo(
            "autorizacao_cancelada",
            "autorização de débito cancelada em {0}",
            "cobre de outro jeito; se o cliente autorizar de novo, escreva a data em Autorizado em",
        ),
        Motivo(
            "autorizacao_vencida",
            "autorização de débito válida só até {0}",
            "renove a autorização ou adiante o vencimento",
        ),
        Motivo("autorizacao_futura", "autorização de débito só a partir de {0}", "espere a data ou corrija o cadastro"),
        Motivo(
            "prazo",
            "vencimento {0} antes do mínimo do convênio, {1}",
            "cobre por outro meio, ou use uma data fixa a partir do mínimo",
        ),
        Motivo(
            "bloqueado",
            "o banco recusou o débito em {0} (código {1}): {2}",
            "corrija a conta do cliente, ou escreva em Autorizado em a data da nova autorização",
        ),
        Motivo(
            "excluido_no_banco",
            "o banco excluiu o optante em {0}",
            "decida na aba Cadastramentos: ACEITAR desliga o optante, RECUSAR avisa o banco",
        ),
        Motivo(
            "identificacao_recusada",
            "o banco recusou a identificação {0}",
            "volte à identificação anterior, ou escolha outra, na aba Clientes",
        ),
        Motivo(
            "agencia_a_fechar",
            "a agência {0} vai fechar",
            "peça ao cliente a nova agência e conta e corrija o cadastro",
        ),
        Motivo(
            "digito",
            "o dígito não confere: {0}",
            "confira a conta com o cliente e corrija a célula; enquanto não confere, nada se debita",
        ),
        Motivo(
            "autorizacao_a_vencer",
            "a autorização de débito acaba em {0}",
            "renove-a com o cliente antes dessa data",
        ),
        Motivo(
            "sem_movimento",
            "sem débito desde {0}: passados três meses o banco pode excluir o optante",
            "gere a remessa com Manter cadastros = Sim, ou confirme com o banco que o cadastro continua",
        ),
        Motivo("valor_zero", "não há valor a debitar", "confira o valor do título"),
        Motivo("campo", "o banco não aceita o dado: {0}", "corrija o cadastro; nada é cortado nem adivinhado"),
    )
}


def motivo(codigo: str, *dados: object) -> Motivo:
    """O motivo com os dados do caso no texto.

    >>> motivo("enviado", 12).texto
    'já enviado na remessa 12, aguardando retorno'
    """
    modelo = MOTIVOS[codigo]
    return modelo._replace(texto=modelo.texto.format(*dados)) if dados else modelo


def resumir(motivos: Iterable[Motivo]) -> list[str]:
    """Quantos ficaram fora por cada razão, da mais comum à mais rara; o que varia dentro de uma vira reticências.

    >>> resumir([motivo("enviado", 1), motivo("enviado", 2), motivo("filtro", "filial")])
    ['  2 × já enviado na remessa …, aguardando retorno', '  1 × fora do filtro pedido: filial']
    """
    textos: dict[str, Counter[str]] = defaultdict(Counter)
    for m in motivos:
        textos[m.codigo][m.texto] += 1
    comuns = sorted(textos.items(), key=lambda par: -par[1].total())[:RAZOES]
    return [f"  {vezes.total()} × {_em_geral(codigo, vezes)}" for codigo, vezes in comuns]


def _em_geral(codigo: str, textos: Counter[str]) -> str:
    """O texto, se é um só; de muitos, o que neles é igual."""
    modelo = MOTIVOS[codigo].texto if codigo in MOTIVOS else ""
    forma = re.compile(re.sub(r"\\\{\d\\\}", "(.*)", re.escape(modelo)))
    lidos = [achado.groups() for texto in textos if (achado := forma.fullmatch(texto))]
    if len(textos) == 1 or len(lidos) < len(textos):
        return next(iter(textos))
    return modelo.format(*(valores[0] if len(set(valores)) == 1 else "…" for valores in zip(*lidos, strict=True)))
