"""Engines, images and registries: everything that speaks to a Docker engine or an image registry."""
