-- A comissão de cada baixa de um fechamento.
CREATE TABLE comissao (
  id INTEGER PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  fechamento TEXT NOT NULL,
  empresa TEXT NOT NULL,
  vendedor TEXT NOT NULL,
  dia TEXT NOT NULL,
  base BIGINT NOT NULL,
  percentual INTEGER NOT NULL,
  valor BIGINT NOT NULL,
  retorno_id INTEGER REFERENCES retorno (id)
);
CREATE INDEX comissao_fechamento ON comissao (fechamento);
