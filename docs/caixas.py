"""O painel e as caixas de ``docs/dia-a-dia.md`` e ``docs/seguranca.md``: ``python docs/caixas.py``.

Pede Xvfb, openbox, xdotool, import e o PostgreSQL.

Aperta cada botão sobre a pasta de trabalho da história de ``telas.py`` e fotografa a caixa que a pessoa vê.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageChops

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ), str(RAIZ / "engine"), str(RAIZ / "docs")]

from telas import AUTOR, CORES, HOJE, contar  # noqa: E402

from guiche.dominio.filtros import Filtros  # noqa: E402
from guiche.erros import ErroDeRegra  # noqa: E402
from guiche.livro import boletos as livro_boletos  # noqa: E402
from guiche.oficio.contexto import abrir  # noqa: E402
from guiche.planilha.arquivo import PastaEmArquivo  # noqa: E402
from guiche.planilha.esquema import esquema  # noqa: E402
from guiche.servicos.boletos import emissao  # noqa: E402
from guiche.servicos.debito.gerar import gerar  # noqa: E402
from guiche.servicos.titulos.titulo import receber  # noqa: E402
from guiche.servicos.treino.simulado import Escolha, responder  # noqa: E402
from tests import tela as telas_virtuais  # noqa: E402
from tests.postgresql import servidor  # noqa: E402
from tests.remessa.test_pedido import PEDIDO  # noqa: E402

DESTINO = RAIZ / "docs" / "imagens" / "caixas"
TAMANHO, TAMANHO_DO_PAINEL, TITULO = "760x640", "1100x720", "^Guich"
SEGREDO, PAINEL = "o segredo da dona", "painel"
BOLETOS = [
    {"banco": "341", "carteira": "109", "agencia": "0057", "conta": "12345", "nosso_numero": str(numero),
     "valor": "150.00", "vencimento": "2026-09-10"} for numero in (12345678, 12345679)
]  # fmt: skip
NOVO_VENCIMENTO = "Novo vencimento, ou fim do desconto"


class Cena(NamedTuple):
    """Um clique e a caixa que ele abre."""

    foto: str
    ato: str
    filtros: dict[str, Any] = {}  # noqa: RUF012  só se lê
    """O que a pessoa escreveu antes na aba de filtros do ato, pelo título da opção."""
    arquivos: tuple[str, ...] = ()
    """Os que ela escolhe, por padrão de nome na pasta."""
    quem: str = "ana"
    teclas: tuple[str, ...] = ()
    """O que se aperta em cada caixa antes da que se fotografa."""
    pasta: str = ""
    """Outra pasta de trabalho que não a da história."""


CENAS = (
    Cena("desfazer", "desfazer"),
    Cena("importar", "importar", {}, ("novo.ret",)),
    Cena("conferir", "conferir", {"Pagamento parcial": "Sim"}),
    Cena("gerar", "gerar", {"Pagamento parcial": "Sim"}),
    Cena("optantes", "optantes"),
    Cena("pix-automatico", "optantes_pix_automatico"),
    Cena("reenvio", "debito_repetir"),
    Cena(
        "cadastramentos-decidir", "cadastramentos_decidir",
        {"Retorno": "RETORNO_B", "Linha": "LINHA_B", "Decisão": "ACEITAR"},
    ),
    Cena(
        "divergencias-decidir", "divergencias_decidir",
        {"Retorno": "RETORNO_D", "Linha": "LINHA_D", "Decisão": "IGNORAR"},
    ),
    Cena("fechamentos-conferir", "fechamentos_conferir"),
    Cena("remessas-ver", "remessas_ver", {"Remessa": 1}),
    Cena("remessas-estornar", "remessas_estornar", {"Remessa": 5}),
    Cena("remessas-exportar", "remessas_exportar", {"Remessa": 5}),
    Cena("boletos-conferir", "boletos_conferir", {"Pagamento parcial": "Sim"}),
    Cena("boletos-remessa", "boletos_remessa_conferir"),
    Cena("detalhes", "boletos_detalhes", {"Boleto": 1}),
    Cena("boletos-estornar", "boletos_estornar", {"Boleto": 7}),
    Cena("segunda-via", "boletos_segunda_via", {"Boleto": 7, "Segunda via para o dia": "18/09/2026"}),
    Cena("rascunhos", "boletos_rascunhos", {"Imprimir do código": 7}),
    Cena("pedir", "boletos_pedir", {"Boleto": 7, "Pedido": "alterar_vencimento", NOVO_VENCIMENTO: "18/09/2026"}),
    Cena("fila", "boletos_fila"),
    Cena("homologacao", "homologacao", {"Conta": "ITAU1"}),
    Cena("retorno-ver", "retornos_ver", {"Código do retorno": 2}),
    Cena("limpar-filtros", "limpar_filtros"),
    Cena("titulo-ver", "titulo_ver", {"Título": "TITULO"}),
    Cena("receber", "titulo_receber", {"Título": "LIVRE", "Valor": 50}),
    Cena("titulo-estornar", "titulo_estornar", {"Título": "LIVRE", "Motivo": "nota cancelada"}),
    Cena("decodificar", "boleto_decodificar", {"Linha ou código": "LINHA"}),
    Cena("ler", "arquivo_ler", {}, ("retornos/CB*.ret",)),
    Cena("verificar", "arquivo_verificar", {}, ("estragado.rem",)),
    Cena("comparar", "arquivo_comparar", {}, ("remessas/CB*.rem", "remessas/CB*.rem")),
    Cena("anonimizar", "arquivo_anonimizar", {}, ("retornos/CB*.ret",)),
    Cena("conferir-pdf", "boleto_conferir_pdf", {}, ("boletos/*.pdf",)),
    Cena("compor", "remessa_gerar", {}, ("pedido.json",)),
    Cena("calcular", "boleto_calcular", {}, ("lista.json",)),
    Cena("ensaio", "banco_simulado", {}, ("remessas/CB*.rem",)),
    Cena("ensaio-recusado", "importar", {}, ("remessas/ensaio-*.ret",)),
    Cena("exemplo", "demo"),
    Cena("importar-planilha", "importar_planilha", {"Trazer para": "TITULOS"}, ("sistema.csv",)),
    Cena("localizar", "cliente_localizar", {"Nome do cliente": "suposta"}),
    Cena("relatorio", "relatorio", {"Relatório": "MOVIMENTO"}),
    Cena("integridade", "integridade"),
    Cena("atualizar", "atualizar", pasta="Antiga.xlsx"),
    Cena("lote", "lote"),
    Cena("lgpd", "lgpd_exportar", {"Pessoa": "0002"}),
    Cena("copia", "copia_mascarada"),
    Cena("pacote", "pacote_de_diagnostico"),
    Cena("supervisor", "supervisor_definir", {"Segredo novo": SEGREDO}),
    Cena("numeracao", "conta_numeracao"),
    Cena(
        "sequencia", "conta_sequencia",
        {
            "Conta da numeração": "BB1", "Próximo número": 500, "Motivo": "o banco pediu",
            "Segredo do supervisor": SEGREDO,
        },
    ),
    Cena("acima-do-limite", "gerar", {"Pagamento parcial": "Sim"}, (), "ana", ("Return",)),
    Cena("aprovar", "aprovar", {"Código da aprovação": "CODIGO"}, (), "rui"),
    Cena("levar", "livro_levar", {"Servidor": "SERVIDOR"}),
)  # fmt: skip


def clicar(cena: Cena, caminho: Path, arquivos: list[Path], *, a_vista: bool = False) -> None:
    """O clique, na tela deste processo."""
    from guiche.excel.botao import Porta, apertar  # noqa: PLC0415  pede o tkinter
    from guiche.excel.janela import ConversaNaJanela, Painel  # noqa: PLC0415

    quem = replace(AUTOR, usuario=cena.quem)
    painel = Painel(cena.quem, caminho)
    if not a_vista:
        painel.geometry("1x1+4000+4000")
    painel.update()
    apertar(
        cena.ato, arquivos, Porta(ConversaNaJanela(painel), quem, lambda ao_lado: abrir(caminho, quem, ao_lado=ao_lado))
    )


def preparar(caminho: Path, em: Path) -> dict[str, Any]:
    """Mais um débito em aberto, que passa do limite, e um arquivo estragado; devolve o que as cenas citam."""
    shutil.copyfile(RAIZ / "tests/planilha/modelos/primeiro.xlsx", em / "Antiga.xlsx")
    ultima = max((em / "remessas").glob("CB*.rem"))
    responder(ultima, em / "novo.ret", agora=AUTOR.agora, nsa=3, escolha=Escolha(codigos=("PAGO", "ABERTO")))
    (em / "entrada").mkdir()
    shutil.copyfile(em / "retornos" / "CB04080001.ret", em / "entrada" / "CB04080001.ret")
    remessa = next((em / "remessas").glob("CB*.rem")).read_bytes().split(b"\r\n")
    remessa[1] = remessa[1][:126] + b"99999999999  " + remessa[1][139:]
    (em / "estragado.rem").write_bytes(b"\r\n".join(remessa[:-2]))
    (em / "pedido.json").write_text(json.dumps(PEDIDO), "utf-8")
    (em / "lista.json").write_text(json.dumps(BOLETOS), "utf-8")
    _trazer_trabalho(caminho)
    with abrir(caminho, AUTOR) as ctx:
        d, b = (ctx.pasta.ler(tabela, ("retorno", "linha", "situacao")[:n]).linhas for tabela, n in (
            ("divergencias", 2), ("cadastramentos", 3),
        ))  # fmt: skip
        (retorno_b, linha_b, _), (retorno_d, linha_d) = next(x for x in b if x[2] == "A DECIDIR"), d[0]
        titulo = next(x[0] for x in ctx.pasta.ler("titulos", ("numero", "situacao")).linhas if x[1] == "EM BOLETO")
        linha = livro_boletos.listar(ctx.livro)[0].linha_digitavel
        livre = next(x[0] for x in ctx.pasta.ler("titulos", ("numero", "situacao")).linhas if x[1] == "EM ABERTO")
    with abrir(caminho, AUTOR) as ctx:
        receber(ctx, str(livre), 1_000, dia=HOJE)
    return {
        "TITULO": titulo, "LINHA": linha, "LIVRE": livre, "RETORNO_B": retorno_b, "LINHA_B": linha_b,
        "RETORNO_D": retorno_d, "LINHA_D": linha_d,
    }  # fmt: skip


def _trazer_trabalho(caminho: Path) -> None:
    """Débitos por enviar, um deles num fechamento, e um boleto na fila."""
    with abrir(caminho, AUTOR) as ctx:
        folha, vence = ctx.pasta.ler("titulos", ("numero",)), HOJE + timedelta(days=20)
        primeira = max(folha.numeros) + 1
        quem = (("0002", ""), ("0003", ""), ("0005", ""), ("0002", "F2"), ("0009", ""))
        novas = {
            primeira + n: (f"80{n:02d}", cliente, None, None, None, HOJE, vence, 120 + n, None, None,
                           fechamento or None, None, *[None] * 9)
            for n, (cliente, fechamento) in enumerate(quem)
        }  # fmt: skip
        ctx.pasta.atualizar("titulos", esquema()["titulos"].ids(), novas)
        f2 = ("F2", "E1", HOJE + timedelta(days=12))
        ctx.pasta.atualizar("fechamentos", ("codigo", "empresa", "vencimento"), {3: f2})
        ctx.salvar()
    with abrir(caminho, AUTOR) as ctx:
        emissao.gerar(ctx, "", Filtros(cliente=("0009", "0009"), parcial=True, optantes=True), juntar=False)


def passar_do_limite(caminho: Path) -> dict[str, Any]:
    """Um débito grande por enviar e um limite pequeno; devolve o código que a recusa dirá."""
    with abrir(caminho, AUTOR) as ctx:
        folha = ctx.pasta.ler("titulos", ("numero",))
        nova = ("9001", "0002", None, None, None, HOJE, HOJE + timedelta(days=30), 7_500, *[None] * 13)
        ctx.pasta.atualizar("titulos", esquema()["titulos"].ids(), {max(folha.numeros) + 1: nova})
        ctx.pasta.definir_parametro("limite_sem_aprovacao", "5000")
        ctx.salvar()
    with abrir(caminho, AUTOR) as ctx:
        try:
            gerar(ctx, "", Filtros(parcial=True))
        except ErroDeRegra as erro:
            return {"CODIGO": erro.mensagem.rpartition(" ")[2]}
    raise AssertionError("a remessa não passou do limite")


def escrever(caminho: Path, cena: Cena, citados: dict[str, Any]) -> None:
    """O que a pessoa escreveu nos filtros do ato."""
    from guiche.atos import atos  # noqa: PLC0415

    if cena.filtros:
        pasta, tabela = PastaEmArquivo(caminho), f"painel_{atos()[cena.ato].painel}"
        folha = pasta.ler(tabela, ("opcao",))
        onde = {str(nome): n for n, (nome,) in zip(folha.numeros, folha.linhas, strict=True)}
        pasta.atualizar(tabela, ("de",), {onde[n]: (citados.get(v, v),) for n, v in cena.filtros.items()})
        pasta.salvar()


def fotografar(cena: Cena, caminho: Path, em: Path) -> Image.Image:
    """Aperta o botão noutro processo e guarda a última caixa, sem a tela vazia em volta."""
    escolhidos = [str(sorted(em.glob(padrao))[i]) for i, padrao in enumerate(cena.arquivos)]
    with telas_virtuais.tela(em, TAMANHO, "openbox") as tela:
        ambiente = tela.ambiente | {"PYTHONPATH": f"{RAIZ / 'engine'}:{RAIZ}", "HOME": str(em)}
        vazia = _tela(tela, em)
        with telas_virtuais.processo([sys.executable, __file__, cena.foto, str(caminho), *escolhidos], ambiente):
            janela = _caixa(tela)
            for tecla in cena.teclas:
                tela.fechar(janela, tecla)
                janela = _caixa(tela)
            cheia = _tela(tela, em)
            tela.teclar(janela, "Escape")
            telas_virtuais.esperar(lambda: janela not in tela.janelas("."), "fechar a caixa")
    return cheia.crop(ImageChops.difference(cheia, vazia).getbbox())


def fotografar_o_painel(caminho: Path, em: Path) -> Image.Image:
    """O painel, com a pergunta de Gerar remessa à frente."""
    with telas_virtuais.tela(em, TAMANHO_DO_PAINEL, "openbox") as tela:
        ambiente = tela.ambiente | {"PYTHONPATH": f"{RAIZ / 'engine'}:{RAIZ}"}
        vazia = _tela(tela, em)
        with telas_virtuais.processo([sys.executable, __file__, PAINEL, str(caminho)], ambiente):
            telas_virtuais.esperar(lambda: len(tela.janelas(TITULO)) > 1, "a pergunta")
            cheia = _tela(tela, em)
    return cheia.crop(ImageChops.difference(cheia, vazia).getbbox())


def _caixa(tela: telas_virtuais.Tela) -> str:
    """A caixa de mensagem: a janela que não é a do painel, encolhida."""
    return telas_virtuais.esperar(lambda: next(iter(_caixas(tela)), ""), "uma caixa")


def _caixas(tela: telas_virtuais.Tela) -> Iterator[str]:
    for janela in tela.janelas(TITULO):
        linhas = tela.xdotool("getwindowgeometry", "--shell", janela).splitlines()
        tamanho = dict(linha.split("=") for linha in linhas if "=" in linha)
        if int(tamanho.get("WIDTH", 0)) > 1:
            yield janela


def _tela(tela: telas_virtuais.Tela, em: Path) -> Image.Image:
    tela.foto("tela")
    return Image.open(em / "tela.png").convert("RGB")


def main() -> int:
    """Refaz as caixas; com um nome, só faz o clique dela, na tela deste processo."""
    if len(sys.argv) > 1:
        nome, caminho, *arquivos = sys.argv[1:]
        procurada = "gerar" if nome == PAINEL else nome
        cena = next(c for c in CENAS if c.foto == procurada)
        clicar(cena, Path(caminho), [Path(a) for a in arquivos], a_vista=nome == PAINEL)
        return 0
    if faltam := telas_virtuais.falta("openbox", "import"):
        sys.exit(faltam)
    DESTINO.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as pasta, servidor() as endereco:
        em = Path(pasta)
        caminho = contar(em)
        citados = preparar(caminho, em) | {"SERVIDOR": endereco}
        for cena in CENAS:
            if cena.foto == "acima-do-limite":
                citados |= passar_do_limite(caminho)
            onde = em / cena.pasta if cena.pasta else caminho
            escrever(onde, cena, citados)
            if cena.foto == "gerar":
                fotografar_o_painel(caminho, em).quantize(CORES).save(DESTINO.parent / "painel.png", optimize=True)
            fotografar(cena, onde, em).quantize(CORES).save(DESTINO / f"{cena.foto}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
