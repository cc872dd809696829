"""GitHub: a job's outputs, annotations and summary, and the few REST calls of the kit.

Outside a job, where variables such as `GITHUB_OUTPUT` are not set, the same functions print plain lines or do nothing.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import account, files, github_answers, masking, variables
from cicd.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEPENDABOT = "dependabot[bot]"
SKIP_MARKS = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
_SKIP_TRAILER = re.compile(r"skip-checks: ?true")


def in_actions() -> bool:
    """Return whether this process is a step of a GitHub Actions job, on GitHub or through `act`."""
    return os.environ.get(variables.GITHUB_ACTIONS) == "true"


def event() -> str:
    """Return the name of the event that started the run, such as `push`; empty outside of a run."""
    return os.environ.get(variables.GITHUB_EVENT_NAME, "")


def from_fork() -> bool:
    """Return whether this run is of a pull request from a fork, whatever the event's name."""
    try:
        payload = json.loads(Path(os.environ.get(variables.GITHUB_EVENT_PATH, "")).read_text("utf-8"))
        pull = payload.get("pull_request")
    except (OSError, ValueError, AttributeError):
        return False
    if not pull:
        return False
    repository = ((pull.get("head") or {}).get("repo") or {}).get("full_name")
    return bool(repository != os.environ.get(variables.GITHUB_REPOSITORY))


def skip_mark(message: str) -> str:
    """Return the text in a commit's message for which a push of the commit starts no workflow; empty for none."""
    mark = next((mark for mark in SKIP_MARKS if mark in message), "")
    body, _, trailers = message.rstrip().rpartition("\n\n")
    last = trailers.rpartition("\n")[2]
    return mark or (last if body and _SKIP_TRAILER.fullmatch(last) else "")


def lacking_rights() -> str:
    """Return what this run lacks since Dependabot started it; empty in any other run."""
    if not in_actions() or os.environ.get(variables.GITHUB_ACTOR) != DEPENDABOT:
        return ""
    return (
        "Dependabot started this run: GitHub gives such a run a token that can only read, whatever 'permissions' says, "
        "and none of the repository's secrets. Running it again does not change that. If that is the cause: "
        "merge the pull request yourself, or start the workflow by hand."
    )


def set_outputs(values: Mapping[str, str]) -> None:
    """Write the outputs of this step.

    Raises:
        UnreachableError: the file of the outputs can't be written.

    """
    path = os.environ.get(variables.GITHUB_OUTPUT)
    if not path:
        return
    with (
        files.file_errors(f"write the outputs of this step to {path}"),
        Path(path).open("a", encoding="utf-8") as stream,
    ):
        for name, text in values.items():
            if "\n" in text:
                mark = f"EOF-{os.urandom(16).hex()}"
                stream.write(f"{name}<<{mark}\n{text}\n{mark}\n")
            else:
                stream.write(f"{name}={text}\n")


def add_summary(markdown: str) -> None:
    """Append Markdown to the job summary; one that can't be written is a warning."""
    path = os.environ.get(variables.GITHUB_STEP_SUMMARY)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(markdown.rstrip("\n") + "\n")
    except OSError as error:
        annotate("warning", f"Could not write {path}: {error.strerror}", title="The job has no summary")


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
    message = masking.masked(message)
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
    return next(filter(None, map(os.environ.get, names)), None) or account.name()


def has_token() -> bool:
    """Return whether this process has a token for GitHub's API."""
    return bool(os.environ.get(variables.GITHUB_TOKEN))


def api(method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """Call GitHub's REST API and return the decoded answer; None when the answer has no content.

    Raises:
        AnswerError: GitHub refused the call (4xx); the message has its words.
        UnreachableError: GitHub does not answer, limits the rate (429), or failed (5xx).

    """
    return _answer(method, path, body, lambda stream: json.loads(text) if (text := stream.read()) else None)


def download(path: str, most: int) -> bytes:
    """Return what a path of GitHub's REST API redirects to: at most that many bytes, the rest is left out.

    The address that GitHub names is signed and gets no token, which it would refuse.

    Raises:
        RefusedError: GitHub refused the call (4xx); the message has its words.
        UnreachableError: GitHub does not answer, limits the rate (429), or failed (5xx).

    """
    content: bytes = _answer("GET", path, None, lambda stream: stream.read(most))
    return content


def _answer(method: str, path: str, body: Mapping[str, Any] | None, read: Callable[[Any], Any]) -> Any:
    """Return what `read` makes of GitHub's answer."""
    import urllib.error  # noqa: PLC0415 -- slow to import, and most commands only write outputs
    import urllib.request  # noqa: PLC0415
    from http.client import HTTPException  # noqa: PLC0415

    base = os.environ.get(variables.GITHUB_API_URL, "https://api.github.com")
    request = urllib.request.Request(  # noqa: S310 -- the scheme is that of the runner's own GITHUB_API_URL
        f"{base}{path}",
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    # A header that a redirect does not take along.
    request.add_unredirected_header("Authorization", f"Bearer {os.environ.get(variables.GITHUB_TOKEN, '')}")
    try:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                return read(response)
        except urllib.error.HTTPError as error:
            words = error.read().decode(errors="replace")[:500]
            raise github_answers.error_of(f"{method} {path}", error.code, words) from error
    except (OSError, ValueError, OverflowError, HTTPException) as error:
        raise UnreachableError(f"GitHub's API at {base} does not answer: {error}", "Run this again later.") from error


def dispatch_workflow(owner_and_name: str, workflow: str, ref: str, inputs: Mapping[str, str]) -> None:
    """Start a workflow, by its file name, on a branch or tag: what a job pushes with its token starts no workflow.

    `owner_and_name` is the repository's; see `api` for the errors.
    """
    api(
        "POST", f"/repos/{owner_and_name}/actions/workflows/{workflow}/dispatches", {"ref": ref, "inputs": dict(inputs)}
    )
