"""GitHub: a job's outputs, annotations and summary, and the few REST calls of the kit.

Outside a job, where variables such as `GITHUB_OUTPUT` are not set, the same functions print plain lines or do nothing.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import variables
from cicd.errors import RefusedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping

_API_HINTS = {
    401: "The token is missing or expired. In a job, map it into the step: GITHUB_TOKEN: ${{ github.token }}",
    403: "Give the job the right in its 'permissions', such as 'actions: write', which starting a workflow needs.",
    404: "Check that the repository and the workflow exist, and that the job's token may read them.",
    422: "Check that the workflow on that branch has 'workflow_dispatch', with these inputs.",
}


def in_actions() -> bool:
    """Return whether this process is a step of a GitHub Actions job, on GitHub or through `act`."""
    return os.environ.get(variables.GITHUB_ACTIONS) == "true"


def set_outputs(values: Mapping[str, object]) -> None:
    """Write the outputs of this step. A value that is no string is written as JSON."""
    path = os.environ.get(variables.GITHUB_OUTPUT)
    if not path:
        return
    with Path(path).open("a", encoding="utf-8") as stream:
        for name, value in values.items():
            text = value if isinstance(value, str) else json.dumps(value)
            if "\n" in text:
                mark = f"EOF-{os.urandom(16).hex()}"
                stream.write(f"{name}<<{mark}\n{text}\n{mark}\n")
            else:
                stream.write(f"{name}={text}\n")


def add_summary(markdown: str) -> None:
    """Append Markdown to the job summary."""
    path = os.environ.get(variables.GITHUB_STEP_SUMMARY)
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(markdown.rstrip("\n") + "\n")


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


class _Commands:
    """Whether the runner acts on printed workflow commands: it does until `stop`, and from `resume` on."""

    def __init__(self) -> None:
        self._token = ""

    @property
    def stopped(self) -> bool:
        return bool(self._token)

    def stop(self) -> str:
        """Return the line that stops commands; its token is new each time, so that no project can know it."""
        self._token = os.urandom(16).hex()
        return f"::stop-commands::{self._token}\n"

    def resume(self) -> str:
        """Return the line that lets commands work again."""
        line, self._token = f"::{self._token}::\n", ""
        return line


_commands = _Commands()


def ignore_printed_commands() -> None:
    """Make the runner ignore every workflow command that is printed from now on, other than by `annotate`.

    What a project's code prints is data. Printed `::set-output::`, `::add-mask::` or `::stop-commands::` lines must
    do nothing, also after a crash: commands stay stopped until the step ends. Outside a job this does nothing.
    """
    if in_actions() and not _commands.stopped:
        sys.stdout.write(_commands.stop())
        sys.stdout.flush()


def annotate(level: str, message: str, title: str = "") -> None:
    """Print an annotation (`error`, `warning` or `notice`); in a terminal, a plain line on stderr."""
    if in_actions():
        properties = f" title={_escape(title).replace(':', '%3A').replace(',', '%2C')}" if title else ""
        line = f"::{level}{properties}::{_escape(message)}\n"
        sys.stdout.write(f"{_commands.resume()}{line}{_commands.stop()}" if _commands.stopped else line)
        sys.stdout.flush()
    else:
        sys.stderr.write(f"{level}: {title + ': ' if title else ''}{message}\n")


def run_url() -> str:
    """Return the web address of the workflow run of this process; empty outside of a run."""
    server, name = (os.environ.get(key, "") for key in (variables.GITHUB_SERVER_URL, variables.GITHUB_REPOSITORY))
    run = os.environ.get(variables.GITHUB_RUN_ID, "")
    return f"{server}/{name}/actions/runs/{run}" if run else ""


def actor() -> str:
    """Return the name of the person or app that started the job; outside of a job, of this machine's account."""
    names = (variables.GITHUB_TRIGGERING_ACTOR, variables.GITHUB_ACTOR)
    return next(filter(None, map(os.environ.get, names)), None) or getpass.getuser()


def api(method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """Call GitHub's REST API and return the decoded answer; None when the answer has no content.

    Raises:
        RefusedError: GitHub refused the call (4xx); the message has its words.
        UnreachableError: GitHub does not answer, limits the rate (429), or failed (5xx).

    """
    import urllib.error  # noqa: PLC0415 -- slow to import, and most commands only write outputs
    import urllib.request  # noqa: PLC0415

    base = os.environ.get(variables.GITHUB_API_URL, "https://api.github.com")
    request = urllib.request.Request(  # noqa: S310 -- the scheme is that of the runner's own GITHUB_API_URL
        f"{base}{path}",
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ.get(variables.GITHUB_TOKEN, '')}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            text = response.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        raise _api_error(f"{method} {path}", error.code, error.read().decode(errors="replace")[:500]) from error
    except (OSError, ValueError) as error:
        raise UnreachableError(f"GitHub's API at {base} does not answer: {error}", "Run this again later.") from error


def _api_error(call: str, status: int, words: str) -> RefusedError | UnreachableError:
    """Return the error for an answer of GitHub's API that is no success."""
    message = f"GitHub answered {status} to {call}: {words}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnreachableError(message, "Run this again later. https://www.githubstatus.com shows GitHub's state.")
    if status == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in words.lower():
        return UnreachableError(message, "Wait until the rate limit is reset, then run this again.")
    return RefusedError(message, _API_HINTS.get(status, ""))


def dispatch_workflow(owner_and_name: str, workflow: str, ref: str, inputs: Mapping[str, str]) -> None:
    """Start a workflow, by its file name, on a branch or tag: what a job pushes with its token starts no workflow.

    `owner_and_name` is the repository's; see `api` for the errors.
    """
    api(
        "POST", f"/repos/{owner_and_name}/actions/workflows/{workflow}/dispatches", {"ref": ref, "inputs": dict(inputs)}
    )
