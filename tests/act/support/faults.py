"""Make faults in the YAML: one of each kind at every place of every workflow and action."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import yaml

from tests.static.support.kit import Kit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

EXPRESSION = re.compile(r"\$\{\{.*\}\}")
OTHER_ENVIRONMENT = {"production": "staging", "integration": "production", "staging": "production"}
SAME_ACTION = {"run-tests": "run-checks", "run-checks": "run-tests", "verify": "deploy", "deploy": "verify"}


@dataclass(frozen=True)
class Fault:
    """One change of one file: the text between two places is replaced."""

    kind: str
    file: str
    place: str
    start: int
    end: int
    text: str

    @property
    def name(self) -> str:
        """Return a name that no other fault has."""
        return f"{self.file}: {self.place}: {self.kind}"

    def made_in(self, kit: Kit) -> Kit:
        """Return the kit with this fault."""
        before = kit.files[self.file]
        return Kit({**kit.files, self.file: before[: self.start] + self.text + before[self.end :]})


@dataclass(frozen=True)
class Entry:
    """A key with its value, or an item of a list, and its place in the text."""

    path: tuple[str, ...]
    node: yaml.Node
    value: yaml.Node
    text: str

    @property
    def key(self) -> str:
        return self.path[-1]

    @property
    def scalar(self) -> str:
        """Return the value's text as written; empty for a mapping or a list."""
        value = self.value
        return self.text[value.start_mark.index : value.end_mark.index] if isinstance(value, yaml.ScalarNode) else ""

    def lines(self) -> tuple[int, int]:
        """Return the start of its first line and the end of its last."""
        start = self.text.rfind("\n", 0, self.node.start_mark.index) + 1
        end = self.value.end_mark.index
        used = self.text[start:end].rstrip()
        return start, self.text.find("\n", start + len(used)) + 1


def entries(text: str) -> list[Entry]:
    """Return every entry of every mapping and list of a YAML file."""
    return list(_entries(text, yaml.compose(text, yaml.SafeLoader), ()))


