"""The name of a build context: the same on every machine, and another one for every change that the builder gets."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.errors import CheckFailedError
from cicd.produce import build_context

if TYPE_CHECKING:
    from pathlib import Path

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n"
DOCKERFILE = "cicd/build/Dockerfile"


class Project:
    """A clone with a Dockerfile, some files, and a `.dockerignore` file that leaves out `notes`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *words: str) -> None:
        settings = ("user.name=Ada", "user.email=ada@example.org", "protocol.file.allow=always", "core.safecrlf=false")
        options = [word for setting in settings for word in ("-c", setting)]
        subprocess.run(["git", "-C", str(self.path), *options, *words], check=True, capture_output=True)

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def commit(self) -> None:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message=a change")

    def context(self) -> build_context.Context:
        return build_context.read(self.path, self.path / DOCKERFILE)

    def clone(self, path: Path, *options: str) -> Project:
        subprocess.run(["git", "clone", "--quiet", *options, str(self.path), str(path)], check=True)
        return Project(path)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    path = tmp_path / "project"
    path.mkdir()
    project = Project(path)
    project.git("init", "--quiet", "--initial-branch=main")
    files = {
        DOCKERFILE: "FROM scratch\nCOPY . .\n",
        f"{DOCKERFILE}.dockerignore": "notes\n.git\n",
        "src/train.py": "print()\n",
        "params.yaml": "depth: 3\nrate: 1\n",
        "data/raw.csv.dvc": "md5: 1\n",
        "notes/idea.md": "an idea\n",
    }
    for name, text in files.items():
        project.write(name, text)
    project.commit()
    return project


@pytest.mark.case("K4", "a parameter, a data pointer, the .dockerignore file, the Dockerfile")
@pytest.mark.parametrize(
    "name", ["params.yaml", "data/raw.csv.dvc", "src/train.py", DOCKERFILE, f"{DOCKERFILE}.dockerignore", "new.txt"]
)
@pytest.mark.parametrize("committed", [True, False])
def test_every_change_that_the_builder_gets_changes_the_name(project: Project, name: str, *, committed: bool) -> None:
    before = project.context().name
    project.write(name, "# another\n.git\n")
    if committed:
        project.commit()
    assert project.context().name != before


def test_a_file_that_is_left_out_changes_nothing(project: Project) -> None:
    before = project.context().name
    project.write("notes/idea.md", "another idea\n")
    project.write("notes/new.md", "a new idea\n")
    assert project.context().name == before
    project.commit()
    assert project.context().name == before


def test_generated_text_and_its_ignored_files_are_part_of_the_recipe(project: Project) -> None:
    def recipe(text: str, ignore: str) -> dict[str, str]:
        return dict(build_context.read_generated(project.path, text, ignore).recipe)

    first = recipe("FROM a\n", "notes\n")
    assert first == recipe("FROM a\n", "notes\n")
    assert {name for name, value in recipe("FROM b\n", "notes\n").items() if value != first[name]} == {"Dockerfile"}
    assert {name for name, value in recipe("FROM a\n", "none\n").items() if value != first[name]} == {"ignored"}


def test_mode_link_name_and_removal_change_the_name(project: Project) -> None:
    names = [project.context().name]
    (project.path / "params.yaml").chmod(0o755)
    names.append(project.context().name)
    (project.path / "link").symlink_to("params.yaml")
    names.append(project.context().name)
    (project.path / "link").unlink()
    (project.path / "link").symlink_to("src")
    names.append(project.context().name)
    (project.path / "params.yaml").rename(project.path / "parameters.yaml")
    names.append(project.context().name)
    (project.path / "parameters.yaml").unlink()
    names.append(project.context().name)
    assert len(set(names)) == len(names)


def test_a_change_has_the_same_name_before_and_after_its_commit(project: Project) -> None:
    project.write("params.yaml", "depth: 4\n")
    (project.path / "link").symlink_to("params.yaml")
    before = project.context().name
    project.commit()
    assert project.context().name == before


@pytest.mark.case("K9", "a checkout with core.autocrlf")
def test_the_name_is_the_same_on_another_machine(project: Project, tmp_path: Path) -> None:
    name = project.context().name
    windows = project.clone(tmp_path / "windows", "--config=core.autocrlf=true")
    assert b"\r\n" in (windows.path / "params.yaml").read_bytes()
    other = project.clone(tmp_path / "other")
    for file in other.path.rglob("*.*"):
        os.utime(file, (1, 1))
    plain = shutil.copytree(project.path, tmp_path / "plain", symlinks=True, ignore=shutil.ignore_patterns(".git"))
    assert [each.context().name for each in (windows, other, Project(plain))] == [name] * 3


