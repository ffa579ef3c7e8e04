-- A cobrança com o banco: a fila do que se lhe pede e as respostas que voltam.

ALTER TABLE boleto DROP COLUMN pedir_baixa;
ALTER TABLE boleto ADD COLUMN no_banco TEXT NOT NULL DEFAULT '';

-- O que se pede ao banco de um boleto. Só sai numa remessa; "ordem" é a posição nela.
CREATE TABLE pedido_ao_banco (
  id INTEGER PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  boleto_id INTEGER NOT NULL REFERENCES boleto (id),
  comando TEXT NOT NULL,
  dados TEXT NOT NULL,
  situacao TEXT NOT NULL CHECK (situacao IN ('NA FILA', 'ENVIADO', 'ACEITO', 'RECUSADO', 'DESISTIDO')),
  remessa_id INTEGER REFERENCES remessa (id),
  ordem INTEGER
);
CREATE INDEX pedido_ao_banco_boleto ON pedido_ao_banco (boleto_id);
CREATE INDEX pedido_ao_banco_fila ON pedido_ao_banco (situacao) WHERE situacao IN ('NA FILA', 'ENVIADO');

ALTER TABLE retorno ADD COLUMN numero TEXT NOT NULL DEFAULT '';
ALTER TABLE retorno_linha ADD COLUMN decisao TEXT NOT NULL DEFAULT '';
CREATE INDEX retorno_linha_aberta ON retorno_linha (retorno_id) WHERE resultado = 'DIVERGÊNCIA' AND decisao = '';

CREATE TABLE retorno_boleto (
  retorno_id INTEGER NOT NULL REFERENCES retorno (id),
  seq INTEGER NOT NULL,
  boleto_id INTEGER,
  nosso_numero TEXT NOT NULL,
  documento TEXT NOT NULL,
  codigo TEXT NOT NULL,
  classe TEXT NOT NULL,
  motivos TEXT NOT NULL,
  ocorrencia_em TEXT,
  credito_em TEXT,
  vencimento TEXT,
  valor BIGINT,
  pago BIGINT,
  liquido BIGINT,
  tarifa BIGINT,
  juros BIGINT,
  desconto BIGINT,
  abatimento BIGINT,
  iof BIGINT,
  resultado TEXT NOT NULL,
  aviso TEXT NOT NULL,
  decisao TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (retorno_id, seq)
);
CREATE INDEX retorno_boleto_boleto ON retorno_boleto (boleto_id);
CREATE INDEX retorno_boleto_aberta ON retorno_boleto (retorno_id) WHERE resultado = 'DIVERGÊNCIA' AND decisao = '';

CREATE TABLE tarifa (
  retorno_id INTEGER NOT NULL REFERENCES retorno (id),
  seq INTEGER NOT NULL,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  conta TEXT NOT NULL,
  dia TEXT NOT NULL,
  valor BIGINT NOT NULL,
  historico TEXT NOT NULL,
  PRIMARY KEY (retorno_id, seq)
);

-- "valor" é quanto do título se quita; entra em dinheiro valor + juros - desconto.
ALTER TABLE recebimento ADD COLUMN juros BIGINT NOT NULL DEFAULT 0;
ALTER TABLE recebimento ADD COLUMN desconto BIGINT NOT NULL DEFAULT 0;
ALTER TABLE recebimento ADD COLUMN boleto_id INTEGER;
