"""O compressor: o do isal, que faz o mesmo formato umas seis vezes mais depressa, ou o do Python onde ele não há."""

from __future__ import annotations

try:
    from isal import isal_zlib as zlib
except ImportError:  # máquina sem pacote pronto do isal
    import zlib  # type: ignore[no-redef]

__all__ = ["Estragado", "zlib"]
Estragado: type[Exception] = zlib.error  # type: ignore[assignment]
"""O que ele levanta quando os dados não são o que se comprimiu."""
