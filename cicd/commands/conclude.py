"""`ml-cicd conclude`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import files, github, variables
from cicd.commands import options
from cicd.comment import data
from cicd.errors import CicdError
from cicd.printers import json, markdown, terminal
from cicd.road import conclusion

if TYPE_CHECKING:
    import argparse


LOST = (
    "began a deployment, and its outcome did not arrive: nothing was recorded. ml-cicd status shows what runs. "
    "To record that: ml-cicd record --observed --environment ENVIRONMENT. The next deployment records it, too."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_json(parser)
    parser.add_argument("--needs", required=True, metavar="JSON", help="the job's context: ${{ toJSON(needs) }}")
    parser.add_argument(
        "--stage", default="", metavar="STAGE",
        help=f"write what the run says for the comment of its pull request: {', '.join(data.NAMES)} (default: nothing)",
    )  # fmt: skip
    parser.add_argument(
        "--directory", default=".", metavar="DIRECTORY",
        help="the project's directory in the repository, which the comment names (default: the root)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Judge the jobs; 1 unless every one succeeded."""
    concluded = conclusion.conclude(arguments.needs)
    report, artifact = _reported(arguments, concluded.result) if arguments.stage else ("", "")
    counted = data.counted(arguments.needs)
    github.set_outputs({
        "result": concluded.result, "report": report, "artifact": artifact,
        "tests": json.line(counted["tests"]), "checks": json.line(counted["checks"]),
    })  # fmt: skip
    github.add_summary(markdown.conclusion(concluded))
    if arguments.json:
        json.show(concluded)
    sys.stdout.write(terminal.conclusion(concluded) + "\n")
    for job in concluded.lost:
        github.annotate("error", f"The job {job} {LOST}", title="A deployment is not recorded")
    for job, result in concluded.unsuccessful.items():
        github.annotate("error", f"The job {job} ended with: {result}.", title="Not every job succeeded")
    return 1 if concluded.result == "failed" else 0


def _reported(arguments: argparse.Namespace, result: str) -> tuple[str, str]:
    """Write what the run says to a file of the job. Returns its path, and the name of the artifact that it is for.

    Both are empty if it can't be written: the result of the run does not depend on its comment.
    """
    said = data.of_needs(arguments.needs, arguments.stage, arguments.directory, result)
    parent = os.environ.get(variables.RUNNER_TEMP) or None
    try:
        with files.file_errors("write what the run says for the comment of its pull request"):
            path = Path(tempfile.mkdtemp(prefix="ml-cicd-", dir=parent)) / data.FILE
            path.write_text(data.dump(said), "utf-8")
    except (CicdError, OSError) as error:
        github.annotate("warning", str(error), title="The comment of the pull request leaves this run out")
        return "", ""
    return str(path), data.artifact_name(said)
