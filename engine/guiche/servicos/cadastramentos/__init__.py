"""O cadastro dos optantes no banco: o que ele inclui e exclui, o que se recusa e se altera, o que se confirma."""
