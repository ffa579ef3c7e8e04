"""Conferir, gerar e imprimir boletos (S-66..S-80, S-88, S-89)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from guiche.boleto.calculo import Calculo, calcular
from guiche.boleto.regras import banco
from guiche.documentos.boleto import desenhar
from guiche.documentos.papel import Papel
from guiche.dominio.boletos import EstadoBoleto
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.elegibilidade import Filtros
from guiche.erros import ErroDeRegra
from guiche.livro import boletos
from guiche.livro.atos import registrar
from guiche.livro.boletos import Boleto
from guiche.servicos import executores
from guiche.servicos.boletos.papel import entrada_do_calculo, papel, textos_da_emissao
from guiche.servicos.boletos.selecao import SelecaoDeBoletos, encargos_da, ler_cobrancas, selecionar
from guiche.servicos.cadastros import Cadastros, ler_cadastros
from guiche.servicos.contexto import Contexto
from guiche.servicos.gravacao import escrever_inteiro
from guiche.servicos.resultado import Resultado, recusa
from guiche.servicos.retomada import retomar
from guiche.servicos.vistas import atualizar_pasta

PAGINAS_POR_ARQUIVO = 5_000
_SEM_REGISTRO = {("001", "16"), ("001", "18")}
"""Carteiras que só serviam ao boleto sem registro, que já não existe."""
_POUCOS = 10
"""Por cento da faixa: abaixo disto se avisa que ela está no fim."""


class Saida(NamedTuple):
    """Como se quer o PDF."""

    forma: str = "a4"
    """``a4`` ou ``carne``."""
    nome: str = ""
    """Nome do arquivo, sem o fim; vazio: o da conta e dos números."""
    extras: tuple[str, ...] = ()
    """Linhas a mais no demonstrativo."""
    executor: str = ""
    """Onde desenhar quando são muitos arquivos: ver ``servicos/executores.py``."""


class Contratos(NamedTuple):
    """As contas da empresa e o que o contrato de boletos de cada uma diz."""

    contas: Mapping[str, Conta]
    cobrancas: Mapping[str, Cobranca]

    def do(self, boleto: Boleto) -> tuple[Conta, Cobranca]:
        """A conta e o contrato do boleto.

        Raises:
            ErroDeRegra: ``conta.ausente``, se a conta já não está na pasta de trabalho.
        """
        conta, cobranca = self.contas.get(boleto.conta), self.cobrancas.get(boleto.conta)
        if conta is None or cobranca is None:
            razao = f"a conta {boleto.conta}, do boleto {boleto.id}, não está nas abas Contas e Cobrança"
            raise ErroDeRegra("conta.ausente", razao)
        return conta, cobranca


def conferir(ctx: Contexto, conta: str, filtros: Filtros, *, juntar: bool) -> Resultado:
    """Mostra os boletos que se emitiriam e por que o resto fica fora. Não gasta nosso número (S-78)."""
    lidos = _ler(ctx)
    if isinstance(lidos, Resultado):
        return lidos
    cadastros, cobrancas = lidos
    selecao = selecionar(ctx, cadastros, cobrancas, conta, filtros, juntar=juntar)
    relato = [f"Conferência de boletos da conta {selecao.conta.codigo}: nada foi gravado.", *selecao.relato()]
    return Resultado("conferir boletos", tuple(relato), selecao.dados(), detalhar=selecao.detalhar)


def gerar(ctx: Contexto, conta: str, filtros: Filtros, *, juntar: bool, executor: str = "") -> Resultado:
    """Emite os boletos: livro, PDF, pasta de trabalho, nessa ordem. Nascem A REGISTRAR, e o papel o diz.

    Raises:
        ErroDeRegra: ``boleto.faixa``, se a faixa acabou; ``boleto.nao_se_emite``, se o banco ou a carteira não servem.
    """
    retomar(ctx)
    lidos = _ler(ctx)
    if isinstance(lidos, Resultado):
        return lidos
    cadastros, cobrancas = lidos
    contratos = Contratos(cadastros.contas, cobrancas)
    caminhos = _imprimir_pendentes(ctx, contratos)
    with ctx.livro.transacao():
        ctx.progresso("Escolhendo os títulos…")
        selecao = selecionar(ctx, cadastros, cobrancas, conta, filtros, juntar=juntar)
        emitidos = _emitir(ctx, selecao) if selecao.grupos else []
    if emitidos and selecao.cobranca.emissor != "BANCO":
        ctx.progresso("Desenhando os boletos…")
        caminhos += gravar_pdf(ctx, emitidos, contratos, Saida(executor=executor))
    ctx.progresso("Atualizando a pasta de trabalho…")
    atualizar_pasta(ctx, cadastros, conferencia=selecao.linhas_da_conferencia())
    dados = selecao.dados() | {"codigos": [b.id for b in emitidos]}
    return Resultado("gerar boletos", tuple(_relato(selecao, emitidos)), dados, arquivos=tuple(caminhos),
                     detalhar=selecao.detalhar)  # fmt: skip


def _imprimir_pendentes(ctx: Contexto, contratos: Contratos) -> list[Path]:
    """O PDF dos boletos que um ato interrompido emitiu e não chegou a desenhar."""
    pendentes = [b for b in boletos.listar(ctx.livro) if b.impresso_em is None and b.emissor != "BANCO"]
    return gravar_pdf(ctx, pendentes, contratos) if pendentes else []


def _ler(ctx: Contexto) -> tuple[Cadastros, Mapping[str, Cobranca]] | Resultado:
    cadastros = ler_cadastros(ctx.pasta)
    cobrancas, problemas = ler_cobrancas(ctx.pasta)
    if todos := [*cadastros.problemas, *problemas]:
        return recusa("boletos", todos)
    return cadastros, cobrancas


def _relato(selecao: SelecaoDeBoletos, emitidos: Sequence[Boleto]) -> list[str]:
    if not emitidos:
        return ["Nenhum título a cobrar: nada foi emitido.", *selecao.relato()]
    primeiro, ultimo = emitidos[0].nosso_numero, emitidos[-1].nosso_numero
    relato = [f"{len(emitidos)} boletos emitidos, nosso número {primeiro} a {ultimo}.", *selecao.relato()]
    relato.append("Ainda não se podem pagar: falta registrá-los no banco.")
    if aviso := aviso_da_faixa(selecao.cobranca, emitidos[-1].numero):
        relato.append(aviso)
    return relato


def _emitir(ctx: Contexto, selecao: SelecaoDeBoletos) -> list[Boleto]:
    conta, cobranca = selecao.conta, selecao.cobranca
    _conferir_carteira(conta, cobranca)
    numero = proximo_numero(ctx, conta, cobranca)
    _conferir_faixa(conta, cobranca, numero + len(selecao.grupos) - 1)
    base, hoje = boletos.primeiro_id(ctx.livro), ctx.autor.hoje
    emitidos, lacos = [], []
    for i, grupo in enumerate(selecao.grupos):
        titulos = [(selecao.titulos[n], parte) for n, parte in grupo.titulos]
        entrada = entrada_do_calculo(conta, cobranca, numero + i, hoje)
        textos = textos_da_emissao(selecao.clientes[grupo.cliente], cobranca, encargos_da(cobranca), titulos)
        calculo = _calcular(conta, entrada | {"vencimento": grupo.vencimento, "centavos": grupo.valor})
        dados = json.dumps({"entrada": entrada, **textos}, ensure_ascii=False)
        emitidos.append(Boleto(
            base + i, conta.codigo, conta.banco, conta.convenio, cobranca.carteira, numero + i,
            calculo.nosso_numero_formatado, grupo.cliente, grupo.vencimento.isoformat(), grupo.valor,
            EstadoBoleto.A_REGISTRAR, cobranca.emissor or "CLIENTE", calculo.codigo_barras, calculo.linha_digitavel,
            dados, ctx.autor.agora.isoformat(sep=" ", timespec="seconds"), ctx.autor.usuario,
        ))  # fmt: skip
        lacos += [(base + i, n, parte) for n, parte in grupo.titulos]
    resumo = {
        "conta": conta.codigo,
        "boletos": len(emitidos),
        "primeiro": numero,
        "centavos": sum(b.valor for b in emitidos),
    }
    ato = registrar(ctx.livro, ctx.autor, "gerar boletos", depois=resumo)
    boletos.emitir(ctx.livro, ato, emitidos, lacos)
    boletos.definir_ultimo(ctx.livro, conta.banco, conta.convenio, cobranca.carteira, emitidos[-1].numero)
    return emitidos


def _calcular(conta: Conta, entrada: Mapping[str, Any]) -> Calculo:
    calculo = calcular(entrada)
    if calculo.aviso:
        raise ErroDeRegra("boleto.nao_se_emite", f"conta {conta.codigo}: {calculo.aviso}")
    return calculo


def _conferir_carteira(conta: Conta, cobranca: Cobranca) -> None:
    if (conta.banco, cobranca.carteira) in _SEM_REGISTRO:
        razao = f"a carteira {cobranca.carteira} do banco {conta.banco} era do boleto sem registro, que já não existe"
        raise ErroDeRegra("boleto.nao_se_emite", razao)


def maior_numero(conta: Conta, cobranca: Cobranca) -> int:
    """O último nosso número que cabe: o fim da faixa, ou o que a variante do banco comporta."""
    if cobranca.nn_fim:
        return cobranca.nn_fim
    entrada = entrada_do_calculo(conta, cobranca, 1, date(2026, 1, 1))
    tamanho: int = 10 ** banco(conta.banco).variante(entrada).tamanho - 1
    return tamanho


def proximo_numero(ctx: Contexto, conta: Conta, cobranca: Cobranca) -> int:
    """O nosso número do próximo boleto do contrato."""
    ultimo = boletos.ultimo_numero(ctx.livro, conta.banco, conta.convenio, cobranca.carteira)
    return max(ultimo + 1, cobranca.nn_inicio or 1)


def _conferir_faixa(conta: Conta, cobranca: Cobranca, ultimo: int) -> None:
    limite = maior_numero(conta, cobranca)
    if ultimo > limite:
        raise ErroDeRegra("boleto.faixa", f"faltam {ultimo - limite} números na faixa da conta {conta.codigo}")


def aviso_da_faixa(cobranca: Cobranca, ultimo: int) -> str:
    """Aviso de faixa no fim; vazio se há folga, ou se o contrato não tem faixa."""
    if not cobranca.nn_fim:
        return ""
    restam, tamanho = cobranca.nn_fim - ultimo, cobranca.nn_fim - (cobranca.nn_inicio or 1) + 1
    if restam * 100 >= _POUCOS * tamanho:
        return ""
    return f"Atenção: restam {restam} números na faixa que o banco reservou; peça outra."


def gravar_pdf(
    ctx: Contexto,
    emitidos: Sequence[Boleto],
    contratos: Contratos,
    saida: Saida | None = None,
) -> list[Path]:
    """Desenha os boletos e grava o PDF inteiro, ou mais de um se são muitos; anota a impressão."""
    saida = saida or Saida()
    pasta = ctx.pasta.caminho.parent
    lotes, caminhos = [], []
    for i in range(0, len(emitidos), PAGINAS_POR_ARQUIVO):
        lote = emitidos[i : i + PAGINAS_POR_ARQUIVO]
        papeis = [papel(b, *contratos.do(b), saida.extras) for b in lote]
        lotes.append((papeis, saida.forma, _logotipo(pasta, contratos.do(lote[0])[1])))
        base = saida.nome or f"boletos-{lote[0].conta}-{lote[0].numero}-{lote[-1].numero}"
        parte = f"-{i // PAGINAS_POR_ARQUIVO + 1}" if saida.nome and i else ""
        caminhos.append(pasta / "boletos" / f"{base}{parte}.pdf")
    with executores.executor(saida.executor if len(lotes) > 1 else "") as onde:
        for caminho, pdf in zip(caminhos, executores.mapear(onde, _desenhar, lotes), strict=True):
            escrever_inteiro(caminho, pdf)
    with ctx.livro.transacao():
        momento = ctx.autor.agora.isoformat(sep=" ", timespec="seconds")
        boletos.anotar_impressos(ctx.livro, (b.id for b in emitidos), momento)
    return caminhos


def _desenhar(papeis: Sequence[Papel], forma: str, logo: bytes | None) -> bytes:
    return desenhar(papeis, forma, logo=logo)


def _logotipo(pasta: Path, cobranca: Cobranca) -> bytes | None:
    if not cobranca.logotipo:
        return None
    caminho = pasta / cobranca.logotipo
    try:
        return caminho.read_bytes()
    except OSError as erro:
        raise ErroDeRegra("boleto.logotipo", f"o logotipo {cobranca.logotipo} não se abre: {erro.strerror}") from erro
