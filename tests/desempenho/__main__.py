"""``python -m tests.desempenho [--rapido] [--exigir]``: mede tudo e imprime uma tabela só."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.desempenho import atos, boletos, clique, cobranca, codec, leitura, livro, mudanca, planilha, servidor
from tests.desempenho.regua import Medida


def medir(onde: Path, *, rapido: bool) -> list[Medida]:
    """Todas as linhas da tabela."""
    n = 10_000 if rapido else 100_000
    return [
        *codec.medir(50_000 if rapido else 200_000),
        *planilha.medir(onde, n),
        *livro.medir(onde, 50_000 if rapido else 1_000_000),
        *servidor.medir(onde, 10_000 if rapido else 200_000, 4 if rapido else 20),
        *atos.medir(onde, n),
        *atos.medir_crescimento(onde, (1_000, 20_000, 100_000) if rapido else (1_000, 100_000, 1_000_000)),
        *leitura.medir(onde, 20_000 if rapido else 100_000, 100_000 if rapido else 1_000_000),
        *cobranca.medir(5_000 if rapido else 20_000),
        *boletos.medir(2_000 if rapido else 10_000),
        *atos.medir_boletos(onde, n),
        *clique.medir(onde),
        *atos.medir_partida(onde, 5 if rapido else 11),
        *mudanca.medir_rapido(onde),
    ]


def main() -> int:
    """Imprime a tabela; com ``--exigir``, falha se alguma meta não se cumpre."""
    leitor = argparse.ArgumentParser(prog="tests.desempenho")
    leitor.add_argument("--rapido", action="store_true", help="lotes menores, para o CI")
    leitor.add_argument("--exigir", action="store_true", help="sai com 1 se alguma meta não se cumpre")
    pedido = leitor.parse_args()
    with tempfile.TemporaryDirectory() as pasta:
        medidas = medir(Path(pasta), rapido=pedido.rapido)
    print("| caminho | nosso | razão | meta | |\n|---|---|---|---|---|")
    for m in medidas:
        print(
            f"| {m.caminho} | {m.nosso} | {m.razao:.2f} | {m.sinal} {m.meta:.2f} | {'sim' if m.cumprida else 'NÃO'} |"
        )
    faltam = sum(not m.cumprida for m in medidas)
    return 1 if pedido.exigir and faltam else 0


if __name__ == "__main__":
    sys.exit(main())
