"""O que se pede ao Excel, nas duas línguas em que ele se deixa pedir: COM no Windows, Apple events no macOS.

Cada pedido atravessa de um processo ao outro, e é isso que custa num clique: aqui cada um faz as travessias de que
precisa e nenhuma a mais, pelos objetos que o xlwings dá (``api``). ``PastaAberta`` e a conversa só falam com este
``Sistema``.

O Excel ocupado (a pessoa edita uma célula, ou uma caixa está aberta) recusa ou não responde: espera-se um pouco, e
depois diz-se o que fazer, com ``excel.ocupado``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from guiche.erros import ErroDePlanilha, Local
from guiche.planilha.celulas import letras_da_coluna, numero_da_coluna

if TYPE_CHECKING:
    pass

T = TypeVar("T")
ESPERA, PASSO = 8.0, 0.2
"""Segundos que se espera por um Excel ocupado, e entre uma tentativa e outra."""
_ULTIMA_LINHA, _ULTIMA_COLUNA = 1_048_576, 16_384
CELULAS_POR_VEZ = 100_000
"""Células que se mandam de uma vez: matrizes maiores o COM e os Apple events recusam."""


@dataclass(frozen=True, slots=True)
class Faixa:
    """Um retângulo de células: linhas e colunas, contadas de 1."""

    topo: int
    esquerda: int
    fim: int
    direita: int

    @property
    def endereco(self) -> str:
        """Como o Excel o escreve.

        >>> Faixa(2, 1, 5, 3).endereco
        'A2:C5'
        """
        return f"{letras_da_coluna(self.esquerda)}{self.topo}:{letras_da_coluna(self.direita)}{self.fim}"

    def pedacos(self) -> Iterator[Faixa]:
        """O retângulo em faixas de linhas inteiras, cada uma com o que se manda de uma vez.

        >>> [p.endereco for p in Faixa(1, 1, 120_000, 1).pedacos()]
        ['A1:A100000', 'A100001:A120000']
        """
        passo = max(CELULAS_POR_VEZ // (self.direita - self.esquerda + 1), 1)
        for topo in range(self.topo, self.fim + 1, passo):
            yield Faixa(topo, self.esquerda, min(topo + passo - 1, self.fim), self.direita)


def faixa_de(endereco: str) -> Faixa:
    """O retângulo de um endereço como o Excel o dá; linhas e colunas inteiras vêm sem a outra ponta.

    >>> faixa_de("$A$1:$C$9"), faixa_de("$B$2")
    (Faixa(topo=1, esquerda=1, fim=9, direita=3), Faixa(topo=2, esquerda=2, fim=2, direita=2))
    >>> faixa_de("$3:$3"), faixa_de("$A:$C")
    (Faixa(topo=3, esquerda=1, fim=3, direita=16384), Faixa(topo=1, esquerda=1, fim=1048576, direita=3))
    """
    cantos = [canto.replace("$", "") for canto in endereco.split(":")]
    (c1, l1), (c2, l2) = ((c.rstrip("0123456789"), c.lstrip(ascii_uppercase)) for c in (cantos[0], cantos[-1]))
    esquerda, direita = numero_da_coluna(c1) if c1 else 1, numero_da_coluna(c2) if c2 else _ULTIMA_COLUNA
    return Faixa(int(l1 or 1), esquerda, int(l2 or _ULTIMA_LINHA), direita)


@dataclass(frozen=True, slots=True)
class Alca:
    """Uma tabela achada: os objetos do sistema para a aba e para ela."""

    nome_da_aba: str
    aba: Any
    tabela: Any


@dataclass(frozen=True, slots=True)
class Filtro:
    """O que um filtro tinha antes de se tirar."""

    criterios: Sequence[tuple[int, Any, Any, Any]]
    """Coluna, contada de 1, operador e os dois critérios, como o sistema os dá."""
    perdidos: int = 0
    """Quantas colunas filtram por algo que o Excel não deixa ler: cor, ícone, datas em grupo."""


Bloco = Sequence[Sequence[Any]]
_OCUPADO = {-2147418111, -2147417846, -2146777998, -1712}
"""RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE (0x800AC472) e, no macOS, o prazo que passou."""


class Sistema(Protocol):
    """Uma pasta aberta no Excel de um dos sistemas."""

    def endereco(self) -> str:
        """O caminho ou o endereço da pasta, sem o traduzir."""
        ...

    def so_leitura(self) -> bool:
        """Diz se a pasta não se pode gravar."""
        ...

    def abas(self) -> list[str]:
        """Os nomes das abas, em ordem."""
        ...

    def achar(self, aba: str, tabela: str) -> Alca | None:
        """A tabela na aba de nome dado; ``None`` se não está lá. Ocupado não é ausente."""
        ...

    def lugar(self, alca: Alca) -> Faixa:
        """O retângulo da tabela, com cabeçalho e linha de totais."""
        ...

    def conteudo(self, alca: Alca) -> tuple[Faixa, list[list[Any]]]:
        """O retângulo da tabela e os valores, com o cabeçalho; erro é um texto como ``#N/D``, vazio é ``None``."""
        ...

    def totais(self, alca: Alca) -> bool:
        """Diz se a linha de totais do Excel está à mostra."""
        ...

    def mostrar_totais(self, alca: Alca, *, mostra: bool) -> None:
        """Mostra ou esconde a linha de totais; escondida, volta depois como era."""
        ...

    def usada(self, alca: Alca) -> Faixa:
        """O retângulo da aba que o Excel diz usado."""
        ...

    def tem_mescladas(self, alca: Alca, faixa: Faixa) -> bool:
        """Diz se há células mescladas na faixa."""
        ...

    def ler(self, alca: Alca, faixa: Faixa) -> list[list[Any]]:
        """Os valores de uma faixa; erro é um texto, vazio é ``None``."""
        ...

    def formulas(self, alca: Alca, faixa: Faixa) -> list[list[Any]]:
        """As fórmulas de uma faixa; o que não é fórmula vem como o valor."""
        ...

    def escrever(self, alca: Alca, faixa: Faixa, bloco: Bloco) -> None:
        """Os valores numa faixa, aos pedaços que o Excel aceita."""
        ...

    def escrever_formulas(self, alca: Alca, faixa: Faixa, bloco: Bloco) -> None:
        """As fórmulas numa faixa."""
        ...

    def formatar(self, alca: Alca, faixas: Sequence[Faixa], formato: str) -> None:
        """O formato de número nas faixas, só se alguma tem outro."""
        ...

    def limpar(self, alca: Alca, faixa: Faixa) -> None:
        """Tira o conteúdo da faixa; o formato fica."""
        ...

    def redimensionar(self, alca: Alca, faixa: Faixa) -> None:
        """A tabela passa a ocupar a faixa."""
        ...

    def filtrada(self, alca: Alca) -> bool:
        """Diz se algum critério de filtro vale na tabela."""
        ...

    def tirar_filtro(self, alca: Alca) -> Filtro:
        """Mostra todas as linhas e devolve o que filtrava."""
        ...

    def repor_filtro(self, alca: Alca, filtro: Filtro) -> None:
        """Filtra como antes."""
        ...

    def protegida(self, alca: Alca) -> bool:
        """Diz se o conteúdo da aba está protegido."""
        ...

    def desproteger(self, alca: Alca) -> None:
        """Tira a proteção, que é sem senha.

        Raises:
            ErroDePlanilha: ``pasta.aba_com_senha``.
        """
        ...

    def proteger(self, alca: Alca) -> None:
        """Protege o conteúdo; filtrar, alargar colunas, desenhos e cenários ficam livres."""
        ...

    def parado(self) -> AbstractContextManager[None]:
        """A tela, os eventos e o cálculo param enquanto se escreve, e voltam como estavam."""
        ...

    def salvar(self) -> None:
        """Grava o arquivo."""
        ...

    def reabrir(self, mexer: Callable[[], T]) -> T:
        """Fecha a pasta, deixa que se mexa no arquivo e a abre de novo."""
        ...

    def barra(self, frase: str | None) -> None:
        """A frase na barra de status; ``None`` a devolve ao Excel."""
        ...

    def mostrar(self, aba: str) -> None:
        """Põe a aba na frente, à mostra se estava escondida; nada, se não há essa aba."""
        ...

    def escolhida(self) -> tuple[str, Faixa] | None:
        """A aba e as células escolhidas; ``None`` se o escolhido não são células."""
        ...

    def perguntar(self, texto: str, titulo: str, *, pergunta: bool, grave: bool) -> bool:
        """Mostra uma caixa, pelo tempo que a pessoa quiser; com ``pergunta``, Não e Sim, e diz se foi Sim."""
        ...

    @property
    def espera_a_resposta(self) -> bool:
        """Diz se, com uma pergunta na tela, a pessoa não pode mexer na pasta."""
        ...

    def na_frente(self) -> bool:
        """Diz se a janela em que a pessoa tecla é a deste Excel."""
        ...


