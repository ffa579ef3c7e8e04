"""O esqueleto de um arquivo de cobrança: cabeçalho, lotes, trailers e o que eles contam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guiche.arquivos.linhas import Anotar, Bloco
from guiche.arquivos.pix import registros_do_pix
from guiche.dominio.texto import contar
from guiche.erros import ErroDeCampo, Local, Problema
from guiche.layout.modelo import Layout, Registro
from guiche.layout.valores import ler_campo

_TIPO_240, _SEGMENTO_240 = 7, 13
_LIMITE = 100
"""Quantos problemas do mesmo código se guardam; o resto se conta."""


class Anotacoes:
    """Os problemas de uma leitura: os primeiros de cada código, e a conta dos demais."""

    def __init__(self, fonte: str) -> None:
        self.fonte = fonte
        self._lista: list[Problema] = []
        self._vezes: dict[tuple[str, str], int] = {}

    def anotar(self, problema: Problema) -> None:
        """Guarda o problema, ou só o conta se já há muitos iguais."""
        chave = (problema.codigo, problema.gravidade)
        self._vezes[chave] = self._vezes.get(chave, 0) + 1
        if self._vezes[chave] <= _LIMITE:
            self._lista.append(problema)

    @property
    def problemas(self) -> tuple[Problema, ...]:
        """Os guardados e, para cada código que passou do limite, quantos mais houve."""
        demais = [
            Problema(codigo, f"e mais {vezes - _LIMITE} linhas com o mesmo", Local(self.fonte), gravidade=gravidade)
            for (codigo, gravidade), vezes in self._vezes.items()
            if vezes > _LIMITE
        ]
        return (*self._lista, *demais)

    @property
    def erros(self) -> tuple[Problema, ...]:
        """Só os que impedem de aceitar o arquivo."""
        return tuple(p for p in self.problemas if p.gravidade == "erro")


def traduzir(registro: Registro, linha: str, numero: int, fonte: str, anotar: Anotar) -> dict[str, Any]:
    """Os campos de um cabeçalho ou trailer; o que não se lê fica ausente, com aviso.

    Fixos, versões e literais variam de banco para banco e de ano para ano: não se conferem aqui.
    """
    valores: dict[str, Any] = {}
    for campo in registro.campos:
        if not campo.nome:
            continue
        bruto = linha[campo.inicio - 1 : campo.fim]
        if campo.tipo == "texto":
            valores[campo.nome] = bruto.strip() or None
            continue
        try:
            valores[campo.nome] = ler_campo(campo, bruto, Local(fonte, numero))
        except ErroDeCampo as erro:
            valores[campo.nome] = None
            anotar(Problema(erro.codigo, erro.mensagem, erro.local or Local(fonte, numero), gravidade="aviso"))
    return valores


class Conferencia:
    """Acompanha a leitura bloco a bloco e diz, no fim, o que não confere."""

    def __init__(self, fonte: str, layout: Layout, anotar: Anotar) -> None:
        self.fonte, self.layout, self.anotar = fonte, layout, anotar
        self.de_240 = layout.formato == "cnab240"
        self.linhas = self.lotes = self.antes_do_lote = 0
        self.fechado = not layout.do_papel("rodape")
        self.numero = 0
        self.sem_uso: dict[str, list[int]] = {}
        self._usados = self._os_usados()
        self._sabem_se = self._sabidos()
        self._ossos = "0159" if self.de_240 else "09"

    def _os_usados(self) -> set[str]:
        """Os registros de que a importação tira alguma coisa; na remessa, todos."""
        if self.layout.sentido != "retorno":
            return set(self.layout.registros)
        papeis = {"cabecalho", "cabecalho_lote", "titulo", "rodape_lote", "rodape"}
        do_pix = {r.codigo for r, _ in registros_do_pix(self.layout)}
        return {r.codigo for r in self.layout.registros.values() if r.papel in papeis} | do_pix | {"segmento_u"}

    def _sabidos(self) -> set[str]:
        """Os tipos (no 240, tipo e segmento) cujas linhas todas se leem, e que não é preciso olhar uma a uma."""
        por_tipo: dict[str, list[Registro]] = {}
        for registro in self.layout.registros.values():
            por_tipo.setdefault(self._tipo_da_marca(registro), []).append(registro)
        return {
            tipo
            for tipo, registros in por_tipo.items()
            if all(r.codigo in self._usados for r in registros) and any(self._basta(tipo, r) for r in registros)
        }

    def _tipo_da_marca(self, registro: Registro) -> str:
        textos = [texto for _, texto in registro.marca]
        return "".join(textos[:2]) if self.de_240 and textos[:1] == ["3"] else "".join(textos)[:1]

    def _basta(self, tipo: str, registro: Registro) -> bool:
        """Se o tipo já diz que o registro é este."""
        return "".join(texto for _, texto in registro.marca) == tipo

    def bloco(self, bloco: Bloco) -> None:
        """Confere os registros do bloco e anda com as contas."""
        if self.de_240:
            pares = set(zip(bloco.coluna(_TIPO_240), bloco.coluna(_SEGMENTO_240), strict=True))
            vistos = {tipo + segmento if tipo == "3" else tipo for tipo, segmento in pares}
        else:
            vistos = set(bloco.coluna(0))
        if demais := vistos - self._sabem_se:
            self._demais(bloco, demais)
        if not vistos.isdisjoint(self._ossos):
            self._esqueleto(bloco)
        self.linhas += len(bloco.linhas)
        if bloco.linhas:
            self.numero = bloco.numeros[-1]

    def _demais(self, bloco: Bloco, tipos: set[str]) -> None:
        """Diz a linha que o layout não tem, e conta as que ele tem e ninguém usa."""
        for n, linha in zip(bloco.numeros, bloco.linhas, strict=True):
            tipo = self._tipo(linha)
            if tipo not in tipos:
                continue
            registro = self.layout.reconhecer(linha)
            if registro is None:
                mensagem = f"o registro {tipo!a} não é deste layout e não foi lido"
                self.anotar(Problema("arquivo.registro", mensagem, Local(self.fonte, n), gravidade="aviso"))
            elif registro.codigo not in self._usados:
                self.sem_uso.setdefault(registro.titulo, []).append(n)

    def _tipo(self, linha: str) -> str:
        if not self.de_240:
            return linha[:1]
        return linha[7:14:6] if linha[7:8] == "3" else linha[7:8]

    def _esqueleto(self, bloco: Bloco) -> None:
        coluna = _TIPO_240 if self.de_240 else 0
        ossos = [
            (i, n, x)
            for i, (n, x) in enumerate(zip(bloco.numeros, bloco.linhas, strict=True), self.linhas + 1)
            if x[coluna] in self._ossos
        ]
        for i, n, linha in ossos:
            registro = self.layout.reconhecer(linha)
            if registro is not None:
                self._osso(registro, linha, i, n)

    def _osso(self, registro: Registro, linha: str, ordem: int, n: int) -> None:
        match registro.papel:
            case "cabecalho" if ordem > 1:
                mensagem = "há outro cabeçalho no meio do arquivo: são dois arquivos num só"
                self.anotar(Problema("arquivo.registro", mensagem, Local(self.fonte, n)))
            case "cabecalho_lote":
                self.lotes += 1
                self.antes_do_lote = ordem - 1
            case "rodape_lote":
                self._contar(registro, linha, n, {"quantidade_registros": ordem - self.antes_do_lote})
            case "rodape":
                self.fechado = True
                certo = {"quantidade_registros": ordem, "quantidade_lotes": self.lotes}
                self._contar(registro, linha, n, certo if self.de_240 else {"sequencial_registro": ordem})

    def _contar(self, registro: Registro, linha: str, n: int, certo: dict[str, int]) -> None:
        for campo in registro.campos:
            if campo.nome not in certo:
                continue
            bruto = linha[campo.inicio - 1 : campo.fim]
            if bruto != f"{certo[campo.nome]:0{campo.largura}d}":
                onde = Local(self.fonte, n, (campo.inicio, campo.fim))
                mensagem = f"o {registro.titulo.lower()} informa {bruto!a} e o arquivo tem {certo[campo.nome]}"
                self.anotar(Problema("arquivo.contagem", mensagem, onde, gravidade="aviso"))

    def fim(self, sem_pix: Sequence[int] = ()) -> None:
        """O que só se sabe depois da última linha; ``sem_pix`` são as linhas de Pix em que nada se achou."""
        for titulo, linhas in [*self.sem_uso.items(), *([("Pix do boleto", sem_pix)] if sem_pix else [])]:
            mensagem = f"{contar(len(linhas), 'registro')} de tipo “{titulo}” não se usa: o que traz não foi lido"
            if len(linhas) > 1:
                mensagem = (
                    f"{contar(len(linhas), 'registro')} de tipo “{titulo}” não se usam: o que trazem não foi lido"
                )
            onde = Local(self.fonte, linhas[0])
            self.anotar(Problema("arquivo.registro_sem_uso", mensagem, onde, gravidade="aviso"))
        if not self.fechado:
            mensagem = "falta o trailer: o arquivo pode ter chegado cortado"
            self.anotar(Problema("arquivo.sem_trailer", mensagem, Local(self.fonte, self.numero)))


def primeiras_linhas(linhas: Sequence[str]) -> list[str]:
    """As linhas com conteúdo."""
    return [linha for linha in linhas if linha.strip(" \x1a")]
