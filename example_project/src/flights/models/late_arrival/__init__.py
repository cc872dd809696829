"""Whether a flight arrives more than half an hour late: what a traveller with a connection asks."""
