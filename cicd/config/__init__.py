"""A project's `ml-cicd.toml`, read once into plain dataclasses.

The JSON Schema in `schema/` is what is published and what decides; the defaults below are the schema's.
"""

from __future__ import annotations

import functools
import json
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cicd import stages
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

FILE = "ml-cicd.toml"
Command = tuple[str, ...]


@dataclass(frozen=True)
class Train:
    """How the model bundle is made, and what decides whether it must be made again."""

    command: Command
    inputs: tuple[str, ...] = ("src", "requirements")
    lock: str = "requirements/default.txt"


@dataclass(frozen=True)
class Service:
    """What the release image serves."""

    port: int = 8000
    health: str = "/health"


@dataclass(frozen=True)
class Environment:
    """Where releases run. Times are seconds."""

    name: str
    target: str = "docker"
    ephemeral: bool | None = None
    health_timeout: float = 60
    drain_timeout: float = 30
    stop_timeout: float = 10
    promoters: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    port: int = 0
    """The port at which users reach it; 0: a free one, chosen once and kept."""
    bind: str = ""
    host: str = ""
    host_key: str = ""
    retain: int = 5
    cpus: float | None = None
    memory: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    log: Mapping[str, str] = field(default_factory=lambda: {"max-size": "10m", "max-file": "3"})
    namespace: str = ""
    """Empty: one named after the project and the environment."""
    context: str = ""
    replicas: int = 2
    service_type: str = "ClusterIP"
    manifests: str = ""
    image: str = ""
    command: Command = ()
    url: str = ""


@dataclass(frozen=True)
class Config:
    """A project's configuration."""

    name: str
    image: str | None = None
    tests: Mapping[str, Command] = field(default_factory=dict)
    checks: Mapping[str, Command] = field(default_factory=dict)
    train: Train | None = None
    service: Service = field(default_factory=Service)
    staging_auto: bool = True
    ledger_keys: tuple[str, ...] = ()
    environments: Mapping[str, Environment] = field(default_factory=dict)

    def environment(self, name: str) -> Environment:
        """The environment of that name.

        Raises:
            UsageError: there is none.

        """
        return self.environments[stages.named(name).name]


@functools.cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of `ml-cicd.toml`."""
    loaded: dict[str, Any] = json.loads(files("cicd").joinpath("schema/ml-cicd.schema.json").read_text("utf-8"))
    return loaded


def parse(text: str, source: str = FILE) -> Config:
    """The configuration in `text`; `source` names it in messages.

    Raises:
        UsageError: not TOML, an unknown or missing key, or a value that is not allowed.

    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source} is not valid TOML: {error}", "Correct the line that it names.") from error
    from jsonschema import Draft202012Validator  # noqa: PLC0415 -- slow to import, and not every command reads it

    errors = sorted(Draft202012Validator(schema()).iter_errors(data), key=lambda error: list(map(str, error.path)))
    if errors:
        said = "\n".join(_explain(error, source) for error in errors)
        raise UsageError(said, "docs/configuration.md lists the keys.")
    return _build(data)


def load(directory: Path) -> Config:
    """The configuration of the project in `directory`.

    Raises:
        UsageError: there is none, or it is not valid.

    """
    path = directory / FILE
    if not path.is_file():
        raise UsageError(
            f"There is no {FILE} in {directory}.",
            f'Run this in a project\'s directory, or write a {FILE} that begins with: name = "my-project"',
        )
    return parse(path.read_text("utf-8"), str(path))


def _build(data: Mapping[str, Any]) -> Config:
    train: dict[str, Any] = data.get("train", {})
    environments = data.get("environments", {})
    return Config(
        name=data["name"],
        image=data.get("image"),
        tests={name: tuple(command) for name, command in data.get("tests", {}).items()},
        checks={name: tuple(command) for name, command in data.get("checks", {}).items()},
        train=Train(**{key: _frozen(value) for key, value in train.items()}) if train else None,
        service=Service(**data.get("service", {})),
        staging_auto=data.get("staging", {}).get("auto", True),
        ledger_keys=tuple(data.get("ledger", {}).get("keys", ())),
        environments={
            name: Environment(
                name, **{key.replace("-", "_"): _frozen(v) for key, v in environments.get(name, {}).items()}
            )
            for name in stages.STAGES
        },
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _explain(error: ValidationError, source: str) -> str:
    """One line for people: file, key, what was found, what is allowed."""
    where = ".".join(str(part) for part in error.path) or "the top level"
    rule: Any = error.schema
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            allowed = sorted(rule.get("properties", {}))
            found = sorted(set(instance) - set(allowed))
            return f"{source}: {where}: unknown key {', '.join(found)}; allowed are {', '.join(allowed)}."
        case "required":
            missing = [key for key in rule["required"] if key not in instance]
            return f"{source}: {where}: the key {', '.join(missing)} is missing."
        case "enum":
            allowed = [str(value) for value in rule["enum"]]
            return f"{source}: {where}: found {instance!r}; allowed is {' or '.join(allowed)}."
        case "type":
            return f"{source}: {where}: found {instance!r}; it must be of type {rule['type']}."
        case "pattern":
            return f"{source}: {where}: found {instance!r}; it must match {rule['pattern']}."
        case _:
            return f"{source}: {where}: {error.message}."
