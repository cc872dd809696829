"""How probable it is that a flight arrives more than half an hour late."""
