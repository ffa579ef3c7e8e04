"""O que falta, ou não serve, na conta da empresa: pergunta-se ao cálculo, à remessa e ao débito do banco.

O que um banco pede não se repete aqui: calcula-se um boleto de prova e compõe-se a remessa dele com os dados da
conta; o que a conta recusar é o que a conta verdadeira recusaria depois de gastar um número.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from string import Formatter
from typing import Any

from guiche.bancos.perfil import perfil
from guiche.boleto.calculo import calcular_o_que_da
from guiche.boleto.contas import discordancias
from guiche.boleto.entrada import entrada_do_calculo
from guiche.boleto.regras import banco as regras_do_boleto
from guiche.dominio import cpf_cnpj
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.escritos import convenio_com_numero
from guiche.erros import ErroDeCampo, ErroDeRegra, ErroGuiche, Problema
from guiche.layout.carga import carregar, ler_toml
from guiche.oficio.cadastros import Cadastros, Lugares
from guiche.oficio.contratos import Contratos, layout_da
from guiche.oficio.traducao import da_empresa, em_palavras, especie, numerica
from guiche.planilha.esquema import esquema
from guiche.remessa.composicao import compor
from guiche.remessa.receita import gravaveis

_FALTAS = {"boleto.campo_falta", "remessa.falta"}
_PALAVRA = re.compile(r"[a-z]+(?:_[a-z]+)*")
_PRAZO = timedelta(days=30)
_VALOR = 10_000
_PAGADOR = {
    "pagador_nome": "PROVA", "pagador_documento": "52998224725", "pagador_endereco": "RUA A, 1",
    "pagador_bairro": "CENTRO", "pagador_cidade": "SAO PAULO", "pagador_uf": "SP", "pagador_cep": "01001000",
}  # fmt: skip
Achado = tuple[str, ErroGuiche]


@cache
def _celulas() -> Mapping[str, tuple[str, str]]:
    pares = ((nome, onde.partition(".")) for nome, onde in ler_toml("leitura/exame")["celulas"].items())
    return {nome: (tabela, coluna) for nome, (tabela, _, coluna) in pares}


def _coluna(nome: str) -> str:
    tabela, coluna = _celulas()[nome]
    return esquema()[tabela].coluna(coluna).titulo


class _Exame:
    """Os problemas de uma conta, cada um na sua célula e uma vez só."""

    def __init__(self, conta: Conta, lugares: Mapping[str, Lugares]) -> None:
        self.conta, self.lugares = conta, lugares
        self.problemas: dict[str, Problema] = {}

    def anotar(self, nome: str, codigo: str, frase: str) -> None:
        """Junta o que se achou de um dado; o primeiro vale."""
        tabela, coluna = _celulas().get(nome, ("contas", "codigo"))
        local = self.lugares[tabela].celula(self.conta.codigo, coluna)
        self.problemas.setdefault(str(local), Problema(codigo, frase, local))

    def falta(self, nome: str, porque: str) -> None:
        """Junta um dado que não se escreveu."""
        self.anotar(nome, "conta.falta", f"falta {_coluna(nome)}: {porque}")

    def erro(self, nome: str, erro: ErroGuiche, porque: str) -> None:
        """Junta o que um cálculo ou uma remessa recusou."""
        if erro.codigo in _FALTAS and nome:
            self.falta(nome, porque)
        elif erro.codigo in _FALTAS:
            onde = "e a pasta de trabalho não tem onde o escrever: use Calcular boletos e Compor remessa"
            self.anotar(nome, "conta.dado", f"{_em_palavras(erro.mensagem)}, que {porque}, {onde}")
        else:
            self.anotar(nome, "conta.dado", f"{_em_palavras(erro.mensagem)}: {porque}")


def _em_palavras(mensagem: str) -> str:
    """A recusa com o cabeçalho da coluna no lugar do nome de cada dado."""

    def dizer(achado: re.Match[str]) -> str:
        nome = achado.group()
        return _coluna(nome) if nome in _celulas() else nome

    return em_palavras(_PALAVRA.sub(dizer, mensagem))


def do_debito(cadastros: Cadastros, conta: Conta) -> list[Problema]:
    """O que impede o débito automático pela conta: o que o cabeçalho do banco leva e falta, e o que não confere."""
    exame = _Exame(conta, cadastros.lugares)
    porque = f"vai no arquivo do débito automático do banco {conta.banco}"
    for nome in _do_cabecalho(conta):
        if not getattr(conta, "conta_dv" if nome == "dv" else nome, ""):
            exame.falta(nome, porque)
    if not convenio_com_numero(conta.convenio):
        exame.falta("convenio", porque)
    elif not conta.convenio.replace(" ", "").isalnum():
        exame.anotar("convenio", "conta.dado", f"o convênio só leva algarismos e letras: {porque}")
    _da_empresa(exame, cadastros, "")
    return list(exame.problemas.values())


def _do_cabecalho(conta: Conta) -> Iterator[str]:
    """Os dados que as máscaras do registro A pedem."""
    habitos, dispensa = perfil(conta.banco), ler_toml("leitura/exame")["debito"]["com_padrao"]
    versao = habitos.versoes.get(conta.layout_versao or habitos.versao_padrao)
    mascaras = habitos.mascaras("A", carregar(versao).versao) if versao else {}
    for mascara in mascaras.values():
        for _, nome, _, _ in Formatter().parse(mascara):
            if nome and nome not in dispensa:
                yield nome


def _da_empresa(exame: _Exame, cadastros: Cadastros, agencia_dv: str) -> None:
    """O CNPJ e os dígitos que se escreveram e não conferem."""
    conta = exame.conta
    if conta.empresa_cnpj and not cpf_cnpj.tipo(cpf_cnpj.limpar(conta.empresa_cnpj)):
        exame.anotar("empresa_cnpj", "conta.documento", "o CNPJ da empresa não confere: os dígitos não são os dele")
    junto = cadastros.agencias_dv.get(("contas", conta.codigo), "")
    if junto and agencia_dv and junto != agencia_dv.upper():
        frase = f"o dígito da agência escrito na aba Contas é {junto}, e aqui é {agencia_dv}"
        exame.anotar("agencia_dv", "conta.digito", frase)
    dados = {**conta._asdict(), "agencia_dv": agencia_dv or junto}
    for nome, razao in discordancias(conta.banco, dados).items():
        exame.anotar("agencia" if nome == "agencia_dv" and (junto or not agencia_dv) else nome, "conta.digito", razao)


def dos_boletos(cadastros: Cadastros, contratos: Contratos, conta: Conta, hoje: date) -> list[Problema]:
    """O que impede emitir boletos pela conta, ou registrá-los depois; vazio se nada.

    Raises:
        ErroDeRegra: ``boleto.sem_contrato``.
    """
    contrato = contratos.da_conta(conta)
    exame = _Exame(conta, {**cadastros.lugares, "cobranca": contratos.lugares})
    _da_empresa(exame, cadastros, contrato.agencia_dv)
    if not conta.empresa_cnpj:
        exame.falta("empresa_cnpj", "a lei manda que o boleto o traga")
    if not contrato.endereco:
        local = contratos.lugares.celula(conta.codigo, "endereco")
        frase = "falta Endereço do beneficiário: a lei manda que o boleto o traga"
        exame.problemas[str(local)] = Problema("conta.falta", frase, local)
    if convenio_com_numero(conta.convenio) and not conta.convenio.isalnum():
        exame.anotar("convenio", "conta.dado", "o convênio se escreve sem pontos nem hífen, e sem o dígito")
    entrada = entrada_do_calculo(conta, contrato, contrato.nn_inicio or 1, hoje)
    for nome, recusa in _sondar(_calcular(hoje), entrada):
        exame.erro(nome, recusa, f"entra no boleto do banco {conta.banco}")
    _da_remessa(exame, conta, contrato, hoje)
    return list(exame.problemas.values())


def _calcular(hoje: date) -> Callable[[dict[str, Any]], None]:
    def calcular(entrada: dict[str, Any]) -> None:
        regras_do_boleto(entrada["banco"])
        _, faltas = calcular_o_que_da({**entrada, "vencimento": hoje + _PRAZO, "centavos": _VALOR})
        if faltas:
            raise next(iter(faltas.values()))

    return calcular


def _da_remessa(exame: _Exame, conta: Conta, contrato: Cobranca, hoje: date) -> None:
    """O que a remessa da conta recusaria do registro de um boleto qualquer."""
    if not gravaveis(conta.banco):
        return
    try:
        layout = layout_da(conta, contrato).removesuffix(".remessa")
    except ErroDeRegra:  # o contrato ainda não diz o formato: a remessa o pede
        return
    agora = datetime.combine(hoje, datetime.min.time())
    titulo = _titulo(contrato, hoje)

    def registrar(empresa: dict[str, Any]) -> None:
        carteira = {n: empresa[n] for n in ("carteira", "variacao", "modalidade") if empresa.get(n)}
        compor(layout, empresa, [{**titulo, **carteira}], agora)

    porque = f"vai na remessa {carregar(f'cnab/{layout}.remessa').por_extenso}"
    for nome, recusa in _sondar(registrar, da_empresa(conta, contrato, 1)):
        exame.erro(nome, recusa, porque)


def _titulo(contrato: Cobranca, hoje: date) -> dict[str, Any]:
    return {
        **_PAGADOR, "nosso_numero": str(contrato.nn_inicio or 1), "numero_documento": "1",
        "numero_documento_empresa": "1", "ano_nosso_numero": f"{hoje.year % 100:02d}",
        "emissor": contrato.emissor or "CLIENTE", "especie": especie(contrato.especie or "DM"),
        "aceite": "A" if contrato.aceite else "N", "valor_titulo": _VALOR, "data_vencimento": hoje + _PRAZO,
        "data_emissao": hoje, **({"modalidade": m} if (m := numerica(contrato.modalidade)) else {}),
    }  # fmt: skip


def _sondar(tentar: Callable[[dict[str, Any]], None], dados: dict[str, Any]) -> Iterator[Achado]:
    """O que se recusa dos dados, um a um: o que falta se supõe, para achar o que mais falta."""
    dados, vistos = dict(dados), set()
    while True:
        try:
            return tentar(dados)
        except (ErroDeCampo, ErroDeRegra) as erro:
            nome = next((n for n in _PALAVRA.findall(erro.mensagem) if n in _celulas()), "")
            if nome not in vistos:
                yield nome, erro
            if nome in vistos or erro.codigo not in _FALTAS or not nome:
                return None
            vistos.add(nome)
            dados[nome] = "1"
