"""Guichê: cobrança bancária brasileira a partir de uma pasta de trabalho do Excel."""

__version__ = "0.1.0"
