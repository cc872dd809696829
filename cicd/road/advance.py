"""After integration: move main, and the tag of staging where that is automatic, to the tested commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cicd import failpoints, github, ledger, stages
from cicd.errors import RefusedError, UsageError
from cicd.repository import LostRaceError
from cicd.road import people, rules, verification

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config
    from cicd.ledger import Deployment, Entry
    from cicd.repository import Repository


@dataclass(frozen=True)
class Advance:
    """Whether main moved, and whether the tag of staging did."""

    state: Literal["advanced", "superseded"]
    staging: bool
    held: str = ""
    """Why the tag of staging stays where it is, although integration moves it: who may not promote, or must approve."""


def advance(repository: Repository, config: Config, commit: str) -> Advance:
    """Fast-forward main to the commit that passed integration, and move the tag of staging to it, both or neither.

    The tag stays if the person whose run of integration accepted the release may not promote to staging.

    Raises:
        RefusedError: there is no passed integration entry, or main has commits that integration never saw.

    """
    chains = ledger.read_all(repository, config.name)
    accepted = verification.acceptance(chains, stages.INTEGRATION.name, commit).deployment
    main = repository.main_commit
    if main is not None and main != commit and repository.is_ancestor(commit, main):
        return Advance("superseded", staging=False)
    if main is not None and not repository.is_ancestor(main, commit):
        raise RefusedError(
            f"{repository.main_branch} has commits that {commit[:12]} does not contain, so it can't be fast-forwarded.",
            f"Merge {repository.main_branch} into the integration branch, and push that branch.",
        )
    refspecs, leases = [f"{commit}:refs/heads/{repository.main_branch}"], {}
    held = _held(repository, config, chains, accepted) if config.staging_auto else ""
    if config.staging_auto and not held:
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
    return Advance("advanced", staging=bool(leases), held=held)


def check_startable(repository: Repository, commit: str, workflow: str) -> None:
    """Raise unless GitHub will start a workflow by hand once main is at the commit.

    GitHub wants the file on the branch that it starts, and on the default branch.

    Raises:
        UsageError: the commit or the default branch lacks the workflow, or it can't be started by hand.

    """
    path, default = f".github/workflows/{workflow}", repository.default_branch()
    places = {f"The commit {commit[:12]}": commit}
    if default != repository.main_branch and (head := repository.branch(default)):
        places[f"The default branch {default}"] = head
    for place, revision in places.items():
        text = repository.show(revision, path)
        if text is None or "workflow_dispatch" not in text:
            lacks = f"has no {path}" if text is None else f"has a {path} without 'workflow_dispatch'"
            raise UsageError(
                f"{place} {lacks}, so {stages.STAGING.name} can't be started. Nothing was moved.",
                "Add that caller, or name yours in the caller of integration: staging-workflow: FILE",
            )


def _held(repository: Repository, config: Config, chains: Mapping[str, Sequence[Entry]], accepted: Deployment) -> str:
    """Return why the person whose run of integration accepted a release may not promote it to staging; or empty."""
    environment = stages.STAGING.name
    governed = rules.governing(repository, config, chains, environment)
    try:
        people.check_promotion(governed, accepted, chains.get(environment, []), accepted.actor or github.actor())
    except RefusedError as error:
        return error.message
    return ""


def _remote_value(repository: Repository, ref: str) -> str:
    line = repository.git("ls-remote", repository.remote, ref)
    return line.split("\t")[0] if line else ""
