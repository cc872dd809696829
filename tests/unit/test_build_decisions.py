"""Small decisions of a build: what counts for a key, what is taken as a secret, a wheel, and a base image."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import config, masking
from cicd.deploy.kubernetes import kubectl_errors
from cicd.deploy.kubernetes.kubectl_errors import ClusterError
from cicd.errors import UnreachableError, UsageError
from cicd.produce import base_python, bundle_key, needs, secret_values, wheels
from cicd.produce.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

RELEASE = Recipe(
    "release", Path(), "FROM x", target="slim", arguments={"BASE": "x:1", "EXTRAS": "gpu"}, named=("B", "A")
)


def test_what_chooses_another_image_of_the_same_files_is_in_the_key() -> None:
    assert bundle_key._chosen(RELEASE) == ["slim", "EXTRAS=gpu", "secret A", "secret B"]
    above = Recipe("build", Path(), "FROM y", release=RELEASE, named=("C",))
    assert bundle_key._chosen(above) == ["secret C", *bundle_key._chosen(RELEASE)]
    assert bundle_key._chosen(Recipe("build", Path(), "FROM y", arguments={"BASE": "x:1"})) == []


@pytest.mark.parametrize("length", [masking.SHORTEST - 1, masking.SHORTEST])
def test_secret_that_a_log_can_hide_is_long_enough(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    project = config.parse('name = "x"\n[build]\nsecrets = ["INDEX"]\n')
    monkeypatch.setenv("BUILD_SECRETS", json.dumps({"INDEX": f" {'x' * length}\n"}))
    if length == masking.SHORTEST:
        assert secret_values.of_build(project.build.secrets)["INDEX"].strip() == "x" * length
        return
    with pytest.raises(UsageError, match="has fewer than 4 characters"):
        secret_values.of_build(project.build.secrets)


@pytest.mark.parametrize("missing", ["Metadata-Version", "Name", "Version"])
def test_wheel_without_a_field_is_refused(tmp_path: Path, missing: str) -> None:
    fields: Mapping[str, str] = {"Metadata-Version": "2.1", "Name": "app", "Version": "1.0"}
    wheel = tmp_path / "app-1.0-py3-none-any.whl"
    for left_out in ("", missing):
        with zipfile.ZipFile(wheel, "w") as archive:
            lines = "".join(f"{name}: {value}\n" for name, value in fields.items() if name != left_out)
            archive.writestr("app-1.0.dist-info/METADATA", lines)
        if not left_out:
            assert dict(wheels.metadata(wheel)) == fields
            continue
        with pytest.raises(ValueError, match=f"its METADATA has no {missing}"):
            wheels.metadata(wheel)


@pytest.mark.parametrize(
    "tables",
    ['[build]\nsecrets = ["INDEX"]\n[release]\nsecrets = []\n', '[release]\nsecrets = ["INDEX"]\n'],
    ids=["build", "release"],
)
def test_caller_passes_on_the_secrets_of_either_build(tmp_path: Path, tables: str) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "ci.yml").write_text("jobs:\n  test:\n    uses: acme/ml-cicd/.github/workflows/ci.yml@v1\n")
    needs._check_builds(config.parse('name = "x"\n'), tmp_path)
    with pytest.raises(UsageError, match="does not pass on the secret BUILD_SECRETS"):
        needs._check_builds(config.parse(f'name = "x"\n{tables}'), tmp_path)


@pytest.mark.parametrize(
    ("image", "taken"),
    [
        ("python:3.11", True),
        ("registry/python:3.12-slim", False),
        ("registry/base:7", True),
        ("python:3.11-slim", True),
    ],
)
def test_base_image_at_hand_is_taken_unless_its_python_is_another(
    image: str, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML_CICD_BASE", image)
    default = "python:3.11-slim"
    base, why = base_python.replacement(default)
    assert base == (image if taken else default)
    assert bool(why) is (image != default)


def test_default_without_a_python_takes_the_base_image_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ML_CICD_BASE", "python:3.12")
    assert base_python.replacement("registry/base:7")[0] == "python:3.12"


@pytest.mark.parametrize(
    ("printed", "kind", "message"),
    [
        ('error: context was not found for specified context: "x"', UnreachableError, "does not answer: context was"),
        ("Unable to connect to the server: EOF", UnreachableError, "The cluster does not answer"),
        (
            'Error from server (Forbidden): pods is forbidden: User "x"',
            UnreachableError,
            "does not allow kubectl apply",
        ),
        ("exec: executable aws not found", UnreachableError, "calls 'aws', which is not here"),
        ("exec: executable aws failed with exit code 255", UnreachableError, "which failed with exit code 255"),
        (
            "Warning: old\nI0101 10:00:00.1 noise\nerror: spec is wrong",
            ClusterError,
            "kubectl apply failed: spec is wrong",
        ),
    ],
)
def test_words_of_kubectl_say_what_is_wrong(printed: str, kind: type, message: str) -> None:
    error = kubectl_errors.error_of(["apply"], printed)
    assert type(error) is kind
    assert message in error.message
