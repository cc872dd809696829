"""Random forests without features and with all of them, to see what the features are worth."""
