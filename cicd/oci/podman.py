"""Podman's socket, which answers as Docker's does, but for a header."""

HEADER = "Libpod-Api-Version"
PROBLEM = "it is Podman, which has no BuildKit and does not change a container's restart policy"
