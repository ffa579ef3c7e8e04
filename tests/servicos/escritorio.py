"""Um escritório de mentira, mês a mês, pelos atos de verdade: ``python -m tests.servicos.escritorio ONDE --meses 3``.

Cada mês traz a lista de títulos, manda os débitos e os boletos ao banco, importa o que o banco de faz de conta
responde, recebe no balcão e decide divergências. O mesmo feitio dá sempre o mesmo escritório.

Fala com o Guichê só pelos comandos, e com a pasta de trabalho só por ``guiche.planilha``: serve a qualquer versão
que se ponha no caminho do Python.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

NOME = "Cobrança.xlsx"
DO_DEBITO = ("--codigos", "ZZ,01,01", "--parcelas", "00=96,01=3,05=1")
"""O que o banco responde aos débitos: aos três primeiros, um código que não existe e dois sem saldo; ao resto, quase
sempre que debitou."""
ABERTO_A_CADA, REJEITADO_A_CADA = 25, 90
"""De quantos em quantos boletos o banco deixa um por pagar, e de quantos em quantos recusa um."""
CONTAS: tuple[Mapping[str, Any], ...] = (
    {"codigo": "BB1", "produto": "DEBITO", "banco": "001", "agencia": "1234", "conta": "56789", "conta_dv": "2",
     "convenio": "654321", "empresa_nome": "FARMACIA MODELO LTDA", "layout_versao": "05", "ativa": "Sim"},
    {"codigo": "ITAU1", "produto": "COBRANCA", "banco": "341", "agencia": "0057", "conta": "12345", "conta_dv": "7",
     "convenio": "1", "empresa_nome": "FARMÁCIA MODELO LTDA", "empresa_cnpj": "11222333000181", "ativa": "Sim"},
)  # fmt: skip
CONTRATO: Mapping[str, Any] = {
    "conta": "ITAU1", "carteira": "109", "multa": 0.02, "juros": 0.01, "formato": "CNAB400", "endereco": "Rua A, 1",
}  # fmt: skip
MORADA = {"endereco": "Rua B, 2", "bairro": "Centro", "cidade": "Campinas", "uf": "SP", "cep": "13000-000"}

Comando = Callable[..., dict[str, Any]]
"""Executa um ato, dito como na linha de comando, e devolve o que ele respondeu."""


class Feitio(NamedTuple):
    """De que tamanho é o escritório."""

    meses: int = 24
    debitos: int = 1_200
    """Títulos por mês que vão a débito automático."""
    boletos: int = 400
    """Títulos por mês que se cobram por boleto."""
    por_cliente: int = 1
    """Quantos títulos por mês tem cada cliente."""

    @property
    def optantes(self) -> int:
        """Quantos clientes são optantes do débito."""
        return -(-self.debitos // self.por_cliente)

    def cliente(self, n: int) -> int:
        """Número do cliente do n-ésimo título do mês, contado de 1: primeiro os do débito."""
        if n <= self.debitos:
            return 1 + (n - 1) // self.por_cliente
        return self.optantes + 1 + (n - self.debitos - 1) // self.por_cliente


class Titulo(NamedTuple):
    """Um título da lista que chega."""

    numero: str
    cliente: str
    vencimento: date
    centavos: int


class Escritorio(NamedTuple):
    """Uma pasta de trabalho e quem a comanda."""

    pasta: Path
    feitio: Feitio
    guiche: Comando

    def fazer(self, ato: str, *dados: str, hoje: date) -> dict[str, Any]:
        """Um ato sobre a pasta de trabalho; ``ato`` são as palavras do comando."""
        return self.guiche(*ato.split(), str(self.pasta), *dados, "--hoje", hoje.isoformat())


def primeiro_dia(mes: int) -> date:
    """O primeiro dia do mês contado de 1: o primeiro é setembro de 2024."""
    ano, fora = divmod(8 + mes - 1, 12)
    return date(2024 + ano, fora + 1, 1)


def clientes(feitio: Feitio) -> Iterator[dict[str, Any]]:
    """Os optantes do débito, e depois os dos boletos."""
    for n in range(1, feitio.cliente(feitio.debitos + feitio.boletos) + 1):
        do_banco = (
            {"optante": "Sim", "banco": "001", "agencia": "0101", "conta": f"{1000 + n}", "conta_dv": _digito(1000 + n)}
            if n <= feitio.optantes else {"optante": "Não"}
        )  # fmt: skip
        yield {"codigo": f"C{n:06d}", "nome": f"Cliente {n}", "cpf_cnpj": _cpf(n), **do_banco, **MORADA}


def titulos(feitio: Feitio, mes: int) -> list[Titulo]:
    """Os títulos que vencem no mês, do dia 12 ao 25: os do débito, e depois os dos boletos."""
    dia = primeiro_dia(mes)
    return [
        Titulo(f"M{mes:03d}-{n:06d}", f"C{feitio.cliente(n):06d}", dia.replace(day=12 + n % 14),
               2_000 + (n * 37 + mes * 11) % 90_000)
        for n in range(1, feitio.debitos + feitio.boletos + 1)
    ]  # fmt: skip


def em_lista(caminho: Path, devidos: Sequence[Titulo]) -> Path:
    """Escreve a lista que outro programa mandaria: um .csv de ponto e vírgula."""
    with caminho.open("w", encoding="utf-8", newline="") as saida:
        escrita = csv.writer(saida, delimiter=";")
        escrita.writerow(("Número", "Cliente", "Vencimento", "Valor"))
        for t in devidos:
            reais = f"{t.centavos // 100},{t.centavos % 100:02d}"
            escrita.writerow((t.numero, t.cliente, f"{t.vencimento:%d/%m/%Y}", reais))
    return caminho


def fundar(onde: Path, feitio: Feitio, guiche: Comando) -> Escritorio:
    """A pasta de trabalho com as contas e os clientes, sem nenhum título."""
    onde.mkdir(parents=True, exist_ok=True)
    pasta = onde / NOME
    guiche("novo", str(pasta))
    preencher(pasta, {"contas": CONTAS, "cobranca": [CONTRATO], "clientes": list(clientes(feitio))})
    return Escritorio(pasta, feitio, guiche)


def preencher(pasta: Path, tabelas: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Escreve as tabelas do operador, como se ele as colasse."""
    from guiche.planilha.arquivo import PastaEmArquivo
    from guiche.planilha.esquema import esquema

    aberta = PastaEmArquivo(pasta)
    for tabela, linhas in tabelas.items():
        ids = esquema()[tabela].ids()
        aberta.gravar(tabela, [tuple(linha.get(i) for i in ids) for linha in linhas])
    aberta.salvar()


