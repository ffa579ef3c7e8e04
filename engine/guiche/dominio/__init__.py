"""Valores e regras puras: sem disco, planilha, relógio ou biblioteca além da padrão."""
