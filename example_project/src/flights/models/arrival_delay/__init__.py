"""How many minutes late a flight arrives."""
