"""`ml-cicd rollback`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd import github, ledger, stages
from cicd.commands import options
from cicd.deploy import target_for
from cicd.ledger import pending, signing
from cicd.printers import terminal
from cicd.road import deployment, rollback

if TYPE_CHECKING:
    import argparse

    from cicd.deploy.target import Target
    from cicd.road.verification import Candidate


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    options.add_lock_wait(parser)
    options.add_asking(parser)
    parser.add_argument("environment", type=options.given, help=stages.NAMES)
    parser.add_argument("entry", nargs="?", help="the entry of its ledger, or a commit (default: the release before)")
    parser.add_argument("--reason", required=True, type=options.given, help="why, in a line")


def run(arguments: argparse.Namespace) -> int:
    found, down = rollback.reach(arguments.directory, arguments.remote)
    if down:
        github.annotate("warning", f"{down} The ledger as last fetched counts.", title="The git remote is down")
    else:
        signing.signer(ledger.keyring(found))  # what could not be recorded is not begun
        pending.hand_in(found)
    _, project = deployment.meant(found, arguments.environment, found.main, backwards=False)
    environment = project.environment(arguments.environment)

    def verify(target: Target) -> Candidate:
        if not down:
            found.fetch()
        candidate = rollback.find(found, project, environment.name, arguments.entry, target=target, offline=bool(down))
        return replace(candidate, reason=" ".join(arguments.reason.split()))

    target = target_for(project, environment, found)
    candidate = verify(target)
    sys.stdout.write(f"{environment.name}: back to {candidate.commit[:12]}, {candidate.release}\n")
    if rollback.there(found, project, candidate, target):
        sys.stdout.write(f"It runs already. To go further back, name an entry: ml-cicd history {environment.name}\n")
        return 0
    if arguments.dry_run:
        steps = target.plan(deployment.order(candidate))
        sys.stdout.write("".join(f"  {step}\n" for step in steps) or "  nothing to do\n")
        return 0
    if not options.confirmed("Go back to it?", arguments):
        return 0
    outcome = deployment.deploy(project, environment, verify, repository=found, wait=arguments.lock_wait)
    file = pending.keep(found, outcome)
    entries = [] if down else pending.hand_in(found)
    sys.stdout.write(terminal.rolled_back(outcome, entries[-1] if entries else None, file) + "\n")
    if arguments.json:
        options.print_json(outcome)
    return 0 if outcome.result == "passed" else 1
