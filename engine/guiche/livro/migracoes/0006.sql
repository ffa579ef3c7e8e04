-- O que o banco diz dos optantes (registros B e H) e o que se decidiu; "situacao" é INFORMADO quando não há o que decidir.
CREATE TABLE cadastramento (
  retorno_id INTEGER NOT NULL REFERENCES retorno (id),
  seq INTEGER NOT NULL,
  registro TEXT NOT NULL CHECK (registro IN ('B', 'H')),
  movimento INTEGER NOT NULL CHECK (movimento IN (0, 1, 2)),
  banco TEXT NOT NULL,
  convenio TEXT NOT NULL,
  cliente TEXT NOT NULL,
  id_cliente TEXT NOT NULL,
  id_novo TEXT NOT NULL,
  agencia TEXT NOT NULL,
  operacao TEXT NOT NULL,
  conta TEXT NOT NULL,
  conta_dv TEXT NOT NULL,
  agencia_no_arquivo TEXT NOT NULL,
  conta_no_arquivo TEXT NOT NULL,
  dia TEXT,
  texto TEXT NOT NULL,
  situacao TEXT NOT NULL CHECK (situacao IN ('A DECIDIR', 'INFORMADO', 'ACEITO', 'RECUSADO')),
  decidido_ato INTEGER REFERENCES ato (id),
  PRIMARY KEY (retorno_id, seq)
);
CREATE INDEX cadastramento_aberto ON cadastramento (banco, convenio) WHERE situacao = 'A DECIDIR';

-- O que se pede ao banco de um optante: C recusa o que ele cadastrou, D troca a identificação. "dados" é JSON.
CREATE TABLE pedido_cadastral (
  id INTEGER PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  banco TEXT NOT NULL,
  convenio TEXT NOT NULL,
  registro TEXT NOT NULL CHECK (registro IN ('C', 'D')),
  cliente TEXT NOT NULL,
  id_cliente TEXT NOT NULL,
  id_novo TEXT NOT NULL,
  dados TEXT NOT NULL,
  situacao TEXT NOT NULL CHECK (situacao IN ('NA FILA', 'ENVIADO', 'RECUSADO', 'DESISTIDO')),
  remessa_id INTEGER REFERENCES remessa (id)
);
CREATE INDEX pedido_cadastral_fila ON pedido_cadastral (banco, convenio, situacao);

-- Como o banco conhece cada optante: o que foi na última linha enviada.
CREATE TABLE optante_no_banco (
  banco TEXT NOT NULL,
  convenio TEXT NOT NULL,
  cliente TEXT NOT NULL,
  identidade TEXT NOT NULL,
  id_cliente TEXT NOT NULL,
  agencia TEXT NOT NULL,
  conta TEXT NOT NULL,
  remessa_id INTEGER NOT NULL REFERENCES remessa (id),
  PRIMARY KEY (banco, convenio, cliente)
);

-- Agências que o banco avisou que fecham (registro X).
CREATE TABLE agencia (
  banco TEXT NOT NULL,
  codigo TEXT NOT NULL,
  nome TEXT NOT NULL,
  situacao TEXT NOT NULL,
  retorno_id INTEGER NOT NULL REFERENCES retorno (id),
  PRIMARY KEY (banco, codigo)
);
