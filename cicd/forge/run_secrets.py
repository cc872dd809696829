"""The secrets that a forge gives to runs: those of the repository, and those of its environments.

They are files in the forge's folder: `secrets/NAME` and `secrets/ENVIRONMENT/NAME`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import files
from cicd.errors import UsageError
from cicd.forge import repository_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.forge.state import Forge

SHORTEST = 4
"""The characters of a secret: act hides every occurrence in the log, so a shorter one would make it unreadable."""
_ENVIRONMENT = re.compile(r"[a-z][a-z0-9-]*")
_INPUT = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")


def change(forge: Forge, changes: Sequence[tuple[str, str]]) -> None:
    """Store secrets: pairs of `NAME` or `ENVIRONMENT/NAME`, and the file with the value; no file removes the secret.

    As GitHub's command line does, line ends at the end of the file are left out.

    Raises:
        UsageError: a name is not valid, or a file can't be read or holds too short a value.

    """
    for name, source in changes:
        path = _path(forge, name)
        if not source:
            path.unlink(missing_ok=True)
            continue
        value = _value(name, Path(source))
        for folder in (_folder(forge), path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            stream.write(value)


def names(forge: Forge) -> list[str]:
    """Return the names of the stored secrets, as `change` takes them."""
    folder = _folder(forge)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def of_run(forge: Forge, environments: Iterable[str], inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets of a run: the repository's, and those of the environments that its jobs name.

    act has one set of secrets for all jobs of a run. `inputs` are those of the event.

    Raises:
        UsageError: two environments of the run have a secret of the same name, or the name of one can't be told.

    """
    stored, values = names(forge), of_repository(forge)
    if not any("/" in name for name in stored):
        return values
    owner: dict[str, str] = {}
    for environment in sorted({_resolved(environment, inputs) for environment in environments}):
        for name in (name for name in stored if name.startswith(f"{environment}/")):
            short = name.rpartition("/")[2]
            value = _read(forge, name)
            if short in owner and value != values[short]:
                raise UsageError(
                    f"The environments {owner[short]} and {environment} both have a secret {short}, and this run uses "
                    "both: act has one set of secrets for all jobs of a run.",
                    f"Remove one of them: ml-cicd local up --secret {environment}/{short}=",
                )
            owner[short], values[short] = environment, value
    return values


def of_repository(forge: Forge) -> dict[str, str]:
    """Return the secrets that every run has."""
    return {name: _read(forge, name) for name in names(forge) if "/" not in name}


def _folder(forge: Forge) -> Path:
    return forge.path / "secrets"


def _path(forge: Forge, name: str) -> Path:
    environment, slash, short = name.rpartition("/")
    if slash and not _ENVIRONMENT.fullmatch(environment):
        raise UsageError(f"'{environment}' is not the name of an environment.", "Write ENVIRONMENT/NAME=FILE.")
    repository_variables.check_name(short, "secret")
    return _folder(forge).joinpath(*([environment] if slash else []), short.upper())


def _value(name: str, source: Path) -> str:
    try:
        value = source.read_text("utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The value of the secret {name} can't be read from {source}: {error}",
            "Name a text file: --secret NAME=FILE. The value itself would stand in your shell's history.",
        ) from error
    if len(value) < SHORTEST:
        raise UsageError(
            f"The secret {name} has fewer than {SHORTEST} characters.",
            "act hides every occurrence of a secret in the log, which nobody could read then. Take a longer value.",
        )
    return value


def _read(forge: Forge, name: str) -> str:
    path = _folder(forge) / name
    with files.file_errors(f"read {path}"):
        return path.read_text("utf-8")


def _resolved(environment: str, inputs: Mapping[str, str]) -> str:
    """Return the name of an environment in which a job names an input of the event."""
    name = _INPUT.sub(lambda match: inputs.get(match[1], match[0]), environment)
    if "${{" in name:
        raise UsageError(
            f"A job's environment is '{environment}', which local runs can't evaluate, so its secrets are not known.",
            "Name the environment, or take it from an input of the same name: ${{ inputs.environment }}.",
        )
    return name
