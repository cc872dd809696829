"""The ledger takes entries at the end only, from one writer at a time, and refuses malformed ones."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import ledger
from cicd.errors import RefusedError
from cicd.ledger import signing
from cicd.repository import mirror

if TYPE_CHECKING:
    from tests.unit.support.workspace import Workspace

RELEASE = "localhost:5000/acme/app@sha256:" + "a" * 64
TEST = "localhost:5000/acme/app/test@sha256:" + "b" * 64


def deployment(environment: str = "integration", commit: str = "c" * 40, **more: object) -> ledger.Deployment:
    passed = ledger.Deployment("app", environment, "deploy", "passed", commit, RELEASE, TEST, tests={"passed": 3})
    return replace(passed, **more)  # type: ignore[arg-type]


def test_entries_are_numbered_and_chained(workspace: Workspace) -> None:
    repository = workspace.repository()
    first = ledger.append(repository, deployment())
    second = ledger.append(
        repository, deployment(action="rollback", basis=ledger.Basis("integration", 1, first.sha256))
    )
    entries = ledger.read(repository, "app", "integration")
    assert [entry.number for entry in entries] == [1, 2]
    assert entries[1].previous == first.sha256
    assert entries == [first, second]
    assert (entries[0].keyid, entries[0].trust) == ("", "unchecked")


def test_entry_is_an_in_toto_statement(workspace: Workspace) -> None:
    repository = workspace.repository()
    ledger.append(repository, deployment())
    tag = "refs/tags/ledger/app/integration/1"
    assert workspace.git("ls-remote", "origin", tag + "^{}")
    workspace.git("fetch", "--quiet", "origin", f"{tag}:{tag}")
    assert workspace.git("cat-file", "-t", tag + "^{}") == "blob"
    envelope = json.loads(workspace.git("cat-file", "-p", tag + "^{}"))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert [subject["digest"]["sha256"] for subject in statement["subject"]] == ["a" * 64, "b" * 64]
    assert "integration 1: deploy of cccccccccccc, passed" in workspace.git("for-each-ref", "--format=%(contents)", tag)


def test_concurrent_writers_lose_no_entry(workspace: Workspace) -> None:
    def write(number: int) -> int:
        with mirror(str(workspace.remote)) as repository:
            return ledger.append(repository, deployment(reason=f"writer {number}")).number

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(write, range(6)))
    assert numbers == [1, 2, 3, 4, 5, 6]
    entries = ledger.read(workspace.repository(), "app", "integration")
    assert {entry.deployment.reason for entry in entries} == {f"writer {number}" for number in range(6)}


def test_same_deployment_is_recorded_once(workspace: Workspace) -> None:
    repository = workspace.repository()
    first = ledger.append(repository, deployment(started="2026-11-21T10:00:00+00:00"))
    assert ledger.append(repository, deployment(started="2026-11-21T10:00:00+00:00")) == first
    assert ledger.append(repository, deployment(started="2026-11-21T10:00:01+00:00")).number == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"not json",
        b'{"payload": "e30=", "payloadType": "application/vnd.in-toto+json"}',
        b"[" * 100_000,
        signing.Envelope(b"[" * 100_000).encode(),
    ],
    ids=["empty", "no envelope", "no JSON", "no statement", "many brackets", "many brackets inside"],
)
def test_malformed_entry_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="not an entry"):
        ledger.parse(content)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("commit", "main"),
        ("commit", "c" * 40 + "\n"),
        ("release", "localhost:5000/acme/app:latest"),
        ("test", "x@sha256:" + "b" * 64 + " --force"),
        ("action", "approve everything"),
        ("result", "fine"),
        ("environment", "../integration"),
        ("basis", {"environment": "integration", "number": 1, "sha256": "short"}),
        ("basis", {"environment": "integration"}),
        ("project", "$(touch x)"),
        ("reason", "two\nlines"),
        ("reason", "x" * 3000),
        ("unknown", "field"),
        ("commit", 7),
        ("basis", {"environment": "integration", "number": "1", "sha256": "a" * 64}),
        ("basis", {"environment": "integration", "number": 1.0, "sha256": "a" * 64}),
        ("basis", {"environment": "integration", "number": True, "sha256": "a" * 64}),
        ("basis", {"environment": 1, "number": 1, "sha256": "a" * 64}),
        ("tests", "a text"),
        ("tests", {"passed": "3"}),
        ("tests", {"passed": -1}),
        ("tests", [3]),
        ("ephemeral", "no"),
        ("bundle", 7),
    ],
)
def test_malformed_deployment_is_refused(field: str, value: object) -> None:
    data = json.loads(deployment().to_json())
    assert ledger.deployment_from(data) == deployment()
    with pytest.raises(RefusedError, match="not a deployment"):
        ledger.deployment_from({**data, field: value})


def test_last_passed_is_the_newest_match(workspace: Workspace) -> None:
    repository = workspace.repository()
    for commit, result in (("1" * 40, "passed"), ("2" * 40, "passed"), ("2" * 40, "failed")):
        ledger.append(repository, deployment(commit=commit, result=result))
    entries = ledger.read(repository, "app", "integration")
    assert ledger.last_passed(entries) == entries[1]
    assert ledger.last_passed(entries, commit="1" * 40) == entries[0]
    assert ledger.last_passed(entries, commit="3" * 40) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", 4.0), ("number", "4"), ("number", True), ("number", 0), ("previous", None), ("previous", "short")],
)
def test_entry_fields_of_another_type_are_refused(field: str, value: object) -> None:
    outer = json.loads(ledger.envelope(deployment(), 4, ""))
    statement = json.loads(base64.b64decode(outer["payload"]))
    assert ledger.parse(signing.Envelope(json.dumps(statement).encode()).encode()).number == 4
    statement["predicate"][field] = value
    with pytest.raises(RefusedError, match="not an entry"):
        ledger.parse(signing.Envelope(json.dumps(statement).encode()).encode())
