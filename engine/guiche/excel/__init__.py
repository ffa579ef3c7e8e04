"""O Excel por fora do arquivo: a pasta aberta, os botões, o suplemento e sua instalação."""
