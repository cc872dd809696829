"""What adopting tells a person about a project."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How sure a note is."""

    FOUND = "found"
    ASSUMED = "assumed"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Note:
    """A fact about the project, an assumption, or a question that the project leaves open."""

    kind: Kind
    subject: str
    text: str
    decide: str = ""
    """The line of `ml-cicd.toml`, the option or the command that decides it otherwise."""


def found(subject: str, text: str) -> Note:
    """Return a note of a fact that a file shows."""
    return Note(Kind.FOUND, subject, text)


def assumed(subject: str, text: str, decide: str) -> Note:
    """Return a note of an assumption."""
    return Note(Kind.ASSUMED, subject, text, decide)


def undecided(subject: str, text: str, decide: str) -> Note:
    """Return a note of what a person must decide."""
    return Note(Kind.UNDECIDED, subject, text, decide)
