"""Escreve o que se tira do código e se guarda para ler: erros, requisitos, atos, bancos e a faixa do Excel.

``python docs/gerar.py`` grava tudo; com ``--conferir`` só diz quais estão velhos e sai com 1.
"""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).parents[1]
_AVISO = "<!-- Gerado por docs/gerar.py: não edite à mão. -->\n"


def _toml(caminho: str) -> dict[str, Any]:
    return tomllib.loads((RAIZ / caminho).read_text("utf-8"))


def erros() -> str:
    """Texto de ``docs/erros.md``: um verbete por código, em ordem alfabética."""
    catalogo = _toml("engine/guiche/erros.toml")
    linhas = [_AVISO, "# Mensagens do Guichê\n"]
    linhas.append("Toda mensagem traz um código. Aqui está quando ele aparece e o que fazer.\n")
    for grupo, verbetes in sorted(catalogo.items()):
        linhas.append(f"## {grupo}\n")
        for nome, verbete in sorted(verbetes.items()):
            linhas += [f"### `{grupo}.{nome}`\n", f"**Quando:** {verbete['quando']}\n"]
            linhas.append(f"**O que fazer:** {verbete['fazer']}\n")
    return "\n".join(linhas)


def clausulas() -> dict[str, dict[str, str]]:
    """As cláusulas de ``docs/requisitos.toml``: id → ``{"id", "fonte", "texto"}`` e, às vezes, ``"fora"``."""
    return {clausula["id"]: clausula for clausula in _toml("docs/requisitos.toml")["clausulas"]}


def casos() -> dict[str, dict[str, str]]:
    """Os casos de ``docs/casos/``: id → ``{"id", "caso", "certo", "versao", "fonte"}``."""
    arquivos = sorted((RAIZ / "docs/casos").glob("*.toml"))
    return {caso["id"]: caso for um in arquivos for caso in _toml(f"docs/casos/{um.name}")["casos"]}


