-- O que um fechamento levava quando foi a débito: enquanto o banco não responde, é isso, e não o que está na pasta.
-- "cadeia" é o débito do fechamento; "valor", os centavos que de cada título se deviam.
CREATE TABLE membro (
  cadeia INTEGER NOT NULL,
  titulo TEXT NOT NULL,
  cliente TEXT NOT NULL,
  vencimento TEXT NOT NULL,
  valor BIGINT NOT NULL,
  PRIMARY KEY (cadeia, titulo)
);
CREATE INDEX membro_titulo ON membro (titulo);

-- O recebimento ou a comissão que outro escreve ao contrário: cada um só se devolve uma vez.
ALTER TABLE recebimento ADD COLUMN estorna INTEGER;
ALTER TABLE comissao ADD COLUMN estorna INTEGER;
CREATE INDEX recebimento_estorna ON recebimento (estorna) WHERE estorna IS NOT NULL;

-- O título cujo número se usou com outro cliente, e que a pessoa mandou começar de novo: o de antes deste ato não é dele.
CREATE TABLE titulo_vida (
  titulo TEXT PRIMARY KEY,
  ato_id INTEGER NOT NULL REFERENCES ato (id)
);
