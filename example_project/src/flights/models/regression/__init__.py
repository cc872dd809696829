"""Models that are sums."""
