"""Conciliar: o extrato da conta contra o que os retornos dizem que o banco creditou, já sem as tarifas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from guiche.arquivos.ofx import Extrato, NaoLido, ler_ofx
from guiche.arquivos.ofx_lancamento import Lancamento
from guiche.dominio.cadastro import Conta
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra, Local
from guiche.livro import creditos
from guiche.livro.creditos import Credito
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import lendo

CONFERE, FALTA, SEM_RETORNO = "CONFERE", "FALTA NO EXTRATO", "SEM RETORNO"
_ESPERA = timedelta(days=3)
"""Até quantos dias depois do crédito prometido ele ainda se aceita: fim de semana e feriado."""

_DAQUI_A_UM_ANO = timedelta(days=366)
"""Lançamento futuro o banco escreve; de daqui a mais de um ano, não."""
_NAO_LIDOS_DITOS = 10


class Achado(NamedTuple):
    """Um crédito esperado com o do extrato, ou um dos dois sozinho."""

    dia: date
    situacao: str
    esperados: tuple[Credito, ...] = ()
    lancamento: Lancamento | None = None
    tarifa: Lancamento | None = None
    """A tarifa que o extrato cobra à parte."""

    @property
    def pago(self) -> int:
        """Centavos que os clientes pagaram."""
        return sum(c.pago for c in self.esperados)

    @property
    def tarifas(self) -> int:
        """Centavos das tarifas."""
        return sum(c.tarifa for c in self.esperados)

    @property
    def no_extrato(self) -> int:
        """Centavos que entraram, já sem a tarifa cobrada à parte."""
        return sum(linha.centavos for linha in (self.lancamento, self.tarifa) if linha)


@lendo("conciliar", com_titulos=False)
def conciliar(ctx: Contexto, cadastros: Cadastros, caminho: Path, conta: str = "") -> Resultado:
    """Compara o extrato com os créditos esperados e escreve a aba Conciliação; no livro nada muda.

    Raises:
        ErroDeArquivo: ``extrato.formato``, se não é um OFX; ``extrato.incompleto``, se o que se viu não soma.
        ErroDeRegra: ``extrato.conta``, se não se sabe de que conta é.
    """
    achados: list[tuple[Achado, Mapping[tuple[str, str, str], str]]] = []
    extratos = ler_ofx(caminho, ctx.autor.hoje + _DAQUI_A_UM_ANO)
    for extrato in extratos:
        contas = _contas_do_extrato(cadastros, extrato, conta, caminho.name)
        contas.sort(key=lambda c: c.ativa is not False)  # de um convênio, a ativa fica por último
        codigos = {(c.banco, c.convenio, c.produto): c.codigo for c in contas}
        achados += [(a, codigos) for a in _comparar(ctx, extrato, codigos)]
    ctx.pasta.gravar("conciliacao", [_linha(a, codigos) for a, codigos in achados])
    ctx.salvar()
    return _relatar(caminho, [a for a, _ in achados], extratos)


def _contas_do_extrato(cadastros: Cadastros, extrato: Extrato, codigo: str, fonte: str) -> list[Conta]:
    """As contas (de débito e de cobrança) que recebem na conta bancária do extrato."""
    todas = list(cadastros.contas.values())
    if codigo:
        pedida = cadastros.contas.get(codigo)
        if pedida is None:
            raise ErroDeRegra("conta.ausente", f"a conta {codigo} não está na aba Contas")
        return [c for c in todas if (c.banco, c.agencia, c.conta) == (pedida.banco, pedida.agencia, pedida.conta)]
    no_extrato = _algarismos(extrato.conta)
    iguais = [c for c in todas if _e_o_banco(extrato.banco, c) and _e_a_conta(no_extrato, c)]
    if len({(c.banco, c.agencia, c.conta) for c in iguais}) != 1:
        razao = f"o extrato é do banco {extrato.banco or '(não dito)'}, conta terminada em {no_extrato[-3:]}"
        raise ErroDeRegra("extrato.conta", razao, local=Local(fonte))
    return iguais


def _e_o_banco(no_extrato: str, conta: Conta) -> bool:
    """O banco que não se diz, ou que não se diz em algarismos, fica para a conta decidir."""
    return not no_extrato.strip("0").isdigit() or no_extrato[-3:].zfill(3) == conta.banco


def _e_a_conta(no_extrato: str, conta: Conta) -> bool:
    numero, dv = _algarismos(conta.conta), _algarismos(conta.conta_dv)
    formas = {numero, numero + dv, _algarismos(conta.agencia) + numero, _algarismos(conta.agencia) + numero + dv}
    return no_extrato.lstrip("0") in {forma.lstrip("0") for forma in formas}


def _algarismos(texto: str) -> str:
    return "".join(c for c in texto.upper() if c.isalnum())


def _comparar(ctx: Contexto, extrato: Extrato, codigos: Mapping[tuple[str, str, str], str]) -> Iterator[Achado]:
    dias = [linha.dia for linha in extrato.lancamentos] or [extrato.inicio or extrato.fim or ctx.autor.hoje]
    inicio, fim = min(filter(None, (extrato.inicio, *dias))), max(filter(None, (extrato.fim, *dias)))
    todos = creditos.esperados(ctx.livro, (inicio - _ESPERA).isoformat(), fim.isoformat())
    meus = [c for c in todos if (c.banco, c.convenio, c.produto) in codigos]
    livres = list(extrato.lancamentos)
    for dia in sorted({c.dia for c in meus}):
        yield from _do_dia(date.fromisoformat(dia), [c for c in meus if c.dia == dia], livres, inicio)
    for linha in livres:
        if linha.centavos > 0:
            yield Achado(linha.dia, SEM_RETORNO, lancamento=linha)


def _do_dia(dia: date, esperados: Sequence[Credito], livres: list[Lancamento], inicio: date) -> Iterator[Achado]:
    """Casa o dia inteiro; se não dá, cada retorno; se não dá, cada pagamento."""
    if achado := _casar(dia, tuple(esperados), livres):
        yield achado
        return
    for retorno in sorted({c.retorno for c in esperados}):
        do_retorno = tuple(c for c in esperados if c.retorno == retorno)
        if achado := _casar(dia, do_retorno, livres):
            yield achado
            continue
        soltos = []
        for um in do_retorno:
            if achado := _casar(dia, (um,), livres):
                yield achado
            else:
                soltos.append(um)
        if soltos and dia >= inicio:
            yield Achado(dia, FALTA, tuple(soltos))


def _casar(dia: date, esperados: tuple[Credito, ...], livres: list[Lancamento]) -> Achado | None:
    """O lançamento do líquido, ou o do bruto com a tarifa à parte; sai da lista dos livres."""
    esperado = Achado(dia, CONFERE, esperados)
    perto = [linha for linha in livres if dia <= linha.dia <= dia + _ESPERA]
    for linha in perto:
        if linha.centavos == esperado.pago - esperado.tarifas:
            livres.remove(linha)
            return esperado._replace(lancamento=linha)
    cobradas = [linha for linha in perto if esperado.tarifas and linha.centavos == -esperado.tarifas]
    for linha in perto:
        if cobradas and linha.centavos == esperado.pago:
            livres.remove(linha)
            livres.remove(cobradas[0])
            return esperado._replace(lancamento=linha, tarifa=cobradas[0])
    return None


def _linha(a: Achado, codigos: Mapping[tuple[str, str, str], str]) -> tuple[Any, ...]:
    contas = dict.fromkeys(codigos[c.banco, c.convenio, c.produto] for c in a.esperados)
    retornos = sorted({c.retorno for c in a.esperados})
    esperado = a.pago - a.tarifas
    return (
        a.dia, a.situacao, ", ".join(contas), ", ".join(map(str, retornos)), len(a.esperados) or None,
        para_reais(a.pago), para_reais(a.tarifas), para_reais(esperado), para_reais(a.no_extrato),
        para_reais(a.no_extrato - esperado), a.lancamento.historico if a.lancamento else "",
    )  # fmt: skip


def _relatar(caminho: Path, achados: Sequence[Achado], extratos: Sequence[Extrato]) -> Resultado:
    por = {s: [a for a in achados if a.situacao == s] for s in (CONFERE, FALTA, SEM_RETORNO)}
    falta = sum(a.pago - a.tarifas for a in por[FALTA])
    sem_retorno = sum(a.no_extrato for a in por[SEM_RETORNO])
    nao_lidos = [um for e in extratos for um in e.nao_lidos]
    relato = (
        f"Extrato {caminho.name}: {len(por[CONFERE])} créditos conferem, "
        f"R$ {escrever_reais(sum(a.no_extrato for a in por[CONFERE]))}.",
        f"Faltam no extrato: {len(por[FALTA])}, R$ {escrever_reais(falta)}. "
        f"Sem retorno: {len(por[SEM_RETORNO])}, R$ {escrever_reais(sem_retorno)}.",
        *_contas_do_que_se_leu(extratos),
        *_ditos(nao_lidos),
        "O detalhe está na aba Conciliação.",
    )
    dados = {
        "conferem": len(por[CONFERE]), "faltam": len(por[FALTA]), "total_que_falta": str(para_reais(falta)),
        "sem_retorno": len(por[SEM_RETORNO]), "total_sem_retorno": str(para_reais(sem_retorno)),
        "no_arquivo": sum(e.vistos for e in extratos), "lidos": sum(len(e.lancamentos) for e in extratos),
        "saldos": sum(e.saldos for e in extratos), "nao_lidos": [um._asdict() for um in nao_lidos],
    }  # fmt: skip
    return Resultado("conciliar", relato, dados)


def _contas_do_que_se_leu(extratos: Sequence[Extrato]) -> Iterator[str]:
    """Quantos lançamentos o arquivo traz e o destino de cada um; e o que nele se decidiu por nós."""
    vistos = contar(sum(e.vistos for e in extratos), "lançamento")
    saldos = contar(sum(e.saldos for e in extratos), "linha de saldo pulada", "linhas de saldo puladas")
    lidos = contar(sum(len(e.lancamentos) for e in extratos), "lido")
    yield f"O arquivo traz {vistos}: {lidos}, {saldos}, {contar(sum(len(e.nao_lidos) for e in extratos), 'não lido')}."
    if not all(e.banco for e in extratos):
        yield "O arquivo não diz de que banco é: achou-se a conta só pelo número."
    if any(e.sem_casas for e in extratos):
        yield "Nenhum valor traz vírgula nem ponto: leram-se em reais. Se o banco os escreveu em centavos, não servem."


def _ditos(nao_lidos: Sequence[NaoLido]) -> Iterator[str]:
    for um in nao_lidos[:_NAO_LIDOS_DITOS]:
        yield f"Linha {um.linha} do extrato não se leu: {um.razao}. Confira esse lançamento no banco."
    if len(nao_lidos) > _NAO_LIDOS_DITOS:
        yield f"E mais {len(nao_lidos) - _NAO_LIDOS_DITOS} linhas que não se leram."
