"""A release is verified in every respect before it may go anywhere: whatever speaks against it is seen to stop it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import labels, ledger, stages
from cicd.deploy.target import Order
from cicd.errors import RefusedError, UnreachableError
from cicd.road import verification
from cicd.road.request import Built, Request
from tests.unit.support.road import CONFIG
from tests.unit.support.wares import WHEELS, Wares

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

PARTS = ("app", "app/test", "app/report", "app/packages")
"""The images of a release: its own, that of its tests, that of its second service, and that with its wheels."""


@pytest.fixture
def wares(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wares:
    for name in ("GITHUB_TRIGGERING_ACTOR", "GITHUB_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    return Wares(workspace, registry, tmp_path)


def test_candidate_is_the_accepted_release_with_all_its_parts(wares: Wares, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SERVER_URL": "https://github.com", "REPOSITORY": "acme/app", "RUN_ID": "7"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    wares.accepted("integration", "staging", "production")
    commit = wares.accepted("integration", "staging")
    candidate = wares.ask(commit, reason="it is fast")
    report, packages = wares.part("report", commit), wares.part("packages", commit)
    assert (candidate.packages, candidate.wheels, candidate.reason) == (packages, WHEELS, "it is fast")
    release, test = wares.release(commit)
    assert candidate.order == Order(
        release, commit, entry=wares.newest("staging").name, after=wares.newest("production").name, actor="ada",
        action="deploy", test=test, run="https://github.com/acme/app/actions/runs/7", others={"report": report},
    )  # fmt: skip


def test_target_is_asked_to_go_back_where_a_rollback_is_asked_for(wares: Wares) -> None:
    old = wares.accepted("integration", "staging", "production")
    wares.accepted("integration", "staging", "production")
    assert wares.ask(old, backwards=True).order.action == "rollback"
    wares.record("production", old, action="rollback")
    assert wares.ask(old, backwards=True).action == "rollback", "the same rollback, run again"
    assert wares.ask(old).action == "deploy"


@pytest.mark.parametrize("part", PARTS)
def test_way_forwards_needs_every_image_unchanged(wares: Wares, part: str) -> None:
    commit = wares.accepted("integration", "staging")
    assert wares.ask(commit).commit == commit
    wares.alter(part)
    with pytest.raises(RefusedError, match="content changed"):
        wares.ask(commit)


@pytest.mark.parametrize("part", PARTS)
def test_way_back_needs_every_image_but_that_of_the_packages(wares: Wares, part: str) -> None:
    old = wares.accepted("integration", "staging", "production")
    wares.accepted("integration", "staging", "production")
    wares.alter(part)
    if part == "app/packages":  # a rollback leaves the packages
        assert wares.ask(old, backwards=True).commit == old
        return
    with pytest.raises(RefusedError, match="content changed"):
        wares.ask(old, backwards=True)


@pytest.mark.parametrize("retained", ["both", "the first service's", "none"])
def test_way_back_without_registry_needs_all_images_on_the_target(wares: Wares, retained: str) -> None:
    old = wares.accepted("integration", "staging", "production")
    wares.accepted("integration", "staging", "production")
    release, report = wares.release(old)[0], wares.part("report", old)
    wares.retains(*{"both": [release, report], "the first service's": [release], "none": []}[retained])
    wares.registry.status = 503
    if retained == "both":
        assert wares.ask(old, backwards=True).release == release
        return
    with pytest.raises(UnreachableError, match="production does not retain") as caught:
        wares.ask(old, backwards=True)
    assert "docker system prune" in caught.value.hint


def test_way_forwards_asks_the_registry_although_the_target_has_the_images(wares: Wares) -> None:
    commit = wares.accepted("integration", "staging")
    wares.retains(wares.release(commit)[0], wares.part("report", commit))
    wares.registry.status = 503
    with pytest.raises(UnreachableError) as caught:
        wares.ask(commit)
    assert "retain" not in caught.value.message


@pytest.mark.parametrize("fact", ["entry", "after"])
def test_entry_that_the_running_release_names_must_be_in_the_ledger(wares: Wares, fact: str) -> None:
    commit = wares.accepted("integration", "staging", "production")
    newer = wares.accepted("integration", "staging")
    wares.bring(wares.release(commit)[0], commit, **{fact: f"production/9@{'0' * 64}"})
    with pytest.raises(RefusedError, match="it was cut off or altered"):
        wares.ask(newer)
    assert wares.ask(newer, offline=True).commit == newer, "the ledger as last fetched may be older than what runs"


def test_release_that_nobody_recorded_is_not_gone_back_behind(wares: Wares) -> None:
    wares.accepted("integration", "staging", "production")
    older, lost = (wares.accepted("integration", "staging") for _ in range(2))
    wares.bring(wares.release(lost)[0], lost, started="today")
    with pytest.raises(RefusedError, match=f"descend from {lost[:12]}, which runs in production"):
        wares.ask(older)
    assert wares.ask(older, backwards=True).action == "rollback"
    assert wares.ask(older, offline=True).action == "deploy", "without the remote the ledger alone counts"


def test_refusal_does_not_say_that_a_release_runs_where_another_does(wares: Wares) -> None:
    older = wares.accepted("integration", "staging", "production")
    newer = wares.accepted("integration", "staging", "production")
    wares.bring(f"ghcr.io/acme/app@sha256:{'e' * 64}")
    with pytest.raises(RefusedError, match=f"{newer[:12]}, the newest commit that passed by the ledger"):
        wares.ask(older)


def test_release_that_is_named_is_taken_although_a_newer_one_of_the_commit_was_accepted(wares: Wares) -> None:
    commit = wares.accepted("integration", "staging")
    first, second = wares.release(commit)[0], wares.rebuild(commit)[0]
    assert wares.ask(commit).release == second
    assert wares.ask(commit, release=first).release == first


def test_entry_that_no_signature_vouches_for_accepts_nothing(wares: Wares) -> None:
    commit = wares.accepted("integration", "staging")
    chains = ledger.read_all(wares.workspace.repository(), "app")
    assert verification.acceptance(chains, "production", commit).deployment.commit == commit
    unsigned = [replace(entry, trust="unsigned") for entry in chains["staging"]]
    with pytest.raises(RefusedError, match="Entry 1 of staging does not count: the ledger is signed"):
        verification.acceptance({**chains, "staging": unsigned}, "production", commit)


def test_release_that_integration_built_names_its_packages(wares: Wares) -> None:
    commit = wares.on_main()
    packages, test = wares.part("packages", commit), wares.release(commit)[1]
    named = {labels.PACKAGES: packages, labels.WHEELS: json.dumps(WHEELS)}
    request = Request(stages.INTEGRATION, commit, built=Built(wares.registry.add("acme/app", "built", named), test))
    repository = wares.workspace.repository()
    candidate = verification.verify(repository, CONFIG, request)
    assert (candidate.packages, candidate.wheels) == (packages, WHEELS)
    wares.alter("app/packages")
    with pytest.raises(RefusedError, match="content changed"):
        verification.verify(repository, CONFIG, request)
