"""Os atos do Guichê, um por módulo. A faixa do Excel e a linha de comando chamam estes mesmos serviços."""