def _entries(text: str, node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[Entry]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield Entry((*path, str(key.value)), key, value, text)
            yield from _entries(text, value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield Entry((*path, str(number)), item, item, text)
            yield from _entries(text, item, (*path, str(number)))


def faults(kit: Kit) -> list[Fault]:
    """Return every fault once."""
    by_change: dict[tuple[str, int, int, str], Fault] = {}
    for file, text in kit.files.items():
        for fault in _of_file(file, text):
            if fault.text != text[fault.start : fault.end]:
                by_change.setdefault((fault.file, fault.start, fault.end, fault.text), fault)
    return list(by_change.values())


def _of_file(file: str, text: str) -> Iterator[Fault]:
    all_entries = entries(text)
    for entry in all_entries:
        place = ".".join(entry.path)
        if _can_drop(entry):
            start, end = entry.lines()
            yield Fault("dropped", file, place, start, end, "")
        if entry.key.isdigit() and entry.path[-2] == "steps":
            mark = entry.value.start_mark
            indented = "continue-on-error: true\n" + " " * mark.column
            yield Fault("tolerated", file, place, mark.index, mark.index, indented)
        for kind, new in _changed(entry):
            start, end = entry.value.start_mark.index, entry.value.end_mark.index
            yield Fault(kind, file, place, start, end, new)
    yield from _swaps(file, all_entries)


def _can_drop(entry: Entry) -> bool:
    """Return whether the entry does more than tell people something."""
    if entry.key in ("description", "name") or entry.path[0] in ("name", "concurrency"):
        return False
    listed = entry.key.isdigit()
    return not listed or (len(entry.path) > 1 and entry.path[-2] == "steps")


def _changed(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield each kind of fault that the value can have, and the changed value."""
    value, parent = entry.scalar, entry.path[-2] if len(entry.path) > 1 else ""
    if entry.key in WRITTEN:
        yield from WRITTEN[entry.key](entry)
    elif entry.key in WRONG and value:
        yield from WRONG[entry.key](value)
    elif parent == "permissions":
        yield ("widened", "write") if value == "read" else ("narrowed", "read")
    elif parent == "environment" and entry.key == "name":
        yield "another one", OTHER_ENVIRONMENT.get(value, "staging")
    elif parent in ("with", "env", "outputs") and value:
        yield "empty", "''"
        if not EXPRESSION.search(value):
            yield "another value", OTHER_ENVIRONMENT.get(value, "production")


def _needs(entry: Entry) -> Iterator[tuple[str, str]]:
    written = entry.text[entry.value.start_mark.index : entry.value.end_mark.index]
    names = [name.strip() for name in written.strip("[]").split(",")]
    for name in names:
        yield f"without {name}", "[" + ", ".join(other for other in names if other != name) + "]"


def _uses(value: str) -> Iterator[tuple[str, str]]:
    if value.startswith("$/actions/"):
        yield "another action", f"$/actions/{SAME_ACTION.get(value.removeprefix('$/actions/'), 'setup')}"
    else:
        yield "not pinned", f"{value.partition('@')[0]}@v7"


def _conditions(value: str) -> Iterator[tuple[str, str]]:
    inner = value.removeprefix("${{").removesuffix("}}").strip()
    yield "negated", f"${{{{ !({inner}) }}}}"
    yield "never", "false"
    for old, new in (
        ("always()", "success()"), ("always()", "!cancelled()"), ("!cancelled()", "success()"),
        ("!cancelled()", "always()"), ("==", "!="), ("!=", "=="), ("'success'", "'failure'"),
    ):  # fmt: skip
        if old in inner:
            yield f"{new} for {old}", f"${{{{ {inner.replace(old, new, 1)} }}}}"
    clauses = inner.split(" && ")
    for clause in clauses if len(clauses) > 1 else ():
        yield f"without {clause}", f"${{{{ {' && '.join(other for other in clauses if other != clause)} }}}}"


def _scripts(value: str) -> Iterator[tuple[str, str]]:
    yield "nothing", "'true'"
    yield "its failure ignored", value.rstrip() + " || true\n"
    for variable in re.findall(r'"\$([A-Z_]+)"', value):
        yield f"unquoted {variable}", value.replace(f'"${variable}"', f"${variable}")
        yield f"single quotes {variable}", value.replace(f'"${variable}"', f"'${variable}'")
        yield f"without {variable}", re.sub(rf'\s--[\w-]+ "\${variable}"', "", value)
    for one, other in combinations(re.findall(r'"\$([A-Z_]+)"', value), 2):
        swapped = value.replace(f'${one}"', "\0").replace(f'${other}"', f'${one}"').replace("\0", f'${other}"')
        yield f"{one} for {other}", swapped


def _swaps(file: str, all_entries: list[Entry]) -> Iterator[Fault]:
    """Yield faults that swap two values of a mapping: digests, inputs, tokens."""
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in all_entries:
        parent = entry.path[-2] if len(entry.path) > 1 else ""
        if parent in ("with", "env", "outputs") and EXPRESSION.search(entry.scalar):
            groups.setdefault(entry.path[:-1], []).append(entry)
        elif entry.key == "value" and entry.path[-3] == "outputs":
            groups.setdefault(entry.path[:-2], []).append(entry)
    for path, group in groups.items():
        for entry in group:
            for other in group:
                if entry.scalar != other.scalar:
                    mark = entry.value
                    name = other.path[-2] if other.key == "value" else other.key
                    place = f"{'.'.join(path)}.{entry.path[-2] if entry.key == 'value' else entry.key}"
                    yield Fault(
                        f"takes what {name} takes", file, place, mark.start_mark.index, mark.end_mark.index,
                        other.scalar,
                    )  # fmt: skip


WRITTEN = {"needs": _needs}
WRONG: dict[str, Callable[[str], Iterable[tuple[str, str]]]] = {
    "if": _conditions,
    "run": _scripts,
    "uses": _uses,
    "id": lambda value: [("another id", f"{value}-x")],
    "persist-credentials": lambda _: [("true", "true")],
    "timeout-minutes": lambda _: [("in words", "'soon'")],
    "environment": lambda value: [("another one", OTHER_ENVIRONMENT.get(value, "staging"))],
    "default": lambda _: [("another value", "'elsewhere'")],
    "required": lambda value: [("turned round", "false" if value == "true" else "true")],
    "shell": lambda _: [("another shell", "sh")],
    "using": lambda _: [("another kind", "docker")],
    "value": lambda _: [("empty", "''")],
}
