"""O que todo ato usa: quem age e onde, o que os cadastros dizem, o que se responde, aonde vão os arquivos."""
