"""What GitHub says about a repository's settings, as far as the token may read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from cicd import github, github_answers
from cicd.errors import UnreachableError
from cicd.github_answers import AnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")
PAGE = 100
"""Items in a page of an answer: the most that GitHub sends."""
WAITING = {"required_reviewers": "reviewers", "wait_timer": "a timer"}
"""Rules of an environment for which its runs wait."""
_NOT_THERE = "GitHub shows this token no repository"


@dataclass(frozen=True)
class Refusal:
    """Why a setting is not known."""

    why: str


@dataclass(frozen=True)
class HostedEnvironment:
    """An environment as it is on GitHub."""

    limited: bool
    """Whether only refs that are named may use it."""
    refs: frozenset[tuple[str, str]] | Refusal = frozenset()
    """Kind and name of each."""
    secrets: frozenset[str] | Refusal = frozenset()
    waits_for: tuple[str, ...] = ()
    """What its runs wait for."""


@dataclass(frozen=True)
class Hosted:
    """The settings of a repository as they are on GitHub."""

    rulesets: Mapping[str, Mapping[str, Any]] | Refusal
    """By name."""
    rules_of_main: tuple[Mapping[str, Any], ...] | Refusal = ()
    """The rules that hold for main, wherever they come from."""
    environments: Mapping[str, HostedEnvironment] | Refusal = field(default_factory=dict)
    secrets: frozenset[str] | Refusal = frozenset()
    """The secrets of the repository, and those of the organisation that it may read."""


def read(name: str, main: str, environments: Iterable[str]) -> Hosted:
    """Return the settings of the repository `name`, with the token of the environment variable GITHUB_TOKEN.

    `main` is its branch of tested commits, `environments` are those that count.
    """
    rulesets = _asked(lambda: _rulesets(name))
    if isinstance(rulesets, Refusal) and rulesets.why.startswith(_NOT_THERE):
        return Hosted(rulesets, rulesets, rulesets, rulesets)
    branch = quote(main, safe="")
    rules = _asked(
        lambda: _pages(
            lambda page: github.api("GET", f"/repos/{name}/rules/branches/{branch}?per_page={PAGE}&page={page}")
        )
    )
    return Hosted(
        rulesets, rules if isinstance(rules, Refusal) else tuple(rules),
        _asked(lambda: _environments(name, frozenset(environments))), _asked(lambda: _secrets(name)),
    )  # fmt: skip


def _asked(question: Callable[[], T]) -> T | Refusal:
    """Return what GitHub answers; a refusal for what the token may not read or the plan does not offer."""
    try:
        with github_answers.as_described():
            return question()
    except AnswerError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return Refusal(f"{_NOT_THERE} of that name, or not this setting. GitHub: {error.words}")
        if error.status == HTTPStatus.FORBIDDEN:
            return Refusal(f"The token may not read this, or the plan does not offer it. GitHub: {error.words}")
        return Refusal(f"{error.message} {error.hint}".strip())
    except UnreachableError as error:
        return Refusal(error.message)


def _pages(ask: Callable[[int], list[Any]]) -> list[Any]:
    """Return the items of all pages."""
    items: list[Any] = []
    for page in count(1):
        answered = ask(page)
        items += answered
        if len(answered) < PAGE:
            break
    return items


def _rulesets(name: str) -> dict[str, Mapping[str, Any]]:
    listed = _pages(lambda page: github.api("GET", f"/repos/{name}/rulesets?per_page={PAGE}&page={page}"))
    return {brief["name"]: github.api("GET", f"/repos/{name}/rulesets/{brief['id']}") for brief in listed}


def _environments(name: str, wanted: frozenset[str]) -> dict[str, HostedEnvironment]:
    listed = _pages(
        lambda page: github.api("GET", f"/repos/{name}/environments?per_page={PAGE}&page={page}")["environments"]
    )
    named = {data["name"].lower(): data for data in listed}  # GitHub takes `Production` for `production`
    return {environment: _environment(name, data) for environment, data in named.items() if environment in wanted}


def _environment(name: str, data: Mapping[str, Any]) -> HostedEnvironment:
    environment, policy = data["name"], data.get("deployment_branch_policy") or {}
    limited = bool(policy.get("custom_branch_policies"))
    secrets = _asked(
        lambda: _names(
            lambda page: github.api(
                "GET", f"/repos/{name}/environments/{environment}/secrets?per_page={PAGE}&page={page}"
            )
        )
    )
    refs = _asked(lambda: _refs(name, environment)) if limited else frozenset[tuple[str, str]]()
    kinds = {rule.get("type") for rule in data.get("protection_rules") or ()}
    return HostedEnvironment(limited, refs, secrets, tuple(words for kind, words in WAITING.items() if kind in kinds))


def _refs(name: str, environment: str) -> frozenset[tuple[str, str]]:
    policies = _pages(
        lambda page: github.api(
            "GET", f"/repos/{name}/environments/{environment}/deployment-branch-policies?per_page={PAGE}&page={page}"
        )["branch_policies"]
    )
    return frozenset((policy.get("type", "branch"), policy["name"]) for policy in policies)


def _secrets(name: str) -> frozenset[str]:
    return _names(
        lambda page: github.api("GET", f"/repos/{name}/actions/secrets?per_page={PAGE}&page={page}")
    ) | _names(
        lambda page: github.api("GET", f"/repos/{name}/actions/organization-secrets?per_page={PAGE}&page={page}")
    )


def _names(ask: Callable[[int], Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(secret["name"] for secret in _pages(lambda page: list(ask(page)["secrets"])))
