"""Faults made in the Python that decides, and the tests that see them."""