def test_a_project_in_a_folder_sees_its_own_folder_alone(project: Project, tmp_path: Path) -> None:
    inner = project.clone(tmp_path / "inner")
    for name in ("src", "params.yaml", "data", "cicd", "notes"):
        (inner.path / "projects" / "a").mkdir(parents=True, exist_ok=True)
        (inner.path / name).rename(inner.path / "projects" / "a" / name)
    inner.commit()
    nested = build_context.read(inner.path / "projects" / "a", inner.path / "projects" / "a" / DOCKERFILE)
    assert nested.name == project.context().name
    inner.write("README.md", "beside the project\n")
    inner.commit()
    assert build_context.read(inner.path / "projects" / "a", inner.path / "projects" / "a" / DOCKERFILE) == nested


def test_odd_names_are_told_apart(project: Project) -> None:
    project.write("a\nb", "1")
    project.write("ä ö", "2")
    context = project.context()
    assert {"a\nb", "ä ö"} <= set(context.files)
    project.commit()
    assert project.context().files == context.files


def test_git_itself_is_told_apart(project: Project) -> None:
    assert not project.context().has_git
    project.write(f"{DOCKERFILE}.dockerignore", "notes\n")
    assert project.context().has_git
    assert not [path for path in project.context().files if path.startswith(".git/")]


@pytest.mark.case("K3", "a Git LFS pointer in place of a model")
def test_a_pointer_of_git_lfs_is_named(project: Project) -> None:
    project.write("models/model.onnx", POINTER)
    project.write("notes/large.bin", POINTER)
    project.write("src/pointers.py", f'TEXT = """{POINTER}"""\n')
    context = project.context()
    assert context.pointers == ("models/model.onnx",)
    with pytest.raises(CheckFailedError, match=r"in place of: models/model\.onnx\.$") as caught:
        build_context.check(context, DOCKERFILE)
    assert "lfs: true" in caught.value.hint


@pytest.mark.case("K3", "a Git LFS pointer in place of a model")
def test_no_image_is_built_from_a_pointer(project: Project, monkeypatch: pytest.MonkeyPatch,
                                          capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """The engine is not even asked: there is none here."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent.sock")
    project.write("ml-cicd.toml", 'name = "app"\n')
    project.write("model.onnx", POINTER)
    assert cli.main(["build", "--directory", str(project.path)]) == 1
    assert "model.onnx" in capfd.readouterr().err


@pytest.mark.case("K3", "a submodule that was not checked out")
def test_an_empty_submodule_is_named(project: Project, tmp_path: Path) -> None:
    library = project.clone(tmp_path / "library")
    project.git("submodule", "add", "--quiet", str(library.path), "vendor/library")
    project.commit()
    full = project.context()
    assert full.empty_submodules == ()
    build_context.check(full, DOCKERFILE)
    without = project.clone(tmp_path / "without")
    assert without.context().empty_submodules == ("vendor/library",)
    with pytest.raises(CheckFailedError, match="in place of the submodules: vendor/library") as caught:
        build_context.check(without.context(), DOCKERFILE)
    assert "submodules: true" in caught.value.hint
    without.write(f"{DOCKERFILE}.dockerignore", "notes\n.git\nvendor\n")
    build_context.check(without.context(), DOCKERFILE)


def test_another_commit_of_a_submodule_changes_the_name(project: Project, tmp_path: Path) -> None:
    library = project.clone(tmp_path / "library")
    project.git("submodule", "add", "--quiet", str(library.path), "vendor/library")
    project.commit()
    before = project.context().name
    inner = Project(project.path / "vendor" / "library")
    inner.write("new.txt", "new\n")
    inner.commit()
    after = project.context().name
    assert after != before
    project.commit()
    assert project.context().name == after
    inner.write("new.txt", "newer\n")
    assert project.context().name not in (before, after)


@pytest.mark.case("K3", "a copy of a clone that lacks the empty folders of `.git`, as plain act makes it after git gc")
def test_copy_without_a_whole_git_folder(project: Project, tmp_path: Path) -> None:
    project.git("gc", "--quiet")
    copy = Project(tmp_path / "copy")
    shutil.copytree(project.path, copy.path)
    for folder in ("refs/heads", "refs/tags", "refs"):
        shutil.rmtree(copy.path / ".git" / folder)
    assert copy.context().name == project.context().name
