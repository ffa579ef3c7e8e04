-- Os boletos: o que se emitiu, que títulos cada um junta, e a faixa de nossos números de cada contrato.

CREATE TABLE boleto (
  id INTEGER PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  conta TEXT NOT NULL,
  banco TEXT NOT NULL,
  convenio TEXT NOT NULL,
  carteira TEXT NOT NULL,
  numero BIGINT NOT NULL,
  nosso_numero TEXT NOT NULL,
  cliente TEXT NOT NULL,
  vencimento TEXT NOT NULL,
  valor BIGINT NOT NULL,
  estado TEXT NOT NULL,
  emissor TEXT NOT NULL,
  codigo_barras TEXT NOT NULL,
  linha_digitavel TEXT NOT NULL,
  dados TEXT NOT NULL,
  gerado_em TEXT NOT NULL,
  usuario TEXT NOT NULL,
  pix TEXT NOT NULL DEFAULT '',
  impresso_em TEXT,
  pago_em TEXT,
  valor_pago BIGINT,
  pedir_baixa INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX boleto_numero ON boleto (banco, convenio, carteira, numero);
CREATE INDEX boleto_cliente ON boleto (cliente);

CREATE TABLE boleto_titulo (
  boleto_id INTEGER NOT NULL REFERENCES boleto (id),
  titulo TEXT NOT NULL,
  valor BIGINT NOT NULL,
  desfeito_em TEXT,
  PRIMARY KEY (boleto_id, titulo)
);
CREATE UNIQUE INDEX boleto_titulo_preso ON boleto_titulo (titulo) WHERE desfeito_em IS NULL;

CREATE TABLE boleto_evento (
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  boleto_id INTEGER NOT NULL REFERENCES boleto (id),
  de TEXT NOT NULL,
  para TEXT NOT NULL,
  gatilho TEXT NOT NULL
);

CREATE TABLE faixa (
  banco TEXT NOT NULL,
  convenio TEXT NOT NULL,
  carteira TEXT NOT NULL,
  ultimo BIGINT NOT NULL,
  PRIMARY KEY (banco, convenio, carteira)
);
