"""Transformers that know nothing of flights."""
