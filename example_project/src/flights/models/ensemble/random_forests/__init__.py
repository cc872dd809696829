"""Forests: the same one without the features and with all of them, to see what the features are worth."""
