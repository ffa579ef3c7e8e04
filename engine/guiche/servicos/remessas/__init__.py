"""As remessas já gravadas: ver, exportar, marcar, imprimir, estornar, descartar, e o que espera resposta."""
