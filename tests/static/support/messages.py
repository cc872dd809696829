"""Collect every message that the kit can print for a person, from the code itself.

An error is a call of a class of `cicd.errors` (or a subclass), an annotation is a call of `github.annotate`, a note is
a call of `say`. What is put in at run time stands in angle brackets.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEFT_OUT = {"testing"}
ERRORS = {
    "CheckFailedError": "1",
    "ClusterError": "1",
    "UsageError": "2",
    "NotStartedError": "2",
    "UndecidedError": "3",
    "RefusedError": "4",
    "UnreachableError": "69",
    "MissingError": "69",
    "MissingImageError": "69",
    "ConflictError": "69",
    "NoAccessError": "69",
}
"""The exit code of each kind of error; a test holds the names against the classes of the package."""
NOTES = {"say", "_say"}
ANNOTATION_LEVELS = {"error", "warning", "notice"}
LONGEST_PLACEHOLDER = 30


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
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (message := _message(file, node)):
            yield message


def _message(file: str, call: ast.Call) -> Message | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments = [_text(argument) for argument in call.args]
    keywords = {keyword.arg: _text(keyword.value) for keyword in call.keywords}
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


def _text(node: ast.expr) -> str:
    """Return a string expression as people see it, with `<name>` for what is put in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(map(_text, values))
        case ast.FormattedValue(value=value):
            return f"<{_placeholder(value)}>"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left) + _text(right)
        case ast.IfExp(body=body, orelse=orelse):
            return f"{_text(body)} | {_text(orelse)}"
        case _:
            return f"<{_placeholder(node)}>"


def _placeholder(node: ast.expr) -> str:
    text = ast.unparse(node).replace("\n", " ")
    return text if len(text) <= LONGEST_PLACEHOLDER else f"{text[: LONGEST_PLACEHOLDER - 3]}..."
