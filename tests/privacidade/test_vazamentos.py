"""Uma volta larga pelos atos, certos e errados: nada das pessoas plantadas sai em erro, aviso, diário ou registro."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.cli import main
from guiche.livro import atos
from guiche.oficio.falha import registrar_falha
from guiche.servicos import ato as esqueleto
from tests.privacidade.apoio import COBRANCA, CONTA, PESSOAS, PLANTADOS, achados, contrato, devidos
from tests.servicos.apoio import montar, na, retorno

HOJE = ["--hoje", "2026-08-04"]


class Volta:
    """Roda comandos e guarda tudo o que saiu por onde nada pessoal pode sair."""

    def __init__(self, caminho: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.caminho = caminho
        self._capsys = capsys
        self.vigiado: list[tuple[str, str]] = []
        self.codigos: set[str] = set()

    def rodar(self, *argumentos: str, pasta: bool = True) -> int:
        palavras = [a for a in argumentos if a != "@"]
        onde = argumentos.index("@") if "@" in argumentos else len(argumentos)
        comando = [*palavras[:onde], *([str(self.caminho)] if pasta else []), *palavras[onde:], *HOJE]
        codigo = main(comando)
        saida = self._capsys.readouterr()
        self.vigiado.append((" ".join(argumentos), saida.err))
        if codigo:
            self.vigiado.append((" ".join(argumentos), saida.out))
        main([*comando, "--json"])
        saida = self._capsys.readouterr()
        lido: Any = json.loads(saida.out) if saida.out.startswith("{") else {}
        problemas = lido.get("problemas", []) + (lido.get("achados", []) if not codigo else [])
        self.codigos |= {p["codigo"] for p in problemas if "codigo" in p}
        self.vigiado.append((" ".join(argumentos), saida.err + json.dumps(problemas, ensure_ascii=False)))
        return codigo

    def vazamentos(self) -> list[tuple[str, set[str]]]:
        return [(onde, achados(texto)) for onde, texto in self.vigiado if achados(texto)]


@pytest.fixture
def volta(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Volta:
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[contrato()], clientes=PESSOAS, titulos=devidos(date(2026, 8, 20))
    )
    return Volta(caminho, capsys)


def _diario(caminho: Path) -> str:
    with na(caminho) as ctx:
        return json.dumps(atos.diario(ctx.livro), ensure_ascii=False)


def test_a_volta_dos_atos_certos(volta: Volta) -> None:
    pasta = volta.caminho.parent
    assert volta.rodar("conferir") == 0
    assert volta.rodar("gerar", "@") == 0
    remessa = next((pasta / "remessas").iterdir())
    retorno(remessa, pasta / "b.ret", ["01", "00"])
    volta.rodar("importar", "@", str(pasta / "b.ret"), "--confirmar")
    volta.rodar("importar", "@", str(remessa), "--confirmar")
    volta.rodar("boletos", "gerar", "@", "--optantes", "--conta", "ITAU1")
    volta.rodar("boletos", "remessa", "@", "--conta", "ITAU1")
    for comando in ("retornos", "optantes", "divergencias listar", "remessas listar", "boletos listar", "boletos fila",
                    "atualizar", "remessas ver 1", "boletos detalhes 1", "boletos rascunhos --codigo-de 1",
                    "boletos estornar 1", "titulo receber T1 --valor 3,00", "titulo estornar T1 --motivo teste",
                    "remessas descartar 1 --motivo teste", "remessas estornar 1", "titulo ver T1"):  # fmt: skip
        partes = comando.split()
        quantas = 2 if partes[0] in {"remessas", "boletos", "titulo", "divergencias"} else 1
        volta.rodar(*partes[:quantas], "@", *partes[quantas:])
    for arquivo in [remessa, pasta / "b.ret", *(pasta / "remessas").glob("*.REM")]:
        for ato in ("ler", "verificar"):
            volta.rodar("arquivo", ato, str(arquivo), pasta=False)
    volta.rodar("diagnostico", "--com", str(volta.caminho), pasta=False)
    assert volta.vazamentos() == []
    assert achados(_diario(volta.caminho)) == set()


Dado = dict[str, Any]
ERRADOS: dict[str, tuple[str, Dado]] = {
    "CPF na coluna do banco": ("C1", {"banco": PESSOAS[0]["cpf_cnpj"]}),
    "CPF na data": ("C1", {"autorizacao_data": PESSOAS[0]["cpf_cnpj"]}),
    "nome em sim ou não": ("C1", {"optante": PESSOAS[0]["nome"]}),
    "nome na lista": ("C1", {"autorizacao_canal": PESSOAS[0]["nome"]}),
    "CPF errado": ("C1", {"cpf_cnpj": PESSOAS[0]["cpf_cnpj"][:-1]}),
    "conta comprida": ("C1", {"conta": PESSOAS[0]["conta"] * 4}),
    "conta com letra": ("C1", {"conta": PESSOAS[0]["conta"] + "Ω"}),
    "código de cliente que é o CPF, repetido": ("*", {"codigo": PESSOAS[0]["cpf_cnpj"]}),
    "identificação comprida": ("C1", {"id_no_debito": PESSOAS[0]["id_no_debito"] * 5}),
    "agência que é a conta": ("C1", {"agencia": PESSOAS[0]["conta"]}),
    "nome com letra estranha": ("C3", {"nome": PESSOAS[2]["nome"] + " 漢"}),
    "CEP torto": ("C3", {"cep": PESSOAS[2]["cep"] + "99999"}),
    "UF que é a cidade": ("C3", {"uf": PESSOAS[2]["bairro"]}),
}


@pytest.mark.parametrize("caso", ERRADOS)
def test_o_dado_errado_nao_se_repete_na_mensagem(tmp_path: Path, capsys: pytest.CaptureFixture[str], caso: str) -> None:
    codigo, mudanca = ERRADOS[caso]
    pessoas = [p | (mudanca if codigo in {p["codigo"], "*"} else {}) for p in PESSOAS]
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[contrato()], clientes=pessoas, titulos=devidos(date(2026, 8, 20))
    )
    volta = Volta(caminho, capsys)
    for comando in (["conferir"], ["gerar"], ["optantes"]):
        volta.rodar(*comando)
    for acao in ("conferir", "gerar", "conferir-remessa", "remessa"):
        volta.rodar("boletos", acao, "@", "--conta", "ITAU1")
    assert volta.vazamentos() == []
    assert achados(_diario(caminho)) == set()


def test_o_arquivo_estragado_nao_se_repete_na_mensagem(volta: Volta) -> None:
    volta.rodar("gerar")
    remessa = next((volta.caminho.parent / "remessas").iterdir())
    ret = retorno(remessa, volta.caminho.parent / "b.ret", ["01", "00"])
    bom = ret.read_bytes()
    estragos: list[Callable[[bytes], bytes]] = [
        lambda b: b[:400], lambda b: b.replace(b"\r\n", b" \r\n"), lambda b: b.replace(b"20260820", b"2026AB20"),
        lambda b: b[:151] + b"X" + b[152:], lambda b: b.replace(b"0000000001000", b"00000000010O0"), lambda b: b + b,
        lambda b: b[:200] + b"\xff" + b[201:], lambda b: b[152:],
    ]  # fmt: skip
    for estrago in estragos:
        ret.write_bytes(estrago(bom))
        volta.rodar("importar", "@", str(ret))
        volta.rodar("arquivo", "ler", str(ret), pasta=False)
        volta.rodar("arquivo", "explicar", str(ret), pasta=False)
    assert [v for v in volta.vazamentos() if not v[0].startswith("arquivo explicar")] == []


@contextmanager
def _quebrado(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def quebrar(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"falhou com {PESSOAS[0]['nome']}, CPF {PESSOAS[0]['cpf_cnpj']}")

    monkeypatch.setattr(esqueleto, "ler_cadastros", quebrar)
    yield


def test_a_falha_nao_prevista_nao_leva_a_mensagem(
    volta: Volta, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _quebrado(monkeypatch):
        assert main(["conferir", str(volta.caminho)]) == 3
    dito = capsys.readouterr().err
    assert "RuntimeError" in dito
    assert "ato.py" in dito
    assert achados(dito) == set()


def test_o_registro_da_falha_nao_leva_a_mensagem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with na(montar(tmp_path)) as ctx:
        agora = ctx.autor.agora
    erro = ValueError(" ".join(sorted(PLANTADOS)))
    assert achados(registrar_falha(erro, "gerar", agora).read_text("utf-8")) == set()
