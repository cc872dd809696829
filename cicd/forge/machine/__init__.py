"""What the forge needs on this machine: a Docker engine, base images, a registry."""
