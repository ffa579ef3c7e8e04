"""A faixa: um botão para cada ato que o pede, nada que o Excel recuse."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from guiche.atos import atos, grupos, menus
from guiche.excel.faixa import AO_CLICAR, ESPACO_2007, ESPACO_2010, faixa, faixa_2006, faltas, imagens
from guiche.excel.fontes import fonte

RAIZ = Path(__file__).parents[2]
ICONES = RAIZ / "addin/icones"
VALIDA = (
    f'<customUI xmlns="{ESPACO_2010}"><ribbon><tabs><tab id="t" label="T" keytip="Y"><group id="g" label="G">'
    f'<button id="a" label="A" keytip="A" imageMso="Help" onAction="{AO_CLICAR}"/>'
    f'<menu id="m" label="M" keytip="M" imageMso="Help"><button id="b" label="B" keytip="A" image="guiche-x" '
    f'onAction="{AO_CLICAR}"/></menu></group></tab></tabs></ribbon></customUI>'
)


def _controles(tipo: str) -> list[ET.Element]:
    return list(ET.fromstring(faixa()).iter(f"{{{ESPACO_2010}}}{tipo}"))


def test_a_faixa_tem_um_botao_para_cada_ato_que_o_pede_e_nenhum_outro() -> None:
    assert {no.get("id") for no in _controles("button")} == {id_ for id_, ato in atos().items() if ato.botao}
    assert [no.get("label") for no in _controles("group")] == list(grupos().values())
    assert [no.get("id") for no in _controles("menu")] == [f"menu_{id_}" for id_ in menus()]


def test_cada_botao_diz_o_que_o_registro_diz() -> None:
    for no in _controles("button"):
        ato = atos()[no.get("id", "")]
        assert ato.botao
        assert (no.get("label"), no.get("screentip"), no.get("supertip")) == (ato.titulo, ato.titulo, ato.ajuda)
        assert no.get("tag") == ("|".join(",".join(o.extensoes) for o in ato.arquivos) or None)
        assert no.get("size") == ("large" if ato.botao.grande else None)


def test_os_botoes_grandes_vem_antes() -> None:
    for grupo in _controles("group"):
        tamanhos = [no.get("size") == "large" for no in grupo]
        assert tamanhos == sorted(tamanhos, reverse=True)


def test_toda_acao_da_faixa_existe_no_vba() -> None:
    chamadas = {no.get("onAction", "") for no in ET.fromstring(faixa()).iter() if no.get("onAction")}
    assert chamadas == {AO_CLICAR}
    modulo, rotina = AO_CLICAR.split(".")
    texto = fonte(f"vba/{modulo}.bas").decode()
    assert f'Attribute VB_Name = "{modulo}"' in texto
    assert re.search(rf"^Public Sub {rotina}\(control As IRibbonControl\)", texto, re.MULTILINE)


def test_os_desenhos_da_faixa_sao_os_da_pasta() -> None:
    assert imagens() == sorted(png.stem for png in ICONES.glob("*.png"))


def test_desenhar_de_novo_da_os_mesmos_bytes() -> None:
    nomes: dict[str, object] = {"__name__": "desenhar", "__file__": str(ICONES / "desenhar.py")}
    exec(compile((ICONES / "desenhar.py").read_text("utf-8"), "desenhar.py", "exec"), nomes)  # noqa: S102
    desenhar = nomes["desenhar"]
    assert callable(desenhar)
    for png in ICONES.glob("*.png"):
        assert desenhar(png.stem) == png.read_bytes(), f"rode python addin/icones/desenhar.py: {png.name} está velho"


def test_a_faixa_guardada_e_a_do_registro() -> None:
    guardada = (RAIZ / "addin/faixa.xml").read_text("utf-8")
    assert guardada == faixa(), "rode python docs/gerar.py"


def test_a_faixa_nao_tem_faltas() -> None:
    assert not faltas(faixa())
    assert not faltas(faixa_2006())
    assert not faltas(VALIDA)


@pytest.mark.parametrize(
    ("certo", "errado", "falta"),
    [
        ('id="b"', 'id="a"', "id repetido: a"),
        ('keytip="M"', 'keytip="A"', "t: tecla repetida: A"),
        ('imageMso="Help" onAction', 'imageMso="Help" image="guiche-x" onAction', "a: pede uma imagem, e uma só"),
        ("</tab>", '</tab><tab id="u" label="U" keytip="Y"/>', "faixa: tecla repetida: Y"),
        ('image="guiche-x"', "", "b: pede uma imagem, e uma só"),
        ('label="M" keytip="M" imageMso="Help"', 'label="M" keytip="M"', "m: pede uma imagem, e uma só"),
        ('keytip="M"', 'keytip="MAIS"', "m: tecla com mais de 3 letras"),
        ('label="A"', f'label="{"x" * 1025}"', "a: label com mais de 1024 letras"),
        ('label="A"', f'label="A" supertip="{"x" * 1025}"', "a: supertip com mais de 1024 letras"),
        (f'onAction="{AO_CLICAR}"/>', 'onAction="Outra"/>', "a: ação desconhecida: Outra"),
        (f'onAction="{AO_CLICAR}"/>', "/>", "a: ação desconhecida: None"),
        ('<button id="b"', '<button id="b" size="large"', "b: tamanho em item de menu"),
    ],
)
def test_a_falta_plantada_e_apanhada(certo: str, errado: str, falta: str) -> None:
    assert faltas(VALIDA.replace(certo, errado, 1)) == [falta]


@pytest.mark.parametrize(("espaco", "texto"), [(ESPACO_2010, faixa), (ESPACO_2007, faixa_2006)])
def test_a_faixa_cumpre_o_esquema_oficial(espaco: str, texto: object) -> None:
    pasta = os.environ.get("GUICHE_XSD")
    if not pasta:
        pytest.skip("GUICHE_XSD não diz onde estão os esquemas oficiais da faixa")
    xmlschema = pytest.importorskip("xmlschema")
    esquemas = [
        xsd for xsd in Path(pasta).rglob("*.xsd") if f'targetNamespace="{espaco}"' in xsd.read_text("utf-8-sig")
    ]
    assert esquemas, f"nenhum esquema de {espaco} em {pasta}"
    assert callable(texto)
    xmlschema.XMLSchema(str(esquemas[0])).validate(texto())
