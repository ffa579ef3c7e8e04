"""Lê e confere as tabelas do operador que um ato usa; junta todos os problemas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from guiche.boleto.contas import digito_que_falta
from guiche.dominio.cadastro import Cliente, Conta, Empresa, Fechamento, Feriado, Titulo
from guiche.dominio.datas import Calendario
from guiche.erros import ErroDeRegra, Local, Problema
from guiche.oficio.lembranca import Lembranca
from guiche.planilha.porta import Folha, Pasta, Validada

T = TypeVar("T", bound=NamedTuple)
P = TypeVar("P", Cliente, Empresa)
C = TypeVar("C", Conta, Cliente, Empresa)


class Lugares(NamedTuple):
    """Onde cada linha de uma tabela está, para dizer a célula."""

    aba: str
    letras: Mapping[str, str]
    """Coluna → letra."""
    linhas: Mapping[str, int]
    """Chave da linha → número dela na aba."""

    def celula(self, chave: str, coluna: str) -> Local:
        """A célula de uma coluna na linha da chave; só a aba, se a linha ou a coluna não estão nela."""
        if chave not in self.linhas or coluna not in self.letras:
            return Local(self.aba)
        return Local(self.aba, celula=f"{self.letras[coluna]}{self.linhas[chave]}")


def lugares(folha: Folha, chaves: Sequence[str], numeros: Sequence[int]) -> Lugares:
    """Os lugares das linhas lidas de uma folha."""
    return Lugares(folha.aba, folha.letras, dict(zip(chaves, numeros, strict=True)))


@dataclass(frozen=True, slots=True)
class Cadastros:
    """As tabelas do operador, conferidas."""

    contas: Mapping[str, Conta]
    clientes: Mapping[str, Cliente]
    titulos: Sequence[Titulo]
    numeros: Sequence[int]
    """Número da linha na aba de cada título."""
    calendario: Calendario
    empresas: Mapping[str, Empresa]
    fechamentos: Mapping[str, Fechamento]
    problemas: list[Problema]
    avisos: Sequence[Problema] = ()
    """O que se completou ao ler: o zero da frente de um CEP ou de um CPF."""
    lugares: Mapping[str, Lugares] = field(default_factory=dict)
    """Tabela → onde está cada linha: ``contas``, ``clientes`` e ``empresas``."""
    pagadores: str = "clientes"
    """De que tabela são os clientes: num fechamento, de ``empresas``."""
    agencias_dv: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Tabela e chave da linha → o dígito que se escreveu junto da agência."""

    def conta(self, codigo: str, produto: str = "DEBITO", *, inativa: bool = False) -> Conta:
        """A conta pedida, que só com ``inativa`` pode estar desativada; sem código, a única ativa do produto.

        Raises:
            ErroDeRegra: ``conta.ausente``, ``conta.ambigua``, ``conta.inativa`` ou ``conta.produto``.
        """
        if codigo:
            return self._conferida(codigo, produto, inativa=inativa)
        ativas = [c for c in self.contas.values() if c.produto == produto and c.ativa is not False]
        if len(ativas) == 1:
            return ativas[0]
        if not ativas:
            raise ErroDeRegra("conta.ausente", f"não há conta ativa de {produto} na aba Contas")
        nomes = ", ".join(c.codigo for c in ativas)
        raise ErroDeRegra("conta.ambigua", f"há mais de uma conta de {produto}: {nomes}")

    def do_convenio(self, conta: Conta) -> list[Conta]:
        """A conta e as que têm o mesmo produto, banco e convênio: as que se desativaram para a fazer de novo."""
        dela = (conta.produto, conta.banco, conta.convenio)
        outras = [c for c in self.contas.values() if (c.produto, c.banco, c.convenio) == dela and c is not conta]
        return [conta, *(outras if conta.convenio else [])]

    def _conferida(self, codigo: str, produto: str, *, inativa: bool) -> Conta:
        conta = self.contas.get(codigo)
        if conta is None:
            raise ErroDeRegra("conta.ausente", f"a conta {codigo} não está na aba Contas")
        if conta.produto != produto:
            raise ErroDeRegra("conta.produto", f"a conta {codigo} é de {conta.produto}, não de {produto}")
        if conta.ativa is False and not inativa:
            raise ErroDeRegra("conta.inativa", f"a conta {codigo} está desativada")
        return conta


def codigo_da_celula(valor: Any) -> str:
    """Um código como a validação o lê, venha a célula como texto ou como número."""
    return str(int(valor)) if isinstance(valor, float) and valor.is_integer() else str(valor or "").strip()


Carteira = Callable[[Cadastros], Cadastros]
"""O que se cobra: os títulos da aba, ou o que se faz deles (os fechamentos)."""


def todos(cadastros: Cadastros) -> Cadastros:
    """A carteira como está na aba Títulos."""
    return cadastros


def ler_tabela(
    pasta: Pasta, tabela: str, fabrica: Callable[[tuple[Any, ...]], T]
) -> tuple[list[T], list[int], list[Problema]]:
    """Linhas conferidas de uma tabela, o número de cada uma na aba, e os problemas."""
    from guiche.planilha.validacao import validar  # noqa: PLC0415

    validada = validar(pasta.ler(tabela))
    return [fabrica(linha) for linha in validada.linhas], list(validada.numeros), list(validada.problemas)


