"""PROJECT_NAME: the code that is released."""
