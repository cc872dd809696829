"""Whether a run of `ci` trains: the project must ask for it, and the run must be of the repository's own people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import github

if TYPE_CHECKING:
    from cicd.config import Config

FORK = "this is a pull request from a fork"
DEPENDABOT = "Dependabot started this run"
QUEUE = "this is the merge queue: integration trains what it merges"


def is_asked(config: Config) -> bool:
    """Return whether branches of the project train."""
    return config.train is not None and bool(config.train.branch)


def left_out() -> str:
    """Return why this run trains no branch; empty if it does."""
    if github.from_fork():
        return FORK
    if github.lacking_rights():
        return DEPENDABOT
    return QUEUE if github.event() == "merge_group" else ""
