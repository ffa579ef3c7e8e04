"""O débito automático: gerar a remessa, ler a resposta, os optantes e o cadastro deles no banco."""
