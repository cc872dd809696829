"""The address at which containers of the engine's usual network reach this machine."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import docker


def gateway(client: docker.DockerClient) -> str:
    """Return the gateway of the network `bridge`: an engine names it only from its second start on."""
    (network,) = client.networks.get("bridge").attrs["IPAM"]["Config"]
    return str(network.get("Gateway") or next(ipaddress.ip_network(network["Subnet"]).hosts()))