def esta_ocupado(erro: BaseException) -> bool:
    """Diz se o erro, do COM ou do appscript, é o de um Excel que não atende agora."""
    excecao = getattr(erro, "excepinfo", None) or (None,)
    codigos = {getattr(erro, "hresult", None), excecao[-1], getattr(erro, "errornumber", None)}
    return bool(codigos & _OCUPADO) or type(erro).__name__ == "ExcelBusyError"


def sem_esperar(modulo: Any) -> None:
    """O xlwings do Windows tentaria para sempre, sem pausa, um Excel ocupado: quem espera é o Guichê."""
    if hasattr(modulo, "N_COM_ATTEMPTS"):
        modulo.N_COM_ATTEMPTS = 1


def esperar() -> None:
    """A pausa entre duas tentativas."""
    time.sleep(PASSO)


def modulo_de(objeto: Any) -> Any:
    """O módulo do xlwings que fala com o sistema deste objeto."""
    return sys.modules[type(objeto.impl).__module__]


def ocupado(livro: str) -> ErroDePlanilha:
    """A recusa de um Excel que não atende."""
    return ErroDePlanilha("excel.ocupado", "o Excel está ocupado e não respondeu", local=Local(livro))


def com_senha(aba: str) -> ErroDePlanilha:
    """A recusa de uma aba que alguém trancou com senha."""
    return ErroDePlanilha("pasta.aba_com_senha", "a aba está protegida com uma senha", local=Local(aba))


def em_matriz(valores: Any, limpar: Callable[[Any], Any]) -> list[list[Any]]:
    """Os valores de uma faixa em linhas, seja ela uma célula, uma linha ou um bloco.

    >>> em_matriz(1, str), em_matriz(((1, 2),), str)
    ([['1']], [['1', '2']])
    """
    if not isinstance(valores, tuple | list):
        return [[limpar(valores)]]
    return [[limpar(v) for v in linha] for linha in (valores if isinstance(valores[0], tuple | list) else [valores])]
