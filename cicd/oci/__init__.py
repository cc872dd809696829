"""The Docker engine, images and image registries: every call to an engine or a registry."""
