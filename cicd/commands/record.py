"""`ml-cicd record`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, ledger, repository
from cicd.commands import options
from cicd.errors import UsageError
from cicd.ledger import pending
from cicd.printers import gate_markdown, json, terminal
from cicd.road import looking, recording

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--outcome", help="the output `outcome` of `ml-cicd deploy`, or what it prints with --json")
    source.add_argument(
        "--pending",
        action="store_true",
        help="record the outcomes that wait in this clone, after rollbacks without a git remote",
    )
    source.add_argument(
        "--observed",
        action="store_true",
        help="record the deployment of what runs in --environment, whose outcome was lost; the target is asked",
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
    if arguments.observed:
        return _observed(arguments)
    if not arguments.environment or not arguments.commit:
        raise UsageError(
            "--outcome needs --environment and --commit.",
            "Add the environment and the commit that `ml-cicd deploy` was given.",
        )
    outcome, unrecorded = recording.parse(arguments.outcome)
    with repository.fetched(arguments.directory, arguments.remote, changes=True) as clone:
        commit = clone.commit(arguments.commit)
        expected = recording.Expected(arguments.environment, commit, arguments.release, arguments.test)
        recording.check(clone, outcome, expected)
        if unrecorded:
            recording.check_observed(unrecorded, outcome)
        entry = recording.record(clone, outcome, unrecorded)
    recorded = ledger.encode(entry.deployment) if entry.deployment.gate else ""
    github.set_outputs({"entry": str(entry.number), "sha256": entry.sha256, "recorded": recorded})
    final = entry.deployment.gate
    if final and (note := looking.note(outcome.gate, final)):
        github.add_summary(gate_markdown.recorded(final, note))
        github.annotate("warning", note, title="Two releases were judged at the same time")
    if arguments.json:
        json.show(entry)
    else:
        sys.stdout.write(terminal.entry(entry) + "\n")
    return 0


def _observed(arguments: argparse.Namespace) -> int:
    if not arguments.environment:
        raise UsageError("--observed needs --environment.", "Add the environment: ml-cicd status lists them.")
    with repository.fetched(arguments.directory, arguments.remote, changes=True) as clone:
        entry = recording.observe(clone, arguments.environment)
    if arguments.json:
        json.show({"entry": entry})
    elif entry:
        sys.stdout.write(terminal.entry(entry) + "\n")
    else:
        sys.stdout.write(f"The deployment of what runs in {arguments.environment} is recorded already.\n")
    return 0


def _pending(arguments: argparse.Namespace) -> int:
    with repository.fetched(arguments.directory, arguments.remote, changes=True) as clone:
        entries = pending.hand_in(clone)
    for entry in entries:
        sys.stdout.write(terminal.entry(entry) + "\n")
    if arguments.json:
        json.show(entries)
    elif not entries:
        sys.stdout.write("No outcome waits to be recorded.\n")
    return 0
