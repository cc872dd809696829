"""Models of a simple rule, which every other model must beat."""
