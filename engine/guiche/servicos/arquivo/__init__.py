"""Os atos sobre um arquivo do banco, sem pasta de trabalho: ler, explicar, verificar, comparar, anonimizar."""
