"""Every message that ends a command says what to do next, and can be found on the page of messages."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from cicd import errors
from tests.static.support import messages
from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.static.support.messages import Message

COMMANDS = ("act ", "git ", "kubectl ", "ml-cicd ", "mmdebstrap ")
UNCLEAR = (" the one ", "what is meant", "that is meant", "own word", "somebody else all the time", "it must match")
"""Words that a reader must read twice."""


def problems(message: Message) -> Iterator[str]:
    """Yield what is wrong with an error's message."""
    if message.passed_on:
        return
    if not message.hint:
        yield "says not what to do next"
    yield from (f"is unclear: '{words.strip()}'" for words in UNCLEAR if words in f"{message.text} {message.hint} ")
    if message.text[:1].islower() and not message.text.startswith(COMMANDS):
        yield "begins with a small letter"


def test_every_error_says_what_to_do_next() -> None:
    unclear = [
        f"{message.file}:{message.line}: {message.text!r} {problem}"
        for message in messages.collect()
        if message.error
        for problem in problems(message)
    ]
    assert unclear == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('raise UsageError("There is no file.")', "says not what to do next"),
        ('raise UsageError("There is no commit that is meant.", "Name it.")', "is unclear: 'that is meant'"),
        ('raise errors.RefusedError(f"{name} may not.", "")', "says not what to do next"),
        ('raise UnreachableError("no answer", "Wait.")', "begins with a small letter"),
    ],
)
def test_a_poor_message_is_found(source: str, problem: str) -> None:
    (message,) = messages.of_source("x.py", source)
    assert [*problems(message)] == [problem]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('raise UsageError(f"{commit[:12]} has no {self._lock_file}.", "Add it.")', "<commit> has no <lock file>."),
        ('why = "No disk."\nraise UsageError(why, "Add one.")', "No disk."),
        ('raise UsageError(f"Choose {\', \'.join(names)}.", "Choose.")', "Choose <names>."),
    ],
)
def test_a_message_reads_as_people_see_it(source: str, text: str) -> None:
    assert [message.text for message in messages.of_source("x.py", source)] == [text]


def test_constants_stand_with_their_value() -> None:
    source = 'raise UsageError(f"{VARIABLE} lacks {missing}.", f"Such as: {EXAMPLE}")'
    (message,) = messages.of_source("cicd/deploy/secrets.py", source)
    assert (message.text, message.hint[:10]) == ("APP_SECRETS lacks <missing>.", "Such as: {")


def test_every_class_of_error_is_known() -> None:
    classes = {
        node.name
        for path in (ROOT / "cicd").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        and {getattr(base, "id", "") for base in node.bases} & {"CicdError", *messages.ERRORS}
    }
    assert classes == set(messages.ERRORS)


def test_exit_codes_are_those_of_the_classes() -> None:
    codes = {name: str(getattr(errors, name).exit_code) for name in messages.ERRORS if hasattr(errors, name)}
    assert codes == {name: messages.ERRORS[name] for name in codes}
    assert len(codes) == 4
