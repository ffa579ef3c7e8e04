"""A remessa como quadro de colunas: cada chave, derivada ou campo composto, feito quando alguém o pede."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any

from guiche.boleto.entrada import NUMERICOS, sem_zeros
from guiche.boleto.numeracao import convenio_por_inteiro
from guiche.erros import ErroDeCampo, ErroDeRegra, Local
from guiche.layout.modelo import Campo
from guiche.remessa.chaves import AUSENTE, INTEIROS, TEXTOS, Chave, acertar, catalogo, recusar
from guiche.remessa.colunas import DEZ_MIL, Coluna, juntar, localizar, mapear
from guiche.remessa.composto import compor_modelo, digito
from guiche.remessa.derivadas import DERIVADAS
from guiche.remessa.especiais import ESPECIAIS
from guiche.remessa.receita import Fonte, Receita

PADROES: Mapping[str, str] = {"comando": "registrar", "emissor": "CLIENTE", "especie": "DM", "aceite": "N"}


_DIGITOS = {"agencia_dv", "conta_dv"}
"""O que se calcula quando falta, se o banco tem regra."""
_PARES = {"juros_valor": "juros", "multa_valor": "a_multa"}
_TAXAS = {"mes", "percentual"}
_GERAL = "000"
"""O layout FEBRABAN, que serve a qualquer banco."""


class Quadro:
    """Os títulos de uma remessa em colunas. Guarda o que já fez e o que se usou."""

    def __init__(
        self, receita: Receita, empresa: Mapping[str, Any], titulos: Sequence[Mapping[str, Any]], data_hora: datetime
    ) -> None:
        self.receita = receita
        self.total: int = len(titulos)
        self.dadas: dict[str, Coluna] = {}
        self.livres: dict[str, list[Any]] = {}
        self._feitas: dict[str, Coluna] = {
            "data_geracao": Coluna("data", data_hora.date()),
            "hora_geracao": Coluna("hora", data_hora.time().replace(microsecond=0)),
            "lote": Coluna("inteiro", 1),
        }
        self.empresa: dict[str, Any] = self._da_empresa(empresa)
        self._feitas["banco"] = Coluna("algarismos", self.banco)
        self._dos_titulos(titulos)

    def _da_empresa(self, empresa: Mapping[str, Any]) -> dict[str, Any]:
        chaves = {**catalogo("titulo"), **catalogo("empresa")}
        campos = {c.nome: c for r in self.receita.registros for c in r.campos if c.nome and c.fixo is None}
        certa: dict[str, Any] = {}
        for nome, valor in empresa.items():
            if nome in chaves:
                try:
                    certa[nome] = acertar(chaves[nome], [valor])[0]
                except ErroDeCampo as erro:
                    raise ErroDeCampo(erro.codigo, erro.mensagem, local=Local("empresa")) from erro
            elif nome in campos:
                self.livres[nome] = [valor]
            else:
                raise recusar(nome, "não é chave de empresa nem campo do layout", "empresa", "remessa.chave_estranha")
        certa |= {nome: sem_zeros(certa[nome]) for nome in NUMERICOS if certa.get(nome)}
        if certa.get("convenio"):
            certa["convenio"] = convenio_por_inteiro({"banco": self.receita.layout.banco, **certa})
        if certa.get("banco", do_layout := self.receita.layout.banco) != do_layout != _GERAL:
            raise recusar("banco", f"é {certa['banco']}, e o layout é do {do_layout}", "empresa")
        return certa

    def _dos_titulos(self, titulos: Sequence[Mapping[str, Any]]) -> None:
        chaves, livres = catalogo("titulo"), self.receita.livres()
        for nome in dict.fromkeys(chain.from_iterable(titulos)):
            try:
                valores = list(map(itemgetter(nome), titulos))
            except KeyError:
                valores = [t.get(nome) for t in titulos]
            if chave := chaves.get(nome):
                self.dadas[nome] = self._acertada(chave, valores)
            elif nome in livres:
                self.livres[nome] = valores
            else:
                onde = next(i for i, t in enumerate(titulos, 1) if nome in t)
                raise recusar(
                    nome, "não é chave de título nem campo do layout", f"título {onde}", "remessa.chave_estranha"
                )

    def _acertada(self, chave: Chave, valores: list[Any]) -> Coluna:
        padrao = self.empresa.get(chave.nome) or PADROES.get(chave.nome)
        if chave.nome == "data_emissao":
            padrao = self._feitas["data_geracao"].unico
        if padrao is not None:
            valores = [padrao if v in AUSENTE else v for v in valores]
        return juntar(chave.tipo, acertar(chave, valores))

    def coluna(self, nome: str) -> Coluna:
        """A coluna de uma chave, da empresa, do título ou tirada deles.

        Raises:
            ErroGuiche: o que a derivação recusa, com o número do título.
        """
        if nome not in self._feitas:
            self._feitas[nome] = self._fazer(nome)
        return self._feitas[nome]

    def _fazer(self, nome: str) -> Coluna:
        if nome in self.dadas:
            return self.dadas[nome]
        if nome.startswith("aceita:"):
            return Coluna("codigo", tuple(self.receita.aceita.get(nome.removeprefix("aceita:"), ())))
        if derivada := DERIVADAS.get(nome):
            return mapear(derivada.tipo, derivada.conta, *map(self.coluna, derivada.de))
        if especial := ESPECIAIS.get(nome):
            return especial(self)
        chave = catalogo("titulo").get(nome) or catalogo("empresa")[nome]
        return self._constante(chave)

    def _constante(self, chave: Chave) -> Coluna:
        nome = chave.nome
        valor = self.empresa.get(nome)
        if valor in AUSENTE and nome in self.receita.se_falta:
            valor = self.empresa.get(self.receita.se_falta[nome])
        if valor in AUSENTE and nome in _DIGITOS:
            valor = digito(self, nome)
        if valor in AUSENTE:
            valor = PADROES.get(nome)
        if nome == "data_emissao" and valor is None:
            valor = self._feitas["data_geracao"].unico
        if valor is None:
            valor = (
                "" if chave.tipo in TEXTOS else 0 if chave.tipo in INTEIROS else None if chave.tipo == "data" else ()
            )
        return Coluna(chave.tipo, valor)

    def da_fonte(self, fonte: Fonte) -> Coluna:
        """A coluna que a fonte descreve.

        Raises:
            ErroDeRegra: ``remessa.sem_codigo``, se a tabela não tem código para um valor.
        """
        if fonte.constante is not None:
            return Coluna("codigo", fonte.constante)
        if fonte.modelo:
            return self.modelo(fonte.modelo)
        coluna = self.coluna(fonte.chave)
        if fonte.trecho:
            de, ate = fonte.trecho[0] - 1, fonte.trecho[1]
            coluna = mapear("algarismos", lambda v: v[de:ate], coluna)
        return self._codificada(fonte, coluna) if fonte.tabela else coluna

    def _codificada(self, fonte: Fonte, coluna: Coluna) -> Coluna:
        tabela = self.receita.codigos.get(fonte.tabela, {})
        sem_os_zeros = {sem_zeros(nome): codigo for nome, codigo in tabela.items()}
        if coluna.lista is not None and set(coluna.lista) <= tabela.keys():
            return Coluna("codigo", lista=[tabela[v] for v in coluna.lista])

        def codigo(valor: str) -> str:
            if valor in tabela or sem_zeros(valor) in sem_os_zeros:
                return tabela.get(valor) or sem_os_zeros[sem_zeros(valor)]
            tem = ", ".join(tabela)
            razao = f"{fonte.chave} “{valor}” não tem código na remessa {self.receita.layout.por_extenso}; tem: {tem}"
            raise ErroDeRegra("remessa.sem_codigo", razao)

        if coluna.lista is None:
            return Coluna("codigo", localizar(1, codigo, coluna.unico))
        return mapear("codigo", codigo, coluna)

    def modelo(self, texto: str) -> Coluna:
        """Um campo composto; erros como em ``compor_modelo``."""
        if texto not in self._feitas:
            self._feitas[texto] = compor_modelo(self, texto)
        return self._feitas[texto]

    def todos(self, nome: str) -> list[Any]:
        """Os valores de uma coluna, um por título."""
        coluna = self.coluna(nome)
        return [coluna.unico] * self.total if coluna.lista is None else coluna.lista

    @property
    def banco(self) -> str:
        """Código do banco de que são as regras."""
        return self.receita.layout.banco if self.receita.layout.banco != _GERAL else str(self.empresa.get("banco", ""))

    def livre(self, nome: str) -> list[Any] | None:
        """O que se deu pelo nome do campo: um por título, ou um só, da empresa."""
        return self.livres.get(nome)

    def mascara(self, nomes: Sequence[str]) -> list[bool] | bool:
        """Em que títulos alguma das chaves tem valor; um só se é igual em todos."""
        colunas = [self.coluna(n) for n in nomes]
        if any(c.lista is None and c.unico for c in colunas):
            return True
        listas = [c.lista for c in colunas if c.lista is not None]
        if not listas:
            return False
        mascara = [any(valores) for valores in zip(*listas, strict=True)]
        return mascara if not all(mascara) and any(mascara) else mascara[0]

    def com_o_comando(self, quando: Sequence[str], comandos: frozenset[str]) -> list[bool] | bool:
        """A máscara de ``quando``, sem os títulos cujo comando não leva o registro."""
        mascara = self.mascara(quando)
        pedidos = self.coluna("comando")
        if mascara is False or pedidos.lista is None:
            return mascara if pedidos.unico in comandos else False
        vao = [p in comandos for p in pedidos.lista]
        juntos = vao if mascara is True else [a and b for a, b in zip(vao, mascara, strict=True)]
        return juntos if not all(juntos) and any(juntos) else juntos[0]

    def valor_ou_taxa(self, chave: str, campo: Campo) -> Coluna:
        """A coluna de juros ou de multa, com as casas que o campo dá ao percentual."""
        a_mais = (campo.casas_da_taxa or 0) - campo.decimais
        return mapear(DEZ_MIL, lambda par: _nas_casas_da_taxa(par[0], par[1], a_mais), self.coluna(_PARES[chave]))


def _nas_casas_da_taxa(tipo: str, valor: int, a_mais: int) -> int:
    if tipo not in _TAXAS:
        return valor
    return valor * int(10**a_mais) if a_mais > 0 else valor // int(10**-a_mais)
