"""Sources of data."""
