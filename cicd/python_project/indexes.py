"""The package indexes that a project names in its own files, besides PyPI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cicd.files import utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cicd.python_project.declared import Declared

_LINE = re.compile(r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links)(?:\s+|=)[\"']?([^\s\"']+)", re.MULTILINE)
_OPTION = {"-i": "--default-index", "--index-url": "--default-index", "--extra-index-url": "--index"}
LOGIN_OF_POETRY = re.compile(r"POETRY_HTTP_BASIC_(?P<index>\w+)_(?P<part>USERNAME|PASSWORD)")
"""A variable with the login at an index that poetry knows by its name."""
_VARIABLE = re.compile(r"(\$\{[A-Z0-9_]+\})")


def options(files: Declared, requirements: Sequence[str], secrets: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the indexes as options of `uv pip install`, quoted for a shell; `${NAME}` stays a variable in it.

    `requirements` are requirements files; `[tool.uv]` in `pyproject.toml` counts too. The exports of poetry, PDM and
    Pipenv name the indexes themselves, but not as poetry's variables among the `secrets` name them.
    """
    found = [*_of_uv(files), *_of_poetry(files, secrets), *_of_requirements(files, requirements)]
    return tuple(dict.fromkeys(f"{option} {_quoted(url)}" for option, url in found))


def _of_uv(files: Declared) -> Iterator[tuple[str, str]]:
    settings = files.tool.get("uv", {})
    if not isinstance(settings, dict):
        return
    for index in _list(settings.get("index")):
        if not isinstance(index, dict) or "url" not in index:
            continue
        name = f"{index['name']}=" if "name" in index else ""
        yield "--default-index" if index.get("default") else "--index", f"{name}{index['url']}"
    if url := settings.get("index-url"):
        yield "--default-index", str(url)
    yield from (("--index", str(url)) for url in _list(settings.get("extra-index-url")))
    yield from (("--find-links", str(url)) for url in _list(settings.get("find-links")) if "://" in str(url))


def _of_poetry(files: Declared, secrets: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the sources of poetry for which there is a login."""
    logins = {match["index"] for name in secrets if (match := LOGIN_OF_POETRY.fullmatch(name))}
    for source in _list(files.poetry.get("source")):
        name = source.get("name") if isinstance(source, dict) else None
        if isinstance(name, str) and "url" in source and re.sub(r"\W", "_", name).upper() in logins:
            yield "--index", f"{name}={source['url']}"


def _of_requirements(files: Declared, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        file = files.directory / name
        if file.suffix == ".txt" and file.is_file():
            for option, url in _LINE.findall(utf8(file.read_bytes(), name)):
                if "://" in url:
                    yield _OPTION.get(option, "--find-links"), url


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _quoted(text: str) -> str:
    """Return a text as one word of a shell."""
    return "".join(
        f'"{part}"' if _VARIABLE.fullmatch(part) else "'" + part.replace("'", "'\\''") + "'"
        for part in _VARIABLE.split(text)
        if part
    )
