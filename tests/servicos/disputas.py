"""Vários operadores disputam os mesmos cadastramentos, optantes e fechamentos, cada um num processo.

``python -m tests.servicos.disputas OPERADOR PASTA SEMENTE VEZES`` é um deles; escreve em JSON o que fez.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from guiche.dominio.encargos import dividir
from guiche.dominio.filtros import Filtros
from guiche.livro import arquivos, cadastramentos, remessas
from guiche.livro.cadastramentos import EXCLUSAO, INCLUSAO
from guiche.livro.conexao import Livro
from guiche.oficio.contexto import Contexto
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.decisao import decidir
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.fechamentos import atos as fechamentos
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import CONTA, HOJE, cliente, gravar_tabela, ler, montar, na, retorno, titulo
from tests.servicos.operadores import Ato, conferir_remessas, operador, para_todos

DIA = HOJE + timedelta(days=10)
CLIENTES, FECHAMENTOS = 12, 6
EXCLUI, CADASTRA, TROCA, SAI = range(4), range(4, 7), range(7, 9), range(9, 11)
"""O que o banco disse de cada cliente, ou o que ele mudou no cadastro; o último não muda."""
EMPRESA = {
    "codigo": "E1", "nome": "Associação", "cnpj": "11222333000181", "banco": "001", "agencia": "4321", "conta": "98765",
    "conta_dv": "4", "vendedor": "Rita", "comissao": 0.02,
}  # fmt: skip
VALOR, PERCENTUAL = 10_000, 200


def preparar(onde: Path, quantos: int) -> list[Path]:
    """O banco já excluiu uns optantes e cadastrou outros; uns trocaram de identificação, e outros querem sair."""
    pessoas = [cliente(f"C{n}", n + 1, empresa="E1") for n in range(CLIENTES)]
    devidos = [titulo(f"T{n}", DIA, "100.00", f"C{n}") for n in range(CLIENTES)]
    juntos = [
        titulo(f"F{f}-{n}", DIA, "100.00", f"C{n}", fechamento=f"F{f}") for f in range(FECHAMENTOS) for n in range(2)
    ]
    primeira = onde / "operador0"
    primeira.mkdir(parents=True)
    caminho = montar(
        primeira, clientes=pessoas, titulos=[*devidos, *juntos], contas=[CONTA], empresas=[EMPRESA],
        fechamentos=[{"codigo": f"F{f}", "empresa": "E1", "vencimento": DIA} for f in range(FECHAMENTOS)],
    )  # fmt: skip
    with na(caminho) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
    with na(caminho) as ctx:
        importar(ctx, _com_cadastramentos(arquivo, primeira / "banco.ret"), confirmar=True)
    _mudar_cadastro(caminho)
    return para_todos(caminho, quantos)


def _com_cadastramentos(remessa: Path, saida: Path) -> Path:
    """O retorno que não debitou ninguém e traz um registro B de cada cliente que o banco mudou."""
    *corpo, fecho = retorno(remessa, saida, ["01"] * CLIENTES).read_text("ascii").splitlines()
    enviadas = [linha for linha in remessa.read_text("ascii").splitlines() if linha[0] == "E"]
    for n in (*EXCLUI, *CADASTRA):
        movimento = EXCLUSAO if n in EXCLUI else INCLUSAO
        corpo.append(f"B{enviadas[n][1:42]}99{HOJE:%Y%m%d}".ljust(149) + str(movimento))
    linhas = [*corpo, f"Z{len(corpo) + 1:06d}{fecho[7:]}"]
    saida.write_bytes(("\r\n".join(linhas) + "\r\n").encode("ascii"))
    return saida


def _mudar_cadastro(caminho: Path) -> None:
    mudancas = {f"C{n}": {"id_no_debito": f"ID-{n}"} for n in TROCA}
    mudancas |= {f"C{n}": {"autorizacao_cancelada": HOJE} for n in SAI}  # type: ignore[dict-item]
    aberta = PastaEmArquivo(caminho)
    gravar_tabela(aberta, "clientes", [c | mudancas.get(c["codigo"], {}) for c in ler(caminho, "clientes")])
    aberta.salvar()


def _decidir(ctx: Contexto, acaso: random.Random) -> str:
    abertos = [c for c in cadastramentos.ultimos(ctx.livro, 99) if c.situacao == cadastramentos.A_DECIDIR]
    if not abertos:
        return "nada a decidir"
    c = acaso.choice(abertos[:3])
    decidir(ctx, c.retorno_id, c.seq, acaso.choice(["ACEITAR", "RECUSAR"]))
    return "decidir"


def _gerar(ctx: Contexto, acaso: random.Random) -> str:
    de = acaso.randrange(CLIENTES)
    feito = gerar(ctx, filtros=Filtros(cliente=(f"C{de}", f"C{min(de + 2, CLIENTES - 1)}")))
    return "gerar" if "remessa" in feito.dados else "nada a gerar"


def _fechar(ctx: Contexto, acaso: random.Random) -> str:
    feito = fechamentos.gerar(ctx, "", [f"F{acaso.randrange(FECHAMENTOS)}"])
    return "fechar" if "remessa" in feito.dados else "nada a fechar"


def _receber(ctx: Contexto, acaso: random.Random) -> str:
    fechamentos.receber_a_mao(ctx, f"F{acaso.randrange(FECHAMENTOS)}", dia=HOJE, baixar_em="CAIXA", conta="")
    return "receber"


def _importar(ctx: Contexto, acaso: random.Random) -> str:
    """O banco debita uns, recusa outros, e recusa as trocas das remessas de número par."""
    ativas = [r for r in remessas.listar(ctx.livro, situacoes=["ATIVA"], tipo="DEBITO") if r.linhas]
    if not ativas:
        return "nada a importar"
    r = acaso.choice(ativas)
    arquivo = ctx.pasta.caminho.parent / f"r{r.id}.rem"
    arquivo.write_bytes(arquivos.recuperar(ctx.livro, r.sha256))
    codigos = ["01" if (r.id + n) % 3 else "00" for n in range(r.linhas)]
    resposta = retorno(arquivo, arquivo.with_suffix(".ret"), codigos, nsa=r.id, registros="" if r.id % 2 else "H")
    importar(ctx, resposta, baixar_em="CAIXA", confirmar=True)
    return "importar"


ATOS: Sequence[Ato] = (_decidir, _decidir, _gerar, _gerar, _fechar, _fechar, _importar, _receber)
NOMES = {"decidir", "gerar", "fechar", "receber", "importar"}


def conferir_tudo(pastas: Sequence[Path]) -> None:
    """O que tem de valer por mais que se tenham cruzado."""
    for pasta in dict.fromkeys(pastas):
        with na(pasta) as ctx:
            atualizar(ctx)
    conferir_remessas(pastas)
    with na(pastas[0]) as ctx:
        _conferir_decisoes(ctx.livro)
        _conferir_pedidos(ctx.livro)
        _conferir_excluidos(ctx.livro)
        _conferir_baixas(ctx.livro)
    abas = ("remessas", "clientes", "cadastramentos", "fechamentos", "comissoes", "caixa", "diario")
    vistas = [[ler(pasta, aba) for aba in abas] for pasta in dict.fromkeys(pastas)]
    assert all(vista == vistas[0] for vista in vistas), "as pastas de trabalho não contam a mesma história"


def _conferir_decisoes(livro: Livro) -> None:
    """Cada cadastramento se decide uma vez, e o recusado põe um pedido na fila."""
    todos = [c for c in cadastramentos.ultimos(livro, 999) if c.registro == "B"]
    decididos = [c for c in todos if c.situacao != cadastramentos.A_DECIDIR]
    atos = livro.valor("SELECT COUNT(*) FROM ato WHERE tipo = 'decidir cadastramento'")
    assert atos == len(decididos), "cadastramento decidido duas vezes"
    recusados = sorted(c.cliente for c in decididos if c.situacao == cadastramentos.RECUSADO)
    pedidos = livro.consultar("SELECT cliente FROM pedido_cadastral WHERE registro = 'C' ORDER BY cliente")
    assert sorted(cliente_ for (cliente_,) in pedidos) == recusados, "recusa perdida ou repetida"


def _conferir_pedidos(livro: Livro) -> None:
    """Nos arquivos há uma linha C ou D por pedido enviado, e cada D é o único do seu cliente."""
    linhas = [
        linha for r in remessas.listar(livro)
        for linha in arquivos.recuperar(livro, r.sha256).decode("ascii").splitlines() if linha[0] in "CD"
    ]  # fmt: skip
    repetidas = [linha[:30] for linha, n in Counter(linhas).items() if n > 1]
    assert not repetidas, f"C ou D em dois arquivos: {repetidas}"
    enviados = livro.consultar("SELECT registro, cliente FROM pedido_cadastral WHERE situacao <> 'NA FILA'")
    assert Counter(linha[0] for linha in linhas) == Counter(registro for registro, _ in enviados)
    ds = Counter(cliente_ for registro, cliente_ in enviados if registro == "D")
    assert set(ds) <= {f"C{n}" for n in (*TROCA, *SAI)}
    assert all(n == 1 for n in ds.values()), f"D repetido: {ds}"


def _conferir_excluidos(livro: Livro) -> None:
    """Quem o banco excluiu não se debita enquanto não se decide, nem depois de aceita a exclusão."""
    debitados = livro.consultar(
        "SELECT l.cliente, c.situacao FROM linha l JOIN remessa m ON m.id = l.remessa_id"
        " JOIN cadastramento c ON c.cliente = l.cliente JOIN retorno r ON r.id = c.retorno_id"
        " WHERE l.movimento = 0 AND l.titulo LIKE 'T%' AND c.registro = 'B' AND c.movimento = 1 AND m.ato_id > r.ato_id"
        " AND (c.situacao <> 'RECUSADO' OR m.ato_id < c.decidido_ato)"
    )
    assert not debitados, f"debitado depois de excluído: {debitados}"


def _conferir_baixas(livro: Livro) -> None:
    """Nada se recebe além do que se deve, e a comissão de um fechamento é a do que dele se recebeu."""
    pagos: dict[str, int] = dict(livro.consultar("SELECT titulo, SUM(valor) FROM recebimento GROUP BY titulo"))
    assert all(int(soma) == VALOR for soma in pagos.values()), f"título pago duas vezes: {pagos}"
    for f in range(FECHAMENTOS):
        recebido = sum(int(soma) for numero, soma in pagos.items() if numero.startswith(f"F{f}-"))
        sql = "SELECT COUNT(*), SUM(base), SUM(valor) FROM comissao WHERE fechamento = ?"
        ((quantas, base, valor),) = livro.consultar(sql, (f"F{f}",))
        assert quantas == (1 if recebido else 0), f"o fechamento F{f} tem {quantas} comissões"
        assert (int(base or 0), int(valor or 0)) == (recebido, dividir(recebido * PERCENTUAL, 10_000))


if __name__ == "__main__":
    print(json.dumps(operador(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), ATOS)))
