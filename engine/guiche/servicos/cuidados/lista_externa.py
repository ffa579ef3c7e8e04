"""Trazer títulos ou clientes de uma lista qualquer, com o que não se pôde ler numa aba à parte (I-26, S-104)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from guiche.dominio.cadastro import Cliente
from guiche.dominio.dinheiro import para_reais
from guiche.dominio.texto import transliterar
from guiche.erros import ErroDeRegra, Local, Problema
from guiche.exame.clientes import da_conta, do_endereco
from guiche.oficio.cadastros import Cadastros, lugares
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado, recusa
from guiche.planilha.esquema import Coluna, esquema
from guiche.planilha.lista_externa import Lista, ler_lista
from guiche.planilha.porta import Validada
from guiche.planilha.validacao import validar
from guiche.servicos.ato import lendo, refazer, retomando

A_DIZER = 20
"""Quantos avisos do cadastro se dizem um a um."""
_TABELAS = {"TITULOS": "titulos", "CLIENTES": "clientes"}


def importar_lista(ctx: Contexto, caminho: Path, para: str, colunas: str = "", *, confirmar: bool = False) -> Resultado:
    """Acha as colunas, confere cada linha e mostra o que entraria; com ``confirmar``, acrescenta as boas à aba.

    ``colunas`` casa à mão: ``valor=Vlr líquido; vencimento=Vence``. Linha cuja chave já está na aba não entra: se é
    igual conta-se, se difere aparece em Não importados. Nada do que já estava na aba muda.

    Raises:
        ErroDePlanilha: ``lista.formato`` ou ``lista.cabecalho``.
        ErroDeRegra: ``lista.colunas``, se o casamento não se entende.
    """
    ato = retomando(_importar_lista) if confirmar else _importar_lista
    return ato(ctx, caminho, _TABELAS[para or "TITULOS"], colunas, confirmar=confirmar)


def _importar_lista(ctx: Contexto, caminho: Path, tabela: str, colunas: str, *, confirmar: bool) -> Resultado:
    lista = ler_lista(caminho, tabela, _casadas(tabela, colunas))
    validada = validar(lista.folha)
    atual = validar(ctx.pasta.ler(tabela))
    if atual.problemas:
        return recusa("importar planilha", list(atual.problemas))
    novas, repetidas, diferentes = _separar(tabela, lista, validada.numeros, validada.linhas, atual.linhas)
    problemas = [*validada.problemas, *diferentes]
    ditos = [*_do_exame(tabela, lista, validada, novas), *validada.avisos]
    if confirmar:
        _acrescentar(ctx, tabela, novas)
        ctx.pasta.gravar("nao_importados", [(str(p.local), p.codigo, p.mensagem, p.fazer) for p in problemas])
        ctx.salvar()
        refazer(ctx)  # se as linhas novas têm problemas, entraram assim mesmo: o ato seguinte di-los
    contas = (len(novas), repetidas, len(problemas))
    return _relatar(caminho, tabela, lista, contas, [*problemas, *_ate_o_limite(ditos)], confirmar=confirmar)


def _do_exame(tabela: str, lista: Lista, validada: Validada, novas: Sequence[tuple[Any, ...]]) -> Iterator[Problema]:
    """O que no cadastro trazido impede cobrar: entra na aba assim mesmo, e diz-se."""
    if tabela != "clientes":
        return
    onde = lugares(lista.folha, [linha[0] for linha in validada.linhas], validada.numeros)
    for pagador in map(Cliente._make, novas):
        agencia, _, dv = pagador.agencia.partition("-")
        for razao in (da_conta(pagador._replace(agencia=agencia), dv, onde), do_endereco(pagador, onde)):
            if razao:
                yield Problema("cliente.cadastro", razao, Local(lista.folha.aba), gravidade="aviso")


def _ate_o_limite(ditos: Sequence[Problema]) -> list[Problema]:
    mais = len(ditos) - A_DIZER
    if mais <= 0:
        return list(ditos)
    resto = Problema("tabela.muitos_problemas", f"e mais {mais} assim", ditos[0].local, gravidade="aviso")
    return [*ditos[:A_DIZER], resto]


def _casadas(tabela: str, colunas: str) -> dict[str, str]:
    ids = esquema()[tabela].ids("operador")
    casadas = {}
    for par in filter(str.strip, colunas.split(";")):
        id_, igual, titulo = par.partition("=")
        if not igual or id_.strip() not in ids or not titulo.strip():
            razao = f"não se entende {par.strip()!r}; escreva coluna=cabeçalho, e as colunas são {', '.join(ids)}"
            raise ErroDeRegra("lista.colunas", razao)
        casadas[id_.strip()] = titulo.strip()
    return casadas


def _separar(
    tabela: str,
    lista: Lista,
    numeros: Sequence[int],
    linhas: Sequence[tuple[Any, ...]],
    atual: Sequence[tuple[Any, ...]],
) -> tuple[list[tuple[Any, ...]], int, list[Problema]]:
    """As novas, quantas já estavam iguais, e as que mudariam o que já está."""
    ids = esquema()[tabela].ids("operador")
    (chave,) = [i for i, c in enumerate(esquema()[tabela].colunas) if c.chave]
    trazidas = [ids.index(id_) for id_ in lista.achadas]
    conhecidas = {linha[chave]: linha for linha in atual}
    novas, repetidas, diferentes = [], 0, []
    for numero, linha in zip(numeros, linhas, strict=True):
        velha = conhecidas.get(linha[chave])
        if velha is None:
            novas.append(linha)
        elif all(velha[i] == linha[i] for i in trazidas):
            repetidas += 1
        else:
            onde = lista.folha.numeros.index(numero)
            local = _local(lista, onde, ids[chave])
            texto = f"{linha[chave]} já está na aba {esquema()[tabela].aba} com outros dados"
            diferentes.append(Problema("lista.diferente", texto, local, gravidade="aviso"))
    return novas, repetidas, diferentes


def _local(lista: Lista, onde: int, coluna: str) -> Local:
    return Local(lista.folha.aba, celula=lista.folha.celula(onde, coluna))


def _acrescentar(ctx: Contexto, tabela: str, novas: Sequence[tuple[Any, ...]]) -> None:
    """As linhas novas, depois da última; nas células vai o valor com tipo, e não como a lista o escrevia."""
    if not novas:
        return
    colunas = [c for c in esquema()[tabela].colunas if c.dono == "operador"]
    escritas = [tuple(_celula(c, v) for c, v in zip(colunas, linha, strict=True)) for linha in novas]
    numeros = ctx.pasta.ler(tabela).numeros
    if numeros:
        primeira = max(numeros) + 1
        ctx.pasta.atualizar(tabela, [c.id for c in colunas], dict(enumerate(escritas, primeira)))
        return
    resto = (None,) * (len(esquema()[tabela].colunas) - len(colunas))
    ctx.pasta.gravar(tabela, [(*linha, *resto) for linha in escritas])


def _celula(coluna: Coluna, valor: Any) -> Any:
    if valor is None or valor == "":
        return None
    if coluna.tipo == "valor":
        return para_reais(valor)
    if coluna.tipo == "percentual":
        return Decimal(valor).scaleb(-4)
    if coluna.tipo == "sim_nao":
        return "Sim" if valor else "Não"
    return valor


def _relatar(
    caminho: Path,
    tabela: str,
    lista: Lista,
    contas: tuple[int, int, int],
    problemas: Sequence[Problema],
    *,
    confirmar: bool,
) -> Resultado:
    novas, repetidas, ruins = contas
    titulos = {c.id: c.titulo for c in esquema()[tabela].colunas}
    relato = [
        f"{caminho.name}: {'importada' if confirmar else 'prévia, nada foi gravado ainda'}.",
        f"Linhas {'trazidas' if confirmar else 'a trazer'}: {novas}, na aba {esquema()[tabela].aba}. "
        f"Já estavam: {repetidas}. "
        f"Não se puderam ler: {ruins}.",
        "Colunas: " + "; ".join(f"{titulos[id_]} ← {titulo}" for id_, titulo in lista.achadas.items()) + ".",
    ]
    if lista.sobram:
        relato.append(f"Não se usaram: {', '.join(lista.sobram)}.")
    dados = {
        "tabela": tabela,
        "novas": novas,
        "repetidas": repetidas,
        "nao_importadas": ruins,
        "colunas": dict(lista.achadas),
        "sobram": list(lista.sobram),
        "confirmado": confirmar,
    }
    return Resultado("importar planilha", tuple(relato), dados, tuple(problemas))


@lendo("localizar cliente", com_titulos=False)
def localizar(_: Contexto, cadastros: Cadastros, parte: str) -> Resultado:
    """Os clientes cujo nome contém o texto, sem depender de acento nem de maiúscula (S-05)."""
    procurado = transliterar(parte).strip()
    if not procurado:
        raise ErroDeRegra("cliente.ausente", "escreva parte do nome do cliente")
    achados = sorted(
        (c for c in cadastros.clientes.values() if procurado in transliterar(c.nome)),
        key=lambda c: transliterar(c.nome),
    )
    linhas = [f"{c.codigo:>8}  {c.nome}" for c in achados] or [f"Nenhum cliente tem {parte!r} no nome."]
    dados: Mapping[str, Any] = {"clientes": [{"codigo": c.codigo, "nome": c.nome} for c in achados]}
    return Resultado("localizar cliente", tuple(linhas), dados)