def viver_um_mes(e: Escritorio, mes: int) -> None:
    """A lista entra, débitos e boletos vão ao banco, as respostas voltam, e o balcão recebe."""
    dia = primeiro_dia(mes)
    trazer(e, titulos(e.feitio, mes), dia)
    if e.feitio.debitos:
        _debitar(e, dia)
    if e.feitio.boletos:
        _cobrar(e, dia)


def trazer(e: Escritorio, devidos: Sequence[Titulo], dia: date) -> None:
    """Põe os títulos na aba, vindos de uma lista."""
    lista = em_lista(e.pasta.with_name("lista.csv"), devidos)
    e.fazer("importar-planilha", str(lista), "--para", "TITULOS", "--confirmar", hoje=dia)


def _debitar(e: Escritorio, dia: date) -> None:
    remessa = enviar(e, "gerar", dia.replace(day=2))
    feito = responder(e, remessa, dia.replace(day=26), DO_DEBITO)
    for linha in feito["dados"]["linhas"][1:3]:
        receber(e, linha["titulo"], dia.replace(day=27))
    decidir(e, feito, dia.replace(day=27))


def _cobrar(e: Escritorio, dia: date) -> None:
    e.fazer("boletos gerar", hoje=dia.replace(day=2))
    remessa = enviar(e, "boletos remessa", dia.replace(day=2))
    responder(e, remessa, dia.replace(day=3), dos_boletos(e.feitio))


def dos_boletos(feitio: Feitio) -> tuple[str, ...]:
    """O que o banco responde: num dia registra, no outro paga. Diz-se um a um, que o acaso depende do id do livro."""
    codigos = [
        "REJEITADO" if n % REJEITADO_A_CADA == 1 else "ABERTO" if n % ABERTO_A_CADA == 0 else "PAGO"
        for n in range(feitio.boletos)
    ]
    return ("--dias", "2", "--codigos", ",".join(codigos), "--parcelas", "PAGO=100")


def enviar(e: Escritorio, ato: str, dia: date) -> Path:
    """Gera uma remessa, marca-a como transmitida e diz em que arquivo está."""
    gerada = e.fazer(ato, hoje=dia)
    e.fazer("remessas transmitida", str(gerada["dados"]["remessa"]), hoje=dia)
    return Path(gerada["arquivos"][-1])


