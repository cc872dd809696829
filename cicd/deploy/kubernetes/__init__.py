"""Kubernetes clusters as deploy targets."""
