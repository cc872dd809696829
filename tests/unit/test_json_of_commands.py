"""What `--json` prints: read for every command that has it, here or in the file that is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli
from cicd.comment import refresh
from cicd.comment.rehearsal import Rehearsal, Row
from cicd.deploy.holder import Holder
from cicd.produce import build_image, bundle_source, checks, evaluation_set, release_build, suites
from cicd.produce.bundles import Bundle
from cicd.road import rehearsal
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import always

if TYPE_CHECKING:
    from tests.unit.support.production import Production

TESTS = Path(__file__).parent
ELSEWHERE = {
    "adopt": "test_adopt", "advance": "test_exit_codes", "approve": "test_approve", "checkout": "test_bring_back",
    "deploy": "test_json", "doctor": "test_doctor", "freeze": "test_json", "gate": "test_gate_command",
    "history": "test_json", "init": "test_init", "local": "test_forge_lifecycle", "promote": "test_promote",
    "record": "test_exit_codes", "rollback": "test_json", "rulesets": "test_rulesets", "status": "test_json",
    "upgrade": "test_upgrade", "verify": "test_json",
}  # fmt: skip
"""The commands whose JSON other files of this tier read."""
IMAGE = f"ghcr.io/acme/app@sha256:{'a' * 64}"
COMMIT = "c" * 40


def _unlocks(target: FolderTarget, patch: pytest.MonkeyPatch) -> None:
    class Locked(FolderTarget):
        def unlock(self) -> Holder | None:
            return Holder("ada", "a machine", "7@1@2", "https://ci/7")

    patch.setattr("cicd.commands.unlock.target_for", always(Locked(target.folder)))


CASES: dict[str, tuple[list[str], Any, Any]] = {
    "build": (["--directory", "."], (build_image, "build", IMAGE), {"image": IMAGE}),
    "test": (
        ["--image", "x"], (suites, "run_unit", suites.UnitTests({"passed": 2, "failed": 0}, "93")),
        {"passed": 2, "failed": 0},
    ),
    "check": (
        ["--image", "x"], (checks, "run", [checks.Outcome("lint", passed=False, seconds=1.5, log="E501")]),
        [{"name": "lint", "passed": False, "seconds": 1.5, "log": "E501", "ending": "exit code 0", "hint": ""}],
    ),
    "train": (
        ["--image", "x"], (bundle_source, "obtain", Bundle(IMAGE, trained=True, metadata={"key": "k"})),
        {"image": IMAGE, "trained": True, "metadata": {"key": "k"}, "given": False},
    ),
    "rehearse": (
        ["--image", "x"], (rehearsal, "rehearse", Rehearsal("evaluated", "thin", rows=3, metrics=(Row("rmse"),))),
        {
            "state": "evaluated", "note": "thin", "champion": "", "rows": 3, "groups": 0, "checks": [],
            "metrics": [
                {"name": "rmse", "slice": "", "champion": None, "candidate": None, "low": None, "high": None}
            ],
        },
    ),
    "release": (
        ["--test-image", "x"],
        (release_build, "build_and_push", release_build.Release(IMAGE, f"{IMAGE}-test", COMMIT, wheels={"a.whl": "f"})),
        {
            "release": IMAGE, "test": f"{IMAGE}-test", "commit": COMMIT, "packages": "", "wheels": {"a.whl": "f"},
            "others": {},
        },
    ),
    "comment": (
        ["--event", "event.json"], (refresh, "refresh", refresh.Refreshed("updated", 7, left_out=("a run",))),
        {"state": "updated", "pull_request": 7, "reason": "", "left_out": ["a run"]},
    ),
    "conclude": (
        ["--needs", json.dumps({"test": {"result": "success"}, "deploy": {"result": "failure"}})], None,
        {"result": "failed", "jobs": {"test": "success", "deploy": "failure"}, "lost": []},
    ),
}  # fmt: skip
"""The words after each command, what does its work here, and the JSON."""


@pytest.mark.parametrize("command", CASES)
def test_result_of_a_job_is_printed_whole(
    command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words, work, expected = CASES[command]
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-cicd.toml").write_text('name = "app"\n')
    (tmp_path / "event.json").write_text("{}")
    monkeypatch.setattr("cicd.oci.logins.follow", lambda *_: None)
    monkeypatch.setattr(evaluation_set, "publish", lambda *_: "")
    if work:
        module, name, result = work
        monkeypatch.setattr(module, name, lambda *_, **__: result)
    code = cli.main([command, *words, "--json"])
    assert json.loads(capfd.readouterr().out) == expected
    assert code == (1 if command in ("check", "conclude") else 0)


def test_unlock_names_who_held_the_lock(
    production: Production, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _unlocks(production.target, monkeypatch)
    assert cli.main(["unlock", "production", "--json"]) == 0
    holder = json.loads(capfd.readouterr().out)["holder"]
    assert (holder["who"], holder["where"], holder["run"]) == ("ada", "a machine", "https://ci/7")
    monkeypatch.setattr("cicd.commands.unlock.target_for", always(production.target))
    assert cli.main(["unlock", "production", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"holder": None}


def test_keys_are_a_pair(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["keys", "--json"]) == 0
    pair = json.loads(capfd.readouterr().out)
    assert {*pair} == {"private", "public"}
    assert pair["private"] != pair["public"]


def test_every_command_with_json_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    here = {*CASES, "unlock", "keys"}
    assert sorted([*here, *ELSEWHERE]) == sorted(cli.COMMANDS)
    for command, name in ELSEWHERE.items():
        text = (TESTS / f"{name}.py").read_text("utf-8")
        assert "--json" in text, name
        assert f'"{command}"' in text or command in ("adopt", "upgrade"), (name, command)
