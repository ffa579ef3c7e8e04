"""O exame dos cadastros: a mesma resposta, com as mesmas palavras e a célula, em toda porta que os usa."""
