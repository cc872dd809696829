"""After integration: move main, and the tag of staging where that is automatic, to the tested commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cicd import failpoints, ledger, stages
from cicd.errors import RefusedError
from cicd.repository import LostRaceError
from cicd.road import verification

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.repository import Repository


@dataclass(frozen=True)
class Advance:
    """Whether main moved, and whether the tag of staging did."""

    state: Literal["advanced", "superseded"]
    staging: bool


def advance(repository: Repository, config: Config, commit: str) -> Advance:
    """Fast-forward main to the commit that passed integration, and move the tag of staging to it, both or neither.

    Raises:
        RefusedError: there is no passed integration entry, or main has commits that integration never saw.

    """
    verification.acceptance(ledger.read_all(repository, config.name), stages.INTEGRATION.name, commit)
    main = repository.main_commit
    if main is not None and main != commit and repository.is_ancestor(commit, main):
        return Advance("superseded", staging=False)
    if main is not None and not repository.is_ancestor(main, commit):
        raise RefusedError(
            f"{repository.main_branch} has commits that {commit[:12]} does not contain, so it can't be fast-forwarded.",
            f"Merge {repository.main_branch} into the integration branch, and push that branch.",
        )
    refspecs, leases = [f"{commit}:refs/heads/{repository.main_branch}"], {}
    if config.staging_auto:
        ref = f"refs/tags/{stages.STAGING.tag}"
        refspecs.append(f"{commit}:{ref}")
        leases[ref] = _remote_value(repository, ref)
    try:
        with failpoints.change("advance.push"):
            repository.push(*refspecs, leases=leases)
    except LostRaceError as error:
        raise RefusedError(
            f"{repository.main_branch} or the tag {stages.STAGING.tag} moved meanwhile.",
            "Run the job again: it reads both anew.",
        ) from error
    return Advance("advanced", staging=config.staging_auto)


def _remote_value(repository: Repository, ref: str) -> str:
    line = repository.git("ls-remote", repository.remote, ref)
    return line.split("\t")[0] if line else ""
