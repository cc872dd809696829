"""Where a proxy leads: one of two slots, and the release in it; as HAProxy's configuration says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

SLOTS = ("blue", "green")
_SERVER = re.compile(r"^  server (blue|green) ([0-9a-f]{12}):\d+$", re.MULTILINE)


@dataclass(frozen=True)
class Routing:
    """The slot that gets the requests, and the short id of the container in that slot; empty for none."""

    slot: str = SLOTS[1]
    name: str = ""

    @property
    def idle(self) -> str:
        """The other slot."""
        return SLOTS[1 - SLOTS.index(self.slot)]

    def to(self, name: str) -> Routing:
        """Return the routing that leads to `name`, which gets the idle slot unless it is there already or empty."""
        return Routing(self.slot if name in ("", self.name) else self.idle, name)


def read(configuration: str) -> Routing:
    """Return the routing in a configuration of HAProxy."""
    server = _SERVER.search(configuration)
    return Routing(server[1], server[2]) if server else Routing()