def _marcas(no: ast.AST, dono: str, marca: str) -> Iterator[tuple[str, str]]:
    """Pares (cláusula, dono) abaixo do nó; o dono é a função ou a classe mais próxima, ou o próprio arquivo."""
    if isinstance(no, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        dono = f"{dono}::{no.name}"
    if isinstance(no, ast.Call) and isinstance(no.func, ast.Attribute) and no.func.attr == marca:
        yield from ((ast.literal_eval(argumento), dono) for argumento in no.args)
    for filho in ast.iter_child_nodes(no):
        yield from _marcas(filho, dono, marca)


def comprovadas(testes: Path = RAIZ / "tests", marca: str = "requisito") -> dict[str, list[str]]:
    """Cláusula → testes que a comprovam, lidos das marcas sem rodar nada."""
    achadas: dict[str, set[str]] = defaultdict(set)
    for arquivo in sorted(testes.rglob("*.py")):
        onde = arquivo.relative_to(testes).as_posix()
        for clausula, dono in _marcas(ast.parse(arquivo.read_text("utf-8")), onde, marca):
            achadas[clausula].add(dono)
    return {clausula: sorted(donos) for clausula, donos in achadas.items()}


def _situacao(clausula: Mapping[str, str], testes: list[str]) -> str:
    if "fora" in clausula:
        return f"fora: {clausula['fora']}"
    return "<br>".join(f"`{teste}`" for teste in testes) or "**em aberto**"


def requisitos() -> str:
    """Texto de ``docs/requisitos.md``: cada cláusula com os testes que a comprovam, ou "em aberto"."""
    todas, provas = clausulas(), comprovadas()
    fora = sum("fora" in clausula for clausula in todas.values())
    abertas = sum("fora" not in clausula and nome not in provas for nome, clausula in todas.items())
    linhas = [_AVISO, "# Requisitos e quem os comprova\n"]
    linhas.append("As cláusulas dos dois documentos de que o Guichê nasceu; os testes estão em `tests/`.\n")
    linhas.append(
        f"{len(todas)} cláusulas: {len(todas) - fora - abertas} com teste, {abertas} em aberto, {fora} fora.\n"
    )
    linhas += ["| cláusula | fonte | o que pede | comprovada por |", "|---|---|---|---|"]
    for nome, clausula in todas.items():
        comprovada = _situacao(clausula, provas.get(nome, []))
        linhas.append(f"| {nome} | {clausula['fonte']} | {clausula['texto']} | {comprovada} |")
    return "\n".join(linhas) + "\n"


def quadro_dos_casos() -> str:
    """Texto de ``docs/casos.md``: o que já deu errado, o que é certo, a fonte e o teste que o guarda."""
    provas = comprovadas(marca="caso")
    linhas = [_AVISO, "# Casos que já deram errado\n"]
    linhas.append(
        "Cada um com o que é certo, de onde se sabe, a versão em que se consertou e os testes que o guardam.\n"
    )
    linhas += [
        "| caso | o que acontecia | o que é certo | fonte | consertado na | guardado por |",
        "|---|---|---|---|---|---|",
    ]
    for nome, caso in casos().items():
        testes = "<br>".join(f"`{teste}`" for teste in provas.get(nome, []))
        linhas.append(f"| {nome} | {caso['caso']} | {caso['certo']} | {caso['fonte']} | {caso['versao']} | {testes} |")
    return "\n".join(linhas) + "\n"


def atos() -> str:
    """Texto de ``docs/atos.md``: o botão, o comando e o que cada um faz."""
    from guiche.atos import atos as registro  # noqa: PLC0415  o resto deste arquivo não precisa do pacote
    from guiche.atos import grupos, menus  # noqa: PLC0415

    linhas = [_AVISO, "# Os atos do Guichê\n"]
    linhas.append("Cada botão é um comando: mesmo nome, mesmo serviço, mesma mensagem.\n")
    linhas += ["| ato | na faixa | na linha de comando | o que faz |", "|---|---|---|---|"]
    for ato in registro().values():
        botao = ato.botao
        onde = (grupos().get(botao.grupo) or menus()[botao.menu]["titulo"]) if botao else "–"
        linhas.append(f"| {ato.titulo} | {onde} | `guiche {ato.comando}` | {ato.ajuda} |")
    return "\n".join(linhas) + "\n"


_NOS_BANCOS = """# Bancos, formatos e sentidos

Um layout de cobrança por linha, tirado de `layouts/cnab/`. As amostras são arquivos de `tests/amostras/cnab/` que se
leem por ele; os vetores, remessas de outros projetos com que as nossas se comparam, posição a posição.

- **grava**: o Guichê faz remessas por ele. **só lê**: não as faz; a razão está na linha.
- **confiança**: de quantos registros o desenho está confirmado pelo manual do banco ou por duas fontes, de quantos vem
  de uma fonte só, e de quantos se supôs. Antes do primeiro envio, o banco homologa de todo modo.
"""


def bancos() -> str:
    """Texto de ``docs/bancos.md``: o que há de cada banco, e em que se apoia."""
    layouts = {caminho.stem: _toml(f"layouts/cnab/{caminho.name}") for caminho in _layouts()}
    amostras, vetores = _amostras_por_layout(), _vetores_por_layout()
    linhas = [_AVISO, _NOS_BANCOS]
    linhas.append(f"{len(layouts)} layouts de {len({x['banco'] for x in layouts.values()})} bancos; ")
    linhas[-1] += f"{sum(nome in amostras for nome in layouts)} têm amostra e {len(vetores)}, vetor de remessa.\n"
    linhas += [
        "| banco | formato | sentido | | confiança | amostras | vetores | manual |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for nome, dados in layouts.items():
        variante = f" ({dados['variante']})" if dados["variante"] else ""
        colunas = (
            f"{dados['banco']} {dados['banco_nome']}", f"{dados['formato'].replace('cnab', 'CNAB ')}{variante}",
            dados["sentido"], _o_que_faz(nome, dados), _confianca(dados), "<br>".join(amostras.get(nome, ["–"])),
            "<br>".join(vetores.get(nome, ["–"])), _manual(dados),
        )  # fmt: skip
        linhas.append(f"| {' | '.join(colunas)} |")
    return "\n".join([*linhas, *_duvidas(layouts)]) + "\n"


def _duvidas(layouts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """O que nenhum manual decide nos códigos das remessas e dos retornos: as leituras, e a que se segue."""
    yield "\n## Códigos em dúvida\n"
    yield "O domínio de cada campo codificado está em `[dominios]` do layout, com a página do manual. Onde nenhum"
    yield "manual decide, o layout diz as leituras e a que o Guichê segue; pergunte ao banco na homologação.\n"
    for nome, dados in layouts.items():
        por_duvida: dict[str, list[str]] = defaultdict(list)
        for campo, dominio in dados.get("dominios", {}).items():
            if dominio.get("duvida"):
                por_duvida[dominio["duvida"]].append(f"`{campo}`")
        for duvida, campos in por_duvida.items():
            yield f"- **{nome.removesuffix('.remessa')}**, {', '.join(campos)}: {duvida}."
    yield "\n## Ocorrências em dúvida\n"
    yield "Do que o banco responde, o que o manual diz de dois modos ou não diz: as leituras, e a que se segue.\n"
    for tabela in sorted((RAIZ / "layouts/codigos/cobranca").glob("*.toml")):
        for x in _toml(f"layouts/codigos/cobranca/{tabela.name}").get("duvidas", ()):
            codigos = ", ".join(f"`{c}`" for c in x["codigos"])
            yield f"- **{tabela.stem}.{x['formato']}**, {codigos}: {x['duvida']}."


def _layouts() -> list[Path]:
    return sorted((RAIZ / "layouts" / "cnab").glob("*.toml"))


def _amostras_por_layout() -> dict[str, list[str]]:
    """Layout → as amostras que se leem por ele; as que se recusam não contam."""
    from guiche.arquivos.cobranca import abrir  # noqa: PLC0415
    from guiche.erros import ErroGuiche  # noqa: PLC0415

    pasta = RAIZ / "tests" / "amostras" / "cnab"
    achadas: dict[str, list[str]] = defaultdict(list)
    for amostra in json.loads((pasta / "indice.json").read_text("utf-8")):
        with suppress(ErroGuiche):
            sintetica = " (sintética)" if amostra["sintetico"] else ""
            achadas[abrir(pasta / amostra["arquivo"]).layout.apelido].append(f"`{amostra['id']}`{sintetica}")
    return {nome: sorted(lista) for nome, lista in achadas.items()}


def _vetores_por_layout() -> dict[str, list[str]]:
    """Layout de remessa → os vetores que com ele se conferem."""
    onde = _toml("tests/amostras/cnab/diferencas_remessa.toml")["layouts"]
    achados: dict[str, list[str]] = defaultdict(list)
    for vetor in json.loads((RAIZ / "tests/amostras/cnab/remessas.json").read_text("utf-8")):
        for nome in onde.get(vetor["id"], [vetor["layout"].removesuffix(".remessa")]):
            if (RAIZ / "layouts" / "cnab" / f"{nome}.remessa.toml").is_file():
                achados[f"{nome}.remessa"].append(f"`{vetor['id']}`")
    return {nome: sorted(lista) for nome, lista in achados.items()}


def _o_que_faz(nome: str, dados: Mapping[str, Any]) -> str:
    from guiche.erros import ErroDeRegra  # noqa: PLC0415
    from guiche.remessa.receita import receita  # noqa: PLC0415

    if dados["sentido"] == "retorno":
        return "lê" if dados.get("ativo", True) else "lê, com aviso: há posições supostas"
    try:
        receita(nome)
    except ErroDeRegra as erro:
        return f"só lê: {erro.mensagem}"
    return "grava"


def _confianca(dados: Mapping[str, Any]) -> str:
    contas = Counter(registro["situacao"] for registro in dados["registros"].values())
    nomes = {"confirmado": "confirmado", "fonte unica": "fonte única", "inferido": "suposto"}
    return "<br>".join(f"{nome}: {contas[situacao]}" for situacao, nome in nomes.items() if contas[situacao])


def _manual(dados: Mapping[str, Any]) -> str:
    """A fonte do layout e, dos registros, as páginas e as outras fontes."""
    citadas = dict.fromkeys(fonte for registro in dados["registros"].values() for fonte in registro.get("fontes", ()))
    paginas = [fonte.removeprefix("p.") for fonte in citadas if fonte.startswith("p.")]
    outras = [fonte for fonte in citadas if not fonte.startswith("p.") and fonte != dados["fonte"]]
    linhas = [dados["fonte"], *([f"p. {', '.join(paginas)}"] if paginas else []), *outras]
    return "<br>".join(linhas).replace("|", "\\|")


_CLAUSULAS = ("juros", "multa", "descontos", "abatimento", "protesto", "negativacao", "baixa", "sacador", "pix")


def remessas() -> str:
    """Texto de ``docs/remessas.md``: o que cada layout sabe levar ao banco."""
    linhas = [_AVISO, "# Remessas de cobrança\n"]
    linhas.append(
        "O que cada layout sabe dizer ao banco. As chaves da empresa e de cada título, com o tipo e um exemplo,"
    )
    linhas.append("estão em [json.md](json.md). Em `compor`, que é Python, o dinheiro vai em centavos, o percentual em")
    linhas.append("centésimos de por cento e a data em `date`; no JSON de `guiche remessa gerar`, em texto.\n")
    linhas.append(
        "Comando com * tem o código de costume, que não está na tabela do banco: confirme-o na homologação.\n"
    )
    linhas += [f"| layout | banco | {' | '.join(_CLAUSULAS)} | comandos | notas |"]
    linhas.append("|---" * (len(_CLAUSULAS) + 4) + "|")
    return "\n".join([*linhas, *_layouts_que_se_gravam()]) + "\n"


_NO_JSON = """# JSON para outros programas

Duas portas leem JSON, sem pasta de trabalho: `guiche boleto calcular` e `guiche remessa gerar`. O texto vai em UTF-8,
pela entrada padrão ou no arquivo que se diz. Esta página sai dos mesmos dados com que o Guichê confere o que recebe.

- **Dinheiro e percentual só em texto**, em reais e em por cento: `"150.00"`, `"2.00"`. Um número é recusado: não diz se
  são reais ou centavos. Código, conta e documento também, que um número perde os zeros da esquerda.
- **Chave que não se conhece é recusada** pelo nome, com a que mais se parece; e chave dita duas vezes, também.
- `null` e `""` valem por não dizer a chave.
- **Saída**: 0 feito; 1 recusado, ou com algum item por fazer; 2 comando mal escrito.
"""
_NA_REMESSA = """Além destas, o nome de qualquer campo do layout leva um código do banco como veio. Os nomes dos
layouts, e o que cada um sabe dizer ao banco, estão em [remessas.md](remessas.md).

O que `guiche arquivo verificar` chamaria de erro não se grava, e sai com 1; o que chamaria de aviso se diz, e grava.
"""


def portas_json() -> str:
    """Texto de ``docs/json.md``: as portas que leem JSON, com as chaves, os tipos e um exemplo que se roda."""
    dados = _toml("layouts/portas.toml")
    boleto, remessa = dados["boleto_calcular"], dados["remessa_gerar"]
    escritos = {tipo["nome"]: tipo for tipo in reversed(dados["tipos"].values())}
    linhas = [_AVISO, _NO_JSON, "## Os tipos\n", "| tipo | como se escreve | exemplo |", "|---|---|---|"]
    linhas += [f"| {nome} | {tipo['diz']} | `{tipo['exemplo']}` |" for nome, tipo in reversed(escritos.items())]
    linhas += ["\n## guiche boleto calcular\n", "Recebe uma lista de objetos, e responde a cada um por si."]
    linhas.append("Sai com 1 se a algum falta o código de barras; com `--aceitar-parcial`, com 0.\n")
    linhas += [*_chaves(dados, boleto["chaves"]), *_bloco("json", boleto["exemplo"]), "Responde, com `--json`:\n"]
    linhas += [*_bloco("json", _calculado(boleto["exemplo"])), "## guiche remessa gerar\n"]
    linhas += ["Recebe um objeto:\n", *_chaves(dados, remessa["chaves"])]
    catalogo = _toml("layouts/remessa/chaves.toml")
    linhas += ["### Da empresa\n", *_chaves(dados, catalogo["empresa"])]
    linhas += ["### De cada título\n", *_chaves(dados, catalogo["titulo"]), _NA_REMESSA]
    linhas += ["### Outros nomes\n", "| o nome | vale por |", "|---|---|"]
    linhas += [f"| `{nome}` | `{chave}` |" for nome, chave in _toml("layouts/remessa/entrada.toml")["nomes"].items()]
    linhas += ["", "### Exemplo\n", *_bloco("json", remessa["exemplo"]), "Escreve, sem `--saida`, o arquivo:\n"]
    return "\n".join([*linhas, *_bloco("text", _composta(remessa["exemplo"]))])


def _chaves(dados: Mapping[str, Any], chaves: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from ("| chave | tipo | o que é |", "|---|---|---|")
    for nome, verbete in chaves.items():
        opcoes = f": {', '.join(f'`{o}`' for o in verbete['opcoes'])}" if "opcoes" in verbete else ""
        tipo = dados["tipos"].get(verbete["tipo"], {}).get("nome", verbete["tipo"])
        yield f"| `{nome}` | {tipo} | {verbete['diz']}{opcoes} |"
    yield ""


def _bloco(lingua: str, texto: str) -> list[str]:
    return [f"```{lingua}", texto.strip("\n"), "```\n"]


def _calculado(exemplo: str) -> str:
    from guiche.servicos.boletos.numeros import calcular  # noqa: PLC0415

    return json.dumps(calcular(exemplo).lista, ensure_ascii=False, indent=1)


def _composta(exemplo: str) -> str:
    from guiche.servicos.cobranca.porta_json import gerar  # noqa: PLC0415

    linhas = (gerar(exemplo).conteudo or b"").decode("ascii").splitlines()
    return "\n".join(linha.rstrip() for linha in linhas)


def _layouts_que_se_gravam() -> Iterator[str]:
    from guiche.erros import ErroDeRegra  # noqa: PLC0415
    from guiche.remessa.receita import receita  # noqa: PLC0415  o resto deste arquivo não precisa do pacote

    for arquivo in sorted((RAIZ / "layouts/cnab").glob("*.remessa.toml")):
        nome = arquivo.name.removesuffix(".remessa.toml")
        try:
            uma = receita(nome)
        except ErroDeRegra:
            continue
        leva = " | ".join(_leva(uma.aceita.get(c)) for c in _CLAUSULAS)
        comandos = [f"{c}*" if c in uma.supostos else c for c in uma.comandos]
        notas = "; ".join(filter(None, (uma.nota, uma.certeza)))
        yield f"| `{nome}` | {uma.layout.banco_nome} | {leva} | {', '.join(comandos)} | {notas} |"


def _leva(valor: Any) -> str:
    if isinstance(valor, list):
        return " ou ".join(valor) or "–"
    return str(valor) if type(valor) is int and valor else "sim" if valor else "–"


_ANDARES = (
    ("As portas: quem pede um ato", ("cli", "excel", "libreoffice")),
    ("Os atos, um quarto por assunto", ("servicos",)),
    ("Do livro às abas", ("vistas",)),
    ("O que se pergunta a uma conta ou a um cliente", ("exame",)),
    ("O que todo ato usa", ("oficio",)),
    ("Um arquivo ou um papel inteiro, sem pasta de trabalho", ("debito", "remessa", "arquivos", "documentos")),
    ("As partes: números, costumes dos bancos, livro, pasta de trabalho",
     ("boleto", "bancos", "livro", "planilha", "layout", "atos")),
    ("As regras puras e os erros", ("dominio", "erros")),
)  # fmt: skip
"""A casa, de cima para baixo; cada lugar só usa os de baixo."""
_DA_CASA = """\
Quem procura uma linha acha o andar pelo nome da pasta. Um lugar só usa os que estão abaixo dele, e o desenho, tirado
das importações, mostra quem usa quem (o que já se alcança por outro lugar não se desenha). Duas tabelas de
`tests/test_arquitetura.py` guardam isto: quem pode importar quem, e, dentro de `servicos`, que assunto pode usar que
outro; módulo nenhum importa a si mesmo dando a volta por outros. Por que é assim está em [decisões](decisoes.md).

Um ato entra por uma porta (o botão, o comando), que o acha em `atos/atos.toml` e chama a função de mesmo nome em
`servicos/<quarto>/atender.py`. O quarto dá só o meio; `servicos/ato.py` acaba o que ficou a meio, lê os cadastros ou
recusa, abre a transação do livro e, no fim, manda `vistas` mostrar o que mudou.
"""


def casa() -> str:
    """Texto de ``docs/casa.md``: o desenho da casa, tirado das importações."""
    linhas = [_AVISO, "# A casa\n", _DA_CASA]
    de_fora = {lugar for _, lugares in _ANDARES for lugar in lugares}
    linhas += ["```mermaid", "flowchart TD"]
    for n, (titulo, lugares) in enumerate(_ANDARES):
        linhas += [f'  subgraph a{n}["{titulo}"]', *(f"    {lugar}" for lugar in lugares), "  end"]
    linhas += [*_setas(_usos("engine/guiche", "guiche", de_fora)), "```\n", "## Os quartos dos atos\n"]
    quartos = {p.name for p in (RAIZ / "engine/guiche/servicos").iterdir() if (p / "__init__.py").exists()}
    linhas += ["| quarto | o que nele se faz |", "|---|---|"]
    for quarto in sorted(quartos):
        fonte = (RAIZ / f"engine/guiche/servicos/{quarto}/__init__.py").read_text("utf-8")
        linhas.append(f"| `{quarto}` | {ast.get_docstring(ast.parse(fonte))} |")
    linhas += ["\n```mermaid", "flowchart TD", *(f"  {quarto}" for quarto in sorted(quartos))]
    linhas += [*_setas(_usos("engine/guiche/servicos", "guiche.servicos", quartos)), "```"]
    return "\n".join([*linhas, *_caminhos()]) + "\n"


def _caminhos() -> Iterator[str]:
    """Os caminhos, cada trecho numa linha."""
    yield "\n## Quatro caminhos\n"
    yield "Cada linha vai de quem chama a quem é chamado, e nenhuma sobe um andar: os dados sobem no que se devolve."
    for caminho in _toml("docs/caminhos.toml")["caminhos"]:
        yield f"\n**{caminho['titulo']}.**\n"
        for trecho in caminho["trechos"]:
            passos = " → ".join(f"`{passo.replace(':', '.')}`" for passo in trecho["passos"])
            yield f"- {trecho['diz']}: {passos}"


def andar(modulo: str) -> int:
    """Em que andar da casa está um módulo, contado de cima."""
    return next(n for n, (_, lugares) in enumerate(_ANDARES) if modulo.split(".", maxsplit=1)[0] in lugares)


def _usos(pasta: str, pacote: str, lugares: set[str]) -> dict[str, set[str]]:
    """Cada lugar e os outros que ele importa, também dentro de função."""
    usos: dict[str, set[str]] = {lugar: set() for lugar in lugares}
    for modulo in sorted((RAIZ / pasta).rglob("*.py")):
        lugar = modulo.relative_to(RAIZ / pasta).parts[0].removesuffix(".py")
        if lugar in lugares:
            usos[lugar] |= _importados(ast.parse(modulo.read_text("utf-8")), pacote) & lugares - {lugar}
    return usos


def _importados(arvore: ast.AST, pacote: str) -> set[str]:
    """O primeiro nome depois do pacote em cada importação."""
    nomes = [a.name for no in ast.walk(arvore) if isinstance(no, ast.Import) for a in no.names]
    for no in ast.walk(arvore):
        if isinstance(no, ast.ImportFrom) and no.module:
            nomes += [f"{no.module}.{a.name}" for a in no.names]
    return {n.removeprefix(f"{pacote}.").split(".")[0] for n in nomes if n.startswith(f"{pacote}.")}


def _setas(usos: Mapping[str, set[str]]) -> list[str]:
    """As setas que não se alcançam por outras."""
    ordem = list(TopologicalSorter(usos).static_order())
    alcance: dict[str, set[str]] = {}
    setas = []
    for lugar in ordem:
        diretos = {u for u in usos[lugar] if not any(u in alcance[outro] for outro in usos[lugar] - {u})}
        alcance[lugar] = usos[lugar].union(*(alcance[u] for u in usos[lugar]))
        setas += [f"  {lugar} --> {u}" for u in sorted(diretos)]
    return sorted(setas)


def faixa() -> str:
    """Texto de ``addin/faixa.xml``."""
    from guiche.excel.faixa import faixa as da_faixa  # noqa: PLC0415

    return da_faixa()


GERADOS = {
    "docs/erros.md": erros, "docs/requisitos.md": requisitos, "docs/casos.md": quadro_dos_casos,
    "docs/atos.md": atos, "docs/bancos.md": bancos, "docs/remessas.md": remessas,
    "docs/json.md": portas_json, "docs/casa.md": casa,
    "addin/faixa.xml": faixa,
}  # fmt: skip


def velhos() -> list[str]:
    """Os gerados que faltam ou não conferem com o que hoje se geraria."""
    atuais = {nome: RAIZ / nome for nome in GERADOS}
    return [n for n, c in atuais.items() if not c.exists() or c.read_text("utf-8") != GERADOS[n]()]


def main(argumentos: list[str]) -> int:
    """Grava ou confere; devolve o código de saída."""
    desatualizados = velhos()
    if "--conferir" in argumentos:
        for nome in desatualizados:
            sys.stderr.write(f"{nome} está velho: rode python docs/gerar.py\n")
        return 1 if desatualizados else 0
    for nome in desatualizados:
        (RAIZ / nome).write_text(GERADOS[nome](), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
