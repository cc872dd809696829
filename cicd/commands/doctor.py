"""`ml-cicd doctor`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd import freeze, github, place, variables
from cicd.commands import options
from cicd.doctor import comparison, hosted, machine, project, repository, rulesets, settings
from cicd.doctor.check import Check, State, unknown, wrong
from cicd.errors import UsageError
from cicd.printers import doctor as printer
from cicd.printers import json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MACHINE, REPOSITORY, GITHUB = PARTS = ("machine", "repository", "github")
SETTINGS = "github/settings"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    parser.add_argument(
        "--part", action="append", choices=PARTS, metavar="PART", dest="parts",
        help=f"check this part alone; may be repeated: {', '.join(PARTS)}",
    )  # fmt: skip
    options.add_branches(parser)
    options.add_rules(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what is there and what is missing; 1 if something is wrong, whatever is unknown."""
    options.rules(arguments).check()
    checks = list(_checks(arguments.directory, arguments))
    if arguments.json:
        json.show(printer.data(checks))
    else:
        sys.stdout.write(printer.text(checks) + "\n")
    return 1 if any(check.state is State.WRONG for check in checks) else 0


def _checks(directory: Path, arguments: argparse.Namespace) -> Iterator[Check]:
    parts = arguments.parts or PARTS
    read: project.Project | None = None
    planned: settings.Settings | None = None
    problem: Check | None = None
    try:
        read = project.read(directory, main=arguments.main, integration=arguments.integration)
        planned = settings.plan(read, options.rules(arguments))
    except UsageError as error:
        problem = wrong(repository.CONFIGURATION, error.message, "No command of the road works with it.", error.hint)
    if MACHINE in parts:
        yield from machine.checks(directory, read.config if read else None)
    if problem and {REPOSITORY, GITHUB} & {*parts}:
        yield problem
    if read is None or planned is None:
        return
    server = urlsplit(os.environ.get(variables.GITHUB_SERVER_URL) or "https://github.com").hostname or ""
    hosts = (server, f"ssh.{server}")
    name = os.environ.get(variables.GITHUB_REPOSITORY) or freeze.hosted_at(place.root(directory), hosts)
    if REPOSITORY in parts:
        yield from repository.checks(directory, read, planned, name)
    if GITHUB in parts:
        yield from _github(read, planned, name, options.rules_options(arguments))


def _github(read: project.Project, planned: settings.Settings, name: str, same: Sequence[str]) -> Iterator[Check]:
    """Yield the checks of the settings on GitHub; `same` are the options of this command."""
    again = rulesets.command_to_compare(same)
    if not name:
        why = "The remote 'origin' of this clone is no repository on GitHub."
        yield unknown(SETTINGS, "not read", why, f"Name the repository: GITHUB_REPOSITORY=OWNER/NAME {again}")
    elif not github.has_token():
        mend = f"GITHUB_TOKEN=$(gh auth token) {again}"
        yield unknown(SETTINGS, "not read", f"There is no token for {name} in GITHUB_TOKEN.", mend)
    else:
        actual = hosted.read(name, read.branches.main, [rules.name for rules in planned.environments])
        yield from comparison.checks(read, planned, actual, rulesets.command_to_set(same))
