"""O que o banco pede para homologar uma conta de cobrança: boletos de teste, a lista deles e o roteiro (I-08).

Os bancos pedem amostras com todos os dígitos que podem sair; aqui eles se procuram entre muitos boletos possíveis e se
fica com poucos que os mostrem todos. Nada vai ao livro e nenhum nosso número se gasta.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from guiche.boleto.calculo import Calculo, calcular
from guiche.boleto.entrada import entrada_do_calculo
from guiche.documentos.boleto import desenhar
from guiche.documentos.papel import Papel
from guiche.dominio.boletos import EstadoBoleto, Grupo
from guiche.dominio.cadastro import Cliente, Cobranca, Conta, Titulo
from guiche.dominio.dinheiro import para_reais
from guiche.erros import ErroDeRegra
from guiche.exame.contas import dos_boletos
from guiche.livro.boletos import Boleto
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos, encargos_de
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.faixa import maior_numero, o_banco_da
from guiche.oficio.resultado import Resultado, recusa
from guiche.planilha.lista import gravar_lista
from guiche.servicos.ato import lendo_contratos
from guiche.servicos.boletos.papel import em_json, papel, textos_da_emissao
from guiche.servicos.boletos.preparo import conferir_carteira

MARCA = "TESTE DE HOMOLOGAÇÃO – NÃO PAGÁVEL"
MINIMO = 10
"""Boletos que se mostram, mesmo que menos já bastassem."""
_PROCURADOS = 400
_MENOR, _MAIOR = 1_000, 5_000
"""Centavos: os testes ficam entre R$ 10 e R$ 50."""
_PRIMEIRO_VENCIMENTO = 10
COLUNAS = ("Nosso número", "Valor", "Vencimento", "DV do código", "DV do nosso número", "Último do campo livre",
           "Linha digitável", "Código de barras")  # fmt: skip
DIGITOS = ("DV do código de barras", "DV do nosso número", "último algarismo do campo livre")


class Amostra(NamedTuple):
    """Um boleto de teste."""

    numero: int
    centavos: int
    vencimento: date
    calculo: Calculo

    @property
    def digitos(self) -> tuple[str, str, str]:
        """O dígito do código de barras, o do nosso número e o último algarismo do campo livre."""
        return self.calculo.codigo_barras[4], self.calculo.nosso_numero_dv, self.calculo.campo_livre[-1]


@lendo_contratos("boletos")
def homologacao(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, conta: str) -> Resultado:
    """Faz a pasta ``homologacao-CONTA`` com o PDF, a lista e o roteiro.

    Raises:
        ErroDeRegra: ``conta.…``, ``boleto.sem_contrato`` ou ``boleto.nao_se_emite``.
    """
    escolhida = cadastros.conta(conta, "COBRANCA")
    if achados := dos_boletos(cadastros, contratos, escolhida, ctx.autor.hoje):
        return recusa("boletos", achados)
    cobranca = contratos.da_conta(escolhida)
    conferir_carteira(escolhida, cobranca)
    if o_banco_da(escolhida, cobranca):
        razao = f"na conta {escolhida.codigo} quem dá o nosso número é o banco: não há boletos de teste a mostrar"
        raise ErroDeRegra("boleto.nao_se_emite", razao)
    escolhidas = escolher(list(_candidatas(escolhida, cobranca, ctx.autor.hoje)))
    onde = ctx.pasta.caminho.parent / f"homologacao-{escolhida.codigo}"
    papeis = [_papel(ctx, a, escolhida, cobranca) for a in escolhidas]
    mostrados = [sorted({a.digitos[i] for a in escolhidas}) for i in range(len(DIGITOS))]
    pdf, lista = onde / "boletos.pdf", onde / "homologacao.xlsx"
    escrever_inteiro(pdf, desenhar(papeis))
    gravar_lista(lista, [("Boletos", COLUNAS, [_linha(a) for a in escolhidas]),
                         ("Roteiro", ("Passo", "O que fazer", "Feito em"), roteiro(escolhida, mostrados))])  # fmt: skip
    relato = [f"{len(escolhidas)} boletos de teste da conta {escolhida.codigo} em {onde.name}. Nada foi ao livro."]
    relato += [f"{nome}: {', '.join(filter(None, vistos)) or 'não há'}." for nome, vistos in _por_nome(mostrados)]
    dados = {"boletos": [a.calculo.linha_digitavel for a in escolhidas], "digitos": dict(_por_nome(mostrados))}
    return Resultado("homologação", tuple(relato), dados, arquivos=(pdf, lista))


def _por_nome(mostrados: Sequence[list[str]]) -> Iterator[tuple[str, list[str]]]:
    return zip(DIGITOS, mostrados, strict=True)


def _candidatas(conta: Conta, cobranca: Cobranca, hoje: date) -> Iterator[Amostra]:
    primeiro = cobranca.nn_inicio or 1
    for i in range(min(_PROCURADOS, maior_numero(conta, cobranca) - primeiro + 1)):
        centavos, vencimento = _MENOR + 37 * i % (_MAIOR - _MENOR), hoje + timedelta(days=_PRIMEIRO_VENCIMENTO + i % 30)
        entrada = entrada_do_calculo(conta, cobranca, primeiro + i, hoje)
        calculo = calcular(entrada | {"vencimento": vencimento, "centavos": centavos})
        yield Amostra(primeiro + i, centavos, vencimento, calculo)


def escolher(candidatas: Sequence[Amostra]) -> list[Amostra]:
    """Poucas amostras que mostram todos os dígitos que as candidatas mostram, por ordem de número."""
    faltam = {par for a in candidatas for par in enumerate(a.digitos)}
    ficam: list[Amostra] = []
    while faltam:
        melhor = max(candidatas, key=lambda a: len(faltam.intersection(enumerate(a.digitos))))
        ficam.append(melhor)
        faltam.difference_update(enumerate(melhor.digitos))
    outras = (a for a in candidatas if a not in ficam)
    while len(ficam) < min(MINIMO, len(candidatas)):
        ficam.append(next(outras))
    return sorted(ficam)


def _papel(ctx: Contexto, a: Amostra, conta: Conta, cobranca: Cobranca) -> Papel:
    """O papel de verdade, em nome da própria empresa, com a marca de teste."""
    pagador = Cliente._make([""] * len(Cliente._fields))._replace(nome=conta.empresa_nome, cpf_cnpj=conta.empresa_cnpj)
    titulo = Titulo._make([""] * len(Titulo._fields))._replace(numero="TESTE", vencimento=a.vencimento)
    grupo = Grupo("TESTE", a.vencimento, (("TESTE", a.centavos),), encargos_de(cobranca))
    entrada = entrada_do_calculo(conta, cobranca, a.numero, ctx.autor.hoje)
    dados = em_json(
        {"entrada": entrada, **textos_da_emissao(a.numero, pagador, cobranca, grupo, [(titulo, a.centavos)])}
    )
    boleto = Boleto(
        0, conta.codigo, conta.banco, conta.convenio, cobranca.carteira, a.numero, a.calculo.nosso_numero_formatado,
        "TESTE", a.vencimento.isoformat(), a.centavos, EstadoBoleto.A_REGISTRAR, "CLIENTE", a.calculo.codigo_barras,
        a.calculo.linha_digitavel, dados, ctx.autor.hoje.isoformat(), ctx.autor.usuario,
    )  # fmt: skip
    return papel(boleto, conta, cobranca)._replace(marca=MARCA)


def _linha(a: Amostra) -> tuple[object, ...]:
    c = a.calculo
    return (c.nosso_numero_formatado, para_reais(a.centavos), a.vencimento, *a.digitos, c.linha_digitavel,
            c.codigo_barras)  # fmt: skip


def roteiro(conta: Conta, mostrados: Sequence[list[str]]) -> list[tuple[int, str, str]]:
    """Os passos da homologação, para marcar."""
    passos = [
        f"Confira com o contrato: banco {conta.banco}, agência {conta.agencia}, conta {conta.conta}, convênio "
        f"{conta.convenio}, e na aba Cobrança a carteira, a espécie e a faixa de nossos números.",
        "Imprima boletos.pdf em laser ou jato de tinta, a 100 %, sem ajustar à página.",
        "Meça o código de barras: 103 mm por 13 mm, com 5 mm livres de cada lado.",
        "Leia cada código com um leitor ou com a câmera do aplicativo do banco e compare com a aba Boletos.",
        *(f"Veja que há amostra de cada {nome}: {', '.join(filter(None, vistos)) or 'não há'}."
          for nome, vistos in zip(DIGITOS, mostrados, strict=True)),
        "Mande ao banco boletos.pdf e esta pasta de trabalho. Não registre estes números em produção.",
        "Guarde a aprovação do banco por escrito e anote aqui a data.",
        "Só então gere boletos para clientes.",
    ]  # fmt: skip
    return [(n, passo, "") for n, passo in enumerate(passos, 1)]
