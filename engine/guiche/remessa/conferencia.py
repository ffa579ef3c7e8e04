"""O que se confere antes de gravar: o que falta, o que o layout não leva, o que se perderia."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from guiche.erros import ErroDeCampo, ErroDeRegra, Local, Problema
from guiche.layout.modelo import Registro
from guiche.remessa.chaves import catalogo
from guiche.remessa.derivadas import DERIVADAS, MENSAGENS
from guiche.remessa.especiais import INSTRUCOES
from guiche.remessa.numero_do_banco import numera
from guiche.remessa.quadro import PADROES, Quadro
from guiche.remessa.receita import Receita

_DO_NUMERO = {"carteira", "modalidade", "variacao", "parcela", "ano_nosso_numero", "byte_idt", "nosso_numero"}
_SO_INFORMAM = {"especie", "aceite", "pagador_bairro", "pagador_cidade", "pagador_uf", "sacador_documento",
                "sacador_bairro", "sacador_cidade", "sacador_uf", "sacador_cep", "pagador_ddd"}  # fmt: skip
_SO_AVISAM = {"pagador_email", "pagador_celular", "numero_documento_empresa", "chave_nfe", "sacador_endereco",
              "mensagens"}  # fmt: skip
_DESDE = {"juros_desde", "multa_desde"}
_SEM_PADRAO = re.compile(r"\{(\w+)(?:\+\w+)?(?::\d+)?\}")
"""O primeiro nome de cada pedaço de modelo que não tem outro no lugar."""
_UM_DIA = timedelta(days=1)


def usadas(receita: Receita, registros: Sequence[Registro]) -> set[str]:
    """As chaves que chegam a algum campo destes registros, também através de outras."""
    fila = [f.chave for r in registros for f in receita.fontes[r.codigo].values() if f.chave]
    achadas: set[str] = set()
    while fila:
        nome = fila.pop()
        if nome not in achadas:
            achadas.add(nome)
            fila += DERIVADAS[nome].de if nome in DERIVADAS else ()
            if nome.startswith("instrucao_") or nome == "prazo":
                fila += [chave for instrucao, chave in INSTRUCOES.items() if instrucao in receita.instrucoes]
                fila += ["multa_valor"] if "multa" in receita.instrucoes else []
    return achadas


def exigir(q: Quadro) -> None:
    """Recusa o título a que falta o que seu comando pede.

    Raises:
        ErroDeCampo: ``remessa.falta``, com a chave e o número do título.
    """
    _exigir_da_empresa(q)
    comandos = q.coluna("comando")
    for comando in {comandos.unico} if comandos.lista is None else set(comandos.lista):
        if comando not in q.receita.comandos:
            tem = ", ".join(q.receita.comandos)
            razao = f"comando {comando!r} não tem código em {q.receita.layout.apelido}; tem: {tem}"
            n = q.todos("comando").index(comando) + 1
            raise ErroDeRegra("remessa.sem_codigo", razao, local=Local(f"título {n}"))
        for nomes in q.receita.exige.get(comando, ()):
            _exigir_uma(q, comando, nomes.split("|"))
    _exigir_numeros(q)


def _exigir_uma(q: Quadro, comando: str, nomes: Sequence[str]) -> None:
    """O título a que se pede o comando tem de ter alguma das chaves."""
    colunas = [q.coluna(n) for n in nomes]
    if any(c.unico if c.lista is None else all(c.lista) for c in colunas):
        return
    for n, (pedido, *dados) in enumerate(zip(q.todos("comando"), *map(q.todos, nomes), strict=True), 1):
        if pedido == comando and not any(dados):
            raise ErroDeCampo(
                "remessa.falta", f"falta {' ou '.join(nomes)}, para {comando}", local=Local(f"título {n}")
            )


def _exigir_da_empresa(q: Quadro) -> None:
    sempre = [*q.receita.cabecalhos, q.receita.titulo, *q.receita.rodapes]
    modelos = "".join(f.modelo for r in sempre for f in q.receita.fontes[r.codigo].values())
    lidas = (usadas(q.receita, sempre) | set(_SEM_PADRAO.findall(modelos))) - set(q.receita.dispensa)
    verbetes = {**catalogo("titulo"), **catalogo("empresa")}
    for nome in sorted(n for n in lidas if n in verbetes and verbetes[n].exigida):
        coluna = q.coluna(nome)
        faltam = [n for n, valor in enumerate(q.todos(nome), 1) if not valor] if coluna.lista else [0]
        if faltam and not (coluna.lista is None and coluna.unico):
            ou = f" (ou {q.receita.se_falta[nome]})" if nome in q.receita.se_falta else ""
            onde = Local(f"título {faltam[0]}" if faltam[0] else "empresa")
            raise ErroDeCampo("remessa.falta", f"falta {nome}{ou}, que o layout leva", local=onde)
    for nome, tamanhos in q.receita.tamanhos.items():
        if len(q.coluna(nome).unico) not in tamanhos:
            razao = f"{nome} tem de ter {' ou '.join(map(str, tamanhos))} algarismos neste layout"
            raise ErroDeCampo("remessa.chave", razao, local=Local("empresa"))


def _exigir_numeros(q: Quadro) -> None:
    numeros = q.todos("nosso_numero")
    if all(n.strip("0") for n in numeros):
        return
    dados = (numeros, q.todos("carteira"), q.todos("emissor"), q.todos("comando"))
    for n, (numero, carteira, emissor, comando) in enumerate(zip(*dados, strict=True), 1):
        do_banco = q.receita.nosso_numero_do_banco and comando == "registrar" and numera(q, carteira, emissor)
        if not numero.strip("0") and not do_banco:
            raise ErroDeCampo("remessa.falta", "falta nosso_numero", local=Local(f"título {n}"))


def perdas(q: Quadro, registros: Sequence[Registro]) -> list[Problema]:
    """Avisos do que não vai ao banco; o que muda o que se cobra não se avisa: recusa-se.

    Raises:
        ErroDeRegra: ``remessa.sem_lugar``, com a chave.
    """
    chegam = usadas(q.receita, registros) | _DO_NUMERO | _SO_INFORMAM
    avisos = [*_mensagens_demais(q, chegam), *_avisos_da_empresa(q)]
    da_empresa = {n: q.coluna(n) for n in q.empresa if n in catalogo("titulo")}
    for nome, coluna in {**da_empresa, **q.dadas}.items():
        if nome in chegam or not coluna.alguma() or set(q.todos(nome)) == {PADROES.get(nome)}:
            continue
        if nome == "emissor" and all(numera(q, carteira, "") for carteira in q.todos("carteira")):
            continue  # a carteira já o diz
        if nome in _SO_AVISAM:
            texto = f"{nome} não vai ao banco: a remessa {q.receita.layout.por_extenso} não tem lugar para isso"
            avisos.append(Problema("remessa.nao_vai", texto, Local("remessa"), gravidade="aviso"))
        elif nome not in _DESDE or not _no_dia_seguinte(q, nome):
            razao = f"{nome}: a remessa {q.receita.layout.por_extenso} não tem lugar para isso"
            raise ErroDeRegra("remessa.sem_lugar", razao, local=Local(f"título {_primeiro(q, nome)}"))
    _descontos_demais(q)
    return avisos


def _avisos_da_empresa(q: Quadro) -> Iterator[Problema]:
    chegam = usadas(q.receita, [*q.receita.cabecalhos, *q.receita.rodapes])
    for n in (1, 2):
        if q.empresa.get(f"mensagem_{n}") and f"aviso_{n}" not in chegam:
            texto = f"mensagem_{n} da empresa não vai ao banco: o layout {q.receita.layout.apelido} não tem lugar"
            yield Problema("remessa.nao_vai", texto, Local("empresa"), gravidade="aviso")


def _primeiro(q: Quadro, nome: str) -> int:
    return next(n for n, valor in enumerate(q.todos(nome), 1) if valor)


def _no_dia_seguinte(q: Quadro, nome: str) -> bool:
    """Sem campo de data, o banco conta do dia depois do vencimento: só essa data se pode deixar de dizer."""
    return all(
        not dia or not vence or dia == vence + _UM_DIA
        for dia, vence in zip(q.todos(nome), q.todos("data_vencimento"), strict=True)
    )


def _descontos_demais(q: Quadro) -> None:
    cabem = int(q.receita.aceita.get("descontos", 0))
    for n, descontos in enumerate(q.todos("descontos"), 1):
        if len(descontos) > cabem:
            razao = f"descontos: o layout {q.receita.layout.apelido} leva {cabem} e o título tem {len(descontos)}"
            raise ErroDeRegra("remessa.sem_lugar", razao, local=Local(f"título {n}"))


def _mensagens_demais(q: Quadro, chegam: set[str]) -> Iterator[Problema]:
    lugares = sum(f"mensagem_{n}" in chegam for n in range(1, MENSAGENS + 1))
    disputa = bool({"sacador_ou_mensagem", "sacador_com_documento"} & chegam)
    if not q.coluna("mensagens").alguma() or not lugares:
        return
    for n, (mensagens, sacador) in enumerate(zip(q.todos("mensagens"), q.todos("sacador_nome"), strict=True), 1):
        cabem = lugares - (1 if disputa and sacador else 0)
        if len(mensagens) > cabem:
            texto = f"mensagens: cabem {cabem} e o título tem {len(mensagens)}; as últimas não vão"
            yield Problema("remessa.nao_vai", texto, Local(f"título {n}"), gravidade="aviso")
