"""Remessas de cobrança CNAB 240, 400 e 444: do título ao arquivo que o banco lê.

``guiche.remessa.composicao.compor`` é a porta; o que se diz de uma empresa e de um título está em
``layouts/remessa/chaves.toml``; o que cada banco quer, em ``layouts/remessa/<banco>.toml``.
"""
