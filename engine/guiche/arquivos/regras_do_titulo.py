"""O que se verifica em cada título de cobrança: valores, datas, encargos, pessoas e códigos. Uma regra por função."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

from guiche.arquivos.digito_do_titulo import digito_confere
from guiche.arquivos.exame import Exame
from guiche.arquivos.fichas import Ficha, Linha
from guiche.arquivos.plano import formato_com_variante, partir_motivos, regra_do
from guiche.bancos.ocorrencias import comando, motivo, ocorrencia
from guiche.dominio import cpf_cnpj
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.escritos import UFS
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo, Registro

_PESSOAS = ("pagador", "sacador", "empresa")
_TAMANHOS = {"1": ("CPF", 11), "2": ("CNPJ", 14)}
_ENDERECO = ("pagador_endereco", "pagador_cidade", "pagador_cep")
_SEM_DESCONTO = {"", "0", "00"}
_DE_SEQUENCIA = {"sequencial_registro", "numero_sequencial_lote", "lote_servico"}
_DE_VALOR_FIXO = {"", "1"}
Regra = Callable[[Exame, Ficha], None]


def _codigo(exame: Exame, ficha: Ficha) -> str:
    return ficha.bruto(*regra_do(exame.arquivo.layout)["codigo_movimento"])


def _registra(exame: Exame, ficha: Ficha) -> bool:
    """Se a linha pede o registro do título; as outras não precisam trazer tudo."""
    layout = exame.arquivo.layout
    return exame.remessa and comando(layout.banco, formato_com_variante(layout), _codigo(exame, ficha)).pedido in {
        "REGISTRAR", "",
    }  # fmt: skip


def _exigidos(exame: Exame, ficha: Ficha) -> None:
    registro = ficha.linhas[0].registro if not exame.remessa or _registra(exame, ficha) else None
    ha = {linha.registro.codigo.partition("_banco")[0] for linha in ficha.linhas if linha.registro}
    faltam = [codigo for codigo in registro.exige if codigo not in ha] if registro else []
    for codigo in faltam:
        exame.anotar("T01", ficha.linhas[0], exame.arquivo.layout.registros[codigo].titulo)


def _codificados(exame: Exame, ficha: Ficha) -> None:
    for linha in ficha.linhas:
        fora_do_dominio(exame, linha, registra=_registra(exame, ficha))


def fora_do_dominio(exame: Exame, linha: Linha, *, registra: bool) -> None:
    """Anota os códigos que o manual não lista; o que não se registra pode trazer zeros no que não muda."""
    for campo in com_dominio(linha.registro) if linha.registro and exame.remessa else ():
        bruto = linha.bruto(campo)
        if not bruto.strip() or bruto in campo.dominio or (campo.tipo == "texto" and bruto.rstrip() in campo.dominio):
            continue
        if bruto.strip(" 0"):
            exame.anotar("C04", (linha, campo), f"{bruto!a} ({campo.manual})")
        elif registra:
            exame.anotar("C05", (linha, campo), f"{bruto!a} ({campo.manual})")


@cache
def com_dominio(registro: Registro) -> tuple[Campo, ...]:
    """Os campos de que o manual lista os valores."""
    return tuple(c for c in registro.campos if c.manual and c.fixo is None)


def _valores(exame: Exame, ficha: Ficha) -> None:
    valor = ficha.centavos("valor_titulo")
    onde = ficha.achar("valor_titulo")
    if onde and not valor and _registra(exame, ficha):
        exame.anotar("V01", onde)
    abatimento = ficha.centavos("valor_abatimento")
    if valor and abatimento and abatimento > valor:
        detalhe = f"R$ {escrever_reais(abatimento)} em R$ {escrever_reais(valor)}"
        exame.anotar("V02", ficha.achar("valor_abatimento") or ficha.linhas[0], detalhe)


def _vencimento(exame: Exame, ficha: Ficha) -> None:
    onde = ficha.achar("data_vencimento")
    if onde is None or not _registra(exame, ficha):
        return
    vence, gerado = ficha.ler("data_vencimento"), exame.gerado_em
    if vence is None and onde[0].bruto(onde[1]) not in onde[1].dominio:
        exame.anotar("T02", onde)
    if vence and gerado and vence < gerado:
        exame.anotar("D02", onde, f"{vence:%d/%m/%Y}, gerado em {gerado:%d/%m/%Y}")


def _emissao(exame: Exame, ficha: Ficha) -> None:
    emissao, vence, gerado = ficha.ler("data_emissao"), ficha.ler("data_vencimento"), exame.gerado_em
    onde = ficha.achar("data_emissao")
    if emissao and onde:
        if vence and vence < emissao:
            exame.anotar("D01", onde, f"vence em {vence:%d/%m/%Y}, emitido em {emissao:%d/%m/%Y}")
        if gerado and emissao > gerado and _registra(exame, ficha):
            exame.anotar("D03", onde, f"{emissao:%d/%m/%Y}")


def _credito(exame: Exame, ficha: Ficha) -> None:
    houve, credito = ficha.ler("data_ocorrencia"), ficha.ler("data_credito")
    if houve and credito and credito < houve:
        exame.anotar("D07", ficha.achar("data_credito") or ficha.linhas[0], f"{credito:%d/%m/%Y}")


def _encargos(exame: Exame, ficha: Ficha) -> None:
    for encargo in ler_toml("leitura/regras")["encargos"]:
        onde = ficha.achar(encargo["codigo"])
        if onde and _registra(exame, ficha):
            _encargo(exame, ficha, encargo, onde)


def _encargo(exame: Exame, ficha: Ficha, encargo: Mapping[str, Any], onde: tuple[Linha, Campo]) -> None:
    codigo, nome = ficha.bruto(encargo["codigo"]), encargo["nome"]
    valores = [ficha.bruto(v).strip("0") for v in encargo["valor"] if ficha.achar(v)]
    if not valores:
        return
    if codigo in encargo["cobram"] and not any(valores):
        exame.anotar("E01", onde, f"{nome}, código {codigo}")
    zero_cobra = exame.arquivo.layout.apelido in encargo.get("zero_cobra", ())
    if not codigo.strip("0") and any(valores) and not zero_cobra:
        exame.anotar("E02", onde, nome)
    if codigo in encargo["cobram"] and "data" in encargo:
        _comeca_depois(exame, ficha, encargo["data"], nome)


def _comeca_depois(exame: Exame, ficha: Ficha, data: str, nome: str) -> None:
    vence, comeca, onde = ficha.ler("data_vencimento"), ficha.ler(data), ficha.achar(data)
    if vence and comeca and onde and comeca <= vence:
        exame.anotar("D04" if comeca < vence else "D05", onde, f"{nome}, {comeca:%d/%m/%Y}")


def _descontos(exame: Exame, ficha: Ficha) -> None:
    if _registra(exame, ficha):
        for desconto in ler_toml("leitura/regras")["descontos"]:
            _desconto(exame, ficha, desconto)


def _desconto(exame: Exame, ficha: Ficha, desconto: Mapping[str, Sequence[str]]) -> None:
    onde = ficha.primeiro(*desconto["valor"])
    if onde is None:
        return
    codigo, com_codigo = ficha.bruto(*desconto["codigo"]), ficha.primeiro(*desconto["codigo"])
    valor, limite, nome = ficha.centavos(onde[1].nome), _data(ficha, desconto["data"]), str(desconto["nome"])
    dispensa = exame.arquivo.layout.apelido in desconto.get("sem_valor", ())
    if com_codigo and codigo not in _SEM_DESCONTO and not valor and not dispensa:
        exame.anotar("E01", com_codigo, f"{nome}, código {codigo}")
    total, vence = ficha.centavos("valor_titulo"), ficha.ler("data_vencimento")
    if valor and total and valor > total and codigo in _DE_VALOR_FIXO:
        exame.anotar("V03", onde, f"R$ {escrever_reais(valor)} em R$ {escrever_reais(total)}")
    na_data = ficha.primeiro(*desconto["data"])
    if valor and na_data and limite is None and codigo in {"1", "2"}:
        exame.anotar("E03", na_data, nome)
    if valor and na_data and limite and vence and limite > vence:
        exame.anotar("D06", na_data, f"{nome}, {limite:%d/%m/%Y}")


def _data(ficha: Ficha, nomes: Sequence[str]) -> date | None:
    achada = next((d for nome in nomes if (d := ficha.ler(nome))), None)
    return achada if isinstance(achada, date) else None


def _documentos(exame: Exame, ficha: Ficha) -> None:
    for pessoa in _PESSOAS:
        onde = ficha.achar(f"{pessoa}_numero_inscricao")
        if onde is None:
            continue
        documento = onde[0].bruto(onde[1]).strip()
        tipo = ficha.bruto(f"{pessoa}_tipo_inscricao", f"{pessoa}_tipo_pessoa").lstrip("0")
        if not documento.strip("0"):
            if pessoa == "pagador" and _registra(exame, ficha):
                exame.anotar("P02", onde)
        elif tipo in _TAMANHOS and not _valido(documento, tipo):
            exame.anotar("P01", onde, f"{_TAMANHOS[tipo][0]} do {pessoa}" if pessoa != "empresa" else "da empresa")


@lru_cache(maxsize=4096)
def _valido(documento: str, tipo: str) -> bool:
    nome, tamanho = _TAMANHOS[tipo]
    documento = documento.zfill(tamanho)
    return not documento[:-tamanho].strip("0") and cpf_cnpj.tipo(documento[-tamanho:]) == nome


def _pagador(exame: Exame, ficha: Ficha) -> None:
    if not _registra(exame, ficha):
        return
    nome, uf = ficha.achar("pagador_nome"), ficha.achar("pagador_uf")
    if nome and not ficha.bruto("pagador_nome"):
        exame.anotar("P03", nome)
    for campo in _ENDERECO:
        onde = ficha.achar(campo)
        if onde and not ficha.bruto(campo).strip("0"):
            exame.anotar("P04", onde, campo.removeprefix("pagador_").replace("endereco", "endereço").upper())
    if uf and (sigla := ficha.bruto("pagador_uf")) and sigla not in UFS:
        exame.anotar("P05", uf, repr(sigla))


def _codigos(exame: Exame, ficha: Ficha) -> None:
    layout, codigo = exame.arquivo.layout, _codigo(exame, ficha)
    formato = formato_com_variante(layout)
    onde = ficha.primeiro(*regra_do(layout)["codigo_movimento"])
    if onde is None:
        return
    if exame.remessa:
        if not comando(layout.banco, formato, codigo).pedido:
            exame.anotar("C01", onde, repr(codigo))
        return
    if ocorrencia(layout.banco, formato, codigo).classe == "DESCONHECIDA":
        exame.anotar("C02", onde, repr(codigo))
    _motivos(exame, ficha, codigo)


def _motivos(exame: Exame, ficha: Ficha, codigo: str) -> None:
    layout = exame.arquivo.layout
    for candidato in regra_do(layout).get("motivos", ()):
        nomes = candidato.split("+")
        if all(ficha.achar(nome) for nome in nomes):
            brutos = "".join(linha.bruto(campo) for linha, campo in filter(None, map(ficha.achar, nomes)))
            for parte in partir_motivos(layout, codigo, brutos):
                if not motivo(layout.banco, formato_com_variante(layout), codigo, parte).conhecido:
                    detalhe = f"{parte!r}, na ocorrência {codigo!r}"
                    exame.anotar("C03", ficha.achar(nomes[0]) or ficha.linhas[0], detalhe)
            return


def _digito(exame: Exame, ficha: Ficha) -> None:
    onde = ficha.primeiro("nosso_numero_dv", "nosso_numero_dac", "nosso_numero")
    if onde and not digito_confere(exame.arquivo, ficha):
        exame.anotar("N02", onde)


class Repetidos:
    """O mesmo nosso número com o mesmo código, duas vezes no arquivo."""

    def __init__(self) -> None:
        self.vistos: dict[tuple[str, str, int], int] = {}

    def __call__(self, exame: Exame, ficha: Ficha) -> None:
        """Anota a partir da segunda vez; no retorno, só se o registro inteiro se repete."""
        numero = ficha.bruto("nosso_numero")
        if not numero.strip("0"):
            return
        onde = ficha.achar("nosso_numero")
        resto = 0 if exame.remessa else _sem_sequencia(ficha)
        carteira = ficha.bruto("codigo_carteira", "carteira_numero") + ficha.bruto("agencia") + ficha.bruto("conta")
        chave = (carteira + numero, _codigo(exame, ficha), resto)
        primeira = self.vistos.setdefault(chave, ficha.numero)
        if primeira != ficha.numero and onde:
            exame.anotar("N01", onde, f"já está na linha {primeira}")


def _sem_sequencia(ficha: Ficha) -> int:
    linha = ficha.linhas[0]
    campos = linha.registro.campos if linha.registro else ()
    return hash("".join([linha.bruto(c) for c in campos if c.nome not in _DE_SEQUENCIA]))


REGRAS: tuple[Regra, ...] = (
    _exigidos, _valores, _vencimento, _emissao, _credito, _encargos, _descontos, _documentos, _pagador, _codigos,
    _codificados, _digito,
)  # fmt: skip
