"""Models without learning: what every other model must beat."""
