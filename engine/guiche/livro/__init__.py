"""O livro: o que já foi feito, em SQL simples. A situação de um título se deriva dele."""
