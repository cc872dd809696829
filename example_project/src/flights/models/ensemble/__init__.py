"""Models made of many."""
