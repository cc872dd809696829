"""Docker engines as deploy targets."""
