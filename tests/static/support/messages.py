"""Collect every message that the kit can print for a person, from the code itself.

An error is a call of a class of `cicd.errors` (or a subclass), an annotation is a call of `github.annotate`, a note is
a call of `say`. Constants stand with their value; what is put in at run time stands in angle brackets.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LEFT_OUT = {"template", "testing"}
ERRORS = {
    "CheckFailedError": "1",
    "ClusterError": "1",
    "UsageError": "2",
    "NotStartedError": "2",
    "RefusedError": "4",
    "AnswerError": "4",
    "UnreachableError": "69",
    "MissingError": "69",
    "MissingImageError": "69",
    "ConflictError": "69",
    "DiskFullError": "69",
    "LostLayerError": "69",
    "NoAccessError": "69",
    "LockedError": "69",
}
"""The exit code of each kind of error; a test holds the names against the classes of the package."""
NOTES = {"say", "_say"}
ANNOTATION_LEVELS = {"error", "warning", "notice"}
LONGEST_PLACEHOLDER = 30
OF_A_VALUE = {"get", "strip", "decode", "removeprefix", "items"}
"""Calls that a reader need not know about: the placeholder names the value that they are made on."""
OF_AN_ARGUMENT = {"join", "map", "dumps", "_listed", "_tail"}
"""Calls whose placeholder names their last argument."""


@dataclass(frozen=True)
class Message:
    """A message, where it stands, its kind (an exit code, an annotation's level, or `note`), and its hint.

    The hint of an annotation is its title.
    """

    file: str
    line: int
    kind: str
    text: str
    hint: str = ""

    @property
    def error(self) -> bool:
        """Whether it ends a command."""
        return self.kind.isdecimal()

    @property
    def passed_on(self) -> bool:
        """Whether its text stands elsewhere: the message of another error, or a variable."""
        return self.text.startswith("<") and self.text.endswith(">") and self.text.count("<") == 1


def collect(root: Path = ROOT) -> list[Message]:
    """Return the messages of all modules below `root`/cicd, by file and line."""
    messages: list[Message] = []
    for path in sorted((root / "cicd").rglob("*.py")):
        if not LEFT_OUT & set(path.relative_to(root).parts):
            file = str(path.relative_to(root))
            messages += sorted(of_source(file, path.read_text("utf-8")), key=lambda message: message.line)
    return messages


def of_source(file: str, source: str) -> Iterator[Message]:
    """Yield the messages of one module."""
    tree = ast.parse(source)
    words = Words(_constants(file), _assigned_once(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (message := _message(file, node, words)):
            yield message


def _constants(file: str) -> Mapping[str, object]:
    """Return the names of a module of the package with their values; none for a source that is no such module."""
    if not (ROOT / file).is_file():
        return {}
    return vars(importlib.import_module(file.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")))


def _assigned_once(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the names that are assigned exactly once in a module, each to a string expression."""
    values: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        values.setdefault(name.id, []).append(node.value)
        elif isinstance(node, ast.arg):
            values.setdefault(node.arg, []).append(ast.Constant(None))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            values.setdefault(node.id, [])
    return {
        name: once[0]
        for name, once in values.items()
        if len(once) == 1 and (isinstance(once[0], ast.JoinedStr) or isinstance(getattr(once[0], "value", None), str))
    }


def _message(file: str, call: ast.Call, words: Words) -> Message | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments = [words.text(argument) for argument in call.args]
    keywords = {keyword.arg: words.text(keyword.value) for keyword in call.keywords}
    if name in ERRORS and arguments and name == "NotStartedError":
        return Message(file, call.lineno, ERRORS[name], *(_padded(arguments[1:])))
    if name in ERRORS and arguments:
        return Message(file, call.lineno, ERRORS[name], *_padded(arguments))
    if name == "annotate" and len(arguments) > 1 and arguments[0] in ANNOTATION_LEVELS:
        return Message(file, call.lineno, arguments[0], arguments[1], keywords.get("title", ""))
    if name in NOTES and arguments and not arguments[0].startswith("<"):
        return Message(file, call.lineno, "note", arguments[0])
    return None


def _padded(arguments: list[str]) -> tuple[str, str]:
    message, hint = [*arguments, "", ""][:2]
    return message, hint


@dataclass(frozen=True)
class Words:
    """Turns the expressions of one module into what people read: constants by their value, the rest as `<name>`."""

    constants: Mapping[str, object]
    assigned: Mapping[str, ast.expr]

    def text(self, node: ast.expr) -> str:  # noqa: PLR0911 -- one for each kind of expression
        """Return a string expression as people see it."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.JoinedStr(values=values):
                return "".join(map(self.text, values))
            case ast.FormattedValue(value=value):
                return self.text(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.text(left) + self.text(right)
            case ast.IfExp(body=body, orelse=orelse):
                return " | ".join(filter(None, (self.text(body), self.text(orelse))))
            case ast.Name(id=name) if name in self.assigned and self._value(node) is None:
                others = {other: value for other, value in self.assigned.items() if other != name}
                return replace(self, assigned=others).text(self.assigned[name])
            case ast.Name() | ast.Attribute() | ast.Call():
                constant = self._value(node)
                return f"<{self._placeholder(node)}>" if constant is None else str(constant)
            case _:
                return f"<{self._placeholder(node)}>"

    def _value(self, node: ast.expr) -> object:
        """Return the value of a constant, or of constants that are joined; None for anything else."""
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str(separator)), attr="join"), args=[ast.Name(id=name)]
            ):
                values = self.constants.get(name)
                return separator.join(map(str, values)) if name.isupper() and isinstance(values, Iterable) else None
            case ast.Name(id=name):
                value = self.constants.get(name) if name.isupper() else None
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                value = (
                    getattr(self.constants.get(name), attribute, None)
                    if attribute.isupper() or name.isupper()
                    else None
                )
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=module), attr=name), attr=attribute) if (
                name.isupper()
            ):
                value = getattr(getattr(self.constants.get(module), name, None), attribute, None)
            case _:
                value = None
        return value if isinstance(value, str | int) else None

    def _placeholder(self, node: ast.expr) -> str:  # noqa: PLR0911 -- one for each kind of expression
        """Return in words what is put in at run time."""
        match node:
            case ast.Name(id=name):
                return _spaced(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return _spaced(name)
            case ast.Attribute(value=value, attr=name):
                return f"{self._placeholder(value)} {_spaced(name)}"
            case ast.Subscript(value=value) | ast.BoolOp(values=[value, *_]) | ast.FormattedValue(value=value):
                return self._placeholder(value)
            case ast.GeneratorExp(generators=[first, *_]):
                return self._placeholder(first.iter)
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in OF_A_VALUE:
                return self._placeholder(value)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[*_, argument]) if (
                name in OF_AN_ARGUMENT
            ):
                return self._placeholder(argument)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return _spaced(name)
            case _:
                text = ast.unparse(node).replace("\n", " ")
                return text if len(text) <= LONGEST_PLACEHOLDER else f"{text[: LONGEST_PLACEHOLDER - 3]}..."


def _spaced(name: str) -> str:
    return name.strip("_").replace("_", " ").lower()
