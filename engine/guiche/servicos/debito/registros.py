"""O efeito dos registros de um retorno que não respondem a débitos: B, H, J, T, X e os que só informam.

Aqui nada se grava: ``interpretar`` calcula tudo o que o ato gravará, ou a prévia mostrará.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from guiche.arquivos.debito150 import Arquivo
from guiche.bancos.codigos import interpretar_alteracao
from guiche.debito.composicao import Remetente
from guiche.debito.identidade import Identificador, conta_do, conta_na_linha, fim_da_conta, mesma_conta
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.elegibilidade import escrever_data
from guiche.erros import Local, Problema
from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Registro
from guiche.livro import arquivos, cadastramentos, optantes, remessas
from guiche.livro.cadastramentos import A_DECIDIR, EXCLUSAO, INCLUSAO, INFORMADO, Cadastramento, PedidoCadastral
from guiche.livro.conexao import Livro
from guiche.livro.remessas import COBRANCA, Remessa
from guiche.livro.retornos import LinhaRecebida
from guiche.oficio.contexto import Contexto

DIVERGENCIA = "DIVERGÊNCIA"
_RESPOSTAS = frozenset("AFZ")
_NOMES = {
    "B": "cadastramentos do banco", "H": "alterações recusadas", "J": "confirmações de remessa", "T": "totais do banco",
    "X": "agências",
}  # fmt: skip
_CODIGOS_DO_H = (
    "ocorrencia_cancelamento", "ocorrencia_data_vigencia", "ocorrencia_cheque_especial", "ocorrencia_pos_vencimento",
)  # fmt: skip
_PESSOAIS = frozenset({
    "codigo_registro", "id_cliente_empresa", "agencia_debito", "id_cliente_banco", "tipo_identificacao",
    "identificacao", "nome",
})  # fmt: skip
_TEXTOS_DO_H = (
    "o banco não fez a alteração: {}",
    "o banco não excluiu o optante: {}; confira a conta na aba Clientes, ou peça a exclusão na agência",
)


@dataclass(slots=True)
class Registros:
    """O que os registros que não são respostas mudam."""

    linhas: list[LinhaRecebida] = field(default_factory=list)
    """Um por registro, para a aba das respostas."""
    cadastramentos: list[Cadastramento] = field(default_factory=list)
    confirmadas: list[Remessa] = field(default_factory=list)
    agencias: list[tuple[str, str, str]] = field(default_factory=list)
    recusados: list[PedidoCadastral] = field(default_factory=list)
    """Alterações que o banco não fez."""
    quantos: Counter[str] = field(default_factory=Counter)

    def divergencias(self) -> int:
        """Quantos pedem a atenção da pessoa."""
        return sum(linha.resultado == DIVERGENCIA for linha in self.linhas)

    def problemas(self, fonte: str) -> list[Problema]:
        """As divergências, com a linha do arquivo."""
        return [
            Problema("retorno.divergencia", i.aviso, Local(fonte, i.seq), gravidade="aviso")
            for i in self.linhas
            if i.resultado == DIVERGENCIA
        ]

    def relato(self) -> list[str]:
        """O que se conta na prévia e no relato; vazio se o arquivo só tem respostas."""
        if not self.quantos:
            return []
        partes = [f"{_NOMES.get(letra, f'registros {letra}')}: {n}" for letra, n in sorted(self.quantos.items())]
        frases = [f"Outros registros: {', '.join(partes)}."]
        por_decidir = sum(c.situacao == A_DECIDIR for c in self.cadastramentos)
        if por_decidir:
            frases.append(f"A decidir na aba Cadastramentos: {por_decidir}.")
        frases += [f"O banco confirmou a remessa {r.id} (NSA {r.nsa})." for r in self.confirmadas]
        return frases


def interpretar(livro: Livro, remetente: Remetente, arquivo: Arquivo, debitados: tuple[int, int]) -> Registros:
    """Calcula o efeito dos registros, na ordem do arquivo.

    ``debitados`` é o que as respostas do mesmo arquivo baixaram, quantos e quantos centavos, contra o que se
    compara o total do banco (T).

    Raises:
        ErroDeCampo: número ou data ilegível, com a linha.
    """
    return _Leitura(livro, remetente, arquivo, debitados).ler()


def efetuar(ctx: Contexto, retorno: int, banco: str, outros: Registros) -> None:
    """Grava no livro o efeito dos registros; na transação da importação."""
    livro = ctx.livro
    cadastramentos.gravar(livro, (c._replace(retorno_id=retorno) for c in outros.cadastramentos))
    optantes.anotar_agencias(livro, banco, retorno, outros.agencias)
    cadastramentos.recusar(livro, (p.id for p in outros.recusados))
    cadastramentos.voltar_identidade(livro, outros.recusados)
    remessas.processar(livro, (p.remessa_id for p in outros.recusados if p.remessa_id))
    momento = ctx.autor.agora.isoformat(sep=" ", timespec="seconds")
    for remessa in outros.confirmadas:
        remessas.marcar(livro, remessa.id, "transmitida_em", momento)
        remessas.marcar(livro, remessa.id, "confirmada_em", momento)


class _Leitura:
    """Lê os registros de um arquivo; o que só alguns pedem se busca uma vez, e só se preciso."""

    def __init__(self, livro: Livro, remetente: Remetente, arquivo: Arquivo, debitados: tuple[int, int]) -> None:
        self._livro, self._remetente, self._arquivo = livro, remetente, arquivo
        self._debitados = debitados
        self._layout = carregar(arquivo.layout)
        self._r = Registros()
        self._totais = [0, 0]
        self._por_letra: Mapping[str, Callable[[int, str, Mapping[str, Any]], LinhaRecebida]] = {
            "B": self._b, "H": self._h, "J": self._j, "T": self._t, "X": self._x,
        }  # fmt: skip

    def ler(self) -> Registros:
        for n, linha in self._outras():
            letra = linha[0]
            lidos = tradutor(self._layout.registros[letra]).ler(linha, Local(self._arquivo.fonte, n))
            self._r.quantos[letra] += 1
            self._r.linhas.append(self._por_letra.get(letra, self._informado)(n, linha, lidos))
        if self._r.quantos["T"] and tuple(self._totais) != self._debitados:
            self._divergir_do_total()
        return self._r

    def _outras(self) -> Iterator[tuple[int, str]]:
        return ((n, linha) for n, linha in enumerate(self._arquivo.linhas, 1) if linha[0] not in _RESPOSTAS)

    @cached_property
    def _identificador(self) -> Identificador:
        return Identificador(self._remetente)

    @cached_property
    def _remessas(self) -> list[Remessa]:
        conta = self._remetente.conta
        do_banco = remessas.listar(self._livro, banco=conta.banco)
        return [r for r in do_banco if r.convenio == conta.convenio and r.tipo != COBRANCA]

    def _informado(self, n: int, linha: str, lidos: Mapping[str, Any]) -> LinhaRecebida:
        registro, de_quem = self._layout.registros[linha[0]], lidos.get("id_cliente_empresa", "")
        aviso = f"{registro.titulo}: {_ditos(registro, lidos)}. Só informa: confira com o banco por que o mandou"
        codigo = self._identificador.cliente(de_quem) if de_quem else ""
        return _linha(n, "INFORMADO", INFORMADO, aviso)._replace(cliente=codigo)

    def _b(self, n: int, linha: str, lidos: Mapping[str, Any]) -> LinhaRecebida:
        movimento = INCLUSAO if lidos["codigo_movimento"].strip() == str(INCLUSAO) else EXCLUSAO
        codigo = self._identificador.cliente(lidos["id_cliente_empresa"])
        c = self._cadastramento(n, linha, "B", movimento, codigo)
        c = c._replace(id_cliente=lidos["id_cliente_empresa"].strip(), dia=lidos["data_opcao_exclusao"].isoformat())
        c = c._replace(situacao=INFORMADO if self._confere(c) else A_DECIDIR, texto=_texto_do_b(c))
        self._r.cadastramentos.append(c)
        aviso = f"{c.texto}: decida na aba Cadastramentos" if c.situacao == A_DECIDIR else c.texto
        return _linha(n, "CADASTRO", "CADASTRAMENTO", aviso)._replace(cliente=codigo, vencimento=c.dia)

    def _confere(self, c: Cadastramento) -> bool:
        """O cadastro já diz o que o banco diz: nada há a decidir."""
        cliente = self._remetente.clientes.get(c.cliente)
        if cliente is None:
            return False
        if c.movimento == EXCLUSAO:
            return not cliente.optante
        do_banco = conta_do(cliente)._replace(agencia=c.agencia, operacao=c.operacao, conta=c.conta, dv=c.conta_dv)
        return bool(cliente.optante) and cliente.banco == c.banco and mesma_conta(do_banco, conta_do(cliente))

    def _cadastramento(self, n: int, linha: str, registro: str, movimento: int, cliente: str) -> Cadastramento:
        conta, da_linha = self._remetente.conta, conta_na_linha(self._remetente, self._layout, linha)
        return Cadastramento(
            0, n, registro, movimento, conta.banco, conta.convenio, cliente, "", "", *da_linha,
            linha[26:30].strip(), linha[30 : fim_da_conta(self._layout.versao)].strip(), None, "", INFORMADO,
        )  # fmt: skip

    def _h(self, n: int, linha: str, lidos: Mapping[str, Any]) -> LinhaRecebida:
        anterior, atual = lidos["id_cliente_empresa_anterior"].strip(), lidos["id_cliente_empresa_atual"].strip()
        pedido = next((p for p in self._enviados if p.ids() == (anterior, atual)), None)
        codigo = pedido.cliente if pedido else self._identificador.cliente(anterior)
        movimento = EXCLUSAO if lidos["codigo_movimento"].strip() == str(EXCLUSAO) else 0
        razoes = [lidos["ocorrencia"].strip(), *self._codigos_do_h(lidos)]
        texto = _TEXTOS_DO_H[movimento].format(" ".join(filter(None, razoes)) or "sem dizer por quê")
        c = self._cadastramento(n, linha, "H", movimento, codigo)._replace(id_cliente=anterior, id_novo=atual)
        self._r.cadastramentos.append(c._replace(texto=texto))
        if pedido:
            self._r.recusados.append(pedido)
        resultado = "EXCLUSÃO RECUSADA" if movimento == EXCLUSAO else "ALTERAÇÃO RECUSADA"
        return _linha(n, "CADASTRO", resultado, texto)._replace(cliente=codigo)

    def _codigos_do_h(self, lidos: Mapping[str, Any]) -> list[str]:
        banco, versao = self._remetente.conta.banco, self._layout.versao
        codigos = [str(lidos.get(campo, "")).strip() for campo in _CODIGOS_DO_H]
        return [interpretar_alteracao(banco, versao, codigo).texto for codigo in codigos if codigo]

    @cached_property
    def _enviados(self) -> list[PedidoCadastral]:
        conta = self._remetente.conta
        enviados = cadastramentos.fila(self._livro, conta.banco, conta.convenio, cadastramentos.ENVIADO)
        return [p for p in enviados if p.registro == "D"][::-1]

    def _j(self, n: int, _linha_j: str, lidos: Mapping[str, Any]) -> LinhaRecebida:
        nsa = lidos["nsa_processado"]
        if not nsa:
            return _linha(n, "CONFIRMACAO", INFORMADO, "o banco ainda não processou remessa nenhuma")
        achadas = [r for r in self._remessas if r.nsa == nsa]
        remessa = next((r for r in achadas if r.situacao != "DESCARTADA"), None)
        if remessa is None:
            razao = (
                "foi descartada aqui: confira com o banco antes de cobrar de novo" if achadas else "não é deste livro"
            )
            return _linha(
                n, "CONFIRMACAO", DIVERGENCIA, f"o banco diz que processou a remessa de NSA {nsa}, que {razao}"
            )
        if (diz := (lidos["total_registros"], lidos["valor_total"])) != (foi := _totais_enviados(self._livro, remessa)):
            return _linha(n, "CONFIRMACAO", DIVERGENCIA, _outros_totais(remessa, diz, foi))
        if not remessa.confirmada_em:
            self._r.confirmadas.append(remessa)
        texto = f"remessa {remessa.id} (NSA {nsa}), de {diz[0]} linhas e R$ {escrever_reais(diz[1])}"
        return _linha(n, "CONFIRMACAO", "CONFIRMADA", f"o banco recebeu a {texto}")

    def _t(self, n: int, _linha_t: str, lidos: Mapping[str, Any]) -> LinhaRecebida:
        self._totais[0] += lidos["total_debitados"]
        self._totais[1] += lidos["valor_debitado"]
        texto = f"o banco debitou {lidos['total_debitados']}, R$ {escrever_reais(lidos['valor_debitado'])}"
        return _linha(n, "TOTAIS", "CONFERE", texto)

    def _divergir_do_total(self) -> None:
        """O último T leva a divergência, que é da soma de todos."""
        (quantos, valor), (nossos, baixado) = self._totais, self._debitados
        texto = (
            f"o banco diz que debitou {quantos}, R$ {escrever_reais(valor)}, e as respostas deste arquivo deram baixa "
            f"em {nossos}, R$ {escrever_reais(baixado)}: confira as outras divergências e o extrato"
        )
        ultimo = max(n for n, linha in enumerate(self._r.linhas) if linha.classe == "TOTAIS")
        self._r.linhas[ultimo] = self._r.linhas[ultimo]._replace(resultado=DIVERGENCIA, aviso=texto)

    def _x(self, n: int, _linha_x: str, lidos: Mapping[str, Any]) -> LinhaRecebida:
        codigo, nome, situacao = (lidos[c].strip() for c in ("codigo_agencia", "nome_agencia", "situacao_agencia"))
        self._r.agencias.append((codigo, nome, situacao))
        fecha = situacao == optantes.A_FECHAR
        texto = f"a agência {codigo} ({nome}) vai fechar" if fecha else f"a agência {codigo} ({nome}) está aberta"
        return _linha(n, "AGENCIA", "AGÊNCIA A FECHAR" if fecha else INFORMADO, texto)


def _linha(n: int, classe: str, resultado: str, aviso: str) -> LinhaRecebida:
    return LinhaRecebida(0, n, None, "", "", 0, "", classe, None, 0, resultado, aviso)


def _ditos(registro: Registro, lidos: Mapping[str, Any]) -> str:
    """Os campos de um registro que só informa, menos os que dizem quem é a pessoa."""
    ditos = []
    for campo in registro.campos:
        valor = lidos.get(campo.nome) if campo.nome and campo.nome not in _PESSOAIS else None
        if isinstance(valor, date):
            valor = escrever_data(valor)
        elif campo.tipo == "valor" and valor is not None:
            valor = f"R$ {escrever_reais(valor)}"
        if texto := str(valor or "").strip():
            ditos.append(f"{campo.titulo} {texto}")
    return "; ".join(ditos)


def _texto_do_b(c: Cadastramento) -> str:
    conta = f"agência {c.agencia}, conta {c.conta}{'-' if c.conta_dv else ''}{c.conta_dv}"
    de_quem = "" if c.cliente else "; não se achou o cliente desta identificação"
    if c.movimento == EXCLUSAO:
        return f"o banco excluiu o optante{de_quem}"
    return f"o banco cadastrou o optante na {conta}{de_quem}"


def _totais_enviados(livro: Livro, remessa: Remessa) -> tuple[int, int]:
    """Linhas e valor do arquivo que se mandou, como estão no seu fecho."""
    fecho = arquivos.recuperar(livro, remessa.sha256).decode("ascii").splitlines()[-1]
    return int(fecho[1:7]), int(fecho[7:24])


def _outros_totais(remessa: Remessa, diz: tuple[int, int], foi: tuple[int, int]) -> str:
    quanto, mandado = escrever_reais(diz[1]), escrever_reais(foi[1])
    return (
        f"o banco processou a remessa {remessa.id} (NSA {remessa.nsa}) com {diz[0]} linhas e R$ {quanto}, "
        f"e ela foi com {foi[0]} linhas e R$ {mandado}: fale com o banco"
    )
