"""Papéis em PDF: o que se imprime, se assina ou se entrega na agência."""
