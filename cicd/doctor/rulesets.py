"""The rulesets of branches and tags that a project needs on GitHub."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cicd import stages
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.doctor.project import Project

GITHUB_ACTIONS = 15368
"""The id of the App that reports the checks of workflows. A check of that name from anybody else does not count."""
_MAINTAIN, _ADMIN = 2, 5
"""GitHub's ids of the roles."""
PREFIX = "ml-cicd: "
"""What the names of the rulesets begin with."""


class Mode(StrEnum):
    """How much is protected from people who may write."""

    OPEN = "open"
    """The rules leave alone what the workflows move, since the token of a job can bypass no rule."""
    PROTECTED = "protected"
    """Only an App, and people with the role Maintain or Admin, move main and tags."""


@dataclass(frozen=True)
class Choices:
    """What a person decides about the rules."""

    mode: Mode = Mode.OPEN
    app: int = 0
    """The id of the App whose token the road pushes with, for `protected`."""
    merge_queue: bool = False
    reviews: int = 1
    """How many people must approve a pull request."""

    def check(self) -> None:
        """Raise unless the choices fit each other.

        Raises:
            UsageError: the mode `protected` lacks the App, or `open` has one.

        """
        if self.mode is Mode.PROTECTED and not self.app:
            raise UsageError(
                "The mode 'protected' needs the App whose token moves main and the tags.", "Add its id: --app-id ID"
            )
        if self.mode is Mode.OPEN and self.app:
            raise UsageError("--app-id goes with the mode 'protected'.", "Write: --mode protected --app-id ID")


@dataclass(frozen=True)
class Ruleset:
    """A ruleset, as GitHub's REST API takes it."""

    name: str
    target: str
    """`branch` or `tag`."""
    refs: tuple[str, ...]
    """Names of branches or tags, or patterns of them."""
    rules: tuple[dict[str, Any], ...]
    bypass: tuple[dict[str, Any], ...] = ()

    @property
    def body(self) -> dict[str, Any]:
        """The body of the request that creates or updates the ruleset."""
        kind = "heads" if self.target == "branch" else "tags"
        return {
            "name": self.name, "target": self.target, "enforcement": "active", "bypass_actors": list(self.bypass),
            "conditions": {"ref_name": {"include": [f"refs/{kind}/{ref}" for ref in self.refs], "exclude": []}},
            "rules": list(self.rules),
        }  # fmt: skip


def command_to_set(options: Sequence[str] = ()) -> str:
    """Return the command that sets rulesets and environments; `options` are those of `ml-cicd rulesets`."""
    return f"{shlex.join(['ml-cicd', 'rulesets', *options, '--script'])} | sh"


def command_to_compare(options: Sequence[str] = ()) -> str:
    """Return the command that compares GitHub's settings with those that these options ask for."""
    return shlex.join(["ml-cicd", "doctor", *options])


def plan(project: Project, choices: Choices) -> tuple[Ruleset, ...]:
    """Return the rulesets of a project.

    Raises:
        UsageError: the choices do not fit each other.

    """
    choices.check()
    branches = project.branches
    rulesets = [
        Ruleset(f"{PREFIX}merges", "branch", (branches.integration,), _merges(project, choices)),
        Ruleset(f"{PREFIX}ledger", "tag", ("ledger/**/*",), (_rule("update"), _rule("deletion"))),
    ]
    protected = choices.mode is Mode.PROTECTED
    movers = _movers(choices.app) if protected else ()
    if not branches.trunk:
        rules = (_rule("deletion"), _rule("non_fast_forward"), *([_rule("update")] if protected else []))
        rulesets.append(Ruleset(f"{PREFIX}main", "branch", (branches.main,), rules, movers))
    if protected:
        tags = tuple(stage.tag for stage in stages.TAGGED.values())
        moves = (_rule("creation"), _rule("update"), _rule("deletion"))
        rulesets += [
            Ruleset(f"{PREFIX}promotions", "tag", tags, moves, movers),
            Ruleset(f"{PREFIX}entries", "tag", ("ledger/**/*",), (_rule("creation"),), movers),
        ]
    return tuple(rulesets)


def _merges(project: Project, choices: Choices) -> tuple[dict[str, Any], ...]:
    """Return the rules of the branch that people merge to."""
    reviewed = choices.reviews > 0
    reviews = {
        "required_approving_review_count": choices.reviews,
        "dismiss_stale_reviews_on_push": reviewed,
        "require_code_owner_review": reviewed and bool(project.code_owners),
        "require_last_push_approval": reviewed,
        "required_review_thread_resolution": False,
    }
    checks = {
        "required_status_checks": [{"context": name, "integration_id": GITHUB_ACTIONS} for name in project.required],
        "strict_required_status_checks_policy": False,
        "do_not_enforce_on_create": True,
    }
    rules = [
        _rule("deletion"), _rule("non_fast_forward"), _rule("pull_request", reviews),
        _rule("required_status_checks", checks),
    ]  # fmt: skip
    if choices.merge_queue:
        queue = {
            "merge_method": "MERGE", "grouping_strategy": "ALLGREEN", "check_response_timeout_minutes": 60,
            "min_entries_to_merge": 1, "max_entries_to_merge": 5, "max_entries_to_build": 5,
            "min_entries_to_merge_wait_minutes": 5,
        }  # fmt: skip
        rules.append(_rule("merge_queue", queue))
    return tuple(rules)


def _rule(kind: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": kind, "parameters": parameters} if parameters else {"type": kind}


def _movers(app: int) -> tuple[dict[str, Any], ...]:
    """Return who may move main and the tags: the App, and the roles Maintain and Admin."""
    actors = (("Integration", app), ("RepositoryRole", _MAINTAIN), ("RepositoryRole", _ADMIN))
    return tuple({"actor_type": kind, "actor_id": number, "bypass_mode": "always"} for kind, number in actors)
