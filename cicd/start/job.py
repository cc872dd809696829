"""A project's batch job: which of its programs it is, and the data on which it is proven."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from cicd.config.deliverables import RESERVED
from cicd.start import docker
from cicd.start.note import Note, assumed, found, undecided
from cicd.start.project import SUBJECT, Deliverable, Kind, in_bundle
from cicd.start.web import FRAMEWORKS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cicd.start.code import Module
    from cicd.start.project import Asked, Project

WORK = ("predict", "score", "batch", "inference", "infer", "job", "pipeline", "etl", "run")
"""Words in the names of programs that work through data, the likeliest first."""
PROGRAMS = (*WORK, "main", "__main__")
"""Names of programs that may be the job, the likeliest first."""
BESIDE = frozenset(("predict", "score", "batch", "inference", "infer", "job", "etl"))
"""Words in the names of programs that are a job of a project which has a service, too."""
SERVERS = frozenset(("uvicorn", "hypercorn", "gunicorn", "waitress", *FRAMEWORKS.values()))
"""What a program imports that serves."""
SAMPLES = (
    "sample",
    "samples",
    "dummy_data",
    "sample_data",
    "data/sample",
    "data/samples",
    "tests/data",
    "examples/data",
)


def programs(project: Project) -> list[tuple[tuple[str, ...], Module | None, str]]:
    """Return the programs that may be the job, the likeliest first: command, module, and what says so."""
    scripts = project.declared.project.get("scripts", {}) or project.declared.poetry.get("scripts", {})
    result: list[tuple[tuple[str, ...], Module | None, str]] = []
    by_name = {module.name: module for module in project.modules}
    for name, target in scripts.items() if isinstance(scripts, dict) else ():
        module = by_name.get(str(target).partition(":")[0])
        words = {*name.split("-"), *(module.name.rpartition(".")[2].split("_") if module else ())}
        if words & {*WORK}:  # other commands are tools beside a library, and do nothing without arguments
            result.append(((name,), module, f"the command {name} of pyproject.toml"))
    ranked = [module for module in project.modules if module.is_program and _rank(module) < len(PROGRAMS)]
    ranked.sort(key=lambda module: (_rank(module), module.path.count("/"), module.path))
    started = {module.path for _, module, _ in result if module}
    others = [module for module in ranked if module.path not in started]
    return result + [(("python", "-m", module.started_as), module, module.path) for module in others]


def _rank(module: Module) -> int:
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    near = [number for number, word in enumerate(PROGRAMS) if word in stem.split("_") or word == stem]
    return min(near, default=len(PROGRAMS))


def decide(
    project: Project, asked: Asked, candidates: Sequence[tuple[tuple[str, ...], Module | None, str]]
) -> Deliverable:
    """Return the batch job of a project, as the tables of its configuration."""
    notes: list[Note] = []
    command: tuple[str, ...] = asked.command
    if not command and project.stage.command:
        command = project.stage.command
        notes.append(found(SUBJECT, f"a batch job: the command of {project.dockerfile}"))
    elif not command and project.dockerfile and project.stage.entrypoint:
        text = f"{project.dockerfile} starts {' '.join(project.stage.entrypoint)} without arguments."
        notes.append(undecided(SUBJECT, text, '[job] command = ["the", "arguments"]'))
        return Deliverable(Kind.BATCH, {}, tuple(notes))
    elif not command and candidates:
        command, module, source = candidates[0]
        notes.append(found(SUBJECT, f"a batch job: {source}"))
        if len(candidates) > 1:
            others = ", ".join(" ".join(other) for other, _, _ in candidates[1:4])
            notes.append(assumed(SUBJECT, f"The job is {' '.join(command)}, not {others}.", "[job] command = [...]"))
        if module and (needed := _required(module)):
            text = f"{module.path} needs arguments ({', '.join(needed)}): the proof in an environment can't know them."
            notes.append(undecided(SUBJECT, text, f"[job] proof = {_toml((*command, *needed))}"))
    if not command:
        notes.append(undecided(SUBJECT, "Nothing says what the job runs.", '[job] command = ["python", "-m", "..."]'))
        return Deliverable(Kind.BATCH, {}, tuple(notes))
    table: dict[str, Any] = {"command": list(in_bundle(project, command, notes))}
    _add_sample(project, table, notes, "job")
    return Deliverable(Kind.BATCH, {"job": table}, tuple(notes))


def beside(
    project: Project, candidates: Sequence[tuple[tuple[str, ...], Module | None, str]], serving: Collection[str], *,
    asked: bool,
) -> Deliverable:  # fmt: skip
    """Return the batch job of a project that has a service, in the image of the service.

    `serving` are the paths of the modules that serve. With `asked` a person said that there is a job: any other program
    can be it. Else its name must say so, and it must run without arguments.
    """
    others = [
        (words, module, source) for words, module, source in candidates
        if not (module and (module.path in serving or module.imports() & SERVERS))
        and (asked or BESIDE & {*re.split(r"\W|_", " ".join(words))})
    ]  # fmt: skip
    if not others:
        text = "No program of the project looks like a batch job beside the service."
        line = '[deliverables.NAME] kind = "job", command = ["python", "-m", "..."]'
        return Deliverable(Kind.BATCH, {}, (undecided(SUBJECT, text, line),) if asked else ())
    command, module, source = others[0]
    if module and project.dockerfile:  # it may copy the code without installing the command
        command = ("python", "-m", module.started_as)
    title = _title(command)
    lines = f'[deliverables.{title}] kind = "job", command = {_toml(command)}'
    say = undecided if asked else assumed
    if project.stage.entrypoint:
        text = (
            f"{source} may be a batch job, and {project.dockerfile} starts {' '.join(project.stage.entrypoint)} always."
        )
        return Deliverable(Kind.BATCH, {}, (say(SUBJECT, text, f"{lines} without these words"),))
    if module and project.dockerfile == docker.ROOT and project.stage.lacks(module.path):
        text = f"{source} may be a batch job, and {project.dockerfile} does not copy {module.path}."
        return Deliverable(Kind.BATCH, {}, (say(SUBJECT, text, f"{lines}, and a COPY in the Dockerfile"),))
    if module and (needed := _required(module)):
        text = f"{source} may be a batch job. It needs arguments ({', '.join(needed)}), which a proof can't know."
        return Deliverable(Kind.BATCH, {}, (say(SUBJECT, text, f"{lines}, proof = {_toml((*command, *needed))}"),))
    notes = [found(SUBJECT, f"a batch job beside the service: {source}")]
    text = f"Each environment runs {' '.join(command)} once before a release serves, as a proof."
    notes.append(assumed(SUBJECT, text, f"[deliverables.{title}] proof = [...], or delete the table"))
    table: dict[str, Any] = {"kind": "job", "command": list(in_bundle(project, command, notes))}
    _add_sample(project, table, notes, f"deliverables.{title}")
    return Deliverable(Kind.BATCH, {f"deliverables.{title}": table}, tuple(notes))


def _title(command: Sequence[str]) -> str:
    """Return the name of a job's table, from the last part of the module or command."""
    name = re.sub(r"[^a-z0-9]+", "-", command[-1].rpartition(".")[2].lower()).strip("-")
    return name if name[:1].isalpha() and name not in RESERVED else "job"


def _toml(words: Sequence[str]) -> str:
    return str([*words]).replace("'", '"')


def _add_sample(project: Project, table: dict[str, Any], notes: list[Note], title: str) -> None:
    """Name the sample data of a project in the table of its job, if there are any."""
    sample = next((name for name in SAMPLES if any(path.startswith(f"{name}/") for path in project.tree.paths)), "")
    if sample:
        table["sample"] = sample
        text = f"The job is proven on {sample}, which it finds in /tmp/sample."
        notes.append(assumed("sample", text, f"[{title}] sample"))


def _required(module: Module) -> list[str]:
    """Return the arguments without which argparse, click or typer ends the program."""
    names: list[str] = []
    for name, node in module.calls():
        words = [item.value for item in node.args if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        options = {item.arg: item.value for item in node.keywords}
        required = isinstance(options.get("required"), ast.Constant) and bool(options["required"].value)  # type: ignore[attr-defined]
        if name == "add_argument" and words:
            positional = not words[0].startswith("-") and "default" not in options and "nargs" not in options
            names += [words[-1]] if positional or required else []
        elif (name == "option" and required) or (name == "argument" and words and options.get("required") is None):
            names += words[-1:]
    return names
