"""A conversa com o banco sobre os boletos: o que se lhe pede, a remessa que o leva, o retorno que responde."""
