"""What a Dockerfile is given: build arguments, and secrets that are gone after the build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cicd import variables
from cicd.oci import images
from cicd.produce import recipe
from cicd.produce.recipe import Recipe
from tests.unit.support.fake_engine import Engine

CA = ["--secret", "id=ca,src=/etc/ssl/ca.pem"]
DOCKERFILE = "ARG BASE=python:3.11\nFROM ${BASE}\n"


class Builder:
    """Notes each build in place of docker: its arguments, and the content of its secrets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.words: tuple[str, ...] | list[str] = []
        self.secrets: dict[str, str] = {}
        self.files: list[Path] = []
        self.identity = "sha256:1"
        monkeypatch.setattr("cicd.oci.engine.build_command", lambda: (["docker", "build"], {}))
        monkeypatch.setattr("cicd.oci.engine.ca_secret", lambda: CA)
        monkeypatch.setattr("cicd.oci.builder.run", self.run)

    def run(self, words: list[str], *rest: object) -> None:
        self.words = words
        for option in self.after("--secret"):
            name, _, file = option.removeprefix("id=").partition(",src=")
            if name != "ca":
                self.files.append(Path(file))
                self.secrets[name] = Path(file).read_text("utf-8")
        (identity,) = self.after("--iidfile")
        Path(identity).write_text(self.identity, "utf-8")

    def after(self, option: str) -> list[str]:
        """Return the values of an option."""
        return [value for word, value in zip(self.words, self.words[1:], strict=False) if word == option]


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> Builder:
    monkeypatch.delenv(variables.ML_CICD_BASE, raising=False)
    return Builder(monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    return tmp_path


def build(project: Path, **values: dict[str, str]) -> str:
    return images.build(project, project / "Dockerfile", tag="app", **values)  # type: ignore[arg-type]


def test_build_gets_the_arguments_and_the_certificates_of_the_machine(builder: Builder, project: Path) -> None:
    assert build(project, arguments={"BUNDLE": "bundle@sha256:1", "EXTRAS": "gpu"}) == "sha256:1"
    assert builder.after("--build-arg") == ["BUNDLE=bundle@sha256:1", "EXTRAS=gpu"]
    assert builder.after("--secret") == CA[1:]
    assert builder.words[-1] == str(project)


def test_base_that_the_machine_names_replaces_the_default_and_no_argument(
    builder: Builder, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variables.ML_CICD_BASE, "stand-in")
    build(project)
    assert builder.after("--build-arg") == ["BASE=stand-in"]
    build(project, arguments={"BASE": "python:3.12"})
    assert builder.after("--build-arg") == ["BASE=python:3.12"]


def test_secret_is_a_file_of_the_build_alone_and_in_no_argument(
    builder: Builder, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variables.BUILD_SECRETS, json.dumps({"INDEX": "hunter22", "OTHER": "unused99"}))
    file = project / "Dockerfile"
    made = Recipe("Dockerfile", project, DOCKERFILE, file, named=("INDEX",))
    recipe.build(made, tag="app", labels={})
    assert builder.secrets == {"INDEX": "hunter22"}
    assert not any("hunter22" in word for word in builder.words)
    assert [path for path in builder.files if path.exists()] == []


def test_test_image_is_built_on_a_release_whose_name_no_other_build_moves(
    builder: Builder, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, name = Engine(), "ml-cicd/app-build-release:latest"
    monkeypatch.setattr("cicd.oci.engine.connect", engine.client)
    identity = engine.add_image(name)
    builder.identity = identity
    below = Recipe("Dockerfile", project, DOCKERFILE, project / "Dockerfile")
    recipe.build(Recipe("Dockerfile", project, DOCKERFILE, release=below), tag="ml-cicd/app-build:latest", labels={})
    (release,) = (word.removeprefix("RELEASE=") for word in builder.after("--build-arg") if word.startswith("RELEASE="))
    engine.images["older"] = engine.images.pop(name)
    engine.images["older"]["RepoTags"].remove(name)
    engine.add_image(name, Id="sha256:2")  # another build moves the name
    assert engine.client().images.get(release).id == identity
