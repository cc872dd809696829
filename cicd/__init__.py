"""The package behind the workflows: every decision that the YAML only carries out."""

__version__ = "0.1.0"
