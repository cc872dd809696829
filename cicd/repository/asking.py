"""Read from a project's remotes: from the named one, or from the default one and the local forge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cicd.errors import CicdError
from cicd.repository import remotes
from cicd.repository.opening import fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cicd.repository.snapshot import Repository

T = TypeVar("T")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What one remote answers: a result or an error."""

    remote: str
    """The name of the remote; in a job the address of the repository."""
    shown: str
    """The name and the address, for people."""
    result: T | None = None
    error: CicdError | None = None


def ask(directory: Path, remote: str | None, question: Callable[[Repository], T]) -> list[Answer[T]]:
    """Put a question to the named remote; without a name, to the default one and to the local forge of the clone.

    The error of one remote does not hide the answer of the other.

    Raises:
        CicdError: only one remote was asked, and the question failed.

    """
    names = remotes.shown(directory, remote)
    return [_answer(directory, name, question, alone=len(names) == 1) for name in names]


def check(answers: Sequence[Answer[T]]) -> None:
    """Raise the first error among the answers; call it after the results were printed.

    Raises:
        CicdError: a remote did not answer, or the question failed there.

    """
    for answer in answers:
        if answer.error:
            raise answer.error


def _answer(directory: Path, name: str | None, question: Callable[[Repository], T], *, alone: bool) -> Answer[T]:
    known = {known.name: str(known) for known in remotes.of_clone(directory)} if name else {}
    try:
        with fetched(directory, name) as repository:
            return Answer(repository.remote, known.get(repository.remote, repository.remote), question(repository))
    except CicdError as error:
        if alone:
            raise
        return Answer(name or "", known.get(name or "", ""), error=error)
