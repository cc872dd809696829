"""Addresses of this machine are asked directly, whatever proxy the environment names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
EXCEPTIONS = ("no_proxy", "NO_PROXY")
HERE = ("localhost", "127.0.0.1", "::1")


def spare_this_machine(environment: MutableMapping[str, str]) -> None:
    """Add this machine's own names to the exceptions of an environment that names a proxy.

    The local registry, the API of a local forge and the health of a service answer here; a proxy can't reach them.
    """
    if not any(environment.get(name) or environment.get(name.upper()) for name in PROXIES):
        return
    names = next(filter(None, (environment.get(name) for name in EXCEPTIONS)), "")
    if names.strip() == "*":
        return
    listed = [name.strip() for name in names.split(",") if name.strip()]
    spared = ",".join([*listed, *(name for name in HERE if name not in listed)])
    for name in EXCEPTIONS:
        environment[name] = spared
