"""From rows to features."""
