"""`ml-cicd local`: what GitHub gives a team, on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.commands import options

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="{up,down,runs,logs}")
    up = commands.add_parser("up", help="make the remote 'local', whose pushes run the workflows")
    up.add_argument("--kit", type=Path, help="a clone of the kit (default: the one this command is a part of)")
    commands.add_parser("down", help="stop and remove everything that 'up' and the runs made")
    runs = commands.add_parser("runs", help="list the runs")
    options.add_json(runs)
    logs = commands.add_parser("logs", help="print the log of a run")
    logs.add_argument("number", type=int, metavar="N", help="the number of the run")
    logs.add_argument("--step", default="", metavar="TEXT", help="only the steps whose name contains TEXT")
    receive = commands.add_parser("receive")  # the remote's hook; people have no use for it
    receive.add_argument("--data", type=Path, required=True)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked in the project that this is run in."""
    {"up": _up, "down": _down, "runs": _runs, "logs": _logs, "receive": _receive}[arguments.action](arguments)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _up(arguments: argparse.Namespace) -> None:
    from cicd import freeze  # noqa: PLC0415 -- each action loads only what it needs: the hook must start quickly
    from cicd.forge import lifecycle, services  # noqa: PLC0415

    kit = freeze.check_kit(arguments.kit.resolve()) if arguments.kit else freeze.kit_root()
    forge, state = lifecycle.up(Path.cwd(), kit, services.up, _say)
    _say(f"The remote '{lifecycle.REMOTE}' is {forge.remote(state.repository)}")
    _say(f"Images go to {state.registry}")
    _say(f"Now push, and the workflows run: git push {lifecycle.REMOTE} HEAD")


def _down(_arguments: argparse.Namespace) -> None:
    from cicd.forge import lifecycle, services  # noqa: PLC0415

    lifecycle.down(Path.cwd(), services.down, _say)


def _runs(arguments: argparse.Namespace) -> None:
    from cicd.forge import data, runs  # noqa: PLC0415

    found = runs.load(data.of_project(Path.cwd()))
    if arguments.json:
        options.print_json(found)
        return
    for one in found:
        place = f"  {one.failed}" if one.failed else ""
        name = one.ref.split("/", 2)[-1]
        _say(f"{one.number:>4}  {one.result:<9}  {one.seconds:6.1f} s  {one.file:<16} {one.sha[:7]}  {name}{place}")


def _logs(arguments: argparse.Namespace) -> None:
    from cicd.forge import data, report, runs  # noqa: PLC0415

    for line in report.text(runs.log(data.of_project(Path.cwd()), arguments.number), arguments.step):
        _say(line)


def _receive(arguments: argparse.Namespace) -> None:
    from cicd.forge import receive  # noqa: PLC0415
    from cicd.forge.data import Data  # noqa: PLC0415

    receive.receive(Data(arguments.data), sys.stdin)
