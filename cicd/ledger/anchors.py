"""Anchors of the ledger: a tag in the image registry for each recorded deployment, named after its entry and its hash.

The chain binds every entry but the newest: nothing after it holds its hash. So somebody who may force a push could
change or remove the newest entry. Its anchor tells, as long as that person can't also delete tags of the registry.
A tag of an image keeps it from clean-ups, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd import github, stages
from cicd.errors import CicdError, RefusedError, UnreachableError
from cicd.ledger.chain import read_all
from cicd.oci import registry
from cicd.oci.reference import ImageReference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.ledger.entry import Entry
    from cicd.repository import Repository

    Chains = Mapping[str, Sequence[Entry]]

HASH = 16
"""How many digits of an entry's hash its anchor has."""


def write(repository: Repository, entry: Entry) -> None:
    """Tag the images of a recorded deployment in their registry; a registry that does not take the tag is a warning."""
    deployment = entry.deployment
    if deployment.action == "approve":
        return
    name = _name(entry, _scope(repository, read_all(repository, deployment.project)))
    images = (deployment.release, deployment.test, deployment.packages, *deployment.others.values())
    for image in dict.fromkeys(filter(None, images)):
        try:
            registry.tag(image, name)
        except CicdError as error:
            text = f"{error.message} A clean-up may remove the image, and nothing outside of git names this entry."
            github.annotate("warning", text, title=f"The registry has no tag of entry {entry.number}")


def compared(repository: Repository, project: str, chains: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
    """Return the chains of a project after a look that they have every entry of which the registry has an anchor.

    Entries that were recorded meanwhile are fetched. A registry that does not answer is a warning.

    Raises:
        RefusedError: an entry was removed or altered; the message names it.

    """
    try:
        names = _names(chains)
        if _contradiction(names, project, _scope(repository, chains), chains):
            repository.fetch()
            chains = read_all(repository, project)
    except UnreachableError as error:
        github.annotate("warning", error.message, title="The ledger was not compared with the registry")
        return chains
    if found := _contradiction(names, project, _scope(repository, chains), chains):
        environment, number, reason = found
        raise RefusedError(
            f"The ledger of {environment} does not hold together at entry {number}: {reason}.",
            "Somebody removed, altered or forged an entry: compare the tags ledger/** with those of another clone. "
            "If you began a new ledger on purpose, delete those tags in the registry.",
        )
    return chains


def contradiction(repository: Repository, project: str, chains: Chains) -> tuple[str, int, str] | None:
    """Return the environment, number and state of the first entry that contradicts its anchor; None for none.

    Raises:
        UnreachableError: the registry does not answer.

    """
    return _contradiction(_names(chains), project, _scope(repository, chains), chains)


def has_newest(repository: Repository, project: str, entries: Sequence[Entry], chains: Chains) -> bool:
    """Return whether the registry has the anchor of the newest deployment among the entries of an environment.

    Raises:
        UnreachableError: the registry does not answer.

    """
    deployments = [entry for entry in entries if entry.deployment.action != "approve"]
    return bool(deployments) and _name(deployments[-1], _scope(repository, chains)) in _names({project: deployments})


def _name(entry: Entry, scope: str) -> str:
    deployment = entry.deployment
    name = f"ledger-{deployment.project}-{deployment.environment}-{entry.number:06d}-{entry.sha256[:HASH]}"
    return f"{name}-{scope}" if scope else name


def _scope(repository: Repository, chains: Chains) -> str:
    """Return what tells apart the ledgers of local forges, whose registry may outlive them; empty for other remotes."""
    if not repository.forge:
        return ""
    first = next((chains[name][0] for name in stages.STAGES if chains.get(name)), None)
    return first.sha256[:8] if first else "none"


def _names(chains: Chains) -> set[str]:
    """Return the tags of the image repositories in which the newest releases are."""
    newest = [entries[-1].deployment.release for entries in chains.values() if entries]
    repositories = {ImageReference.parse(release).repository for release in newest}
    return {name for image_repository in repositories for name in registry.tags(image_repository)}


def _contradiction(names: Iterable[str], project: str, scope: str, chains: Chains) -> tuple[str, int, str] | None:
    end = f"-{re.escape(scope)}" if scope else ""
    anchor = re.compile(rf"ledger-{re.escape(project)}-([a-z]+)-(\d{{6,}})-([0-9a-f]{{{HASH}}}){end}")
    for name in sorted(names):
        if not (match := anchor.fullmatch(name)):
            continue
        environment, number = match[1], int(match[2])
        entries = chains.get(environment, [])
        if number > len(entries):
            return environment, number, f"it is missing, but the registry has its tag {name}"
        if entries[number - 1].sha256[:HASH] != match[3]:
            return environment, number, f"it was altered: the registry has the tag {name}"
    return None
