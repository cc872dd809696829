"""Verification asks who promotes, and what the environment's rules say of that person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import stages
from cicd.errors import RefusedError
from cicd.road import verification
from cicd.road.request import Request
from tests.unit.support.road import CONFIG, Road

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace


@pytest.fixture
def road(workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Road:
    monkeypatch.delenv("GITHUB_TRIGGERING_ACTOR", raising=False)
    return Road(workspace, registry)


@pytest.mark.parametrize(
    ("rules", "who", "words"),
    [
        ({"promoters": ("eve",)}, "eve", ""),
        ({"promoters": ("eve",)}, "ada", "ada may not promote to production; eve may"),
        ({"approvers": ("eve",)}, "ada", "needs an approval for production by eve"),
    ],
)
def test_person_who_may_not_promote_is_refused(
    road: Road, monkeypatch: pytest.MonkeyPatch, rules: dict[str, Any], who: str, words: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", who)
    commit, repository = road.accepted("integration", "staging"), road.workspace.repository()
    place = replace(CONFIG.environments["production"], **rules)
    config = replace(CONFIG, environments={**CONFIG.environments, "production": place})
    request = Request(stages.PRODUCTION, commit)
    if not words:
        assert verification.verify(repository, config, request).commit == commit
        return
    with pytest.raises(RefusedError, match=words):
        verification.verify(repository, config, request)
