"""Models without training: what every other model must beat."""
