"""A numeração dos arquivos de cada conta: como está, e o ajuste que só o supervisor faz (I-20, S-101, S-102)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from guiche.bancos.perfil import perfil
from guiche.dominio.cadastro import Conta
from guiche.erros import ErroDeRegra
from guiche.livro import historia, remessas, retornos
from guiche.livro.atos import registrar
from guiche.livro.remessas import COBRANCA, DEBITO, Remessa
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.oficio.segredo import exigir
from guiche.servicos.ato import Meio, gravar, lendo, retomando

_MAIOR_NA_COBRANCA = 999_999
_FUROS_QUE_SE_CONTAM, _MOSTRADOS = 1_000, 8


class Exame(NamedTuple):
    """A numeração de uma conta."""

    conta: str
    produto: str
    proximo: int
    ultimo: int | None
    """O da última remessa que vale; ``None`` se não há."""
    espera: int | None
    """O que o banco espera: o seguinte ao último que se lhe mandou; ``None`` se nada foi."""
    furos: list[int]
    por_exportar: list[int]
    por_transmitir: list[int]
    furos_dos_retornos: list[int]

    @property
    def achados(self) -> list[str]:
        """O que pede atenção, e o que fazer."""
        frases = []
        if self.por_exportar:
            frases.append(f"sem arquivo no disco: {_lista(self.por_exportar)}; rode Atualizar abas")
        if self.por_transmitir:
            frases.append(f"por transmitir: {_lista(self.por_transmitir)}; envie-as em ordem e marque-as")
        if self.furos:
            frases.append(f"números pulados: {_lista(self.furos)}; pergunte ao banco se ele os exige")
        if self.furos_dos_retornos:
            frases.append(f"retornos que faltam: {_lista(self.furos_dos_retornos)}; peça-os ao banco")
        if self.espera is not None and not self.por_transmitir and self.proximo != self.espera:
            frases.append(f"o próximo arquivo levará {self.proximo}, e o banco deve esperar {self.espera}")
        return frases


@lendo("conta numeracao", com_titulos=False)
def examinar(ctx: Contexto, cadastros: Cadastros, codigo: str = "") -> Resultado:
    """O último número usado de cada conta, o próximo, os furos e o que não foi ao banco."""
    if codigo and codigo not in cadastros.contas:
        raise ErroDeRegra("conta.ausente", f"a conta {codigo} não está na aba Contas")
    contas = [c for c in cadastros.contas.values() if not codigo or c.codigo == codigo]
    exames = [_examinar(ctx, conta) for conta in contas]
    relato = []
    for e in exames:
        ultimo = "nenhum arquivo ainda" if e.ultimo is None else f"último {e.ultimo}"
        relato.append(f"{e.conta} ({e.produto}): {ultimo}, próximo {e.proximo}.")
        relato += [f"   {frase}." for frase in e.achados or ["sem furos"]]
    return Resultado("conta numeracao", tuple(relato) or ("Não há contas.",), {"contas": [e._asdict() for e in exames]})


def _examinar(ctx: Contexto, conta: Conta) -> Exame:
    produto = COBRANCA if conta.produto == COBRANCA else DEBITO
    proximo = historia.proximo_nsa(ctx.livro, conta, produto)
    dela = [r for r in _valem(ctx, conta) if r.produto == produto]
    usados = sorted(r.nsa for r in dela)
    foram = [r.nsa for r in dela if r.transmitida_em or r.confirmada_em or r.situacao == "PROCESSADA"]
    ativas = [r for r in dela if r.situacao == "ATIVA"]
    return Exame(
        conta=conta.codigo,
        produto=produto,
        proximo=proximo,
        ultimo=max(usados, default=None),
        espera=max(foram) + 1 if foram else None,
        furos=_furos(usados),
        por_exportar=sorted(r.nsa for r in ativas if r.exportada_em is None),
        por_transmitir=sorted(r.nsa for r in ativas if r.exportada_em and r.nsa not in foram),
        furos_dos_retornos=_furos(sorted(_dos_retornos(ctx, conta, produto))),
    )


def _valem(ctx: Contexto, conta: Conta) -> list[Remessa]:
    return [r for r in remessas.listar(ctx.livro, banco=conta.banco)
            if r.convenio == conta.convenio and r.situacao != "DESCARTADA"]  # fmt: skip


def _dos_retornos(ctx: Contexto, conta: Conta, produto: str) -> set[int]:
    return {
        r.nsa
        for r in retornos.listar(ctx.livro)
        if r.nsa and (r.banco, r.convenio) == (conta.banco, conta.convenio)
        and (r.tipo == "DEBITO_150") == (produto == DEBITO)
    }  # fmt: skip


def _furos(usados: Sequence[int]) -> list[int]:
    """Os números que faltam entre o menor e o maior.

    >>> _furos([3, 4, 7])
    [5, 6]
    """
    furos: list[int] = []
    for antes, depois in pairwise(usados):
        furos += range(antes + 1, min(depois, antes + 1 + _FUROS_QUE_SE_CONTAM))
    return furos


def _lista(numeros: Sequence[int]) -> str:
    mais = f" e mais {len(numeros) - _MOSTRADOS}" if len(numeros) > _MOSTRADOS else ""
    return ", ".join(map(str, numeros[:_MOSTRADOS])) + mais


@retomando
@lendo("conta sequencia")
def ajustar(ctx: Contexto, cadastros: Cadastros, codigo: str, proximo: int, motivo: str, segredo: str) -> Resultado:
    """Muda o número do próximo arquivo da conta; só com o segredo do supervisor, e fica no diário.

    Raises:
        ErroDeRegra: ``conta.ausente``; ``numeracao.faixa``; ``numeracao.motivo``; ``numeracao.usado``, se uma remessa
            que vale já tem esse número ou um maior; os de ``exigir``.
    """
    conta = cadastros.contas.get(codigo)
    if conta is None:
        raise ErroDeRegra("conta.ausente", f"a conta {codigo} não está na aba Contas")
    exigir(ctx, segredo, "conta sequencia")
    return gravar(ctx, cadastros, _ajustar(ctx, conta, proximo, motivo))


def _ajustar(ctx: Contexto, conta: Conta, proximo: int, motivo: str) -> Meio:
    antes = _examinar(ctx, conta)
    _conferir(conta, antes, proximo, motivo)
    depois = {"conta": conta.codigo, "produto": antes.produto, "proximo": proximo, "motivo": motivo.strip()}
    registrar(ctx.livro, ctx.autor, "conta sequencia", antes={"proximo": antes.proximo}, depois=depois)
    remessas.definir_nsa(ctx.livro, conta.banco, conta.convenio, proximo - 1, antes.produto)
    yield
    resumo = f"Conta {conta.codigo}: o próximo arquivo levará {proximo}; levaria {antes.proximo}."
    relato = (resumo, "Está no diário, com o motivo.")
    return Resultado("conta sequencia", relato, {"conta": conta.codigo, "antes": antes.proximo, "proximo": proximo})


def _conferir(conta: Conta, antes: Exame, proximo: int, motivo: str) -> None:
    maximo = perfil(conta.banco).nsa_maximo if antes.produto == DEBITO else _MAIOR_NA_COBRANCA
    if not 1 <= proximo <= maximo:
        raise ErroDeRegra("numeracao.faixa", f"o próximo número vai de 1 a {maximo}")
    if not motivo.strip():
        raise ErroDeRegra("numeracao.motivo", "falta dizer por que se muda a numeração")
    if antes.ultimo is not None and proximo <= antes.ultimo:
        razao = f"a remessa de número {antes.ultimo} já existe; o próximo tem de ser maior"
        raise ErroDeRegra("numeracao.usado", razao)
