"""Fechamentos de empresas conveniadas: cobrá-los da empresa, dar baixa nos títulos dos membros, lançar a comissão."""
