"""What a Dockerfile says of itself: the images that it takes from elsewhere, its stages, and its build arguments."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ESCAPE = re.compile(r"^#\s*escape\s*=\s*(\S)\s*$", re.MULTILINE | re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))")
_FROM_OPTION = re.compile(r"(?:^|,)from=([^,]+)")


def images(text: str, arguments: Mapping[str, str]) -> list[str]:
    """Return the references of the images that a Dockerfile takes from elsewhere, sorted.

    `arguments` are the build arguments, which come before the defaults in the Dockerfile. A variable without a value
    stays in the reference as it is written.
    """
    values: dict[str, str] = {}
    names: set[str] = {"scratch"}
    references: set[str] = set()
    count = 0
    for name, words in _instructions(text):
        if name == "ARG" and not count:
            for word in words:
                key, _, default = word.partition("=")
                values[key] = arguments.get(key, _expanded(default, values))
        elif name == "FROM":
            image, *rest = [word for word in words if not word.startswith("--")] or [""]
            reference = _expanded(image, values)
            if reference.lower() not in names:
                references.add(reference)
            names |= {str(count), *(word.lower() for word in rest[1:2])}
            count += 1
        else:
            taken = {_expanded(source, values) for word in words for source in _sources(name, word)}
            references |= {reference for reference in taken if reference.lower() not in names}
    return sorted(references - {""})


@dataclass(frozen=True)
class Stage:
    """A stage of a Dockerfile."""

    name: str
    """In lower case; empty for a stage without a name."""
    is_source: bool
    """Whether another stage copies from it or mounts it."""


def stages(text: str) -> list[Stage]:
    """Return the stages of a Dockerfile, in their order."""
    names: list[str] = []
    sources: set[str] = set()
    for name, words in _instructions(text):
        if name == "FROM":
            names.append(([word for word in words if not word.startswith("--")][2:3] or [""])[0].lower())
        elif name != "ARG":
            sources |= {source.lower() for word in words for source in _sources(name, word)}
    return [Stage(name, name in sources or str(number) in sources) for number, name in enumerate(names)]


def argument(text: str, name: str, arguments: Mapping[str, str]) -> str | None:
    """Return the value of a build argument that a Dockerfile declares before its first stage; None if it does not."""
    values: dict[str, str] = {}
    for instruction, words in _instructions(text):
        if instruction == "FROM":
            break
        for word in words if instruction == "ARG" else ():
            key, _, default = word.partition("=")
            values[key] = arguments.get(key, _expanded(default, values))
    return values.get(name)


def takes(text: str, name: str) -> bool:
    """Return whether a Dockerfile declares a build argument."""
    return any(word.partition("=")[0] == name for key, words in _instructions(text) if key == "ARG" for word in words)


def _sources(name: str, word: str) -> list[str]:
    """Return the images or stages that an option of an instruction names."""
    if name in ("COPY", "ADD") and word.startswith("--from="):
        return [word.removeprefix("--from=")]
    return _FROM_OPTION.findall(word.removeprefix("--mount=")) if word.startswith("--mount=") else []


def _instructions(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each instruction in capitals, and its words up to the first that is neither an option nor an image."""
    directive = _ESCAPE.search(text)
    escape = directive[1] if directive else "\\"
    kept = (line for line in lines(text.replace("\r\n", "\n")) if not line.lstrip().startswith("#"))
    whole = re.sub(re.escape(escape) + r"[ \t]*\n", " ", "\n".join(kept))
    for line in lines(whole):
        name, _, rest = line.strip().partition(" ")
        if name.upper() in ("ARG", "FROM"):
            yield name.upper(), _split(rest)
        elif name.upper() in ("COPY", "ADD", "RUN"):
            yield name.upper(), [word for word in rest.split() if word.startswith("--")]


def _split(words: str) -> list[str]:
    try:
        return shlex.split(words)
    except ValueError:  # the builder will say what is wrong with it
        return words.split()


def _expanded(text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1] or match[4]
        if match[2] == "+":
            return match[3] if values.get(name) else ""
        return values.get(name) or (match[3] if match[2] else values.get(name, match[0]))

    return _VARIABLE.sub(value, text)
