"""What a run says: written by its last job, read field by field, and refused unless it is exactly that."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicd import cli
from cicd.comment import archive, data
from cicd.errors import RefusedError
from cicd.testing.replies import outcome
from tests.unit.support.github_server import packed

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = {
    "test": {"result": "failure", "outputs": {"tests": '{"passed": 3, "failed": 1}', "checks": '{"lint": true}'}},
}
SAID = data.Said("ci", "failed", ".", {"test": "failure"}, {"passed": 3, "failed": 1}, {"lint": True})
GOOD: dict[str, Any] = json.loads(data.dump(SAID))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def test_last_job_says_what_the_jobs_did() -> None:
    assert data.of_needs(json.dumps(NEEDS), "ci", ".", "failed") == SAID


@pytest.mark.parametrize("given", ["projects/a", "./projects/a", "projects/a/"])
def test_directory_is_said_as_people_write_it(given: str) -> None:
    said = data.of_needs("{}", "ci", given, "passed")
    assert (said.directory, said.place) == ("projects/a", "projects/a")
    assert data.of_needs("{}", "ci", "./", "passed").place == ""


@pytest.mark.parametrize("directory", ["a b", "a--b", "a-", "-a", "ä", "a>b", "x" * 101])
def test_place_can_stand_in_a_marker(directory: str) -> None:
    place = data.Said("ci", "passed", directory).place
    assert place.startswith("x")
    assert place[1:].isalnum()


def test_projects_leave_artifacts_of_different_names() -> None:
    names = {data.artifact_name(data.Said("ci", "passed", directory)) for directory in (".", "a", "b", "a b")}
    assert len(names) == 4
    assert all(name.replace("-", "").isalnum() for name in names), "GitHub forbids other characters"


def test_deployment_travels_as_it_was_encoded() -> None:
    needs = {"deploy": {"result": "success", "outputs": {"outcome": outcome("integration")}}}
    said = data.of_needs(json.dumps(needs), "integration", ".", "passed")
    assert data.parse(data.dump(said).encode()).outcome == outcome("integration")


def test_outcome_as_the_ledger_has_it_counts_more_than_that_of_the_deployment() -> None:
    deployed, final = outcome("integration"), outcome("integration", "failed")
    for recorded, expected in ((final, final), ("", deployed)):
        needs = {
            "deploy": {"result": "success", "outputs": {"outcome": deployed}},
            "record": {"result": "success", "outputs": {"recorded": recorded, "entry": "7"}},
        }
        assert data.of_needs(json.dumps(needs), "integration", ".", "passed").outcome == expected


def test_run_that_trains_nothing_leaves_the_file_of_versions_before() -> None:
    assert "model" not in GOOD
    assert data.parse(json.dumps(GOOD).encode()) == SAID
    trained = data.Said("ci", "passed", model="GG_HH")
    assert json.loads(data.dump(trained))["model"] == "GG_HH"
    assert data.parse(data.dump(trained).encode()) == trained
    with pytest.raises(RefusedError, match="model is wrong"):
        data.parse(json.dumps({**GOOD, "model": "<b>"}).encode())


OPTIONAL = {
    "coverage": ("ci", {"coverage": "93.4"}, "93.4", ["93 %", "101", "-1", 93, None, "<b>"]),
    "commit": ("staging", {"commit": "5" * 40}, "5" * 40, ["5" * 39, "main", 5, None]),
}


@pytest.mark.parametrize(("name", "case"), OPTIONAL.items(), ids=OPTIONAL)
def test_field_of_this_version_is_read_checked_and_left_out_if_empty(
    name: str, case: tuple[str, dict[str, str], str, list[object]]
) -> None:
    stage, outputs, value, wrong = case
    said = data.of_needs(json.dumps({"job": {"result": "success", "outputs": outputs}}), stage, ".", "passed")
    written = json.loads(data.dump(said))
    assert written[name] == value
    assert data.parse(data.dump(said).encode()) == said
    assert name not in GOOD
    other = "integration"  # it has neither
    bad = [{**written, name: text} for text in wrong] + [{**written, "stage": other}]
    for content in bad:
        with pytest.raises(RefusedError, match=f"{name} is wrong"):
            data.parse(json.dumps(content).encode())


def test_field_of_another_stage_is_left_out_by_the_writer() -> None:
    outputs = {"commit": "5" * 40}
    said = data.of_needs(json.dumps({"job": {"result": "success", "outputs": outputs}}), "integration", ".", "passed")
    assert said.commit == ""


@pytest.mark.parametrize(
    "outputs", [{}, {"tests": ""}, {"tests": "no JSON"}, {"tests": "[1]"}, {"tests": '{"passed": -1}'}, {"tests": "7"}]
)
def test_job_that_says_nothing_of_tests(outputs: dict[str, str]) -> None:
    said = data.of_needs(json.dumps({"test": {"result": "success", "outputs": outputs}}), "ci", ".", "passed")
    assert (said.tests, said.checks) == (None, None)
    assert data.parse(data.dump(said).encode()) == said


def test_names_too_many_or_odd_are_left_out_by_the_writer() -> None:
    checks = {f"check {number}": True for number in range(200)}
    needs = {"test": {"result": "success", "outputs": {"checks": json.dumps(checks), "tests": '{"a\\u202eb": 1}'}}}
    said = data.of_needs(json.dumps(needs), "ci", ".", "passed")
    assert (said.checks, said.tests) == (None, None)


def test_what_would_be_too_long_to_read_is_left_out_by_the_writer() -> None:
    checks = {f"{number}{chr(233) * 190}": True for number in range(100)}
    outputs = {"checks": json.dumps(checks), "outcome": "GH_" * 40_000}
    said = data.of_needs(json.dumps({"test": {"result": "success", "outputs": outputs}}), "integration", "a", "failed")
    assert data.parse(data.dump(said).encode()) == said == data.Said("integration", "failed", "a")


def test_what_is_written_is_read() -> None:
    assert data.parse(data.dump(SAID).encode()) == SAID


WRONG: dict[str, Any] = {
    "no object": [],
    "a newer version": {**GOOD, "version": 2},
    "a version that is true": {**GOOD, "version": True},
    "a field too many": {**GOOD, "url": "https://example.org"},
    "a field too few": {key: value for key, value in GOOD.items() if key != "outcome"},
    "an unknown stage": {**GOOD, "stage": "ci -->"},
    "a stage that is a list": {**GOOD, "stage": ["ci"]},
    "an unknown result": {**GOOD, "result": "great"},
    "an empty directory": {**GOOD, "directory": ""},
    "a directory of two lines": {**GOOD, "directory": "a\nb"},
    "a long name": {**GOOD, "jobs": {"x" * 201: "success"}},
    "many jobs": {**GOOD, "jobs": {str(number): "success" for number in range(101)}},
    "a result that is no text": {**GOOD, "jobs": {"test": 1}},
    "a count that is true": {**GOOD, "tests": {"passed": True}},
    "a count below zero": {**GOOD, "tests": {"passed": -1}},
    "a count beyond reason": {**GOOD, "tests": {"passed": 10**10}},
    "a check that is a word": {**GOOD, "checks": {"lint": "true"}},
    "checks that are a list": {**GOOD, "checks": [True]},
    "an outcome that is JSON": {**GOOD, "outcome": "{}"},
    "an outcome of two lines": {**GOOD, "outcome": "GG\n"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_other_content_is_refused(wrong: Any) -> None:
    with pytest.raises(RefusedError, match="is not what a run writes"):
        data.parse(json.dumps(wrong).encode())


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"{", b"[" * 100_000, json.dumps(GOOD).encode() + b" " * data.MOST_BYTES],
    ids=["empty", "no UTF-8", "half", "deep", "long"],
)  # fmt: skip
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(RefusedError):
        data.parse(content)


@given(st.dictionaries(st.sampled_from([*GOOD, "x"]), JSON))
def test_nothing_but_a_refusal_comes_of_odd_content(changes: dict[str, Any]) -> None:
    content = json.dumps({**GOOD, **changes}).encode()
    try:
        said = data.parse(content)
    except RefusedError:
        return
    assert data.parse(data.dump(said).encode()) == said


def test_file_is_taken_out_of_its_archive() -> None:
    assert archive.content(packed(b"hello")) == b"hello"


def _of_two() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("comment.json", "{}")
        made.writestr("other", "{}")
    return stream.getvalue()


def _lying() -> bytes:
    """Return an archive whose entry says that its file is short, and is not."""
    return packed(b"x" * 10_000_000).replace((10_000_000).to_bytes(4, "little"), (5).to_bytes(4, "little"))


def _encrypted() -> bytes:
    content = bytearray(packed(b"{}"))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


ARCHIVES = {
    "nothing": (b"", "can't be read"),
    "no archive": (b"PK\x03\x04 and so on", "can't be read"),
    "half": (packed(b"x" * 1000)[:60], "can't be read"),
    "another name": (packed(b"{}", "comment.txt"), "not comment.json alone"),
    "a path upwards": (packed(b"{}", "../comment.json"), "not comment.json alone"),
    "a path": (packed(b"{}", "/comment.json"), "not comment.json alone"),
    "two files": (_of_two(), "2 files"),
    "a bomb": (packed(b"0" * 50_000_000), "more than 200,000 bytes"),
    "a bomb that lies": (_lying(), "An artifact is not what a run leaves"),
    "encrypted": (_encrypted(), "can't be read"),
    "a long archive": (b"PK" * 300_000, "more than 400,000 bytes"),
}


@pytest.mark.parametrize(("content", "says"), ARCHIVES.values(), ids=ARCHIVES)
def test_other_archive_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        archive.content(content)


def conclude(*words: str) -> int:
    return cli.main(["conclude", *words])


def test_conclude_writes_what_the_run_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    assert conclude("--needs", json.dumps(NEEDS), "--stage", "ci", "--directory", "projects/a") == 1
    values = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    (file,) = tmp_path.glob("ml-cicd-*/comment.json")
    assert (values["result"], values["report"]) == ("failed", str(file))
    assert values["artifact"].startswith("ml-cicd-comment-")
    assert data.parse(file.read_bytes()).directory == "projects/a"


def test_conclude_without_a_stage_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    assert conclude("--needs", '{"a": {"result": "success"}}') == 0
    assert "artifact=\n" in (tmp_path / "outputs").read_text()
    assert list(tmp_path.glob("ml-cicd-*")) == []


def test_result_does_not_depend_on_the_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path / "nowhere"))
    assert conclude("--needs", '{"a": {"result": "success"}}', "--stage", "ci") == 0
    assert "leaves this run out" in capsys.readouterr().err


def test_unknown_stage_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert conclude("--needs", '{"a": {"result": "success"}}', "--stage", "live") == 2
    assert "There is no stage 'live' to report." in capsys.readouterr().err
