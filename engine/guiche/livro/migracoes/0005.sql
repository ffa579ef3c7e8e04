-- Desfazer o último ato: que retorno respondeu a cada pedido, e que retornos se desfizeram.
ALTER TABLE pedido_ao_banco ADD COLUMN retorno_id INTEGER REFERENCES retorno (id);
CREATE INDEX pedido_ao_banco_retorno ON pedido_ao_banco (retorno_id);
ALTER TABLE retorno ADD COLUMN desfeito_em TEXT;
CREATE UNIQUE INDEX retorno_conteudo ON retorno (sha256) WHERE desfeito_em IS NULL;
