"""What GitHub's API answers when it refuses a call, fails, or sends another form than it describes."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from cicd.errors import RefusedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HINTS = {
    401: "The token is missing or expired. In a job, map it into the step: GITHUB_TOKEN: ${{ github.token }}",
    403: "Give the job the right in its 'permissions': starting a workflow needs 'actions: write', a comment of a pull "
    "request 'actions: read' and 'pull-requests: write'.",
    404: "Check that the repository and the workflow exist, and that the job's token may read them.",
    422: "Check that the workflow on that branch has 'workflow_dispatch', with these inputs.",
}


class AnswerError(RefusedError):
    """GitHub's API refused a call. `status` is that of its answer, `words` is the message in it."""

    def __init__(self, message: str, hint: str, status: int, words: str) -> None:
        super().__init__(message, hint)
        self.status, self.words = status, words


@contextmanager
def as_described() -> Iterator[None]:
    """Translate an answer that is not as GitHub describes it, where the block reads one.

    Raises:
        UnreachableError: the block found another form.

    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreachableError(
            f"GitHub's API answered in a form that it does not describe ({type(error).__name__}: {error}).",
            "Run this again later. If it stays so, use a newer version of the kit.",
        ) from error


def error_of(call: str, status: int, words: str) -> AnswerError | UnreachableError:
    """Return the error for an answer of GitHub's API that is no success."""
    message = f"GitHub answered {status} to {call}: {words}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnreachableError(message, "Run this again later. https://www.githubstatus.com shows GitHub's state.")
    if status == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in words.lower():
        return UnreachableError(message, "Wait until the rate limit is reset, then run this again.")
    hint = _HINTS.get(status, "GitHub's words say why. Mend that, then run this again.")
    return AnswerError(message, hint, status, _message(words))


def _message(words: str) -> str:
    """Return the message in the JSON of an answer; the answer itself where there is none."""
    try:
        return str(json.loads(words)["message"])
    except (ValueError, TypeError, LookupError):
        return words
