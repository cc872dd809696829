"""The limits of a container, as Docker's SDK takes them."""

from __future__ import annotations

from typing import Any


def options(
    *, cpus: float | None = None, memory: str | None = None, shm_size: str | None = None, gpus: int = 0
) -> dict[str, Any]:
    """Return the options of a container with these limits; what is not given is left to the engine."""
    chosen = {
        "nano_cpus": int(1e9 * cpus) if cpus else None,
        "mem_limit": memory,
        "shm_size": shm_size,
        "device_requests": [{"count": gpus, "capabilities": [["gpu"]]}] if gpus else None,
    }
    return {name: value for name, value in chosen.items() if value is not None}
