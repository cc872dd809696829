"""`ml-cicd status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, repository
from cicd.commands import options
from cicd.ledger import pending
from cicd.printers import json, terminal
from cicd.road import status

if TYPE_CHECKING:
    import argparse

    from cicd.config import Config
    from cicd.repository import Repository
    from cicd.road.status import State


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what runs where; 1 if something is wrong."""
    project = config.load(arguments.directory.resolve())
    answers = repository.ask(arguments.directory, arguments.remote, lambda clone: _look(clone, project))
    shown = {answer.remote: answer.result[0] for answer in answers if answer.result}
    if arguments.json:
        repository.check(answers[:1])
        first = answers[0].remote
        environments = {remote: {"environments": states} for remote, states in shown.items()}
        json.show({"environments": shown.get(first, {}), "remote": first, "remotes": environments})
    else:
        texts = [(answer.shown, terminal.status(*answer.result) if answer.result else "") for answer in answers]
        sys.stdout.write(terminal.by_remote(texts) + "\n")
    repository.check(answers)
    return 1 if any(state.problem for states in shown.values() for state in states.values()) else 0


def _look(clone: Repository, project: Config) -> tuple[dict[str, State], int]:
    """Return what runs where, and how many outcomes wait to be recorded."""
    return status.status(clone, project), len(pending.waiting(clone))
