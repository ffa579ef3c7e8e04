"""Como está cada tabela da pasta, sem a ler: a identidade do que lá está, e a do que a pessoa escreveu."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from guiche.planilha.esquema import esquema


class Conteudos:
    """A identidade de cada tabela muda se muda qualquer célula da aba; o conteúdo, só se não foi o Guichê que mudou.

    Onde a identidade é vazia, só lendo se sabe.
    """

    def __init__(self, identidade: Callable[[str], str] = lambda _: "") -> None:
        self.identidade = identidade
        self._conteudos: dict[str, str] = {}

    def lembrar(self, como_ficaram: Mapping[str, Sequence[str]]) -> None:
        """Das tabelas que estão como se deixaram, o conteúdo é o que ``como_estao`` disse."""
        for tabela, (identidade, conteudo) in como_ficaram.items():
            if tabela in esquema() and identidade and identidade == self.identidade(tabela):
                self._conteudos[tabela] = conteudo

    def como_estao(self) -> dict[str, Sequence[str]]:
        """De cada tabela de que se sabe, a identidade e o conteúdo."""
        return {tabela: (um, self.de(tabela)) for tabela in esquema() if (um := self.identidade(tabela))}

    def de(self, tabela: str) -> str:
        """O conteúdo: a identidade de quando alguém escreveu na tabela, fora das colunas do Guichê."""
        return self._conteudos.setdefault(tabela, self.identidade(tabela))

    def escrita(self, tabela: str, antes: str = "") -> None:
        """Anota que se escreveu na tabela; com ``antes``, só nas colunas do Guichê, e o conteúdo é o mesmo."""
        self._conteudos[tabela] = antes or self.identidade(tabela)

    def esquecer(self) -> None:
        """Esquece tudo: a pasta é outra."""
        self._conteudos.clear()
