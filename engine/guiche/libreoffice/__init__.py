"""O LibreOffice: a extensão que põe os atos num menu do Calc e o comando que ela chama."""
