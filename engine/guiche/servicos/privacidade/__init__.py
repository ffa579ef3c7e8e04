"""O que se faz com os dados das pessoas: mostrar sem elas, entregar a elas, tirá-los."""
