"""As cláusulas estão todas, as marcas existem e o quadro confere com os testes."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import gerar


def test_as_132_clausulas_estao_em_ordem() -> None:
    esperadas = [f"K-{i:02d}" for i in range(1, 21)] + [f"S-{i:02d}" for i in range(1, 113)]
    assert list(gerar.clausulas()) == esperadas


def test_cada_clausula_diz_a_fonte_e_cabe_numa_linha_de_tabela() -> None:
    for nome, clausula in gerar.clausulas().items():
        assert clausula["fonte"] == ("Koper" if nome.startswith("K") else "CAR133")
        assert clausula["texto"].endswith(".")
        assert "|" not in clausula["texto"]


def test_nenhuma_marca_cita_clausula_que_nao_existe() -> None:
    desconhecidas = {c: testes for c, testes in gerar.comprovadas().items() if c not in gerar.clausulas()}
    assert not desconhecidas


def test_nenhuma_marca_comprova_o_que_esta_fora() -> None:
    fora = {nome for nome, clausula in gerar.clausulas().items() if "fora" in clausula}
    assert not fora & set(gerar.comprovadas())


def test_o_quadro_esta_em_dia() -> None:
    assert (gerar.RAIZ / "docs/requisitos.md").read_text("utf-8") == gerar.requisitos(), "rode python docs/gerar.py"


def test_a_coleta_acha_marca_em_funcao_classe_parametro_e_modulo(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.requisito('S-01')]\n"
        "@pytest.mark.requisito('S-02', 'K-03')\n"
        "def test_a(): ...\n"
        "class TestB:\n"
        "    @pytest.mark.parametrize('n', [pytest.param(1, marks=pytest.mark.requisito('S-02'))])\n"
        "    def test_c(self, n): ...\n",
        "utf-8",
    )
    assert gerar.comprovadas(tmp_path) == {
        "S-01": ["test_x.py"],
        "S-02": ["test_x.py::TestB::test_c", "test_x.py::test_a"],
        "K-03": ["test_x.py::test_a"],
    }


def test_marca_que_nao_e_texto_e_recusada(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("@pytest.mark.requisito(NOME)\ndef test_a(): ...\n", "utf-8")
    with pytest.raises(ValueError, match="malformed"):
        gerar.comprovadas(tmp_path)


def test_todo_caso_tem_teste_e_todo_teste_cita_caso_que_existe() -> None:
    assert set(gerar.comprovadas(marca="caso")) == set(gerar.casos())


def test_o_quadro_dos_casos_esta_em_dia() -> None:
    assert (gerar.RAIZ / "docs/casos.md").read_text("utf-8") == gerar.quadro_dos_casos(), "rode python docs/gerar.py"


def test_cada_caso_diz_o_certo_e_a_fonte_e_cabe_numa_linha_de_tabela() -> None:
    for caso in gerar.casos().values():
        assert caso.keys() == {"id", "versao", "fonte", "caso", "certo"}
        assert caso["caso"].endswith(".")
        assert caso["certo"].endswith(".")
        assert "|" not in "".join(caso.values())
