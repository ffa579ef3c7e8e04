"""Cuidar da pasta de trabalho: trazer listas de fora, conferir, fazer em lote, desfazer."""
