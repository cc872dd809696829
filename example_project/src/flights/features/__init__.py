"""From what is known before departure to what the model sees."""
