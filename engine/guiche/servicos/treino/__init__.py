"""A pasta de exemplo, a demonstração e o banco de faz de conta."""
