"""What each command of `ml-cicd` does that matters to a trust ring: the table that the rings are proven with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Runs(Enum):
    """Which code of the project a command runs. No command runs any outside of a container."""

    NOTHING = "nothing of the project"
    SOURCE = "the project's source, in a container without token or socket"
    DIGEST = "an image that is named by its digest"


@dataclass(frozen=True)
class Capability:
    """What a command runs, the least permissions that its job needs, and the secrets that it reads."""

    runs: Runs
    permissions: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()

    @property
    def tokens(self) -> set[str]:
        """Return the tokens that an action must put into the command's environment."""
        job = {"GITHUB_TOKEN"} if self.permissions else set()
        return {*job, *({"REGISTRY_TOKEN"} if "packages" in self.permissions else ()), *self.secrets}


IDENTITY = {"id-token": "write"}
"""What lets a command log in to the project's registry by the job's identity, outside of rings 0 and 0T."""
CAPABILITIES = {
    "build": Capability(Runs.SOURCE, {"packages": "read"}, frozenset({"BUILD_SECRETS", "TRAIN_SECRETS"})),
    "test": Capability(Runs.SOURCE),
    "check": Capability(Runs.SOURCE),
    "rehearse": Capability(
        Runs.SOURCE, {"contents": "read", "packages": "read"}, frozenset({"BUILD_SECRETS", "TRAIN_SECRETS"})
    ),
    "train": Capability(
        Runs.SOURCE, {"contents": "read", "packages": "write", **IDENTITY}, frozenset({"TRAIN_SECRETS"})
    ),
    "release": Capability(Runs.SOURCE, {"packages": "write", **IDENTITY}, frozenset({"BUILD_SECRETS"})),
    "verify": Capability(Runs.NOTHING, {"contents": "read", "packages": "read", **IDENTITY}),
    "deploy": Capability(
        Runs.DIGEST,
        {"contents": "read", "packages": "read", **IDENTITY},
        frozenset({"DEPLOY_SSH_KEY", "KUBECONFIG_TEXT", "APP_SECRETS"}),
    ),
    "record": Capability(
        Runs.NOTHING, {"contents": "write", "packages": "write", **IDENTITY}, frozenset({"LEDGER_KEY"})
    ),
    "approve": Capability(Runs.NOTHING, {"contents": "write"}, frozenset({"LEDGER_KEY"})),
    "advance": Capability(Runs.NOTHING, {"contents": "write", "actions": "write"}),
    "conclude": Capability(Runs.NOTHING),
    "comment": Capability(Runs.NOTHING, {"actions": "read", "pull-requests": "write"}),
}
TOKENS = {token for capability in CAPABILITIES.values() for token in capability.tokens}
# For people in a terminal: no action runs these.
INTERACTIVE = {
    "adopt",
    "upgrade",
    "init",
    "local",
    "status",
    "history",
    "promote",
    "rollback",
    "checkout",
    "keys",
    "doctor",
    "rulesets",
    "freeze",
    "unlock",
    "gate",
}

# Outputs whose form the command that receives them checks before it does anything with them.
VALIDATED = {"commit", "release", "test", "evaluation", "outcome"}

# Actions of others, and the permissions that each needs.
THIRD_PARTY = {
    "actions/attest": {"attestations": "write", "id-token": "write"},
    "actions/checkout": {"contents": "read"},
    "actions/create-github-app-token": {},
}
UPLOAD = "actions/upload-artifact"
"""It leaves what a run says for the comment; nothing else takes an artifact."""
