"""The kit's errors: one class per exit code, each with a message and a hint for people."""

from __future__ import annotations


class CicdError(Exception):
    """A failure. `message` says what happened to what, `hint` what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CheckFailedError(CicdError):
    """A check failed: tests, checks, the model gate, or a deployment, after which the old release still serves."""

    exit_code = 1


class UsageError(CicdError):
    """Wrong usage or configuration, found before anything was changed."""

    exit_code = 2


class RefusedError(CicdError):
    """Policy forbids it: a release was not accepted, a digest changed, a person is not allowed, the lock is held."""

    exit_code = 4


class UnreachableError(CicdError):
    """Something needed is unreachable, full, too old or rate-limited: engine, registry, cluster, git remote, disk."""

    exit_code = 69
