"""The deployed service and its parts together, by its URL alone."""
