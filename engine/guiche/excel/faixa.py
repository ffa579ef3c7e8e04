"""A faixa do Excel, tirada do registro dos atos: abas, grupos, botões e menus em XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from xml.etree import ElementTree as ET

from guiche.atos import Ato, Botao, atos, grupos, menus

ESPACO_2010 = "http://schemas.microsoft.com/office/2009/07/customui"
ESPACO_2007 = "http://schemas.microsoft.com/office/2006/01/customui"
AO_CLICAR = "GuicheFaixa.AoClicar"
AVISO = "<!-- Gerado por docs/gerar.py, do registro dos atos: não edite à mão. -->\n"
_MAIOR_TECLA, _MAIOR_TEXTO = 3, 1024
_TEXTOS = ("label", "screentip", "supertip")


def faixa() -> str:
    """A faixa para o Excel 2010 em diante, no Windows e no Mac."""
    raiz = ET.Element("customUI", {"xmlns": ESPACO_2010})
    abas = ET.SubElement(ET.SubElement(raiz, "ribbon"), "tabs")
    aba = ET.SubElement(abas, "tab", id="guiche", label="Guichê", insertAfterMso="TabData", keytip="Y")
    for id_, titulo in grupos().items():
        grupo = ET.SubElement(aba, "group", id=f"grupo_{id_}", label=titulo)
        botoes = list(_botoes(grupo=id_))
        for ato, botao in (par for par in botoes if par[1].grande):
            ET.SubElement(grupo, "button", _do_botao(ato, botao), size="large")
        for menu, verbete in menus().items():
            if verbete["grupo"] == id_:
                _por_menu(grupo, menu, verbete)
        for ato, botao in (par for par in botoes if not par[1].grande):
            ET.SubElement(grupo, "button", _do_botao(ato, botao))
    ET.indent(raiz)
    return f"{AVISO}{ET.tostring(raiz, 'unicode')}\n"


def faixa_2006() -> str:
    """A mesma faixa para o Excel 2007, que desconhece a outra: só usa o que as duas têm."""
    return faixa().replace(ESPACO_2010, ESPACO_2007)


def imagens() -> list[str]:
    """Os desenhos nossos que a faixa usa."""
    raiz = ET.fromstring(faixa())  # noqa: S314  texto desta casa
    return sorted({imagem for controle in raiz.iter() if (imagem := controle.get("image"))})


def _botoes(*, grupo: str = "", menu: str = "") -> Iterator[tuple[Ato, Botao]]:
    for ato in atos().values():
        if ato.botao and (ato.botao.grupo, ato.botao.menu) == (grupo, menu):
            yield ato, ato.botao


def _por_menu(grupo: ET.Element, id_: str, verbete: Mapping[str, str]) -> None:
    textos = {"label": verbete["titulo"], "screentip": verbete["titulo"], "supertip": verbete["dica"]}
    atributos = {"id": f"menu_{id_}", **textos, "keytip": verbete["tecla"], **_imagem(verbete["imagem"])}
    menu = ET.SubElement(grupo, "menu", atributos, size="large")
    for ato, botao in _botoes(menu=id_):
        ET.SubElement(menu, "button", _do_botao(ato, botao))


def _do_botao(ato: Ato, botao: Botao) -> dict[str, str]:
    atributos = {"id": ato.id, "label": ato.titulo, "screentip": ato.titulo, "supertip": ato.ajuda}
    atributos |= {"keytip": botao.tecla, **_imagem(botao.imagem), "onAction": AO_CLICAR}
    return atributos | ({"tag": "|".join(",".join(o.extensoes) for o in ato.arquivos)} if ato.arquivos else {})


def _imagem(nome: str) -> dict[str, str]:
    return {"image" if nome.startswith("guiche-") else "imageMso": nome}


def faltas(xml: str) -> list[str]:
    """O que o Excel recusaria ou confundiria numa faixa; vazia se nada."""
    raiz = ET.fromstring(xml)  # noqa: S314  texto desta casa
    for no in raiz.iter():
        no.tag = no.tag.rpartition("}")[2]
    achadas = [f"id repetido: {id_}" for id_ in _repetidos(no.get("id") for no in raiz.iter())]
    for escopo in (raiz, *raiz.iter("tab"), *raiz.iter("menu")):
        teclas = _repetidos(no.get("keytip") for no in _ao_alcance(escopo))
        achadas += [f"{escopo.get('id', 'faixa')}: tecla repetida: {tecla}" for tecla in teclas]
    for menu in raiz.iter("menu"):
        achadas += [f"{no.get('id')}: tamanho em item de menu" for no in menu if no.get("size")]
    return achadas + list(chain.from_iterable(map(_faltas_do_no, raiz.iter())))


def _ao_alcance(escopo: ET.Element) -> Iterator[ET.Element]:
    """Os controles cujas teclas valem ao mesmo tempo: uma aba e um menu têm as suas, à parte."""
    for no in escopo:
        yield no
        if no.tag not in {"tab", "menu"}:
            yield from _ao_alcance(no)


def _repetidos(nomes: Iterable[str | None]) -> list[str]:
    return sorted(nome for nome, vezes in Counter(nomes).items() if nome and vezes > 1)


def _faltas_do_no(no: ET.Element) -> Iterator[str]:
    quem = no.get("id", no.tag)
    if no.tag in {"button", "menu"} and ("image" in no.attrib) == ("imageMso" in no.attrib):
        yield f"{quem}: pede uma imagem, e uma só"
    if len(no.get("keytip", "")) > _MAIOR_TECLA:
        yield f"{quem}: tecla com mais de {_MAIOR_TECLA} letras"
    for texto in _TEXTOS:
        if len(no.get(texto, "")) > _MAIOR_TEXTO:
            yield f"{quem}: {texto} com mais de {_MAIOR_TEXTO} letras"
    if no.tag == "button" and no.get("onAction") != AO_CLICAR:
        yield f"{quem}: ação desconhecida: {no.get('onAction')}"
