"""Every feature of GitHub Actions that a file uses, as a word: the place, whatever its name there, and its value.

A word is the kind of file, the place, and what is there if that matters: `workflow jobs._.permissions.contents`,
`caller jobs._.uses =org/ml-cicd`, `workflow jobs._.if {always()}`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.static.support.kit import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.static.support.kit import Action, Kit, Workflow

# Under these stand names that somebody chose.
NAMED = re.compile(
    r"on\.(workflow_call|workflow_dispatch)\.(inputs|secrets|outputs)|jobs|jobs\._\.(outputs|with|secrets|services)"
    r"|inputs|outputs|(.+\.)?env|.+\.steps\._\.with"
)
# At these places it matters what stands there.
VALUED = re.compile(r".+\.(type|required|secrets|uses|using|shell|continue-on-error|fail-fast)")
# `if` needs no braces.
CONDITION = re.compile(r"(.+\.)?if")
TEXT = re.compile(r"'(?:[^']|'')*'")
NAME = re.compile(r"(?<![\w.-])[A-Za-z_][\w-]*(?:\.[\w*-]+)*(?:\s*\()?")
CHOSEN = re.compile(
    r"^((?:inputs|vars|env|matrix)\.|secrets\.(?!GITHUB_TOKEN)|(?:needs|steps|jobs)\.)([\w-]+)|(?<=\.outputs\.)[\w-]+"
)


def words(callers: Kit, kit: Kit) -> dict[str, set[str]]:
    """Return each word that callers and kit use, with the files that use it."""
    files: dict[str, set[str]] = {}
    for kind, source in _sources(callers, kit):
        place = f"example_project/{source.file}" if kind == "caller" else source.file
        for word in _of(source):
            files.setdefault(f"{kind} {word}", set()).add(place)
    return files


def _sources(callers: Kit, kit: Kit) -> Iterator[tuple[str, Workflow | Action]]:
    for workflow in kit.workflows.values():
        yield "workflow" if workflow.callable else "own", workflow
    for action in kit.actions.values():
        yield "action", action
    for workflow in callers.workflows.values():
        yield "caller", workflow


@cache
def _of(source: Workflow | Action) -> frozenset[str]:
    return frozenset(_words(source.data, ""))


def _words(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        if place:
            yield place
        for key, item in value.items():
            name = "_" if NAMED.fullmatch(place) else str(key)
            if key == "with" and str(value.get("uses", "")).startswith("actions/"):
                name = f"with({_shown(value['uses'])})"
            yield from _words(item, f"{place}.{name}" if place else name)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            yield from _words(item, f"{place}._")
    else:
        yield f"{place} ={_shown(value)}" if VALUED.fullmatch(place) else place
        text = [str(value)] if CONDITION.fullmatch(place) and "${{" not in str(value) else expressions(value)
        for name in sorted({name for expression in text for name in names(expression)}):
            yield f"{place} {{{name}}}"


def _shown(value: object) -> str:
    """Return a value as a word shows it; of a `uses`, its owner."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if "/" not in text else re.split(r"(?<=^\$/)|(?<=^\./)|/\.github/|@", text)[0]


def names(expression: str) -> Iterator[str]:
    """Yield the contexts and functions in an expression, without names that somebody chose."""
    for match in NAME.findall(TEXT.sub("", expression)):
        name = re.sub(r"\s*\($", "()", match)
        if name not in ("true", "false", "null"):
            yield CHOSEN.sub(lambda part: f"{part[1] or ''}_", name)
