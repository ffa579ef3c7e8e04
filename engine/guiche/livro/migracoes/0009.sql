-- O nosso número é um só no espaço que o banco diz (agência, conta e carteira; convênio…), e não por convênio escrito.
-- "numero" é 0 enquanto o banco, que é quem o dá, não o disse. "espaco" dos boletos de antes enche-se ao abrir o livro;
-- "repete" é o boleto de que este repete o número, nos livros em que isso se deu.
ALTER TABLE boleto ADD COLUMN espaco TEXT NOT NULL DEFAULT '';
ALTER TABLE boleto ADD COLUMN repete INTEGER NOT NULL DEFAULT 0;
DROP INDEX boleto_numero;
CREATE UNIQUE INDEX boleto_numero ON boleto (banco, espaco, numero) WHERE numero > 0 AND espaco <> '' AND repete = 0;
CREATE INDEX boleto_repetido ON boleto (repete) WHERE repete > 0;
CREATE INDEX boleto_sem_espaco ON boleto (id) WHERE espaco = '';
CREATE INDEX boleto_sem_numero ON boleto (conta) WHERE numero = 0;

-- O último nosso número dado em cada espaço; a "faixa", por convênio escrito, fica como estava.
CREATE TABLE numeracao (
  banco TEXT NOT NULL,
  espaco TEXT NOT NULL,
  ultimo BIGINT NOT NULL,
  PRIMARY KEY (banco, espaco)
);
