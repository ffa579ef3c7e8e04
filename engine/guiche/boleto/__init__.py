"""Os números de um boleto: dígitos verificadores, campo livre de cada banco, código de barras, linha digitável."""
