"""The argument parser of every command: what it does not accept, it answers with the line that would be right."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any, NoReturn

from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TYPES = {"int": "a whole number", "float": "a number"}


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError`, names no internal choice, and gives an example."""

    def __init__(self, *, example: str = "", **options: Any) -> None:
        """Take argparse's own options, and an example of a right command line."""
        options.setdefault("epilog", f"example: {example}" if example else None)
        super().__init__(**options)
        self._example = example
        self._words: list[str] = []

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, and remember the words for a message."""
        self._words = list(args or ())
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found wrong, in plain words.

        Raises:
            UsageError: always.

        """
        for pattern, explain in _EXPLANATIONS:
            if match := re.fullmatch(pattern, message, re.DOTALL):
                text, hint = explain(self, match)
                raise UsageError(text, hint or self._hint)
        raise UsageError(f"{self._name}: {message}.", self._hint)

    @property
    def _name(self) -> str:
        return self.prog.removeprefix("ml-cicd ")

    @property
    def _hint(self) -> str:
        return f"Example: {self._example}" if self._example else f"See: {self.prog} --help"

    def _action(self, name: str) -> argparse.Action | None:
        """Return the argument that argparse calls by that name."""
        return next((action for action in self._actions if argparse._get_action_name(action) == name), None)

    def _missing(self, match: re.Match[str]) -> tuple[str, str]:
        import shlex  # noqa: PLC0415 -- only for a slip

        missing = {name: self._action(name) for name in match["names"].split(", ")}
        purposes = [_purpose(name, action) for name, action in missing.items()]
        words = [word for name, action in missing.items() for word in _as_written(name, action)]
        return (
            f"{self._name}: {' and '.join(purposes)} {'is' if len(missing) == 1 else 'are'} missing.",
            f"Write: {self.prog} {' '.join([shlex.join(self._words), *words]).strip()}",
        )

    def _one_of(self, match: re.Match[str]) -> tuple[str, str]:
        return f"{self._name} needs one of {' or '.join(match['names'].split(' '))}.", ""

    def _together(self, match: re.Match[str]) -> tuple[str, str]:
        return f"{self._name}: {match['name']} and {match['other']} exclude each other.", "Leave one of them out."

    def _no_value(self, match: re.Match[str]) -> tuple[str, str]:
        return f"{self._name}: {match['name']} needs a value.", ""

    def _choice(self, match: re.Match[str]) -> tuple[str, str]:
        action = self._action(match["name"])
        choices = [*action.choices] if action and action.choices else []
        value = match["value"].strip("'")
        near = _nearest(value, choices)
        return (
            f"{self._name}: '{value}' is not possible here; choose {_listed(choices)}.",
            f"Did you mean '{near}'?" if near else "",
        )

    def _value(self, match: re.Match[str]) -> tuple[str, str]:
        kind = _TYPES.get(match["type"], f"a {match['type']}")
        return f"{self._name}: {match['name']} is {match['value']}, which is not {kind}.", ""

    def _unknown(self, match: re.Match[str]) -> tuple[str, str]:
        options = [option for action in self._actions for option in action.option_strings]
        near = _nearest(match["words"].split(" ")[0], options)
        return (
            f"{self._name} does not know: {match['words']}.",
            f"Did you mean {near}?" if near else f"Its options: {self.prog} --help",
        )

    def _ambiguous(self, match: re.Match[str]) -> tuple[str, str]:
        return f"{self._name}: {match['name']} can be {_listed(match['names'].split(', '))}.", "Write it in full."

    def _other(self, match: re.Match[str]) -> tuple[str, str]:
        text, _, hint = match["text"].partition("\n")
        return f"{self._name}: {match['name']} {text}", hint


_EXPLANATIONS: tuple[tuple[str, Callable[[Parser, re.Match[str]], tuple[str, str]]], ...] = (
    (r"the following arguments are required: (?P<names>.+)", Parser._missing),
    (r"one of the arguments (?P<names>.+) is required", Parser._one_of),
    (r"argument (?P<name>[^:]+): not allowed with argument (?P<other>.+)", Parser._together),
    (r"argument (?P<name>[^:]+): expected (?:one|at least one) argument", Parser._no_value),
    (r"argument (?P<name>[^:]+): invalid choice: (?P<value>.+?) \(choose from .*\)", Parser._choice),
    (r"argument (?P<name>[^:]+): invalid (?P<type>\w+) value: (?P<value>.+)", Parser._value),
    (r"unrecognized arguments: (?P<words>.+)", Parser._unknown),
    (r"ambiguous option: (?P<name>\S+) could match (?P<names>.+)", Parser._ambiguous),
    (r"argument (?P<name>[^:]+): (?P<text>.+)", Parser._other),
)


def _nearest(word: str, possible: Sequence[str]) -> str:
    """Return the possible word that is meant by a slip; empty for none."""
    import difflib  # noqa: PLC0415 -- only for a slip

    return next(iter(difflib.get_close_matches(word, possible, n=1)), "")


def _purpose(name: str, action: argparse.Action | None) -> str:
    """Return the name of a missing argument, and what it is for or may be."""
    text = action and (", ".join(action.choices) if action.choices else action.help)
    return f"{name} ({text})" if text else name


def _as_written(name: str, action: argparse.Action | None) -> list[str]:
    """Return the words with which a missing argument is given."""
    if action is None:
        return [name]
    value = str(action.metavar or action.dest.upper())
    return [action.option_strings[-1], value] if action.option_strings else [value]


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