class _Leitura:
    """Lê as tabelas uma a uma e junta os problemas, os avisos e os lugares."""

    def __init__(self, pasta: Pasta, lembranca: Lembranca | None) -> None:
        self.pasta, self.lembranca = pasta, lembranca
        self.problemas: list[Problema] = []
        self.avisos: list[Problema] = []
        self.lugares: dict[str, Lugares] = {}
        self.agencias_dv: dict[tuple[str, str], str] = {}

    def __call__(self, tabela: str, fabrica: Callable[[tuple[Any, ...]], T]) -> tuple[list[T], Sequence[int]]:
        """As linhas conferidas e o número de cada uma na aba."""
        validada, aba, letras = self._lida(tabela, fabrica)
        self.problemas += validada.problemas
        self.avisos += validada.avisos
        numeros = validada.numeros
        if tabela in _COM_LUGAR:
            chaves = [linha[0] for linha in validada.linhas]
            self.lugares[tabela] = Lugares(aba, letras, dict(zip(chaves, numeros, strict=True)))
        linhas: list[Any] = list(validada.linhas)
        return linhas, numeros

    def _lida(self, tabela: str, fabrica: Callable[[tuple[Any, ...]], T]) -> tuple[Validada, str, Mapping[str, str]]:
        """As linhas conferidas e feitas, a aba e as letras das colunas: as de que se lembra, ou as da aba."""
        if self.lembranca and (lembrada := self.lembranca.lida(tabela, fabrica)):
            return lembrada
        from guiche.planilha.validacao import validar  # noqa: PLC0415  só quem lê paga pelo pydantic

        folha = self.pasta.ler(tabela)
        validada = validar(folha)
        if self.lembranca:
            self.lembranca.ler(folha, validada)
        return replace(validada, linhas=list(map(fabrica, validada.linhas))), folha.aba, folha.letras

    def contas(self, tabela: str, fabrica: Callable[[tuple[Any, ...]], C]) -> dict[str, C]:
        """As linhas, pela chave, com a agência sem o dígito que se escreveu junto dela."""
        linhas, _ = self(tabela, fabrica)
        lidas = {linha.codigo: linha for linha in linhas}
        for linha in [linha for linha in linhas if "-" in linha.agencia]:
            agencia, _, self.agencias_dv[tabela, linha.codigo] = linha.agencia.partition("-")
            lidas[linha.codigo] = linha._replace(agencia=agencia)
        return lidas

    def com_o_digito(self, tabela: str, pagadores: dict[str, P]) -> dict[str, P]:
        """Os pagadores, com o dígito da conta que não se escreveu e se sabe calcular; diz-se qual."""
        for codigo, pagador in [(c, p) for c, p in pagadores.items() if p.conta and not p.conta_dv]:
            if digito := digito_que_falta(pagador.banco, pagador._asdict()):
                pagadores[codigo] = pagador._replace(conta_dv=digito)
                celula = self.lugares[tabela].celula(codigo, "conta_dv")
                frase = f"dígito da conta calculado: {digito}"
                self.avisos.append(Problema("celula.completada", frase, celula, gravidade="aviso"))
        return pagadores


_COM_LUGAR = {"contas", "clientes", "empresas"}


def ler_cadastros(pasta: Pasta, lembranca: Lembranca | None = None, *, com_titulos: bool = True) -> Cadastros:
    """Lê contas, clientes, títulos e feriados, e junta os problemas de todas as tabelas.

    A tabela em que nada mudou desde a ``lembranca`` não se lê outra vez.
    """
    ler = _Leitura(pasta, lembranca)
    contas = ler.contas("contas", Conta._make)
    clientes = ler.com_o_digito("clientes", ler.contas("clientes", Cliente._make))
    feriados, _ = ler("feriados", Feriado._make)
    empresas = ler.com_o_digito("empresas", ler.contas("empresas", Empresa._make))
    fechamentos, _ = ler("fechamentos", Fechamento._make)
    titulos, numeros = ler("titulos", Titulo._make) if com_titulos else ([], [])
    _conferir_convenios(list(contas.values()), ler.problemas)
    return Cadastros(
        contas,
        clientes,
        titulos,
        numeros,
        Calendario.de_feriados(feriados),
        empresas,
        {f.codigo: f for f in fechamentos},
        ler.problemas,
        ler.avisos,
        ler.lugares,
        agencias_dv=ler.agencias_dv,
    )


def _conferir_convenios(contas: Sequence[Conta], problemas: list[Problema]) -> None:
    """O NSA é do convênio: duas contas com o mesmo convênio dividiriam a sequência; a inativa já não a usa."""
    vezes = Counter((c.produto, c.banco, c.convenio) for c in contas if c.ativa is not False)
    for (produto, banco, convenio), quantas in vezes.items():
        if quantas > 1:
            qual = f"o convênio {convenio}" if convenio else "o Convênio no banco vazio"
            texto = f"{qual} do banco {banco} ({produto}) está em {quantas} contas ativas"
            problemas.append(Problema("conta.repetida", texto, Local("Contas")))
