"""`ml-cicd adopt`."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.commands import options
from cicd.errors import UsageError
from cicd.printers import json, starting
from cicd.start import adoption, alone, callers, record, trial, updates
from cicd.start.project import Asked, Kind

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False, new=True)
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--dry-run", action="store_true", help="show what would be written, and change nothing")
    does.add_argument("--check", action="store_true", help="write, then build the image and run tests and checks in it")
    does.add_argument("--undo", action="store_true", help="remove what adopt wrote, if it is unchanged")
    parser.add_argument("--keep-edited", action="store_true", help="with --undo: keep files that were changed since")
    parser.add_argument(
        "--stage", action="append", choices=callers.ALL, metavar="STAGE", dest="stages",
        help=f"only the caller of this stage; may be repeated: {', '.join(callers.ALL)}",
    )  # fmt: skip
    parser.add_argument("--name", default="", help="the project's name (default: that of the package or the folder)")
    parser.add_argument(
        "--kind", action="append", choices=[*Kind], default=[], dest="kinds",
        help="what the project delivers (default: what the code shows); may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--command", default="", metavar="WORDS", help="the command that the release runs, as in a shell"
    )
    parser.add_argument("--port", type=int, default=0, help="the port on which the service listens")
    parser.add_argument("--health", default="", metavar="PATH", help="the service's health path")
    options.add_road(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write what the project needs, or remove it."""
    directory = arguments.directory.resolve()
    if arguments.keep_edited and not arguments.undo:
        raise UsageError("--keep-edited goes with --undo.", "Write: ml-cicd adopt --undo --keep-edited")
    if arguments.undo:
        return _undo(arguments)
    adopted = adoption.plan(directory, _options(arguments))
    if not arguments.dry_run and not arguments.json and sys.stdin.isatty():
        adopted = _ask(adopted, arguments)
    if not arguments.dry_run:
        with alone.alone(directory):
            adoption.apply(adopted)
    if not arguments.json:  # what was written is said before a build that can fail
        sys.stdout.write(starting.adoption(adopted, written=not arguments.dry_run) + "\n")
        sys.stdout.flush()
    if arguments.check:
        options.join_forge(directory)
    tried = trial.run(directory) if arguments.check else None
    if arguments.json:
        json.show(starting.adoption_data(adopted, tried, written=not arguments.dry_run))
    elif tried is not None:
        sys.stdout.write(starting.trial(tried) + "\n")
    return 0 if tried is None or tried.passed else 1


def _options(arguments: argparse.Namespace) -> adoption.Options:
    asked = Asked(tuple(arguments.kinds), _words(arguments.command), arguments.port, arguments.health)
    return adoption.Options(
        name=arguments.name, asked=asked, main=arguments.main, integration=arguments.integration, kit=arguments.kit,
        ref=arguments.ref, deploy_runs_on=arguments.deploy_runs_on,
        stages=tuple(arguments.stages or callers.USUAL), named=arguments.directory != Path(),
    )  # fmt: skip


def _words(command: str) -> tuple[str, ...]:
    """Return the words of a command, as a shell splits them.

    Raises:
        UsageError: a quote in it is not closed.

    """
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(
            f"'{command}' is no command: {str(error).lower()}.",
            "Example: --command 'python -m app --name \"two words\"'",
        ) from None


def _ask(adopted: adoption.Adoption, arguments: argparse.Namespace) -> adoption.Adoption:
    """Ask on a terminal for what an option decides and the project leaves open."""
    chosen = _options(arguments)
    questions = {"command": "Command that the release runs", "health path": "Health path of the service"}
    hint = "An empty answer decides later. The options --command and --health answer, too."
    answers = {
        note.subject: options.answer(f"{note.text}\n{questions[note.subject]} (empty: decide later): ", hint)
        for note in adopted.open if note.subject in questions
    }  # fmt: skip
    if not any(answers.values()):
        return adopted
    asked = replace(
        chosen.asked, command=_words(answers.get("command", "")) or chosen.asked.command,
        health=answers.get("health path") or chosen.asked.health,
    )  # fmt: skip
    return adoption.plan(adopted.directory, replace(chosen, asked=asked))


def _undo(arguments: argparse.Namespace) -> int:
    directory = arguments.directory.resolve()
    with alone.alone(directory):
        place = record.store(directory)
        undone = record.undo(place, keep_edited=arguments.keep_edited, shared=updates.needed_by_others(place))
    if arguments.json:
        json.show(undone)
    else:
        sys.stdout.write(starting.undone(undone) + "\n")
    return 0
