"""Reading `ml-cicd.toml`: valid against the published schema, or refused with what is wrong and what is allowed."""

from __future__ import annotations

import functools
import json
import tomllib
from dataclasses import fields
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cicd import stages
from cicd.config import explaining
from cicd.config.environments import SETTINGS, Environment
from cicd.config.project import Build, Config, Service, Train
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "ml-cicd.toml"


@functools.cache
def schema() -> dict[str, Any]:
    """Return the published JSON Schema of `ml-cicd.toml`."""
    content: dict[str, Any] = json.loads(files("cicd").joinpath("schema/ml-cicd.schema.json").read_text("utf-8"))
    return content


def parse(text: str, source: str = FILE) -> Config:
    """Return the configuration in `text`; `source` names it in messages.

    Raises:
        UsageError: not TOML, an unknown or missing key, or a value that is not allowed.

    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source} is not valid TOML: {error}", "Correct that line.") from error
    from jsonschema import Draft202012Validator  # noqa: PLC0415 -- slow to import, and not every command reads it

    errors = sorted(Draft202012Validator(schema()).iter_errors(data), key=lambda error: list(map(str, error.path)))
    if errors:
        lines = dict.fromkeys(f"{source}: {explaining.explain(error)}" for error in errors)
        raise UsageError("\n".join(lines), "Correct the file, then run this again.")
    return _config(data)


def load(directory: Path) -> Config:
    """Return the configuration of the project in `directory`.

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


def _config(data: Mapping[str, Any]) -> Config:
    train: dict[str, Any] = data.get("train", {})
    environments = data.get("environments", {})
    return Config(
        name=data["name"],
        image=data.get("image"),
        tests={name: tuple(command) for name, command in data.get("tests", {}).items()},
        checks={name: tuple(command) for name, command in data.get("checks", {}).items()},
        build=Build(**data.get("build", {})),
        train=Train(**{key: _frozen(value) for key, value in train.items()}) if train else None,
        service=Service(**data.get("service", {})),
        staging_auto=data.get("staging", {}).get("auto", True),
        ledger_keys=tuple(data.get("ledger", {}).get("keys", ())),
        environments={name: _environment(name, environments.get(name, {})) for name in stages.STAGES},
    )


def _environment(name: str, table: Mapping[str, Any]) -> Environment:
    """Return an environment; the keys of other deploy targets than its own do not count."""
    values = {key.replace("-", "_"): _frozen(value) for key, value in table.items()}
    kind = SETTINGS[values.pop("target", "docker")]
    settings = kind(**_of_class(kind, values))
    return Environment(name, settings, **_of_class(Environment, values))


def _of_class(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
