"""O arquivo de débito automático antes de qualquer ato: o que nele vai, quem se bloqueia, o que se diz dos optantes."""
