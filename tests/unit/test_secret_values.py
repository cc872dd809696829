"""Build and training secrets: what `ml-cicd.toml` names must be there, before anything is built."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicd import config, masking
from cicd.errors import UsageError
from cicd.produce import build_image, bundle_key, secret_values

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = 'name = "x"\n[build]\nsecrets = ["INDEX"]\n[train]\ncommand = ["train"]\nsecrets = ["DATA_KEY"]\n'


@pytest.fixture(autouse=True)
def outside_of_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BUILD_SECRETS", "TRAIN_SECRETS", "GITHUB_ACTIONS", "GITHUB_EVENT_NAME", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)


def refusal(tmp_path: Path, *, trains: bool = False) -> UsageError:
    with pytest.raises(UsageError) as refused:
        build_image.build(config.parse(PRIVATE), tmp_path, trains=trains)
    return refused.value


@pytest.mark.case("K3", "a missing build secret ends the run before anything is built")
def test_missing_build_secret_is_named_before_anything_is_built(tmp_path: Path) -> None:
    error = refusal(tmp_path)
    assert error.message.startswith("[build] or [release] in ml-cicd.toml names secrets (INDEX), but BUILD_SECRETS")
    assert error.hint.startswith("Set the environment variable BUILD_SECRETS")


def test_secret_that_the_object_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_SECRETS", json.dumps({"OTHER": "https://index"}))
    error = refusal(tmp_path)
    assert error.message == "BUILD_SECRETS lacks INDEX."
    assert "`secrets` of [build]" in error.hint


def test_job_that_trains_next_needs_the_secrets_of_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_SECRETS", json.dumps({"INDEX": "https://index"}))
    error = refusal(tmp_path, trains=True)
    assert error.message.startswith("[train] in ml-cicd.toml names secrets (DATA_KEY), but TRAIN_SECRETS is not set")


def test_value_that_no_log_can_hide_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_SECRETS", json.dumps({"INDEX": "abc"}))
    assert "the value of INDEX has fewer than 4 characters" in refusal(tmp_path).message


@pytest.mark.case("K3", "a pull request from a fork is told why it has no secret")
def test_pull_request_from_a_fork_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    assert refusal(tmp_path).hint == secret_values.FORKS
    monkeypatch.setenv("GITHUB_ACTOR", "dependabot[bot]")
    assert "Dependabot started this run" in refusal(tmp_path).hint


def test_caller_that_maps_no_secret_is_told_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "BUILD_SECRETS: ${{ secrets.BUILD_SECRETS }}" in refusal(tmp_path).hint


def test_values_that_were_read_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_SECRETS", json.dumps({"INDEX": "https://index", "OTHER": "not asked for"}))
    assert secret_values.of_build(["INDEX"]) == {"INDEX": "https://index"}
    assert masking.masked("https://index: not asked for") == "***: not asked for"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[build]\nsecrets = ["A"]\n', (("A",), ("A",))),
        ('[build]\nsecrets = ["A"]\n[release]\nsecrets = ["B"]\n', (("A",), ("B",))),
        ('[build]\nsecrets = ["A"]\n[release]\nsecrets = []\n', (("A",), ())),
        ("", ((), ())),
    ],
)
def test_release_has_the_secrets_of_the_build_unless_it_names_its_own(
    text: str, expected: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    parsed = config.parse(f'name = "x"\n{text}')
    assert (parsed.build.secrets, parsed.release.secrets) == expected


def test_names_that_builds_use_themselves_are_refused() -> None:
    with pytest.raises(UsageError, match="capital letters"):
        config.parse('name = "x"\n[build]\nsecrets = ["ca"]\n')


def test_key_of_a_model_has_the_names_of_secrets_and_no_value() -> None:
    train = config.parse(PRIVATE).train
    without = config.parse(PRIVATE.replace('secrets = ["DATA_KEY"]', "")).train
    assert train
    assert without
    assert bundle_key._how(train) == [*bundle_key._how(without), "secret DATA_KEY"]
