"""What was trained, when and of what: a file for each bundle, and runs and registered models in MLflow."""
