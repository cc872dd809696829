"""Where flights come from."""
