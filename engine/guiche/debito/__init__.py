"""O débito automático antes de qualquer ato: o que se compõe no arquivo de 150, quem se bloqueia, o que se diz dos optantes."""
