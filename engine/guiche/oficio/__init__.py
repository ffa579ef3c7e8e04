"""O que todo ato usa: quem age e em que pasta de trabalho, o que os cadastros dizem, o que se responde, aonde vão os arquivos."""
