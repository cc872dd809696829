"""`ml-cicd conclude`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github
from cicd.commands import options
from cicd.printers import json, markdown, terminal
from cicd.road import conclusion

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_json(parser)
    parser.add_argument("--needs", required=True, metavar="JSON", help="the job's context: ${{ toJSON(needs) }}")


def run(arguments: argparse.Namespace) -> int:
    """Judge the jobs; 1 unless every one succeeded."""
    concluded = conclusion.conclude(arguments.needs)
    github.set_outputs({"result": concluded.result})
    github.add_summary(markdown.conclusion(concluded))
    if arguments.json:
        json.show(concluded)
    sys.stdout.write(terminal.conclusion(concluded) + "\n")
    for job, result in concluded.unsuccessful.items():
        github.annotate("error", f"The job {job} ended with: {result}.", title="Not every job succeeded")
    return 1 if concluded.result == "failed" else 0
