"""The ledger takes entries at the end only, from one writer at a time, and refuses malformed ones."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import ledger
from cicd.errors import RefusedError
from cicd.ledger import signing
from cicd.repository import LostRaceError, Repository, mirror

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
    assert ledger.read(repository, "app", "production") == []


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


def test_entries_without_packages_have_the_bytes_that_they_always_had() -> None:
    content = ledger.envelope(deployment(), 4, "d" * 64)
    assert hashlib.sha256(content).hexdigest() == "4865fffeea1151c818296f32d89e3963631b08d7e1a996a82e72404f53b4f680"


def test_wheels_are_subjects_of_the_statement(workspace: Workspace) -> None:
    wheels = {"flights-1.0-py3-none-any.whl": "d" * 64, "core-2!1.0+local-1-cp311-cp311-linux_x86_64.whl": "e" * 64}
    packages = "localhost:5000/acme/app/packages@sha256:" + "f" * 64
    entry = ledger.append(workspace.repository(), deployment(packages=packages, wheels=wheels))
    assert ledger.read(workspace.repository(), "app", "integration") == [entry]
    assert (entry.deployment.packages, dict(entry.deployment.wheels)) == (packages, wheels)
    statement = json.loads(signing.decode(ledger.envelope(entry.deployment, 1, "")).payload)
    named = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"][2:]}
    assert named == wheels


def test_concurrent_writers_lose_no_entry(workspace: Workspace) -> None:
    def write(number: int) -> int:
        with mirror(str(workspace.remote)) as repository:
            return ledger.append(repository, deployment(reason=f"writer {number}")).number

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(write, range(6)))
    assert numbers == [1, 2, 3, 4, 5, 6]
    entries = ledger.read(workspace.repository(), "app", "integration")
    assert {entry.deployment.reason for entry in entries} == {f"writer {number}" for number in range(6)}


def test_writer_that_loses_every_race_gives_up(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_: object, **__: object) -> None:
        raise LostRaceError("it exists")

    repository = workspace.repository()
    monkeypatch.setattr(sys.modules["cicd.ledger.chain"], "RACES", 2)
    monkeypatch.setattr(Repository, "push", lose)
    with pytest.raises(RefusedError, match="wrote to the ledger of integration first, 2 times in a row"):
        ledger.append(repository, deployment())
    assert ledger.read(workspace.repository(), "app", "integration") == []


@pytest.mark.parametrize(
    ("observed", "following", "outcome", "late"),
    [
        ({}, {}, {}, True),
        ({"started": ""}, {}, {}, True),
        ({"started": "at another time"}, {}, {}, False),
        ({"started": "the"}, {}, {}, False),
        ({"release": TEST}, {}, {}, False),
        ({"observed": False}, {}, {}, False),
        ({"result": "failed"}, {}, {}, False),
        ({}, None, {}, False),
        ({}, {"result": "failed"}, {}, False),
        ({}, {}, {"result": "failed"}, False),
        ({}, {}, {"observed": True}, False),
    ],
)
def test_outcome_is_late_if_it_was_observed_and_another_deployment_followed(
    workspace: Workspace,
    observed: dict[str, Any],
    following: dict[str, Any] | None,
    outcome: dict[str, Any],
    late: bool,
) -> None:
    repository = workspace.repository()
    lost = deployment(started="then")
    ledger.append(repository, replace(lost, **{"observed": True, "reason": "observed", **observed}))
    if following is not None:
        ledger.append(repository, deployment(commit="d" * 40, **following))
    assert ledger.append(repository, replace(lost, **outcome)).deployment.late is late


def test_same_deployment_is_recorded_once(workspace: Workspace) -> None:
    repository = workspace.repository()
    first = ledger.append(repository, deployment(started="2026-11-21T10:00:00+00:00"))
    assert ledger.append(repository, deployment(started="2026-11-21T10:00:00+00:00")) == first
    assert ledger.append(repository, deployment(started="2026-11-21T10:00:01+00:00")).number == 2


@pytest.mark.case("K13", "fields of a ledger entry have other types")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"not json",
        b'{"payload": "e30=", "payloadType": "application/vnd.in-toto+json"}',
        b"[" * 100_000,
        signing.Envelope(b"[" * 100_000).encode(),
        signing.Envelope(b'{"_type": 1, "predicateType": 1, "subject": [7], "predicate": {}}').encode(),
        signing.Envelope(b'{"_type": 1, "predicateType": 1, "subject": [], "predicate": {}}').encode(),
        signing.Envelope(b"7").encode(),
    ],
    ids=[
        "empty",
        "no envelope",
        "no JSON",
        "no statement",
        "many brackets",
        "many brackets inside",
        "subject of no kind",
        "no subjects",
        "a number",
    ],
)
def test_malformed_entry_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="not an entry"):
        ledger.parse(content)


@pytest.mark.case("K13", "fields of a ledger entry have other types")
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
        ("tests", {7: 3}),
        ("reason", 7),
        ("ephemeral", "no"),
        ("bundle", 7),
        ("bundle", "localhost:5000/acme/app/bundle:latest"),
        ("data", "two\nlines"),
        ("observed", "yes"),
        ("late", 1),
        ("others", ["report"]),
        ("others", {"report": "localhost:5000/acme/app/report:latest"}),
        ("packages", RELEASE),
        ("packages", "wheels:latest"),
        ("wheels", {"flights-1.0-py3-none-any.whl": "d" * 64}),
        ("wheels", ["flights-1.0-py3-none-any.whl"]),
        ("wheels", {"../flights.whl": "d" * 64}),
        ("wheels", {"flights.whl": "short"}),
    ],
)
def test_malformed_deployment_is_refused(field: str, value: object) -> None:
    data = json.loads(deployment().to_json())
    assert ledger.deployment_from(data) == deployment()
    with pytest.raises(RefusedError, match="not a deployment"):
        ledger.deployment_from({**data, field: value})


@pytest.mark.parametrize(
    ("packages", "wheels"),
    [
        ("wheels:latest", {"flights-1.0-py3-none-any.whl": "d" * 64}),
        (RELEASE, {"../flights-1.0-py3-none-any.whl": "d" * 64}),
        (RELEASE, {"flights-1.0-py3-none-any.whl": "short"}),
        (RELEASE, {"flights-1.0-py3-none-any.whl": 7}),
        (RELEASE, ["flights-1.0-py3-none-any.whl"]),
    ],
)
def test_packages_are_an_image_with_wheels_by_digest(packages: str, wheels: object) -> None:
    data = json.loads(deployment(packages=RELEASE, wheels={"flights-1.0-py3-none-any.whl": "d" * 64}).to_json())
    assert ledger.deployment_from(data).packages == RELEASE
    with pytest.raises(RefusedError, match="not a deployment"):
        ledger.deployment_from({**data, "packages": packages, "wheels": wheels})


def test_no_test_may_have_passed() -> None:
    none = deployment(tests={"passed": 0, "failed": 0, "skipped": 2})
    assert ledger.deployment_from(json.loads(none.to_json())) == none


@pytest.mark.parametrize("data", [[], 7, {"basis": 7}, {7: 7}])
def test_what_is_no_deployment_at_all_is_refused(data: Any) -> None:
    with pytest.raises(RefusedError, match="not a deployment"):
        ledger.deployment_from(data)


def test_last_passed_is_the_newest_match(workspace: Workspace) -> None:
    repository = workspace.repository()
    for commit, result in (("1" * 40, "passed"), ("2" * 40, "passed"), ("2" * 40, "failed")):
        ledger.append(repository, deployment(commit=commit, result=result))
    entries = ledger.read(repository, "app", "integration")
    assert ledger.last_passed(entries) == entries[1]
    assert ledger.last_passed(entries, commit="1" * 40) == entries[0]
    assert ledger.last_passed(entries, commit="3" * 40) is None


def test_entry_recorded_late_counts_only_where_it_is_named() -> None:
    late = deployment(commit="1" * 40, late=True, observed=False)
    after = deployment(commit="2" * 40, release=RELEASE.replace("a" * 64, "f" * 64))
    entries = [ledger.parse(ledger.envelope(done, place, "")) for place, done in enumerate((after, late), start=1)]
    assert ledger.last_passed(entries) == entries[0]
    assert ledger.last_passed(entries, commit=late.commit) == entries[1]
    assert ledger.last_passed(entries, release=late.release) == entries[1]
    assert ledger.last_passed(entries, commit=late.commit, release=after.release) is None


@pytest.mark.case("K13", "fields of a ledger entry have other types")
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


@pytest.mark.parametrize("field", ["_type", "predicateType"])
def test_statement_of_another_type_is_no_entry(field: str) -> None:
    statement = json.loads(signing.decode(ledger.envelope(deployment(), 4, "")).payload)
    statement[field] += "/other"
    with pytest.raises(RefusedError, match="its types are"):
        ledger.parse(signing.Envelope(json.dumps(statement).encode()).encode())


@pytest.mark.parametrize("field", ["release", "test", "bundle", "packages", "commit", "project", "environment"])
def test_malformed_field_is_named(field: str) -> None:
    wheels = {"flights-1.0-py3-none-any.whl": "d" * 64}
    data = json.loads(deployment(bundle=RELEASE, packages=RELEASE, wheels=wheels).to_json())
    assert ledger.deployment_from(data).bundle == RELEASE
    with pytest.raises(RefusedError, match=f"its {field} is '-'"):
        ledger.deployment_from({**data, field: "-"})


@pytest.mark.parametrize("value", [7, "two\nlines", "x" * 2001])
@pytest.mark.parametrize(
    "field", ["data", "replaced", "reason", "url", "actor", "run", "started", "ended", "undeclared"]
)
def test_text_that_is_no_short_line_is_named(field: str, value: object) -> None:
    """Whoever shows an entry may print each of its texts as it is."""
    data = json.loads(deployment().to_json())
    assert ledger.deployment_from({**data, field: "x" * 2000})
    with pytest.raises(RefusedError, match=f"its {field} is not a short line of text"):
        ledger.deployment_from({**data, field: value})


@pytest.mark.parametrize(("length", "kept"), [(300, 300), (5000, 2000)])
def test_reason_from_outside_is_kept_up_to_its_limit(length: int, kept: int) -> None:
    done = ledger.finished(deployment(), "failed", "then", "x" * length)
    assert (done.reason, done.result, done.ended) == ("x" * kept, "failed", "then")
    assert ledger.deployment_from(json.loads(done.to_json())) == done
