"""O que o operador pede à remessa: que títulos podem entrar, antes de se olhar o que o livro sabe deles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from guiche.dominio.cadastro import Cliente, Titulo


@dataclass(frozen=True, slots=True)
class Filtros:
    """O que o operador pede à remessa; intervalo vazio não filtra. Intervalos são inclusivos."""

    filial: tuple[str, str] = ("", "")
    por: str = "CLIENTE"
    """``"CLIENTE"`` ou ``"CONVENIO"``: só o intervalo escolhido vale (S-22)."""
    empresa: tuple[str, str] = ("", "")
    cliente: tuple[str, str] = ("", "")
    matricula: tuple[str, str] = ("", "")
    vencimento: tuple[date | None, date | None] = (None, None)
    tipo_doc: tuple[str, str] = ("", "")
    tipos_doc: frozenset[str] = field(default_factory=frozenset)
    data_fixa: date | None = None
    parcial: bool = False
    dias: Mapping[str, date] = field(default_factory=dict)
    """Se há, só estes títulos, cada um no seu dia."""
    manutencao: bool = False
    """Manda também débitos de valor zero a quem está há quase três meses sem débito."""
    optantes: bool = False
    """Só nos boletos: emite também para quem se debita."""

    @property
    def filtra(self) -> bool:
        """Diz se algum título pode ficar fora por um filtro."""
        intervalos = (self.filial, self.empresa, self.cliente, self.matricula, self.vencimento, self.tipo_doc)
        return bool(self.dias or self.tipos_doc or any(ponta for par in intervalos for ponta in par))

    def __post_init__(self) -> None:
        """Os tipos de documento comparam-se em maiúsculas."""
        object.__setattr__(self, "tipos_doc", frozenset(tipo.upper() for tipo in self.tipos_doc))


def tipos_sem_titulo(filtros: Filtros, titulos: Iterable[Titulo]) -> list[str]:
    """Os tipos de documento pedidos que nenhum título tem, maiúsculas ou minúsculas."""
    return sorted(filtros.tipos_doc - {t.tipo_doc.upper() for t in titulos}) if filtros.tipos_doc else []


def chave_de_intervalo(texto: str) -> str:
    """Chave que ordena códigos numéricos como números e os outros como texto de 15 posições.

    >>> chave_de_intervalo("9") < chave_de_intervalo("10") < chave_de_intervalo("10A")
    True
    """
    return texto.upper().rjust(15, "0")


def dentro(valor: str, intervalo: tuple[str, str]) -> bool:
    """Diz se o código está no intervalo inclusivo; ponta vazia é aberta."""
    de, ate = intervalo
    if not de and not ate:
        return True
    chave = chave_de_intervalo(valor)
    return (not de or chave >= chave_de_intervalo(de)) and (not ate or chave <= chave_de_intervalo(ate))


def fora_do_filtro(titulo: Titulo, cliente: Cliente | None, filtros: Filtros, *, com_data: bool) -> str:
    """Nome do filtro que exclui o título, ou ``""``; num plano de reenvio só vale estar nele."""
    if filtros.dias:
        return "" if titulo.numero in filtros.dias else "plano de reenvio"
    return _fora_dos_intervalos(titulo, cliente, filtros, com_data=com_data)


def _fora_dos_intervalos(titulo: Titulo, cliente: Cliente | None, filtros: Filtros, *, com_data: bool) -> str:
    if not dentro(titulo.filial, filtros.filial):
        return "filial"
    if not dentro(titulo.tipo_doc, filtros.tipo_doc) or (
        filtros.tipos_doc and titulo.tipo_doc.upper() not in filtros.tipos_doc
    ):
        return "tipo de documento"
    if filtros.por == "CONVENIO":
        if not dentro(cliente.empresa if cliente else "", filtros.empresa):
            return "convênio"
    elif not dentro(titulo.cliente, filtros.cliente) or not dentro(
        cliente.matricula if cliente else "", filtros.matricula
    ):
        return "cliente"
    de, ate = filtros.vencimento
    if com_data and ((de and titulo.vencimento < de) or (ate and titulo.vencimento > ate)):
        return "vencimento"
    return ""
