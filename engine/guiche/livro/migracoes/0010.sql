-- O que mudou em cada tabela desde quando, e o que cada pasta de trabalho já mostra: um ato só refaz o que mudou.
-- Nada do que está em lembranca faz falta: sem ela, tudo se lê e se refaz.
CREATE TABLE fato (
  tabela TEXT PRIMARY KEY,
  versao TEXT NOT NULL
);

CREATE TABLE lembranca (
  pasta TEXT NOT NULL,
  nome TEXT NOT NULL,
  valor BYTEA NOT NULL,
  PRIMARY KEY (pasta, nome)
);
