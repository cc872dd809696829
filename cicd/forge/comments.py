"""What the runs of a branch said about its newest commit: on this machine, in place of a comment of a pull request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import UsageError
from cicd.forge.running import records

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.forge.running.records import Run
    from cicd.forge.state import Forge

MOST = 400_000
"""How many bytes of a file are read."""


@dataclass(frozen=True)
class Report:
    """A file that a run left for the comment."""

    run: Run
    content: bytes


def of_branch(forge: Forge, branch: str, artifact: str, file: str) -> list[Report]:
    """Return what the newest run of each workflow left for the comment of a branch's newest commit, oldest first.

    The runs of tags at that commit are among them, and those of other branches: stages run there.

    Args:
        forge: the forge.
        branch: the name of the branch.
        artifact: what the names of the artifacts begin with.
        file: the file in each of them.

    Raises:
        UsageError: no run of the branch has ended, or none of the newest commit left anything for the comment.

    """
    ended = [run for run in records.load(forge) if run.result != "running"]
    runs = [run for run in ended if run.ref == f"refs/heads/{branch}"]
    if not runs:
        raise UsageError(f"No run of the branch {branch} has ended.", f"Push it to start one: git push local {branch}")
    newest = {(run.file, run.ref): run for run in ended if run.sha == runs[-1].sha}
    reports = [
        Report(run, _beginning(path))
        for run in sorted(newest.values(), key=lambda run: run.number)
        for path in sorted(records.artifacts(forge, run.number).glob(f"{artifact}*/{file}"))
    ]
    if not reports:
        raise UsageError(
            f"The runs of {runs[-1].sha[:12]} on the branch {branch} say nothing for a comment.",
            f"See what they did: ml-cicd local logs {runs[-1].number}",
        )
    return reports


def _beginning(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MOST)
