"""O que vem do banco: importar, a lista dos importados, divergências e extrato."""
