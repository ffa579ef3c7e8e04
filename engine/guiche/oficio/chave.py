"""As células que dizem ao banco de quem é a conta: depois de haver história com elas, já não se mudam."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from guiche.boleto.entrada import sem_zeros
from guiche.boleto.numeracao import chaves
from guiche.boleto.regras import banco
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.erros import ErroDeCampo, ErroDeRegra, Local, Problema
from guiche.livro import historia
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import layout_da
from guiche.oficio.resultado import Resultado, recusa
from guiche.planilha.esquema import esquema
from guiche.planilha.porta import Pasta
from guiche.remessa.conferencia import usadas
from guiche.remessa.receita import Receita, receita

_DE_SEMPRE = ("banco", "agencia", "conta", "carteira")
_NA_ABA = {"raiz_cnpj()": "empresa_cnpj", "documento_beneficiario": "empresa_cnpj"}
_DA_COBRANCA = {"carteira", "posto"}
_NO_MODELO = re.compile(r"\w+")
_FAZER = (
    "Ponha de novo na célula o que lá estava; ou, se a conta é outra, deixe esta linha como era, com Não em Ativa, e "
    "faça uma nova, com outro código: o que o banco disser do que já foi ainda se importa."
)


def mudadas(ctx: Contexto, conta: Conta, contrato: Cobranca | None) -> list[Problema]:
    """As células da chave da conta que já não dizem o que diziam nos boletos dela ou, sem contrato, nas remessas."""
    escrito = _escrito(conta, contrato)
    if contrato is None:
        era = historia.da_remessa(ctx.livro, conta.codigo)
        diferentes = [nome for nome, antes in era.items() if str(antes) != escrito[nome]]
    else:
        diferentes = list(_nos_boletos(ctx, conta, contrato, escrito))
    do_que = "remessas" if contrato is None else "boletos"
    return [_problema(ctx.pasta, conta.codigo, nome, do_que) for nome in diferentes]


def recusa_se_mudou(ctx: Contexto, ato: str, conta: Conta, contrato: Cobranca | None = None) -> Resultado | None:
    """A recusa do ato, se as células da chave da conta mudaram; ``None`` se não."""
    achadas = mudadas(ctx, conta, contrato)
    return recusa(ato, achadas) if achadas else None


def _escrito(conta: Conta, contrato: Cobranca | None) -> Mapping[str, str]:
    da_conta = {nome: str(getattr(conta, nome) or "") for nome in ("banco", "agencia", "conta", "convenio", "operacao",
                                                                   "empresa_cnpj")}  # fmt: skip
    return da_conta | {nome: str(getattr(contrato, nome) or "") for nome in _DA_COBRANCA if contrato}


def _nos_boletos(ctx: Contexto, conta: Conta, contrato: Cobranca, escrito: Mapping[str, str]) -> Iterator[str]:
    ultimo = historia.do_boleto(ctx.livro, conta.codigo)
    if ultimo is None:
        return
    entrada: Mapping[str, Any] = json.loads(ultimo).get("entrada", {})
    era = {_NA_ABA.get(nome, nome): valor for nome, valor in entrada.items()}
    for nome in dict.fromkeys((*_DE_SEMPRE, *_da_chave(conta, contrato, entrada))):
        if nome in era and nome in escrito and _comparavel(era[nome]) != _comparavel(escrito[nome]):
            yield nome


def _comparavel(valor: Any) -> str:
    return str(sem_zeros(valor) or "").upper()


def _da_chave(conta: Conta, contrato: Cobranca, entrada: Mapping[str, Any]) -> Iterator[str]:
    """O que faz o espaço dos números, e o convênio, se o código de barras ou a remessa do banco o levam."""
    try:
        yield from (_NA_ABA.get(nome, nome) for nome in chaves(entrada))
        if "convenio" in banco(str(entrada.get("banco") or "")).variante(entrada).larguras:
            yield "convenio"
        if leva_o_convenio(receita(layout_da(conta, contrato))):
            yield "convenio"
    except (ErroDeCampo, ErroDeRegra):  # o banco ou o formato já não servem: diz-se noutro lugar
        return


def leva_o_convenio(uma: Receita) -> bool:
    """Diz se algum registro da remessa leva o convênio.

    >>> leva_o_convenio(receita("341.cnab400")), leva_o_convenio(receita("104.cnab240"))
    (False, True)
    """
    sempre = [*uma.cabecalhos, uma.titulo, *uma.rodapes]
    modelos = " ".join(fonte.modelo for r in sempre for fonte in uma.fontes[r.codigo].values())
    lidas = usadas(uma, sempre) | set(_NO_MODELO.findall(modelos))
    return bool(lidas & {"convenio", *(nome for nome, outro in uma.se_falta.items() if outro == "convenio")})


def _problema(pasta: Pasta, codigo: str, nome: str, do_que: str) -> Problema:
    tabela, chave = ("cobranca", "conta") if nome in _DA_COBRANCA else ("contas", "codigo")
    folha = pasta.ler(tabela, (chave, nome))
    linha = next((i for i, (c, _) in enumerate(folha.linhas) if str(c).strip() == codigo), None)
    onde = Local(folha.aba, celula=folha.celula(linha, nome)) if linha is not None else Local(folha.aba)
    titulo = esquema()[tabela].coluna(nome).titulo
    texto = f"{titulo} da conta {codigo} mudou, e a conta já tem {do_que} com o que lá estava"
    return Problema("conta.mudou", texto, onde, _FAZER)
