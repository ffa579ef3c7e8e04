r"""Compõe a remessa inteira: registros em ordem, números, totais.

    >>> from datetime import date, datetime
    >>> empresa = {"empresa_nome": "Farmácia Modelo", "empresa_documento": "11222333000181", "agencia": "0057",
    ...            "conta": "12345", "conta_dv": "7", "carteira": "109", "sequencial_arquivo": 1}
    >>> titulo = {"nosso_numero": "1", "numero_documento": "NF 1", "valor_titulo": 19990,
    ...           "data_vencimento": date(2026, 8, 4), "pagador_nome": "João da Silva",
    ...           "pagador_documento": "52998224725", "pagador_endereco": "Rua A, 1", "pagador_cep": "01310-100",
    ...           "pagador_cidade": "São Paulo", "pagador_uf": "SP", "juros_ao_dia": 7}
    >>> feita = compor("341.cnab400", empresa, [titulo], datetime(2026, 7, 1, 9, 0))
    >>> [len(linha) for linha in feita.conteudo.split(b"\r\n")], feita.avisos
    ([400, 400, 400, 0], ())

As chaves da empresa e do título, com tipo e unidade, são as de ``layouts/remessa/chaves.toml`` (dinheiro em
centavos inteiros, percentual em centésimos de por cento, datas em ``date``); além delas, o nome de qualquer
campo do layout leva um código do banco como veio. Chave que o layout não sabe dizer se recusa; nomes e
endereços se cortam na largura do campo, com aviso.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate, chain, compress
from typing import Any, NamedTuple

from guiche.erros import ErroDeCampo, ErroDeRegra, Local, Problema
from guiche.layout.codec import CRLF, tradutor
from guiche.layout.modelo import Campo, Registro
from guiche.remessa.colunas import Coluna, adaptar
from guiche.remessa.conferencia import exigir, perdas
from guiche.remessa.numero_do_banco import zerar
from guiche.remessa.quadro import Quadro
from guiche.remessa.receita import Fonte, Receita, da_empresa, receita

REGISTROS_POR_LOTE = 99_999
"""O que cabe nas cinco posições do número do registro no lote CNAB 240."""
_NUMERADOS = ("sequencial", "registros_do_lote", "registros_do_arquivo")


class Remessa(NamedTuple):
    """Uma remessa pronta."""

    conteudo: bytes
    avisos: tuple[Problema, ...]
    linhas: tuple[int, ...]
    """A linha do arquivo em que começa cada título, contada de 1."""


def compor(
    layout: str, empresa: Mapping[str, Any], titulos: Sequence[Mapping[str, Any]], data_hora: datetime
) -> Remessa:
    """A remessa dos títulos, na ordem dada, como o banco a quer.

    Args:
        layout: ``"341.cnab400"``, ``"001.cnab400_conv6"``…; o nome do arquivo em ``layouts/cnab``.
        empresa: o beneficiário e o convênio.
        titulos: um comando por título; sem ``comando``, registrar.
        data_hora: o instante que o cabeçalho leva.

    Raises:
        ErroDeLayout: não há esse layout.
        ErroDeRegra: layout que não se grava, comando sem código, cláusula que ele não leva.
        ErroDeCampo: chave ou valor errado, pelo nome e pelo número do título.
    """
    uma = da_empresa(receita(layout), empresa)
    if not titulos:
        raise ErroDeRegra("remessa.vazia", "não há título para a remessa")
    q = Quadro(uma, empresa, titulos, data_hora)
    dos_numeros = zerar(q)
    exigir(q)
    mascaras = [q.mascara(c.quando) for c in uma.complementos]
    escritos = [uma.titulo, *(c.registro for c, m in zip(uma.complementos, mascaras, strict=True) if m)]
    avisos = [*dos_numeros, *perdas(q, escritos)]
    mascaras = [q.com_o_comando(c.quando, c.comandos) for c in uma.complementos]
    antes, depois = len(uma.cabecalhos), len(uma.rodapes)
    inicios = _inicios(mascaras, len(titulos))
    total = antes + inicios[-1] + depois
    _caber(uma, inicios[-1])
    escritor = _Escritor(q, _numeros(uma, total), avisos)
    linhas: list[bytes] = [b""] * inicios[-1]
    desde = 0 if uma.layout.largura == _LARGURA_240 else antes
    posicoes = inicios[:-1]
    for registro, mascara in zip((uma.titulo, *(c.registro for c in uma.complementos)), [True, *mascaras], strict=True):
        if mascara is False:
            continue
        quais = None if mascara is True else mascara
        onde = posicoes if quais is None else list(compress(posicoes, quais))
        bloco = escritor.escrever(registro, quais, [desde + p + 1 for p in onde])
        _distribuir(linhas, onde, bloco, registro.largura + len(CRLF))
        posicoes = [p + 1 for p in posicoes] if quais is None else [p + s for p, s in zip(posicoes, quais, strict=True)]
    pontas = [escritor.escrever(r, None, [n], so_um=True) for r, n in (
        *zip(uma.cabecalhos, range(1, antes + 1), strict=True),
        *zip(uma.rodapes, range(total - depois + 1, total + 1), strict=True),
    )]  # fmt: skip
    conteudo = b"".join(chain(pontas[:antes], linhas, pontas[antes:], [uma.fim_de_arquivo]))
    return Remessa(conteudo, tuple(escritor.avisos), tuple(antes + p + 1 for p in inicios[:-1]))


_LARGURA_240 = 240


def _inicios(mascaras: Sequence[list[bool] | bool], n: int) -> list[int]:
    """Posição da primeira linha de cada título entre as dos títulos, e no fim quantas são."""
    sempre = 1 + sum(m is True for m in mascaras)
    listas = [m for m in mascaras if not isinstance(m, bool)]
    quantos = [sempre] * n if not listas else [sempre + sum(ms) for ms in zip(*listas, strict=True)]
    return [0, *accumulate(quantos)]


def _caber(uma: Receita, registros: int) -> None:
    if uma.layout.largura == _LARGURA_240 and registros > REGISTROS_POR_LOTE:
        razao = f"{registros} registros, e o lote leva {REGISTROS_POR_LOTE}"
        raise ErroDeRegra("remessa.grande", razao)


def _numeros(uma: Receita, total: int) -> dict[str, Coluna]:
    fora_do_lote = len(uma.layout.do_papel("cabecalho")) + len(uma.layout.do_papel("rodape"))
    return {
        "registros_do_lote": Coluna("inteiro", total - fora_do_lote),
        "registros_do_arquivo": Coluna("inteiro", total),
    }


def _distribuir(linhas: list[bytes], onde: Sequence[int], bloco: bytes, passo: int) -> None:
    for posicao, inicio in zip(onde, range(0, len(bloco), passo), strict=True):
        linhas[posicao] = bloco[inicio : inicio + passo]


class _Escritor:
    """Grava os registros de um quadro; guarda os avisos de corte."""

    def __init__(self, q: Quadro, numeros: Mapping[str, Coluna], avisos: list[Problema]) -> None:
        self.q = q
        self.numeros = numeros
        self.avisos = avisos

    def escrever(
        self, registro: Registro, quais: list[bool] | None, sequenciais: list[int], *, so_um: bool = False
    ) -> bytes:
        """As linhas do registro nos títulos escolhidos, todas com fim de linha."""
        nomes, listas, fixos = [], [], {}
        for campo in registro.campos:
            if not campo.nome or campo.fixo is not None:
                continue
            coluna = self._coluna(registro, campo, sequenciais, so_um=so_um)
            if coluna is None or (coluna.lista is None and coluna.unico in _NADA):
                continue
            if so_um and coluna.lista is not None and coluna.tipo != "sequencial":
                razao = (
                    f"{campo.nome} vai no registro {registro.codigo}, que é um só, e os títulos não são iguais nisso"
                )
                raise ErroDeRegra("remessa.mistura", razao, local=Local("remessa"))
            if coluna.lista is None:
                fixos[campo.nome] = coluna.unico
                continue
            nomes.append(campo.nome)
            inteira = len(coluna.lista) == len(sequenciais)
            listas.append(coluna.lista if inteira and (quais is None or coluna.tipo == "sequencial")
                          else list(compress(coluna.lista, quais or ())))  # fmt: skip
        escritor = tradutor(registro).escritor(tuple(nomes), fixos, CRLF)
        tuplas = list(zip(*listas, strict=True)) if listas else [()]
        try:
            return escritor(tuplas)
        except ErroDeCampo as erro:
            raise self._localizado(erro, quais, so_um=so_um) from erro

    def _localizado(self, erro: ErroDeCampo, quais: list[bool] | None, *, so_um: bool) -> ErroDeCampo:
        linha = erro.local.linha if erro.local and erro.local.linha else 1
        titulos = list(compress(range(1, self.q.total + 1), quais)) if quais else list(range(1, self.q.total + 1))
        onde = "empresa" if so_um else f"título {titulos[linha - 1]}"
        return ErroDeCampo(erro.codigo, erro.mensagem, local=Local(onde), dica=erro.dica)

    def _coluna(self, registro: Registro, campo: Campo, sequenciais: list[int], *, so_um: bool) -> Coluna | None:
        fonte = self.q.receita.fontes[registro.codigo].get(campo.nome)
        feita: Coluna | None = None
        if fonte is not None:
            if fonte.chave == "sequencial":
                return Coluna("sequencial", lista=sequenciais)
            feita = self.numeros.get(fonte.chave) or self._da_fonte(campo, fonte)
            feita = adaptar(campo, feita, self._cortar)
        return self._com_a_dada(campo, feita, so_um=so_um)

    def _da_fonte(self, campo: Campo, fonte: Fonte) -> Coluna:
        if campo.casas_da_taxa is not None:
            return self.q.valor_ou_taxa(fonte.chave, campo)
        return self.q.da_fonte(fonte)

    def _com_a_dada(self, campo: Campo, feita: Coluna | None, *, so_um: bool) -> Coluna | None:
        """O que se deu pelo nome do campo vale mais que o que se tirou das chaves."""
        dada = self.q.livre(campo.nome)
        if dada is None or (so_um and len(dada) != 1):
            return feita
        tipo = "valor" if campo.tipo == "valor" else "codigo"
        if len(dada) == 1:
            return Coluna(tipo, dada[0]) if dada[0] not in _NADA else feita
        atras = feita.iterar() if feita is not None else iter([_vazio(campo)] * len(dada))
        return Coluna(tipo, lista=[d if d is not None else f for d, f in zip(dada, atras, strict=False)])

    def _cortar(self, campo: Campo, indices: list[int]) -> None:
        for i in indices or [-1]:
            onde = f"título {i + 1}" if i >= 0 else "empresa"
            texto = f"{campo.nome} foi cortado nas {campo.largura} posições do banco"
            self.avisos.append(Problema("remessa.cortado", texto, Local(onde), gravidade="aviso"))


_NADA = (None, "", 0)


def _vazio(campo: Campo) -> Any:
    return {"texto": "", "numero": 0, "valor": 0}.get(campo.tipo)
