"""What a job says to GitHub Actions: outputs, annotations, the summary, and the few REST calls of the kit.

Outside a job (no `GITHUB_OUTPUT` and so on) the same calls print plain lines or do nothing.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import variables
from cicd.errors import RefusedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping


def in_actions() -> bool:
    """Whether this process is a step of a GitHub Actions job (or of one run locally through `act`)."""
    return os.environ.get(variables.GITHUB_ACTIONS) == "true"


def set_outputs(values: Mapping[str, object]) -> None:
    """Write step outputs. Values that are not strings are written as JSON."""
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
    """The web address of the workflow run that this process is a part of, or an empty string."""
    server, repository, run = (os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{run}" if run else ""


def actor() -> str:
    """Who asked for this: the person or app that started the job, or else the account at this machine."""
    names = (variables.GITHUB_TRIGGERING_ACTOR, variables.GITHUB_ACTOR)
    return next(filter(None, map(os.environ.get, names)), None) or getpass.getuser()


def api(method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """Call GitHub's REST API and return the decoded answer (None when it has no content).

    Raises:
        RefusedError: the API answered with 4xx; the message carries its own words.
        UnreachableError: no answer, or 5xx.

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
        detail = error.read().decode(errors="replace")[:500]
        kind = RefusedError if error.code < 500 else UnreachableError  # noqa: PLR2004
        raise kind(
            f"GitHub answered {error.code} to {method} {path}: {detail}",
            "Check the permissions of the job that made the call.",
        ) from error
    except OSError as error:
        raise UnreachableError(f"GitHub's API at {base} does not answer: {error}", "Try again later.") from error


def dispatch_workflow(owner_and_name: str, workflow: str, ref: str, inputs: Mapping[str, str]) -> None:
    """Start a workflow, by its file name, on a branch or tag: what a job pushes with its token starts no workflow.

    `owner_and_name` is the repository's; see `api` for the errors.
    """
    api(
        "POST", f"/repos/{owner_and_name}/actions/workflows/{workflow}/dispatches", {"ref": ref, "inputs": dict(inputs)}
    )
