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
    return "\n".join(linhas) + "\n"


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
    from guiche.cobranca.receita import receita  # noqa: PLC0415
    from guiche.erros import ErroDeRegra  # noqa: PLC0415

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
    """Texto de ``docs/remessas.md``: as chaves de um pedido e o que cada layout sabe levar ao banco."""
    linhas = [_AVISO, "# Remessas de cobrança\n"]
    linhas.append("O que se diz da empresa e de cada título, e o que cada layout sabe dizer ao banco. Em `compor` o")
    linhas.append("dinheiro vai em centavos, o percentual em centésimos de por cento e a data em `date`; no JSON de")
    linhas.append("`guiche remessa gerar`, em texto: reais, por cento e AAAA-MM-DD.\n")
    linhas.append("Além das chaves, o nome de qualquer campo do layout leva um código do banco como veio.\n")
    for lado, titulo in (("empresa", "Da empresa"), ("titulo", "De cada título")):
        linhas += [f"## {titulo}\n", "| chave | tipo | o que é |", "|---|---|---|"]
        for nome, verbete in _toml("layouts/remessa/chaves.toml")[lado].items():
            opcoes = f": {', '.join(f'`{o}`' for o in verbete['opcoes'])}" if "opcoes" in verbete else ""
            linhas.append(f"| `{nome}` | {verbete['tipo']} | {verbete['diz']}{opcoes} |")
        linhas.append("")
    linhas.append("## O que cada layout leva\n")
    linhas.append(
        "Comando com * tem o código de costume, que não está na tabela do banco: confirme-o na homologação.\n"
    )
    linhas += [f"| layout | banco | {' | '.join(_CLAUSULAS)} | comandos | notas |"]
    linhas.append("|---" * (len(_CLAUSULAS) + 4) + "|")
    return "\n".join([*linhas, *_layouts_que_se_gravam()]) + "\n"


def _layouts_que_se_gravam() -> Iterator[str]:
    from guiche.cobranca.receita import receita  # noqa: PLC0415  o resto deste arquivo não precisa do pacote
    from guiche.erros import ErroDeRegra  # noqa: PLC0415

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


def faixa() -> str:
    """Texto de ``addin/faixa.xml``."""
    from guiche.excel.faixa import faixa as da_faixa  # noqa: PLC0415

    return da_faixa()


GERADOS = {
    "docs/erros.md": erros, "docs/requisitos.md": requisitos, "docs/casos.md": quadro_dos_casos,
    "docs/atos.md": atos, "docs/bancos.md": bancos, "docs/remessas.md": remessas,
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
