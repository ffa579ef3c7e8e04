"""Os boletos: da carteira ao papel, e a vida de cada um."""