def retornos_de(e: Escritorio, remessa: Path, dia: date, como: Sequence[str]) -> list[str]:
    """Os arquivos com que o banco de faz de conta responde à remessa; ``como`` são opções de ``banco-simulado``."""
    onde = ("--saida", str(remessa.with_suffix(".ret")), "--hoje", dia.isoformat())
    feito = e.guiche("banco-simulado", str(remessa), *onde, *como)
    return list(feito["arquivos"])


def responder(e: Escritorio, remessa: Path, dia: date, como: Sequence[str]) -> dict[str, Any]:
    """Faz os retornos e os importa, um por dia; devolve o que disse o último ato."""
    feito: dict[str, Any] = {}
    for n, arquivo in enumerate(retornos_de(e, remessa, dia, como)):
        feito = e.fazer("importar", arquivo, "--ensaio", "--confirmar", hoje=dia + timedelta(days=n))
    return feito


def receber(e: Escritorio, titulo: str, dia: date) -> dict[str, Any]:
    """Recebe dez reais no balcão."""
    return e.fazer("titulo receber", titulo, "--valor", "10,00", "--baixar-em", "CAIXA", hoje=dia)


def decidir(e: Escritorio, importado: Mapping[str, Any], dia: date) -> dict[str, Any]:
    """Ignora a divergência da primeira resposta do retorno: o código que não existe."""
    dados = importado["dados"]
    onde = (str(dados["codigo"]), str(dados["linhas"][0]["linha"]))
    return e.fazer("divergencias decidir", *onde, "--decisao", "IGNORAR", "--motivo", "código estranho", hoje=dia)


def aqui(*argumentos: str) -> dict[str, Any]:
    """Executa o ato neste mesmo processo.

    Raises:
        RuntimeError: o ato recusou; a mensagem é a sua resposta.
    """
    from guiche.cli import main as guiche

    dito, erros = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(dito), contextlib.redirect_stderr(erros):
        saida = guiche([*argumentos, "--json"])
    if saida:
        raise RuntimeError(f"guiche {' '.join(argumentos)[:200]}: {dito.getvalue()}{erros.getvalue()}")
    feito: dict[str, Any] = json.loads(dito.getvalue())
    return feito


def viver(
    onde: Path, feitio: Feitio, guiche: Comando = aqui, ao_fim: Callable[[int], None] | None = None
) -> Escritorio:
    """O escritório inteiro; ``ao_fim`` se chama com o número de cada mês que acaba."""
    e = fundar(onde, feitio, guiche)
    for mes in range(1, feitio.meses + 1):
        viver_um_mes(e, mes)
        if ao_fim:
            ao_fim(mes)
    return e


def _digito(conta: int) -> str:
    """O dígito de conta do Banco do Brasil: módulo 11, pesos de 2 a 9 da direita; dez é X."""
    resto = sum(int(c) * (2 + i % 8) for i, c in enumerate(reversed(str(conta)))) % 11
    return {0: "0", 1: "X"}.get(resto, str(11 - resto))


def _cpf(n: int) -> str:
    """CPF de dígitos certos a partir de um número de série."""
    base = f"9{n:08d}"
    for _ in range(2):
        resto = sum(int(c) * (len(base) + 1 - i) for i, c in enumerate(base)) % 11
        base += str(0 if resto < 2 else 11 - resto)
    return base


def main() -> int:
    """Monta o escritório que se pede."""
    leitor = argparse.ArgumentParser(prog="tests.servicos.escritorio", description=__doc__)
    leitor.add_argument("onde", type=Path, help="a pasta, vazia ou nova, em que ele fica")
    for nome, quantos in Feitio()._asdict().items():
        leitor.add_argument(f"--{nome.replace('_', '-')}", type=int, default=quantos)
    leitor.add_argument("--foto", type=int, action="append", default=[], metavar="MES",
                        help="guarda ao lado uma cópia da pasta como fica no fim do mês: ONDE-MES")  # fmt: skip
    pedido = leitor.parse_args()

    def fotografar(mes: int) -> None:
        if mes in pedido.foto:
            shutil.copytree(pedido.onde, foto(pedido.onde, mes))

    viver(pedido.onde, Feitio(**{nome: getattr(pedido, nome) for nome in Feitio._fields}), ao_fim=fotografar)
    return 0


def foto(onde: Path, mes: int) -> Path:
    """Onde fica a cópia do fim do mês."""
    return onde.with_name(f"{onde.name}-{mes}")


if __name__ == "__main__":
    sys.exit(main())
