"""Quick, in one container, without network."""
