"""`ml-cicd comment`."""

from __future__ import annotations

import json as decoder
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import github, ledger, variables
from cicd.commands import options
from cicd.comment import refresh
from cicd.errors import UsageError
from cicd.printers import comment as printer
from cicd.printers import json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from cicd.comment.data import Said
    from cicd.comment.pulls import Head, Run


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_json(parser)
    parser.add_argument(
        "--event", type=Path, default=os.environ.get(variables.GITHUB_EVENT_PATH), metavar="FILE",
        help="the event of the run as JSON: `workflow_run` or `pull_request` (default: $GITHUB_EVENT_PATH)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Bring the comment up to date."""
    repository = os.environ.get(variables.GITHUB_REPOSITORY, "")
    if not repository:
        raise UsageError("GITHUB_REPOSITORY is not set.", "Set it to OWNER/NAME of the repository on GitHub.")
    event = _event(arguments.event)
    if github.event() == "pull_request" and github.lacking_rights():
        refreshed = refresh.Refreshed("left", reason="GitHub gives this run a token that can only read")
    else:
        refreshed = refresh.refresh(repository, event, _sections, printer.ORDER)
    github.set_outputs({"comment": refreshed.state})
    if arguments.json:
        json.show(refreshed)
    for reason in refreshed.left_out:
        github.annotate("warning", reason, title="The comment leaves out what a run says")
    sys.stdout.write(printer.refreshed(refreshed) + "\n")
    return 0


def _event(path: Path | None) -> Mapping[str, Any]:
    if path is None:
        raise UsageError("There is no event.", "Pass --event FILE, with the event of a run as JSON.")
    try:
        event = decoder.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"The event in {path} can't be read: {error}", "Pass --event FILE, with JSON.") from error
    if not isinstance(event, dict):
        raise UsageError(f"The event in {path} is no JSON object.", "Pass the event of a run as GitHub writes it.")
    return event


def _sections(said: Said, head: Head, run: Run) -> Mapping[str, str]:
    link = (
        f"{os.environ.get(variables.GITHUB_SERVER_URL, 'https://github.com')}/{_repository()}/actions/runs/{run.number}"
    )
    return printer.sections(said, ledger.deployment_of(said.outcome), head.sha, link, f"Run {run.title}")


def _repository() -> str:
    return os.environ.get(variables.GITHUB_REPOSITORY, "")
