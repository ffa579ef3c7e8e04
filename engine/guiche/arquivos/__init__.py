"""Arquivos inteiros do banco: detectar, ler, conferir e explicar."""
