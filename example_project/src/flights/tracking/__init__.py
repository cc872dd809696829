"""The record of each training: a file for each bundle, and runs and registered models in MLflow."""
