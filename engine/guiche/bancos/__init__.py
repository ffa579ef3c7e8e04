"""O que é de cada banco: perfis, códigos de retorno, convênios do débito automático."""
