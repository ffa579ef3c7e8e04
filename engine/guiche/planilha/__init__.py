"""A pasta de trabalho: o esquema como dados, a porta e os adaptadores."""
