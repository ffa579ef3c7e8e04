"""De que boleto fala cada linha do retorno.

O nosso número volta de muitas formas: com ou sem dígito, com carteira ou convênio à frente, com zeros ou sem. A chave
que a remessa pôs no uso da empresa, quando volta, é certa; sem ela, casa a forma que só um boleto tem, do mesmo valor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from guiche.arquivos.plano import Titulo
from guiche.livro.boletos import Resumido

_MARCA = 4
_CHAVE = 15


def boleto_da_chave(marca: str, uso_empresa: str | None) -> int | None:
    """O boleto de uma chave devolvida pelo banco; ``None`` se não é deste livro.

    >>> boleto_da_chave("7K2Q", " 7K2QB0000000123 "), boleto_da_chave("7K2Q", "OUTRO")
    (123, None)
    """
    texto = (uso_empresa or "").strip()
    numero = texto[_MARCA + 1 :]
    if len(texto) == _CHAVE and texto.startswith(f"{marca}B") and numero.isascii() and numero.isdigit():
        return int(numero)
    return None


def formas(boleto: Resumido) -> Iterator[str]:
    """As formas em que o nosso número do boleto pode voltar, sem zeros à esquerda.

    >>> b = Resumido(1, 1001, "109/00001001-5", "", "12345", 1, "2026-01-01", "A", "REGISTRADO", None)
    >>> sorted(set(formas(b)))
    ['1001', '10015', '10900001001', '109000010015', '123450000001001', '1234500001001']
    """
    inteiro, _, dv = boleto.nosso_numero.rpartition("-")
    sem_dv = limpo(inteiro or dv)
    if boleto.no_banco:
        yield limpo(boleto.no_banco)
    if not boleto.numero:
        return
    yield sem_dv
    yield limpo(boleto.nosso_numero)
    yield str(boleto.numero)
    if inteiro:
        yield f"{boleto.numero}{dv}"
    if boleto.convenio:
        yield from (limpo(f"{boleto.convenio}{boleto.numero:0{largura}d}") for largura in (8, 10))


def limpo(numero: str) -> str:
    """Só letras e algarismos, maiúsculas, sem zeros à esquerda.

    >>> limpo("00-12.3x")
    '123X'
    """
    return "".join(c for c in numero.upper() if c.isalnum()).lstrip("0")


class Casador:
    """Acha o boleto de cada linha, entre os que se lhe deram."""

    def __init__(self, marca: str) -> None:
        self._marca = marca
        self.boletos: dict[int, Resumido] = {}
        self.documentos: dict[int, str] = {}
        """O número do documento dos boletos a que o banco ainda não deu número."""
        self._como_saiu: dict[str, int] = {}
        self._formas: dict[str, set[int]] = defaultdict(set)

    def chave(self, titulo: Titulo) -> int | None:
        """O boleto que a chave no uso da empresa diz; ``None`` se não veio chave deste livro."""
        return boleto_da_chave(self._marca, titulo.uso_empresa)

    def indexar(self) -> None:
        """Prepara-se para achar os boletos pelo nosso número."""
        for boleto in self.boletos.values():
            if boleto.no_banco:
                self._como_saiu[boleto.no_banco] = boleto.id
            for forma in formas(boleto):
                self._formas[forma].add(boleto.id)

    def conhece(self, boleto: Resumido, nosso_numero: str) -> bool:
        """Diz se o número é uma das formas do boleto."""
        if nosso_numero == boleto.no_banco:
            return True
        procurado = limpo(nosso_numero)
        return boleto.id in self._formas.get(procurado, ()) or procurado in formas(boleto)

    def aprender(self, boleto: Resumido, nosso_numero: str) -> None:
        """Mais uma forma em que o boleto volta."""
        self._formas[limpo(nosso_numero)].add(boleto.id)

    def casar(self, titulo: Titulo) -> tuple[Resumido | None, str]:
        """O boleto, ou ``None`` e por que não se sabe qual é."""
        da_chave = self.chave(titulo)
        if da_chave in self.boletos:
            return self.boletos[da_chave], ""
        candidatos = self._candidatos(titulo.nosso_numero or "")
        if not candidatos and (pelo_documento := self._pelo_documento(titulo)):
            return pelo_documento, ""
        if not candidatos:
            return None, "não localizado: nenhum boleto deste livro tem este nosso número"
        iguais = [b for b in candidatos if not titulo.valor_titulo or titulo.valor_titulo == b.valor]
        if not iguais:
            return None, "não localizado: há boleto com este nosso número, mas de outro valor"
        vencimento = titulo.data_vencimento.isoformat() if titulo.data_vencimento else ""
        if len(iguais) > 1:
            iguais = [b for b in iguais if b.vencimento == vencimento] or iguais
        if len(iguais) > 1:
            return None, f"não localizado: serve a {len(iguais)} boletos"
        return iguais[0], ""

    def _pelo_documento(self, titulo: Titulo) -> Resumido | None:
        """O único boleto sem número com o documento, o valor e o vencimento do título."""
        documento = limpo(titulo.numero_documento or "")
        iguais = [
            self.boletos[codigo]
            for codigo, dele in self.documentos.items()
            if documento and limpo(dele) == documento and codigo in self.boletos
        ]
        vencimento = titulo.data_vencimento.isoformat() if titulo.data_vencimento else ""
        certos = [b for b in iguais if (b.valor, b.vencimento) == (titulo.valor_titulo, vencimento)]
        return certos[0] if len(certos) == 1 else None

    def _candidatos(self, nosso_numero: str) -> list[Resumido]:
        """O que saiu na remessa escrito assim; senão, os que o número pode querer dizer, com e sem dígito."""
        if (como_saiu := self._como_saiu.get(nosso_numero)) is not None:
            return [self.boletos[como_saiu]]
        procurado = limpo(nosso_numero)
        return [self.boletos[i] for i in sorted(self._formas.get(procurado, ()))] if procurado else []
