"""O que uma porta (linha de comando, Excel, painel) entrega a quem atende um ato."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiche.dominio.datas import PRIMEIRO_DIA
from guiche.erros import ErroDeRegra, Local
from guiche.livro.atos import Autor
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado

if TYPE_CHECKING:
    from guiche.dominio.filtros import Filtros


def _sem_pasta() -> AbstractContextManager[Contexto]:
    raise TypeError("este ato não usa pasta de trabalho")


@dataclass(frozen=True, slots=True)
class Pedido:
    """Um ato pedido: as opções, quem pede e como se abre a pasta de trabalho."""

    autor: Autor
    opcoes: Mapping[str, Any] = field(default_factory=dict)
    caminho: Path = Path()
    """A pasta de trabalho."""
    abrir: Callable[[], AbstractContextManager[Contexto]] = _sem_pasta
    na_janela: bool = False
    """Pedido com um botão: o que a linha de comando escreveria na tela vai para arquivos e abas."""
    previa: bool = False
    """Só para a pessoa ver antes de confirmar outro ato: nem as abas de relatório se tocam."""

    def __getitem__(self, chave: str) -> Any:
        return self.opcoes[chave]

    @property
    def na_aba(self) -> bool:
        """Diz se a conferência vai à aba Conferência."""
        return self.na_janela and not self.previa

    def dia_do_recebimento(self) -> date:
        """O dia pedido, ou hoje: dinheiro que entrou não tem data por vir, nem de antes do real.

        Raises:
            ErroDeRegra: ``titulo.dia``.
        """
        dia: date = self.opcoes["dia"] or self.autor.hoje
        if not PRIMEIRO_DIA <= dia <= self.autor.hoje:
            razao = f"o dia {dia:%d/%m/%Y} não serve: hoje é {self.autor.hoje:%d/%m/%Y}"
            raise ErroDeRegra("titulo.dia", razao, local=Local("Dia do recebimento"))
        return dia

    def intervalo(self, chave: str) -> range:
        """Os códigos de uma opção de intervalo, com as duas pontas; vazio se ela não se preencheu."""
        de, ate = self.opcoes[f"{chave}_de"], self.opcoes[f"{chave}_ate"]
        return range(int(de or ate), int(ate or de) + 1) if de or ate else range(0)

    def na_pasta(self, ato: Callable[[Contexto], Resultado]) -> Resultado:
        """Faz o ato com a pasta de trabalho aberta e travada."""
        with self.abrir() as ctx:
            return ato(ctx)


def filtros(p: Pedido) -> Filtros:
    """Os filtros do débito automático."""
    from guiche.dominio.filtros import Filtros  # noqa: PLC0415

    return Filtros(
        filial=(p["filial_de"], p["filial_ate"]),
        por=p["por"],
        empresa=(p["empresa_de"], p["empresa_ate"]),
        cliente=(p["cliente_de"], p["cliente_ate"]),
        matricula=(p["matricula_de"], p["matricula_ate"]),
        vencimento=(p["vencimento_de"], p["vencimento_ate"]),
        tipo_doc=(p["tipo_doc_de"], p["tipo_doc_ate"]),
        tipos_doc=frozenset(filter(None, (tipo.strip() for tipo in p["tipos_doc"].split(",")))),
        data_fixa=p["data_fixa"],
        parcial=p["parcial"],
        manutencao=bool(p.opcoes.get("manutencao")),
        optantes=bool(p.opcoes.get("optantes")),
    )
