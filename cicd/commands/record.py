"""`ml-cicd record`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository
from cicd.commands import options
from cicd.errors import UsageError
from cicd.ledger import pending
from cicd.printers import json, terminal
from cicd.road import recording

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--outcome", metavar="JSON", help="the output `outcome` of `ml-cicd deploy`")
    source.add_argument(
        "--pending",
        action="store_true",
        help="record the outcomes that wait in this clone, after rollbacks without a git remote",
    )
    options.add_environment(parser, option=True, required=False)
    parser.add_argument("--commit", help="with --outcome: the commit that was to be deployed")
    parser.add_argument(
        "--release",
        default="",
        help="with --outcome: the release image that was to be deployed (default: any accepted one)",
    )
    parser.add_argument(
        "--test",
        default="",
        help="with --outcome: the test image that was to test the release (default: any accepted one)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the outcome into the ledger."""
    if arguments.pending:
        return _pending(arguments)
    if not arguments.environment or not arguments.commit:
        raise UsageError(
            "--outcome needs --environment and --commit.",
            "Add the environment and the commit that `ml-cicd deploy` was given.",
        )
    outcome = recording.parse(arguments.outcome)
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        commit = clone.commit(arguments.commit)
        expected = recording.Expected(arguments.environment, commit, arguments.release, arguments.test)
        recording.check(clone, outcome, expected, str(arguments.directory))
        entry = recording.record(clone, outcome)
    github.set_outputs({"entry": str(entry.number), "sha256": entry.sha256})
    if arguments.json:
        json.show(entry)
    else:
        sys.stdout.write(terminal.entry(entry) + "\n")
    return 0


def _pending(arguments: argparse.Namespace) -> int:
    with repository.fetched(arguments.directory, arguments.remote) as clone:
        entries = pending.hand_in(clone)
    for entry in entries:
        sys.stdout.write(terminal.entry(entry) + "\n")
    if arguments.json:
        json.show(entries)
    elif not entries:
        sys.stdout.write("No outcome waits to be recorded.\n")
    return 0
