"""Runs and registered models in a real MLflow, embedded."""
