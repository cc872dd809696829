"""Transformers for any data, not only flights."""
