"""O que pede mais de uma pessoa, ou uma pessoa que responde por isso: segredo, numeração, aprovação."""
