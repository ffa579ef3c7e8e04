"""O que se tira das chaves do título: tipo e valor de juros e multa, cada desconto, cada mensagem, o prazo.

Dinheiro e percentuais saem em ``dez_mil`` (quatro casas), para que o campo do banco os diga com as suas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from guiche.dominio.cpf_cnpj import tipo as tipo_do_documento
from guiche.dominio.encargos import dividir
from guiche.erros import ErroDeRegra
from guiche.remessa.colunas import DEZ_MIL

_CPF, _CEM = 11, 100
_DIAS_DO_MES = 30
_INTEIRO = 1_000_000
"""Cem por cento em percentual de quatro casas."""
_REDONDOS = (10_000, 1_000, 100)
"""Percentual inteiro, com uma casa e com duas: entre os que dão os mesmos centavos, o mais redondo é o combinado."""
_LARGURA_DO_NOME = 21
_UM_DIA = timedelta(days=1)
_EVP = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Derivada(NamedTuple):
    """Uma chave que sai de outras."""

    tipo: str
    de: tuple[str, ...]
    conta: Callable[..., Any]


def tipo_de_inscricao(documento: str) -> str:
    """1 para CPF, 2 para CNPJ, vazio sem documento.

    >>> tipo_de_inscricao("12ABC34501DE35"), tipo_de_inscricao("")
    ('2', '')
    """
    return ("1" if len(documento) == _CPF else "2") if documento else ""


def juros(ao_dia: int, ao_mes: int, valor: int, aceita: Sequence[str]) -> tuple[str, int]:
    """O tipo (``dia``, ``mes``, ``isento``) e o valor, no que o banco aceita.

    De mês para dia arredonda-se o centavo, como no boleto; de dia para mês, só se a volta dá os mesmos centavos.

    Raises:
        ErroDeRegra: ``remessa.juros``, se o que o banco aceita não diz estes juros.

    >>> juros(0, 100, 19990, ("dia",)), juros(7, 0, 19990, ("mes",))
    (('dia', 700), ('mes', 10505))
    """
    if not ao_dia and not ao_mes:
        return "isento", 0
    if ao_dia and "dia" in aceita:
        return "dia", ao_dia * _CEM
    if ao_mes and "mes" in aceita:
        return "mes", ao_mes * _CEM
    if "dia" in aceita and (centavos := dividir(valor * ao_mes * _CEM, _INTEIRO * _DIAS_DO_MES)):
        return "dia", centavos * _CEM
    if "mes" in aceita and valor:
        taxa = dividir(ao_dia * _DIAS_DO_MES * _INTEIRO, valor)
        if dividir(valor * taxa, _INTEIRO * _DIAS_DO_MES) == ao_dia:
            return "mes", taxa
    razao = (
        "juros: o layout só os leva em centavos por dia, e num dia não chegam a um centavo" if "dia" in aceita
        else "juros: o layout só os leva em taxa ao mês, e nenhuma dá estes centavos por dia" if "mes" in aceita
        else "juros: o layout não os leva"
    )  # fmt: skip
    raise ErroDeRegra("remessa.juros", razao)


def multa(centavos: int, percentual: int, valor: int, aceita: Sequence[str]) -> tuple[str, int]:
    """O tipo (``valor``, ``percentual``, ``isento``) e o valor, no que o banco aceita.

    Raises:
        ErroDeRegra: ``remessa.multa``, se o layout só leva percentual e nenhum dá estes centavos, ou não leva multa.

    >>> multa(400, 0, 19990, ("percentual",)), multa(2, 0, 123, ("percentual",)), multa(0, 200, 19990, ("valor",))
    (('percentual', 20000), ('percentual', 20000), ('valor', 40000))
    """
    if not centavos and not percentual:
        return "isento", 0
    if centavos and "valor" in aceita:
        return "valor", centavos * _CEM
    if percentual and "percentual" in aceita:
        return "percentual", percentual * _CEM
    if "valor" in aceita and (parte := dividir(valor * percentual * _CEM, _INTEIRO)):
        return "valor", parte * _CEM
    if "percentual" in aceita and valor:
        for casas in _REDONDOS:
            taxa = dividir(centavos * _INTEIRO, valor * casas) * casas
            if dividir(valor * taxa, _INTEIRO) == centavos:
                return "percentual", taxa
    so = " ou ".join(aceita)
    razao = f"o layout só a leva em {so}, e esta não cabe assim" if so else "o layout não a leva"
    raise ErroDeRegra("remessa.multa", f"multa: {razao}")


def desde(dia: date | None, tipo: str, vencimento: date | None) -> date | None:
    """De quando conta um encargo: o dia dado, ou o seguinte ao vencimento; nada se ele não há."""
    if tipo == "isento":
        return None
    return dia or (vencimento + _UM_DIA if vencimento else None)


def abatimento_ou_multa(abatimento: int, taxa: int, dia: date | None, comando: str) -> int:
    """O campo que na entrada leva a data e o percentual da multa (DDMMAA, 99v99, 000), e senão o abatimento.

    Raises:
        ErroDeRegra: ``remessa.multa``, se pedem os dois, ou a multa não vai na entrada ou tem mais casas.

    >>> abatimento_ou_multa(0, 20000, date(2026, 12, 21), "registrar"), abatimento_ou_multa(500, 0, None, "registrar")
    (2112260200000, 500)
    """
    if not taxa or dia is None:
        return abatimento
    centesimos, sobra = divmod(taxa, _CEM)
    razao = (
        "o layout só leva um dos dois, abatimento ou multa" if abatimento
        else "só vai na entrada do título" if comando != "registrar"
        else "o layout a leva até 99,99 %, com duas casas" if sobra or centesimos >= _CEM * _CEM
        else ""
    )  # fmt: skip
    if razao:
        raise ErroDeRegra("remessa.multa", f"multa: {razao}")
    return int(f"{dia:%d%m%y}{centesimos:04d}000")


def protesto(protesto_dias: int, negativacao_dias: int) -> str:
    """``protestar``, ``negativar`` ou ``nao``.

    Raises:
        ErroDeRegra: ``remessa.protesto``, se pedem os dois.
    """
    if protesto_dias and negativacao_dias:
        raise ErroDeRegra("remessa.protesto", "protesto_dias e negativacao_dias não vão juntos")
    return "protestar" if protesto_dias else "negativar" if negativacao_dias else "nao"


def prazo_de_baixa(dias: int, protesto: int, sem_protesto: Sequence[int]) -> int:
    """Os dias para a baixa: os pedidos, ou os do banco que sem protesto não aceita ficar sem ela.

    >>> prazo_de_baixa(0, 0, [999]), prazo_de_baixa(0, 5, [999]), prazo_de_baixa(30, 0, [999]), prazo_de_baixa(0, 0, ())
    (999, 0, 30, 0)
    """
    return dias or (0 if protesto else next(iter(sem_protesto), 0))


def pix(chave: str) -> str:
    """O tipo da chave Pix: ``cpf``, ``cnpj``, ``celular``, ``email``, ``evp``, ou vazio sem chave.

    Raises:
        ErroDeRegra: ``remessa.pix``, se a chave não tem forma de nenhum.

    >>> pix("+5511987654321"), pix("a@b.com"), pix("123e4567-e12b-12d1-a456-426655440000")
    ('celular', 'email', 'evp')
    """
    if not chave:
        return ""
    if chave.startswith("+"):
        return "celular"
    if "@" in chave:
        return "email"
    if _EVP.fullmatch(chave):
        return "evp"
    if documento := tipo_do_documento(chave):
        return documento.lower()
    raise ErroDeRegra(
        "remessa.pix", "pix_chave não tem forma de CPF, CNPJ, celular com +55, e-mail nem chave aleatória"
    )


def _sacador_com_documento(nome: str, documento: str, mensagem: str) -> str:
    if not nome:
        return mensagem
    rotulo = ("CPF" if len(documento) == _CPF else "CNPJ") if documento else ""
    return f"{nome[:_LARGURA_DO_NOME]:<{_LARGURA_DO_NOME}} {rotulo}{documento}".rstrip()


def _quinze(documento: str) -> str:
    """CPF ou CNPJ em quinze posições: o CPF leva quatro zeros no lugar da filial."""
    return f"{documento[:9]}0000{documento[9:]}" if len(documento) == _CPF else documento.rjust(15, "0")


def _primeiro(par: tuple[Any, Any]) -> Any:
    return par[0]


def _segundo(par: tuple[Any, Any]) -> Any:
    return par[1]


DERIVADAS: dict[str, Derivada] = {
    "empresa_tipo": Derivada("codigo", ("empresa_documento",), tipo_de_inscricao),
    "pagador_tipo": Derivada("codigo", ("pagador_documento",), tipo_de_inscricao),
    "sacador_tipo": Derivada("codigo", ("sacador_documento",), tipo_de_inscricao),
    "sacador_ha": Derivada("codigo", ("sacador_nome",), lambda nome: "sim" if nome else "nao"),
    "sacador_ou_mensagem": Derivada("nome", ("sacador_nome", "mensagem_1"), lambda nome, m: nome or m),
    "sacador_com_documento": Derivada(
        "nome", ("sacador_nome", "sacador_documento", "mensagem_1"), _sacador_com_documento
    ),
    "sacador_documento_e_nome": Derivada(
        "nome", ("sacador_documento", "sacador_nome"), lambda d, n: f"{_quinze(d)}  {n}" if n else ""
    ),
    "juros": Derivada("par", ("juros_ao_dia", "juros_ao_mes", "valor_titulo", "aceita:juros"), juros),
    "juros_tipo": Derivada("codigo", ("juros",), _primeiro),
    "juros_valor": Derivada(DEZ_MIL, ("juros",), _segundo),
    "juros_data": Derivada("data", ("juros_desde", "juros_tipo", "data_vencimento"), desde),
    "juros_dia": Derivada(DEZ_MIL, ("juros",), lambda j: j[1] if j[0] == "dia" else 0),
    "juros_mes": Derivada(DEZ_MIL, ("juros",), lambda j: j[1] if j[0] == "mes" else 0),
    "a_multa": Derivada("par", ("multa", "multa_percentual", "valor_titulo", "aceita:multa"), multa),
    "multa_tipo": Derivada("codigo", ("a_multa",), _primeiro),
    "multa_valor": Derivada(DEZ_MIL, ("a_multa",), _segundo),
    "multa_data": Derivada("data", ("multa_desde", "multa_tipo", "data_vencimento"), desde),
    "multa_centavos": Derivada(DEZ_MIL, ("a_multa",), lambda m: m[1] if m[0] == "valor" else 0),
    "multa_taxa": Derivada(DEZ_MIL, ("a_multa",), lambda m: m[1] if m[0] == "percentual" else 0),
    "abatimento_ou_multa": Derivada(
        "inteiro", ("abatimento", "multa_taxa", "multa_data", "comando"), abatimento_ou_multa
    ),
    "protesto_tipo": Derivada("codigo", ("protesto_dias", "negativacao_dias"), protesto),
    "protesto_prazo": Derivada("inteiro", ("protesto_dias", "negativacao_dias"), lambda p, n: p or n),
    "baixa_prazo": Derivada("inteiro", ("baixa_dias", "protesto_dias", "aceita:baixa_sem_protesto"), prazo_de_baixa),
    "baixa_tipo": Derivada("codigo", ("baixa_prazo",), lambda dias: "baixar" if dias else "nao"),
    "pix_tipo": Derivada("codigo", ("pix_chave",), pix),
    "ano": Derivada(
        "codigo",
        ("ano_nosso_numero", "data_emissao"),
        lambda ano, dia: ano[-2:].zfill(2) if ano else f"{dia.year % _CEM:02d}",
    ),
}
for _n in (1, 2, 3):
    DERIVADAS |= {
        f"desconto_{_n}_tipo": Derivada("codigo", ("descontos",), lambda d, n=_n: "valor" if len(d) >= n else "nenhum"),
        f"desconto_{_n}_data": Derivada("data", ("descontos",), lambda d, n=_n: d[n - 1][0] if len(d) >= n else None),
        f"desconto_{_n}_valor": Derivada("centavos", ("descontos",), lambda d, n=_n: d[n - 1][1] if len(d) >= n else 0),
    }
MENSAGENS = 9
for _n in range(1, MENSAGENS + 1):
    DERIVADAS[f"mensagem_{_n}"] = Derivada("nome", ("mensagens",), lambda m, n=_n: m[n - 1] if len(m) >= n else "")


class Instrucoes(NamedTuple):
    """Os códigos de instrução de um título e o prazo que os acompanha."""

    codigos: tuple[str, ...]
    prazo: int


def instrucoes(tabela: Mapping[str, Any], pedidas: Mapping[str, int]) -> Instrucoes:
    """As instruções pedidas (nome → dias) nos códigos do banco.

    Raises:
        ErroDeRegra: ``remessa.instrucoes``, se pedem dois prazos num campo só, ou um prazo sem código.
    """
    codigos, prazos = [], []
    for nome, dias in pedidas.items():
        codigo = tabela[nome]
        if isinstance(codigo, Mapping):
            if str(dias) not in codigo:
                raise ErroDeRegra("remessa.instrucoes", f"{nome}: o layout só leva {', '.join(codigo)} dias")
            codigo = codigo[str(dias)]
        elif nome != "multa":
            prazos.append(dias)
        codigos.append(codigo)
    if len(prazos) > 1:
        raise ErroDeRegra("remessa.instrucoes", f"{', '.join(pedidas)}: o layout só tem lugar para um prazo")
    return Instrucoes(tuple(codigos), prazos[0] if prazos else int(tabela.get("sem_prazo", 0)))
