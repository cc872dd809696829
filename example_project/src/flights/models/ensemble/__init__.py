"""Models made of many small ones."""
