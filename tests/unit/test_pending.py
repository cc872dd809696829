"""Deployments that wait to be recorded: kept in files of a clone, and handed in once, oldest first."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import ledger
from cicd.errors import CicdError, RefusedError, UnreachableError, UsageError
from cicd.ledger import pending
from cicd.repository import Repository

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace


def deployment(registry: Registry, reason: str = "") -> ledger.Deployment:
    release, test = registry.add("acme/app", "release"), registry.add("acme/app/test", "test")
    return ledger.Deployment("app", "integration", "deploy", "passed", "c" * 40, release, test, reason=reason)


def test_deployments_are_handed_in_once_and_oldest_first(workspace: Workspace, registry: Registry) -> None:
    repository = workspace.repository()
    files = [pending.keep(repository, deployment(registry, reason)) for reason in ("first", "second", "third")]
    for place, file in enumerate(sorted(files, reverse=True)):
        os.utime(file, (place, place))
    ordered = sorted(files, reverse=True)
    assert pending.waiting(repository) == ordered
    reasons = [ledger.deployment_from(ledger.decode(file.read_text())).reason for file in ordered]
    assert [entry.deployment.reason for entry in pending.hand_in(repository)] == reasons
    assert pending.waiting(repository) == []
    assert pending.hand_in(repository) == []
    assert [entry.deployment.reason for entry in ledger.read(repository, "app", "integration")] == reasons
    anchors = [name for name in registry.manifests if "/ledger-" in name]
    assert anchors, "the registry keeps what the ledger has"


def test_two_commands_hand_in_each_deployment_once(workspace: Workspace, registry: Registry) -> None:
    """A person has two terminals; the files are gone for the one that comes later."""
    repository, reasons = workspace.repository(), ["first", "second", "third"]
    for reason in reasons:
        pending.keep(repository, deployment(registry, reason))
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(pending.hand_in, workspace.repository()) for _ in range(2)]:
            done.result()
    recorded = [entry.deployment.reason for entry in ledger.read(repository, "app", "integration")]
    assert sorted(recorded) == sorted(reasons)
    assert pending.waiting(repository) == []


def test_deployment_that_another_command_hands_in_meanwhile_is_no_error(
    workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = workspace.repository()
    files = [pending.keep(repository, deployment(registry, reason)) for reason in ("first", "second")]

    def write(*_: object) -> None:
        for file in files:
            file.unlink(missing_ok=True)

    monkeypatch.setattr("cicd.ledger.anchors.write", write)
    assert len(pending.hand_in(repository)) == 1
    assert pending.waiting(repository) == []


def test_same_deployment_waits_once(workspace: Workspace, registry: Registry) -> None:
    repository = workspace.repository()
    files = {pending.keep(repository, deployment(registry)) for _ in range(2)}
    assert [*files] == pending.waiting(repository)


def test_folder_that_can_not_be_made_is_told(workspace: Workspace, registry: Registry) -> None:
    repository = workspace.repository()
    (workspace.clone / ".git" / "ml-cicd").write_text("in the way")
    with pytest.raises(UnreachableError, match=r"Could not make .*ml-cicd"):
        pending.keep(repository, deployment(registry))


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", UsageError), (b"{", UsageError), (b"\xff", UsageError), (b'"text"', RefusedError)],
)
def test_file_that_holds_no_outcome_stops_the_hand_in(
    workspace: Workspace, registry: Registry, content: bytes, error: type[CicdError]
) -> None:
    repository = workspace.repository()
    file = pending.keep(repository, deployment(registry))
    file.write_bytes(content)
    with pytest.raises(error, match="outcome"):
        pending.hand_in(repository)
    assert file.exists()
    assert ledger.read(repository, "app", "integration") == []


def test_what_waits_for_a_forge_that_is_gone_is_dropped_alone(
    workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = workspace.repository()
    kept = pending.keep(repository, replace(deployment(registry), reason="of the real remote"))
    assert kept.parent == workspace.clone / ".git" / "ml-cicd" / "pending", "where earlier versions look, too"
    monkeypatch.setattr(Repository, "forge", "0123abcd")
    assert pending.waiting(repository) == []
    dropped = pending.keep(repository, deployment(registry))
    for _ in range(2):
        pending.drop(workspace.clone, "0123abcd")
    assert (kept.exists(), dropped.exists()) == (True, False)
