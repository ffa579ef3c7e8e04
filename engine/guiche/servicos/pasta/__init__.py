"""A própria pasta de trabalho: refazer as abas, ordenar as listas, levar o livro a um servidor."""
