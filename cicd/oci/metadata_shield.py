"""Keep project code away from the metadata service of a cloud, which hands out the machine's credentials.

That service answers at link-local addresses, such as 169.254.169.254, through the machine's own routes. A container
that is joined to the network here has a route to those addresses that leads nowhere: the network has no host, since the
engine gives its bridge no address, and the containers in it can't reach each other.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from cicd import github
from cicd.errors import UnreachableError
from cicd.oci.errors import MissingError, engine_errors

if TYPE_CHECKING:
    from cicd.oci.engine import Client, Container, Network

NAME = "ml-cicd-link-local"
SUBNET, CONTAINERS, NOBODY = "169.254.0.0/16", "169.254.64.0/18", "169.254.169.254"
OPTIONS = {
    "com.docker.network.bridge.inhibit_ipv4": "true",  # else this machine's own way to the service would end there
    "com.docker.network.bridge.enable_icc": "false",
}
SECONDS_TO_APPEAR = 10
_TAKEN = re.compile(r"overlap|already (exists|used)", re.IGNORECASE)


def join(client: Client, container: Container) -> None:
    """Keep a container that has not started away from link-local addresses; a warning says where that is impossible."""
    try:
        try:
            _connect(client, container)
        except MissingError:  # somebody removed the network that nobody used
            _connect(client, container)
    except UnreachableError as error:
        github.annotate(
            "warning",
            f'{error.message} On a cloud\'s machine, set a firewall rule, or [train] network = "none" in ml-cicd.toml.',
            title="Project code may reach the metadata service of the cloud",
        )


def _connect(client: Client, container: Container) -> None:
    network = _find(client) or _create(client)
    with engine_errors(f"join the network {NAME}"):
        network.connect(container)


def _find(client: Client) -> Network | None:
    with engine_errors(f"look for the network {NAME}"):
        return next((network for network in client.networks.list(names=[NAME]) if network.name == NAME), None)


def _create(client: Client) -> Network:
    from docker.types import IPAMConfig, IPAMPool  # noqa: PLC0415 -- slow to import, and needed only here

    pool = IPAMPool(subnet=SUBNET, iprange=CONTAINERS, gateway=NOBODY)
    try:
        with engine_errors(f"create the network {NAME}"):
            return client.networks.create(
                NAME, driver="bridge", internal=True, check_duplicate=True, options=OPTIONS,
                ipam=IPAMConfig(pool_configs=[pool]),
            )  # fmt: skip
    except UnreachableError as error:
        # Another process was quicker: the engine hands out the addresses before it lists the network.
        end = time.monotonic() + (SECONDS_TO_APPEAR if _TAKEN.search(error.message) else 0)
        while not (network := _find(client)):
            if time.monotonic() >= end:
                raise
            time.sleep(0.1)
        return network
