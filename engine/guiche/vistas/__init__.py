"""Do livro às abas: o que a pasta de trabalho mostra. Os atos as pedem; elas não conhecem ato nenhum."""
