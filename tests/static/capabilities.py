"""What each command of `ml-cicd` does that a trust ring cares about: the one table behind the proof of the rings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Runs(Enum):
    """Which code of the project a command runs. None runs any outside of a container."""

    NOTHING = "nothing of the project"
    SOURCE = "the project's source, in a container without token or socket"
    DIGEST = "an image that is named by its digest"


@dataclass(frozen=True)
class Capability:
    """What a command runs, and the least permissions that a job needs for it."""

    runs: Runs
    permissions: Mapping[str, str] = field(default_factory=dict)


CAPABILITIES = {
    "build": Capability(Runs.SOURCE),
    "test": Capability(Runs.SOURCE),
    "check": Capability(Runs.SOURCE),
    "train": Capability(Runs.SOURCE, {"packages": "write"}),
    "release": Capability(Runs.SOURCE, {"packages": "write"}),
    "verify": Capability(Runs.NOTHING, {"contents": "read", "packages": "read"}),
    "deploy": Capability(Runs.DIGEST, {"contents": "read", "packages": "read"}),
    "record": Capability(Runs.NOTHING, {"contents": "write", "packages": "write"}),
    "advance": Capability(Runs.NOTHING, {"contents": "write", "actions": "write"}),
    "conclude": Capability(Runs.NOTHING),
}
# For people in a terminal: no action runs these.
INTERACTIVE = {"local", "status", "history", "freeze"}

# Outputs whose form the command that receives them checks before it does anything with them.
VALIDATED = {"commit", "release", "test", "outcome"}

# Actions of others, and the permissions that each needs.
THIRD_PARTY = {"actions/checkout": {"contents": "read"}}
