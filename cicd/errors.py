"""One class per kind of failure: its exit code, what went wrong, and what to do about it."""

from __future__ import annotations


class CicdError(Exception):
    """A failure with a message for people. `hint` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CheckFailedError(CicdError):
    """The thing that was checked is bad: tests, checks, gate, deployment (the old release still serves)."""

    exit_code = 1


class UsageError(CicdError):
    """Wrong usage or configuration, found before anything was changed."""

    exit_code = 2


class UndecidedError(CicdError):
    """Inconclusive or mixed: a person must decide."""

    exit_code = 3


class RefusedError(CicdError):
    """Refused by policy: not accepted, wrong commit, tag moved, digest changed, person not allowed, lock held."""

    exit_code = 4


class UnreachableError(CicdError):
    """Something needed is not reachable: engine, registry, cluster or git remote."""

    exit_code = 69
