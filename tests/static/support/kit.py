"""The workflows and actions of a kit, read from text, so that a test can change what it reads."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = ".github/workflows/"
SIBLING = "$/"
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class _Loader(yaml.CSafeLoader):
    """Reads YAML 1.2's scalars as GitHub does: `on` is text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in pairs if not tag.endswith((":bool", ":timestamp"))]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


@dataclass(frozen=True, order=True)
class Finding:
    """A problem that a rule found at one place: a job of a workflow, or an action."""

    file: str
    place: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.rule}: {self.text}"


@dataclass(frozen=True)
class Step:
    """A step of a job or of a composite action."""

    data: Mapping[str, Any]

    def _text(self, key: str) -> str:
        return str(self.data.get(key, ""))

    @property
    def id(self) -> str:
        """Return the step's id, or an empty string."""
        return self._text("id")

    @property
    def name(self) -> str:
        """Return the step's name, or an empty string."""
        return self._text("name")

    @property
    def run(self) -> str:
        """Return the step's script, or an empty string."""
        return self._text("run")

    @property
    def command(self) -> str:
        """Return the command of `ml-cicd` that takes the place of the step's shell, or an empty string."""
        words = self.run.split()
        return words[2] if words[:2] == ["exec", "ml-cicd"] and len(words) > 2 else ""

    @property
    def shell(self) -> str:
        """Return the shell of the step's script, or an empty string."""
        return self._text("shell")

    @property
    def uses(self) -> str:
        """Return the action that the step uses, or an empty string."""
        return self._text("uses")

    @property
    def action(self) -> str:
        """Return the name of the kit's action that the step uses, or an empty string."""
        return self.uses.removeprefix(f"{SIBLING}actions/") if self.uses.startswith(f"{SIBLING}actions/") else ""

    @property
    def third_party(self) -> str:
        """Return the foreign action that the step uses, without its version, or an empty string."""
        return "" if self.uses.startswith(SIBLING) else self.uses.partition("@")[0]

    @property
    def inputs(self) -> dict[str, str]:
        """Return the inputs that the step gives to its action."""
        return {name: str(value) for name, value in (self.data.get("with") or {}).items()}

    @property
    def env(self) -> dict[str, str]:
        return {name: str(value) for name, value in (self.data.get("env") or {}).items()}


@dataclass(frozen=True)
class Job:
    """A job of a workflow."""

    file: str
    id: str
    data: Mapping[str, Any] = field(repr=False)

    @property
    def steps(self) -> list[Step]:
        return [Step(step) for step in self.data.get("steps", [])]

    @property
    def needs(self) -> list[str]:
        needs = self.data.get("needs", [])
        return [needs] if isinstance(needs, str) else list(needs)

    @property
    def permissions(self) -> dict[str, str]:
        """Return what the job grants its token; `everything` if it says `write-all` or nothing."""
        granted = self.data.get("permissions", "write-all")
        return {"everything": granted} if isinstance(granted, str) else dict(granted or {})

    @property
    def outputs(self) -> dict[str, str]:
        return dict(self.data.get("outputs") or {})

    @property
    def environment(self) -> str:
        """Return the name of the job's environment, or an empty string."""
        environment = self.data.get("environment") or ""
        return str(environment.get("name", "") if isinstance(environment, dict) else environment)

    @property
    def place(self) -> str:
        return f"job {self.id}"


@dataclass(frozen=True)
class Workflow:
    """A workflow file."""

    file: str
    text: str = field(repr=False)

    @cached_property
    def data(self) -> dict[str, Any]:
        return parse(self.text)

    @property
    def name(self) -> str:
        return Path(self.file).name

    @property
    def on(self) -> dict[str, Any]:
        events = self.data["on"]
        return events if isinstance(events, dict) else dict.fromkeys([events] if isinstance(events, str) else events)

    @property
    def callable(self) -> bool:
        return "workflow_call" in self.on

    @property
    def call(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return inputs, secrets and outputs, each by name."""
        interface = self.on.get("workflow_call") or {}
        return {key: interface.get(key) or {} for key in ("inputs", "secrets", "outputs")}

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        return self.call["outputs"]

    @cached_property
    def jobs(self) -> dict[str, Job]:
        return {name: Job(self.name, name, data) for name, data in self.data["jobs"].items()}


@dataclass(frozen=True)
class Action:
    """A composite action of the kit."""

    file: str
    text: str = field(repr=False)

    @cached_property
    def data(self) -> dict[str, Any]:
        return parse(self.text)

    @property
    def name(self) -> str:
        return Path(self.file).parent.name

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        return self.data.get("inputs") or {}

    @property
    def defaults(self) -> dict[str, str]:
        """Return the defaults of the inputs that have one."""
        return {name: str(data["default"]) for name, data in self.inputs.items() if "default" in data}

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        return self.data.get("outputs") or {}

    @property
    def steps(self) -> list[Step]:
        return [Step(step) for step in self.data["runs"].get("steps", [])]

    @property
    def commands(self) -> list[str]:
        """Return the commands of `ml-cicd` that the action runs."""
        return [step.command for step in self.steps if step.command]


@dataclass(frozen=True)
class Kit:
    """Every workflow and action of a kit, by path."""

    files: Mapping[str, str] = field(repr=False)

    @cached_property
    def workflows(self) -> dict[str, Workflow]:
        """Return the workflows by file name."""
        return {Path(file).name: Workflow(file, text) for file, text in self.files.items() if WORKFLOWS in file}

    @cached_property
    def actions(self) -> dict[str, Action]:
        """Return the actions by name."""
        actions = [Action(file, text) for file, text in self.files.items() if file.startswith("actions/")]
        return {action.name: action for action in actions}

    def jobs(self) -> Iterator[Job]:
        for workflow in self.workflows.values():
            yield from workflow.jobs.values()

    def edited(self, file: str, old: str, new: str) -> Kit:
        """Return this kit with one place of one file changed.

        Raises:
            ValueError: `old` is not in the file.

        """
        before = self.files.get(file, "")
        if old not in before:
            raise ValueError(f"{file} has no {old!r} (any more)")
        return Kit({**self.files, file: before.replace(old, new, 1)})


@cache
def parse(text: str) -> dict[str, Any]:
    """Return the content of a YAML file, which nobody may change."""
    loaded: dict[str, Any] = yaml.load(text, _Loader)
    return loaded


def tracked(*patterns: str) -> list[Path]:
    """Return the repository's files that match a git pathspec, also those not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def load(root: Path = ROOT) -> Kit:
    """Return the kit in a folder."""
    files = [*root.glob(f"{WORKFLOWS}*.yml"), *root.glob(f"{WORKFLOWS}.*.yml"), *root.glob("actions/*/action.yml")]
    return Kit({str(path.relative_to(root)): path.read_text() for path in sorted(files)})


def expressions(value: object) -> list[str]:
    """Return every `${{ expression }}` in a value, however deep, without the braces."""
    if isinstance(value, dict):
        return [expression for item in value.values() for expression in expressions(item)]
    if isinstance(value, list):
        return [expression for item in value for expression in expressions(item)]
    return [expression.strip() for expression in EXPRESSION.findall(str(value))]
