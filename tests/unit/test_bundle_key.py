"""The key of a bundle: another one for all that training could read, the same one for what it can't."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd.config import Build, Config, Train
from cicd.errors import UnreachableError, UsageError
from cicd.oci import base_images
from cicd.produce import build_context, bundle_key, conventions
from cicd.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.workspace import Workspace

LOCK = "requirements/default.txt"
TRAIN = Train(("train",), lock=LOCK)
FILES = {
    "cicd/build/Dockerfile": "FROM python:3.11\nCOPY . .\n", "cicd/build/Dockerfile.dockerignore": "notes\n.git\n",
    "src/train.py": "1\n", "src/model.py": "1\n", "params.yaml": "1\n", "data/raw.csv.dvc": "1\n", "docs/a/b.md": "1\n",
    "docs/index.md": "1\n", "requirements/default.txt": "1\n", "notes/idea.md": "1\n",
}  # fmt: skip


class Engine:
    """Stands in for the engine's client: one image, which has the label of the context that it was built from."""

    def __init__(self) -> None:
        self.attributes: dict[str, Any] = {
            "Os": "linux", "Architecture": "amd64", "Config": {"Labels": {}}, "RootFS": {"Layers": ["sha256:1"]},
        }  # fmt: skip
        self.images = self

    def get(self, name: str) -> Any:
        return type("Image", (), {"attrs": self.attributes})


class Project:
    """A clone with files, an engine, and the digests of base images."""

    def __init__(self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path: Path = workspace.clone
        self.workspace = workspace
        self.engine = Engine()
        self.digests = {"python:3.11": "sha256:a"}
        monkeypatch.setattr(base_images, "digest", lambda _, reference: self.digest(reference))
        for name, text in FILES.items():
            self.write(name, text)
        self.commit()

    def digest(self, reference: str) -> str:
        if reference not in self.digests:
            raise UnreachableError(f"Nobody knows {reference}.", "Wait.")
        return self.digests[reference]

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def commit(self) -> None:
        self.workspace.git("add", "--all")
        self.workspace.commit("a change")

    def build(self) -> None:
        name = build_context.read(self.path, self.path / conventions.BUILD).name
        self.engine.attributes["Config"]["Labels"]["ml-cicd.context"] = name

    def key(self, train: Train = TRAIN, *, build: bool = True, how: Build | None = None) -> bundle_key.Key:
        if build:
            self.build()
        material = bundle_key.read(
            Repository(self.path, "origin"),
            self.path,
            train,
            conventions.test_image(Config("app", build=how or Build()), self.path),
            LOCK,
        )
        return bundle_key.key(self.engine, material, train, "image")  # type: ignore[arg-type]


@pytest.fixture
def project(blank: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(blank.copy(tmp_path / "workspace"), monkeypatch)


@pytest.mark.case("K4", "a file that training reads and [train] inputs does not name")
@pytest.mark.parametrize("name", sorted(FILES.keys() - {"notes/idea.md"}))
def test_all_that_the_builder_gets_is_in_the_key(project: Project, name: str) -> None:
    before = project.key()
    project.write(name, FILES[name] + "#\n.git\n")
    assert project.key().name != before.name
    assert (before.uncovered, before.problem) == ((), "")


@pytest.mark.parametrize("name", ["notes/idea.md"])
def test_a_file_that_the_builder_does_not_get_is_not_in_the_key(project: Project, name: str) -> None:
    before = project.key()
    project.write(name, "2")
    assert project.key() == before


@pytest.mark.case("K4", "a moved FROM tag")
def test_a_moved_base_image_is_in_the_key(project: Project) -> None:
    before = project.key(replace(TRAIN, inputs=("src",)))
    project.digests["python:3.11"] = "sha256:b"
    assert project.key(replace(TRAIN, inputs=("src",))).name != before.name


@pytest.mark.parametrize(
    "change", [{"command": ("train", "--fast")}, {"gpus": 1}, {"cpus": 2.0}, {"network": "none"}], ids=str
)
def test_how_training_runs_is_in_the_key(project: Project, change: dict[str, Any]) -> None:
    assert project.key(replace(TRAIN, **change)).name != project.key().name


@pytest.mark.parametrize("change", [{"timeout": 60.0}, {"memory": "1g"}, {"shm_size": "1g"}], ids=str)
def test_a_limit_that_only_ends_training_is_not_in_the_key(project: Project, change: dict[str, Any]) -> None:
    assert project.key(replace(TRAIN, **change)).name == project.key().name


def test_the_platform_is_in_the_key(project: Project) -> None:
    before = project.key()
    project.engine.attributes["Architecture"] = "arm64"
    assert project.key().name != before.name


@pytest.mark.case("K4", "inputs that narrow the key")
@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("src/train.py", True), ("requirements/default.txt", True), ("cicd/build/Dockerfile", True),
        ("cicd/build/Dockerfile.dockerignore", True), ("notes/idea.md", True), ("params.yaml", False),
        ("src/model.py", False), ("docs/index.md", False),
    ],
)  # fmt: skip
def test_inputs_narrow_the_key(project: Project, name: str, *, covered: bool) -> None:
    """The lock, the Dockerfile and its `.dockerignore` are always in it."""
    train = replace(TRAIN, inputs=("src/train.py", "./notes/"))
    before = project.key(train).name
    project.write(name, FILES[name] + "#\n.git\n")
    project.commit()
    assert (project.key(train).name != before) is covered


@pytest.mark.case("K4", "what the command could read outside of inputs")
def test_what_inputs_leave_out_is_named(project: Project) -> None:
    assert project.key(replace(TRAIN, inputs=("src/train.py",))).uncovered == (
        "data/", "docs/", "params.yaml", "src/model.py",
    )  # fmt: skip
    assert project.key(replace(TRAIN, inputs=("src", "docs/a", "params.yaml", "data"))).uncovered == ("docs/index.md",)


def test_the_git_folder_in_the_image_is_named(project: Project) -> None:
    project.write("cicd/build/Dockerfile.dockerignore", "notes\n")
    assert project.key().uncovered == (".git/",)


def test_a_missing_input_is_a_usage_error(project: Project) -> None:
    with pytest.raises(UsageError, match=r"has no 'srcs'\. \[train\] inputs"):
        project.key(replace(TRAIN, inputs=("srcs",)))


def test_an_image_of_other_files_is_refused(project: Project) -> None:
    project.build()
    project.write("params.yaml", "2")
    with pytest.raises(UsageError, match="was built from other files"):
        project.key(build=False)


def test_without_the_digest_of_the_base_the_layers_decide(project: Project) -> None:
    project.digests.clear()
    before = project.key()
    assert before.problem == "Nobody knows python:3.11."
    project.engine.attributes["RootFS"]["Layers"] = ["sha256:2"]
    assert project.key().name != before.name


def test_without_the_label_of_its_context_the_layers_decide(project: Project) -> None:
    before = project.key(build=False)
    assert "was not built by ml-cicd build" in before.problem
    project.engine.attributes["RootFS"]["Layers"] = ["sha256:2"]
    assert project.key(build=False).name != before.name


@pytest.mark.case("K4", "a build argument or a stage that the configuration chooses")
@pytest.mark.parametrize("how", [Build(target="base"), Build(arguments={"EXTRAS": "gpu"})], ids=["stage", "argument"])
def test_stage_and_build_arguments_are_in_the_key(project: Project, how: Build) -> None:
    project.write("cicd/build/Dockerfile", "FROM python:3.11 AS base\nCOPY . .\n")
    before = project.key()
    assert project.key(how=how).name != before.name
    assert project.key(how=Build(arguments={})) == before
