-- Primeira versão do livro. O mesmo texto serve ao SQLite e ao PostgreSQL:
-- dinheiro em centavos (BIGINT), datas em texto ISO, conteúdo de arquivo em BYTEA.
-- "origem" é a pasta de trabalho de que o ato partiu, quando várias usam o mesmo livro.

CREATE TABLE ato (
  id INTEGER PRIMARY KEY,
  tipo TEXT NOT NULL,
  quando TEXT NOT NULL,
  hoje TEXT NOT NULL,
  usuario TEXT NOT NULL,
  origem TEXT NOT NULL,
  antes TEXT NOT NULL,
  depois TEXT NOT NULL
);

CREATE TABLE arquivo (
  sha256 TEXT PRIMARY KEY,
  nome TEXT NOT NULL,
  tamanho BIGINT NOT NULL,
  conteudo BYTEA NOT NULL
);

CREATE TABLE remessa (
  id INTEGER PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  conta TEXT NOT NULL,
  banco TEXT NOT NULL,
  convenio TEXT NOT NULL,
  versao TEXT NOT NULL,
  nsa INTEGER NOT NULL,
  tipo TEXT NOT NULL CHECK (tipo IN ('DEBITO', 'CANCELAMENTO', 'COBRANCA')),
  situacao TEXT NOT NULL CHECK (situacao IN ('ATIVA', 'PROCESSADA', 'ESTORNADA', 'DESCARTADA')),
  origem_id INTEGER REFERENCES remessa (id),
  sha256 TEXT NOT NULL REFERENCES arquivo (sha256),
  arquivo TEXT NOT NULL,
  linhas INTEGER NOT NULL,
  total_debito BIGINT NOT NULL,
  total_cancelamento BIGINT NOT NULL,
  gerada_em TEXT NOT NULL,
  usuario TEXT NOT NULL,
  exportada_em TEXT,
  transmitida_em TEXT,
  confirmada_em TEXT
);
CREATE UNIQUE INDEX remessa_nsa ON remessa (banco, convenio, nsa)
  WHERE situacao <> 'DESCARTADA' AND tipo <> 'COBRANCA';
CREATE UNIQUE INDEX remessa_nsa_cobranca ON remessa (banco, convenio, nsa)
  WHERE situacao <> 'DESCARTADA' AND tipo = 'COBRANCA';

CREATE TABLE sequencia (
  produto TEXT NOT NULL CHECK (produto IN ('DEBITO', 'COBRANCA')),
  banco TEXT NOT NULL,
  convenio TEXT NOT NULL,
  ultimo INTEGER NOT NULL,
  PRIMARY KEY (produto, banco, convenio)
);

-- Uma linha por registro E enviado (a CARCDT4). "cadeia" é o débito: a linha de
-- débito e as de cancelamento que a repetem; é ela que vai no uso da empresa.
CREATE TABLE linha (
  id INTEGER PRIMARY KEY,
  remessa_id INTEGER NOT NULL REFERENCES remessa (id),
  seq INTEGER NOT NULL,
  cadeia INTEGER NOT NULL,
  titulo TEXT NOT NULL,
  cliente TEXT NOT NULL,
  movimento INTEGER NOT NULL CHECK (movimento IN (0, 1)),
  vencimento TEXT NOT NULL,
  valor BIGINT NOT NULL,
  id_cliente TEXT NOT NULL,
  agencia TEXT NOT NULL,
  conta TEXT NOT NULL,
  estado INTEGER NOT NULL CHECK (estado BETWEEN 0 AND 5),
  liberada INTEGER NOT NULL DEFAULT 0,
  revisar INTEGER NOT NULL DEFAULT 0,
  codigo TEXT NOT NULL DEFAULT '',
  substituida_por INTEGER
);
CREATE UNIQUE INDEX linha_remessa ON linha (remessa_id, seq);
CREATE UNIQUE INDEX linha_cadeia ON linha (cadeia) WHERE substituida_por IS NULL;
CREATE INDEX linha_titulo ON linha (titulo);
CREATE INDEX linha_aberta ON linha (estado) WHERE estado IN (1, 2, 3) AND substituida_por IS NULL;

CREATE TABLE evento (
  ato_id INTEGER NOT NULL,
  linha_id INTEGER NOT NULL,
  de INTEGER NOT NULL,
  para INTEGER NOT NULL,
  gatilho TEXT NOT NULL
);

CREATE TABLE titulo_evento (
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  titulo TEXT NOT NULL,
  encerrado TEXT NOT NULL,
  motivo TEXT NOT NULL
);
CREATE INDEX titulo_evento_titulo ON titulo_evento (titulo);

CREATE TABLE retorno (
  id INTEGER PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  tipo TEXT NOT NULL,
  banco TEXT NOT NULL,
  convenio TEXT NOT NULL,
  versao TEXT NOT NULL,
  nsa INTEGER,
  gerado_em TEXT,
  sha256 TEXT NOT NULL REFERENCES arquivo (sha256),
  arquivo TEXT NOT NULL,
  importado_em TEXT NOT NULL,
  usuario TEXT NOT NULL,
  baixar_em TEXT NOT NULL,
  registros INTEGER NOT NULL,
  total BIGINT NOT NULL,
  debitados INTEGER NOT NULL,
  total_debitado BIGINT NOT NULL,
  recusados INTEGER NOT NULL,
  cancelados INTEGER NOT NULL,
  divergencias INTEGER NOT NULL
);
CREATE INDEX retorno_nsa ON retorno (banco, convenio, nsa);

CREATE TABLE retorno_linha (
  retorno_id INTEGER NOT NULL REFERENCES retorno (id),
  seq INTEGER NOT NULL,
  linha_id INTEGER,
  titulo TEXT NOT NULL,
  cliente TEXT NOT NULL,
  movimento INTEGER NOT NULL,
  codigo TEXT NOT NULL,
  classe TEXT NOT NULL,
  vencimento TEXT,
  valor BIGINT NOT NULL,
  resultado TEXT NOT NULL,
  aviso TEXT NOT NULL,
  PRIMARY KEY (retorno_id, seq)
);
CREATE INDEX retorno_linha_titulo ON retorno_linha (titulo);

CREATE TABLE recebimento (
  id INTEGER PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id),
  titulo TEXT NOT NULL,
  cliente TEXT NOT NULL,
  valor BIGINT NOT NULL,
  dia TEXT NOT NULL,
  baixado_em TEXT NOT NULL CHECK (baixado_em IN ('CAIXA', 'CONTA')),
  conta TEXT NOT NULL,
  retorno_id INTEGER REFERENCES retorno (id),
  linha_id INTEGER
);
CREATE INDEX recebimento_titulo ON recebimento (titulo);
