"""Whose rules about people count for an environment: those of the release that it accepted last.

`main` moves to a commit before anybody has accepted it in staging or production. So a commit that changes `promoters`
or `approvers` changes nothing until a release with it has passed in the environment, under the rules before it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicd import config as configuration
from cicd import ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config, Environment
    from cicd.ledger import Entry
    from cicd.repository import Repository


def governing(
    repository: Repository, config: Config, chains: Mapping[str, Sequence[Entry]], environment: str
) -> Environment:
    """Return the environment as `config` has it, with the promoters and approvers that it accepted last.

    They stand in the configuration of the commit of its newest passed entry. Before anything has passed there, those
    of `config` count.

    Raises:
        UsageError: the configuration of that commit can't be read.

    """
    entries = chains.get(environment, [])
    counted = [entry for entry in entries if entry.trust != "unsigned" and not entry.deployment.observed]
    accepted = ledger.last_passed(counted)
    present = config.environments[environment]
    return _with_rules_of(present, of_commit(repository, config, accepted.deployment.commit)) if accepted else present


def changes(repository: Repository, config: Config, commit: str, present: Environment) -> list[str]:
    """Return which rules about people a release changes once it has passed, a line each; `present` has those now."""
    new = _with_rules_of(present, of_commit(repository, config, commit))
    pairs = {
        "promoters": (_names(present.promoters), _names(new.promoters)),
        "approvers": (_names(present.approvers), _names(new.approvers)),
        "approvals": (str(present.approvals), str(new.approvals)),
    }
    return [f"{rule}: {before} -> {after}" for rule, (before, after) in pairs.items() if before != after]


def of_commit(repository: Repository, config: Config, commit: str) -> Config:
    """Return the project's configuration in a commit, also if the project was in another folder then.

    If the commit has none, `config` is returned.

    Raises:
        UsageError: it can't be read, or is not valid.

    """
    if (
        parsed := _parsed(repository, commit, repository.in_project(configuration.FILE))
    ) and parsed.name == config.name:
        return parsed
    others = (_parsed(repository, commit, path) for path in repository.paths(commit, configuration.FILE))
    return next((parsed for parsed in others if parsed and parsed.name == config.name), config)


def _parsed(repository: Repository, commit: str, path: str) -> Config | None:
    text = repository.show(commit, path)
    return None if text is None else configuration.parse(text, f"{path} at {commit[:12]}")


def _with_rules_of(present: Environment, accepted: Config) -> Environment:
    rules = accepted.environments[present.name]
    return replace(present, promoters=rules.promoters, approvers=rules.approvers, approvals=rules.approvals)


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "none named"
