"""De que conta é um retorno de cobrança: banco, CNPJ e contrato do cabeçalho."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from guiche.arquivos.cobranca import Cobranca as Arquivo
from guiche.arquivos.cobranca import abrir
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.cpf_cnpj import limpar
from guiche.dominio.texto import visivel
from guiche.erros import ErroDeRegra, Local, Problema
from guiche.layout.carga import ler_toml
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.recepcao import Aceita, Chegada, recusar_ensaio, recusar_repetido, sha256_de

_MENOR_CONTRATO = 3


class Reconhecido(NamedTuple):
    """Um retorno que se pode importar, e a conta a que pertence."""

    arquivo: Arquivo
    caminho: Path
    chegada: Chegada
    conta: Conta
    cobranca: Cobranca
    avisos: tuple[Problema, ...]


@cache
def _nomes() -> Mapping[str, Any]:
    return ler_toml("leitura/retorno")


def reconhecer(
    ctx: Contexto,
    caminho: Path,
    cadastros: Cadastros,
    contratos: Mapping[str, Cobranca],
    codigo: str,
    aceita: Aceita,
) -> Reconhecido:
    """Reconhece o arquivo e a conta; recusa o que não se pode importar.

    Raises:
        ErroDeArquivo: não é cobrança que se leia.
        ErroDeRegra: ``retorno.sentido``, ``retorno.conta``, ``retorno.ensaio``, ``retorno.ja_importado`` ou
            ``boleto.sem_contrato``.
    """
    sha = sha256_de(caminho)
    arquivo = abrir(caminho)
    local = Local(caminho.name)
    if arquivo.sentido != "retorno":
        raise ErroDeRegra("retorno.sentido", "este arquivo é uma remessa, não um retorno do banco", local=local)
    numero = numero_do_retorno(arquivo)
    data = do_cabecalho(arquivo, "data")
    chegada = Chegada(
        visivel(caminho.name), sha, f"COBRANCA_{arquivo.formato.removeprefix('cnab')}",
        int(numero) if numero.isascii() and numero.isdigit() else None,
        data.isoformat() if isinstance(data, date) else None,
    )  # fmt: skip
    recusar_repetido(ctx, chegada)
    (registro, *_) = arquivo.layout.do_papel("cabecalho")
    avisos = [p for p in arquivo.do_cabecalho if p.gravidade == "aviso"]
    do_ensaio = recusar_ensaio(arquivo, chegada.fonte, registro, aceita)
    chegada = chegada._replace(ensaio=bool(do_ensaio))
    avisos += do_ensaio
    if not numero.strip("0"):
        avisos.append(Problema("retorno.sem_numero", "o banco não numerou este retorno", local, gravidade="aviso"))
    conta = _conta_do_arquivo(arquivo, cadastros, codigo)
    contrato = contratos.get(conta.codigo)
    if contrato is None:
        raise ErroDeRegra("boleto.sem_contrato", f"a conta {conta.codigo} não está na aba Cobrança")
    return Reconhecido(arquivo, caminho, chegada, conta, contrato, tuple(avisos))


def numero_do_retorno(arquivo: Arquivo) -> str:
    """O número do arquivo com os zeros que o banco lhe põe (K-09); vazio se não o traz."""
    (registro, *_) = arquivo.layout.do_papel("cabecalho")
    for nome in _nomes()["numero"]:
        if valor := arquivo.cabecalho.get(nome):
            return f"{valor:0{registro.campo(nome).largura}d}" if isinstance(valor, int) else str(valor)
    return ""


def do_cabecalho(arquivo: Arquivo, dado: str) -> Any:
    """A data ou o CNPJ que o cabeçalho traz; ``None`` se não traz."""
    achados = (arquivo.cabecalho.get(campo) for campo in _nomes()[dado])
    return next((valor for valor in achados if valor not in {None, ""}), None)


def _conta_do_arquivo(arquivo: Arquivo, cadastros: Cadastros, codigo: str) -> Conta:
    """A conta de cobrança do mesmo banco e CNPJ, cujo convênio ou conta está no cabeçalho.

    A desativada também: dos seus boletos o banco ainda fala. Entre ela e uma ativa, a ativa.
    """
    todas = [cadastros.conta(codigo, "COBRANCA", inativa=True)] if codigo else [
        c for c in cadastros.contas.values() if c.produto == "COBRANCA"
    ]  # fmt: skip
    do_banco = [c for c in todas if c.banco == arquivo.banco]
    cnpj = limpar(str(do_cabecalho(arquivo, "cnpj") or "")).lstrip("0")
    if cnpj:
        da_empresa = [c for c in do_banco if not c.empresa_cnpj or limpar(c.empresa_cnpj).lstrip("0") == cnpj]
    else:
        da_empresa = do_banco
    inteiro = _nomes()["inteiro"].get(arquivo.layout.apelido)
    escritos = [_inteiro(arquivo, inteiro["campos"])] if inteiro else [
        str(v) for campo in _nomes()["contrato"] if _so(str(v := arquivo.cabecalho.get(campo) or ""))
    ]  # fmt: skip
    certas = [
        c for c in da_empresa
        if (_no_campo(c, inteiro["algarismos"], escritos[0]) if inteiro else _mesmo_contrato(c, escritos))
    ]  # fmt: skip
    for umas in (certas, [] if escritos else da_empresa):
        if len(sobra := _ativas(umas) or umas) == 1:
            return sobra[0]
    pedidas = "; ".join(f"{c.codigo}: banco {c.banco}, convênio {c.convenio}" for c in todas) or "nenhuma"
    quem = f"o arquivo é do banco {arquivo.banco}, contrato {' / '.join(escritos) or 'não dito'}"
    razao = "e serve a mais de uma conta; escolha uma" if certas else "e não é de nenhuma conta"
    raise ErroDeRegra("retorno.conta", f"{quem}, {razao}; contas: {pedidas}", local=Local(arquivo.fonte.nome))


def _ativas(contas: Sequence[Conta]) -> list[Conta]:
    return [c for c in contas if c.ativa is not False]


def _inteiro(arquivo: Arquivo, campos: Sequence[str]) -> str:
    return "".join(str(arquivo.cabecalho.get(campo) or "") for campo in campos)


def _no_campo(conta: Conta, algarismos: int, escrito: str) -> bool:
    """O convênio está à direita do campo, ou à esquerda dele com zeros depois."""
    convenio = _so(conta.convenio)
    return escrito in {convenio.zfill(len(escrito)), convenio.zfill(algarismos).ljust(len(escrito), "0")}


def _mesmo_contrato(conta: Conta, escritos: Sequence[str]) -> bool:
    """O convênio, ou a conta com ou sem dígito, está em algum dos campos, inteiro ou com mais à volta."""
    procurados = {_so(conta.convenio), _so(conta.conta), _so(conta.conta + conta.conta_dv)} - {""}
    for escrito in map(_so, escritos):
        for procurado in procurados:
            if escrito == procurado or (len(procurado) > _MENOR_CONTRATO and procurado in escrito):
                return True
    return not escritos


def _so(texto: str) -> str:
    return "".join(c for c in texto if c.isalnum()).lstrip("0")
