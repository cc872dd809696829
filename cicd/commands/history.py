"""`ml-cicd history`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, ledger, repository, stages
from cicd.commands import options
from cicd.printers import json, terminal

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser)
    options.add_environment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the ledger of an environment."""
    stage, project = stages.named(arguments.environment), config.load(arguments.directory.resolve())
    answers = repository.ask(
        arguments.directory, arguments.remote, lambda clone: ledger.read(clone, project.name, stage.name)
    )
    if arguments.json:
        repository.check(answers[:1])
        json.show(list(reversed(answers[0].result or ())))
    else:
        texts = [(answer.shown, "" if answer.error else terminal.history(answer.result or ())) for answer in answers]
        sys.stdout.write(terminal.by_remote(texts) + "\n")
    repository.check(answers)
    return 0
