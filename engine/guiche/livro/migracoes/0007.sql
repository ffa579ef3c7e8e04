-- As tarifas como o banco as lança no extrato: uma por retorno, dia e histórico, com quantas são; a de cada linha está em
-- retorno_boleto.
-- "seq" é a linha da que se lançou à mão (ou, até aqui, a de cada uma).
ALTER TABLE tarifa RENAME TO tarifa_por_linha;
CREATE TABLE tarifa (
  id INTEGER CONSTRAINT tarifa_id PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  retorno_id INTEGER NOT NULL REFERENCES retorno (id),
  seq INTEGER,
  quantas INTEGER NOT NULL,
  conta TEXT NOT NULL,
  dia TEXT NOT NULL,
  valor BIGINT NOT NULL,
  historico TEXT NOT NULL
);
INSERT INTO tarifa (id, ato_id, retorno_id, seq, quantas, conta, dia, valor, historico)
SELECT ROW_NUMBER() OVER (ORDER BY ato_id, retorno_id, ABS(seq)), ato_id, retorno_id, ABS(seq),
  CASE WHEN seq < 0 THEN -1 ELSE 1 END, conta, dia, valor, historico
FROM tarifa_por_linha;
DROP TABLE tarifa_por_linha;
CREATE INDEX tarifa_da_linha ON tarifa (retorno_id, seq) WHERE seq IS NOT NULL;
