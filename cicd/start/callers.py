"""The callers: a project's own short workflows, one for each workflow of the kit that the project uses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING

from cicd import stages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRST = stages.BRANCHES
DEPLOY, COMMENT = "deploy", "comment"
ALL = (FIRST, *stages.STAGES, DEPLOY, COMMENT, "approve")
"""The workflows that a project can call. `approve` is for projects that ask for approvals."""
USUAL = ALL[:-1]
FOLDER = ".github/workflows"
SELF_HOSTED = ("self-hosted",)
CALL = re.compile(r"^\s+uses:\s*[\"']?[\w.-]+/[\w.-]+/\.github/workflows/(?P<file>[\w.-]+)\.ya?ml@\S+", re.MULTILINE)
"""A job that calls a workflow of another repository."""
_DIRECTORY = re.compile(r"^\s+directory:\s*[\"']?(?P<path>[^\s\"'#]+)", re.MULTILINE)
_QUOTED = r"""\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\n]|'')*'"""
_NAME = re.compile(rf"^name:[ \t]*(?P<name>{_QUOTED}|[^\s\"'#].*?)[ \t]*(?:[ \t]#.*)?$", re.MULTILINE)
_ITEM = re.compile(rf"{_QUOTED}|[^\s\"',][^,]*")
_FOLLOWED = re.compile(r"^\s+workflows:\s*\[(?P<names>[^\]\n]*)\]", re.MULTILINE)
_USES = re.compile(r"^    uses: .+\n(?:    with:\n(?P<inputs>(?:      .+\n)+))?", re.MULTILINE)
_RUNNER = re.compile(r"^      deploy-runs-on: .+\n", re.MULTILINE)


@dataclass(frozen=True)
class Branches:
    """The branches of a project."""

    main: str
    """The branch of commits that passed integration."""
    integration: str
    """The branch whose pushes start integration; the same as `main` for trunk-based work."""

    @property
    def trunk(self) -> bool:
        """Whether the project has no integration branch of its own."""
        return self.main == self.integration


@dataclass(frozen=True)
class Choices:
    """Everything that the text of a caller depends on."""

    repository: str
    """The kit, as `owner/name`."""
    ref: str
    """The tag or commit of the kit."""
    branches: Branches
    directory: str = ""
    """The project's folder in the repository; empty for its root."""
    prefix: str = ""
    """What the names of the files begin with; empty for the usual names."""
    deploy_runs_on: Sequence[str] = SELF_HOSTED
    """Labels of the runner that deploys. If empty, it deploys on the runner of the other jobs."""
    lfs: bool = False
    submodules: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)
    """The names of workflows that exist already, by the workflow of the kit that each calls."""

    def path(self, name: str) -> str:
        """Return the path of a caller in the repository."""
        return f"{FOLDER}/{self.named(name)}.yml"

    def named(self, name: str) -> str:
        """Return the name of a caller, and of its file without `.yml`."""
        return f"{self.prefix}-{name}" if self.prefix else name

    def title(self, name: str) -> str:
        """Return the name by which another workflow follows a caller, as YAML."""
        return scalar(self.titles.get(name, self.named(name)))


def render(name: str, choices: Choices) -> str:
    """Return the text of a caller."""
    text = (files(__package__) / "template" / "callers" / f"{name}.yml").read_text("utf-8")
    branches = choices.branches
    names = list(dict.fromkeys((branches.integration, branches.main)))
    moved = f"{branches.main}, which integration builds" if branches.trunk else (
        f"{branches.integration} and {branches.main}, which the road moves"
    )  # fmt: skip
    values = {
        "KIT_REPOSITORY": choices.repository, "KIT_REF": choices.ref, "ROAD_BRANCHES": moved,
        "INTEGRATION_BRANCH": branches.integration, "BRANCHES": ", ".join(map(scalar, names)),
        "FOLLOWED": ", ".join(map(choices.title, (FIRST, *stages.STAGES))),
    }  # fmt: skip
    for token, value in values.items():
        text = text.replace(token, value)
    if choices.prefix:
        text = text.replace(f"\nname: {name}\n", f"\nname: {choices.named(name)}\n")
        text = text.replace(f"\n  group: {name}-", f"\n  group: {choices.named(name)}-")
    if choices.directory:  # two projects of a repository must not report under one name
        text = text.replace(f"\njobs:\n  {name}:\n", f"\njobs:\n  {choices.named(name)}:\n")
    text = _with_runner(text, choices.deploy_runs_on)
    return _USES.sub(lambda match: _with_inputs(match, _inputs(name, choices)), text)


def existing(texts: Mapping[str, str], directory: str) -> dict[str, str]:
    """Return which workflows of the kit a project calls already: name -> path. `texts` are workflow files by path."""
    called, titles = {}, set()
    for path, text in texts.items():
        folders = {match["path"].removeprefix("./").rstrip("/") for match in _DIRECTORY.finditer(text)} or {""}
        for match in CALL.finditer(text):
            known = match["file"] in ALL and match["file"] != COMMENT
            if known and (directory or "") in {"" if folder == "." else folder for folder in folders}:
                called[match["file"]] = path
                titles.add(title(path, text))
    for path, text in texts.items():  # it has no directory; it belongs to the project whose workflows it follows
        followed = {_text(item[0]) for match in _FOLLOWED.finditer(text) for item in _ITEM.finditer(match["names"])}
        if titles & followed and any(match["file"] == COMMENT for match in CALL.finditer(text)):
            called[COMMENT] = path
    return called


def title(path: str, text: str) -> str:
    """Return the name of a workflow, as `on: workflow_run` of another one refers to it."""
    match = _NAME.search(text)
    return _text(match["name"]) if match else path


def _text(value: str) -> str:
    """Return the text of a YAML scalar."""
    if value.startswith("'"):
        return value[1:-1].replace("''", "'")
    try:
        return str(json.loads(value)) if value.startswith('"') else value.strip()
    except ValueError:  # an escape that JSON does not have
        return value[1:-1]


def _inputs(name: str, choices: Choices) -> dict[str, str]:
    inputs = {}
    if choices.directory and name != COMMENT:
        inputs["directory"] = scalar(choices.directory)
    if name in (FIRST, stages.INTEGRATION.name):
        if choices.lfs:
            inputs["lfs"] = "true"
        if choices.submodules:
            inputs["submodules"] = '"true"'
    if name == stages.INTEGRATION.name and choices.prefix:
        inputs["staging-workflow"] = f"{choices.named(stages.STAGING.name)}.yml"
    return inputs


def _with_inputs(match: re.Match[str], inputs: Mapping[str, str]) -> str:
    lines = "".join(f"      {name}: {value}\n" for name, value in inputs.items())
    kept = match["inputs"] or ""
    uses = match[0].partition("\n")[0]
    return f"{uses}\n    with:\n{lines}{kept}" if lines or kept else f"{uses}\n"


def _with_runner(text: str, labels: Sequence[str]) -> str:
    if tuple(labels) == SELF_HOSTED:
        return text
    line = f"      deploy-runs-on: '{json.dumps(list(labels))}'\n" if labels else ""
    return _RUNNER.sub(lambda _: line, text)


def scalar(value: str) -> str:
    """Return a text as a YAML scalar: plain where that is safe."""
    return value if re.fullmatch(r"[A-Za-z_][\w./-]*", value) else json.dumps(value)
