"""What the application does: train, evaluate, predict."""
