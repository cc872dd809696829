"""Look at a project: what its files show, as tables of `ml-cicd.toml` and as notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import python_project
from cicd.errors import UsageError
from cicd.python_project import declared, layout
from cicd.start import checks, code, deliverable, dependencies, docker, dvc, models, suites
from cicd.start.note import Note, assumed, found, undecided
from cicd.start.project import Asked, Project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.start.tree import Tree


@dataclass(frozen=True)
class Survey:
    """What the files of a project show."""

    tables: Mapping[str, Mapping[str, Any]]
    """The tables of its configuration."""
    notes: tuple[Note, ...]
    lfs: bool
    """Whether it has files in Git LFS."""


def survey(files: Tree, asked: Asked) -> Survey:
    """Return what the files of a project show; what a person said counts before it.

    Raises:
        UsageError: one of the project's files can't be read.

    """
    packaged, notes = _packaging(files)
    where, names = layout.find(files.directory), dependencies.names(files)
    dockerfile, said = _dockerfile(files, packaged=packaged, known=not notes or packaged)
    notes += said
    stage = docker.stage(files.text(dockerfile))
    modules, model = code.modules(files, where), models.detect(files)
    in_git = _bundle(dockerfile, model.files, where.packages, where.root, taken=stage.takes_bundle)
    held, secrets, on_dvc = _dvc(files, names, model.dvc, dockerfile, taken=stage.takes_bundle)
    bundle = (*in_git, *held)
    project = Project(
        files, where, modules, names, dependencies.of_the_release(files), declared.read(files.directory),
        dockerfile, stage, bundled=bool(bundle) and not dockerfile and _is_relative(modules, bundle),
    )  # fmt: skip
    decided = deliverable.decide(project, asked)
    tests, (linters, on_linters) = suites.detect(files, names), checks.detect(files, where, names)
    trained, on_training = _training(project, bundle, model.data)
    tables = {
        "tests": tests.commands, "checks": linters, "release": _release(files, dockerfile, stage.copies),
        "model": {"paths": list(bundle), **({"secrets": list(secrets)} if secrets else {})} if bundle else {},
        "train": trained, **decided.tables,
    }  # fmt: skip
    every = (*notes, *on_training, *decided.notes, *model.notes, *on_dvc, *tests.notes, *on_linters)
    return Survey(tables, every, model.lfs)


def _packaging(files: Tree) -> tuple[bool, list[Note]]:
    """Return whether the kit can build the project from its packaging, and what to say of it."""
    try:
        packaging = python_project.detect(files.directory)
    except UsageError as error:
        return False, [undecided("packaging", error.message, error.hint)]
    if packaging is None:
        return False, []
    notes = [found("packaging", f"{packaging.tool}: {packaging.lock or 'nothing locks its packages'}")]
    if aside := packaging.left_aside:
        notes.append(assumed("packaging", f"{', '.join(aside)} do not count.", f"rm {aside[0]}"))
    return True, notes


def _dockerfile(files: Tree, *, packaged: bool, known: bool) -> tuple[str, list[Note]]:
    dockerfile, others = docker.release_dockerfile(files)
    if others:
        text = f"Several Dockerfiles: {', '.join(others)}. Which one makes the release?"
        return "", [undecided("Dockerfile", text, f'[release] dockerfile = "{others[0]}"')]
    if dockerfile:
        return dockerfile, [found("Dockerfile", dockerfile)]
    if packaged:
        return "", [assumed("Dockerfile", "None: the kit writes one for each build.", "ml-cicd build --eject")]
    if known:
        text = "No Dockerfile, and no file says which packages the project needs."
        return "", [undecided("packaging", text, "Write requirements.txt, or a Dockerfile")]
    return "", []


def _release(files: Tree, dockerfile: str, copies: Sequence[str]) -> dict[str, str]:
    """Return the table `[release]`, for a Dockerfile at an unusual place."""
    if dockerfile in ("", docker.ROOT, docker.RELEASE):
        return {}
    folder = dockerfile.rpartition("/")[0]
    beside = [path for path in copies if (files.directory / folder / path).exists()]
    at_root = [path for path in copies if (files.directory / path).exists()]
    context = {"context": folder} if folder and len(beside) > len(at_root) else {}
    return {"dockerfile": dockerfile, **context}


def _training(project: Project, bundle: Sequence[str], data: Sequence[str]) -> tuple[dict[str, Any], list[Note]]:
    """Return the table `[train]` of a project whose release takes a bundle that no file of the commit is."""
    if bundle or not project.stage.takes_bundle:
        return {}, []
    command, source = models.training(project.modules)
    if not command:
        line = '[train] command = ["python", "-m", "...", "--output", "/tmp/bundle"]'
        return {}, [undecided("model", f"{project.dockerfile} takes a bundle. Which command makes it?", line)]
    text = f"{source} writes the bundle that {project.dockerfile} takes."
    notes = [assumed("model", text, "[train] command = [...]")]
    if data:
        text = f"DVC keeps {data[0]}, and training gets the build image alone: what shall it train on?"
        line = f"[train] secrets = [...], and a command that reads them from /run/secrets and runs: dvc pull {data[0]}"
        notes.append(undecided("data", text, line))
    return {"command": list(command)}, notes


def _dvc(
    files: Tree, names: set[str], held: Sequence[str], dockerfile: str, *, taken: bool
) -> tuple[Sequence[str], Sequence[str], list[Note]]:
    """Return the model files of DVC that become the bundle, the names of their secrets, and what to say of it."""
    if not held:
        return (), (), []
    secrets, notes = dvc.access(files, names)
    if dockerfile and not taken:
        text = f"No checkout holds {held[0]}, and {dockerfile} takes no bundle, so that the release has no model."
        line = f"{dockerfile}: ARG BUNDLE, FROM ${{BUNDLE}} AS bundle, COPY --from=bundle /bundle /opt/bundle"
        return (), (), [undecided("model", text, f"{line}; then ml-cicd adopt again")]
    line = "[train] command = [...] in place of [model]" if taken else "[model] paths = [...]"
    notes.insert(0, assumed("model", f"The release takes what DVC holds for {', '.join(held)}.", line))
    return held, secrets, notes


def _bundle(
    dockerfile: str, model_files: Sequence[str], packages: Sequence[str], root: str, *, taken: bool
) -> tuple[str, ...]:
    """Return the model files that become the bundle: those that neither a Dockerfile nor the package brings."""
    if dockerfile and not taken:
        return ()
    inside = tuple(f"{root}/{name}/".lstrip("/") for name in packages)
    return tuple(path for path in model_files if not path.startswith(inside))


def _is_relative(modules: Sequence[code.Module], bundle: Sequence[str]) -> bool:
    """Return whether the code names one of these files by its path from the project's directory."""
    texts = {text.removeprefix("./") for module in modules for text in module.texts()}
    return any(path in texts for path in bundle)
