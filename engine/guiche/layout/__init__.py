"""Layouts de arquivo como dados: o modelo, a leitura dos TOML e a tradução de linhas."""
