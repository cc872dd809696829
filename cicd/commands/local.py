"""`ml-cicd local`: what GitHub gives a team, on this machine."""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.commands import options
from cicd.errors import UsageError
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cicd.forge.running.records import Run
    from cicd.forge.state import Forge


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = parser.add_subparsers(
        dest="action", required=True, metavar="{up,down,dispatch,fire,runs,logs,cancel,wait}"
    )
    up = commands.add_parser("up", help="make the remote 'local', whose pushes run the workflows")
    up.add_argument("--kit", type=Path, help="a clone of the kit (default: the one this command is a part of)")
    up.add_argument(
        "--runner", choices=("host", "docker"),
        help="where steps run: on this machine, or in containers (default: as before; at first, host)",
    )  # fmt: skip
    up.add_argument("--runner-image", metavar="IMAGE", help="with --runner docker: an image other than the kit's")
    up.add_argument(
        "--var", type=_pair, action="append", default=[], metavar="NAME=VALUE",
        help="a variable of the repository, which workflows read as vars.NAME; it is kept, and NAME= removes it; "
        "may be repeated",
    )  # fmt: skip
    commands.add_parser("down", help="stop and remove everything that 'up' and the runs made")
    dispatch = commands.add_parser("dispatch", help="start a workflow by hand (workflow_dispatch)")
    dispatch.add_argument("workflow", metavar="WORKFLOW", help="its file, such as deploy.yml")
    dispatch.add_argument("--ref", default="", help="the branch or tag to run on (default: the default branch)")
    dispatch.add_argument(
        "--input", type=_pair, action="append", default=[], metavar="NAME=VALUE", help="an input; may be repeated"
    )
    fire = commands.add_parser("fire", help="run the schedules, as if their time had come")
    fire.add_argument("workflow", nargs="?", default="", metavar="WORKFLOW", help="only those of this file")
    runs = commands.add_parser("runs", help="list the runs")
    options.add_json(runs)
    logs = commands.add_parser("logs", help="print the log of a run")
    logs.add_argument("number", type=int, metavar="N", help="the number of the run")
    logs.add_argument("--step", default="", metavar="TEXT", help="only the steps whose name contains TEXT")
    logs.add_argument("--timings", action="store_true", help="only how long each job and each step took")
    cancel = commands.add_parser("cancel", help="end a run that is under way; what waits behind it goes on")
    cancel.add_argument("number", type=int, metavar="N", help="the number of the run")
    wait = commands.add_parser("wait", help="wait until nothing runs; exit code 1 where a run did not succeed")
    wait.add_argument("number", type=int, nargs="?", metavar="N", help="wait for this run only")
    receive = commands.add_parser("receive")  # the remote's hook; people have no use for it
    receive.add_argument("--data", type=Path, required=True)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked in the project that this is run in."""
    actions: dict[str, Callable[[argparse.Namespace], int | None]] = {
        "up": _up, "down": _down, "dispatch": _dispatch, "fire": _fire, "runs": _runs, "logs": _logs,
        "cancel": _cancel, "wait": _wait, "receive": _receive,
    }  # fmt: skip
    return actions[arguments.action](arguments) or 0


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form NAME=VALUE")
    return name, value


def _up(arguments: argparse.Namespace) -> None:
    from cicd import freeze  # noqa: PLC0415 -- each action loads only what it needs: the hook must start quickly
    from cicd.forge import lifecycle, remote  # noqa: PLC0415
    from cicd.forge.machine import base_images, services  # noqa: PLC0415

    kit = freeze.check_kit(arguments.kit.resolve()) if arguments.kit else freeze.kit_root()
    if arguments.runner_image and arguments.runner != "docker":
        raise UsageError("--runner-image needs --runner docker.", "Add --runner docker, or leave --runner-image out.")
    runners = {"host": "", "docker": arguments.runner_image or base_images.RUNNER, None: None}
    start = functools.partial(services.up, runner=runners[arguments.runner])
    forge, state = lifecycle.up(Path.cwd(), kit, start, say, arguments.var)
    say(f"The git remote '{remote.NAME}' is {forge.remote(state.repository)}")
    say(f"The registry is {state.registry}")
    if state.runner:
        say(f"Jobs run in containers of the image {state.runner}")
    for name, value in state.variables.items():
        say(f"vars.{name} is {value}")
    say(f"Push to run the workflows: git push {remote.NAME} HEAD")


def _down(_arguments: argparse.Namespace) -> None:
    from cicd.forge import lifecycle  # noqa: PLC0415
    from cicd.forge.machine import services  # noqa: PLC0415

    lifecycle.down(Path.cwd(), services.down, say)


def _dispatch(arguments: argparse.Namespace) -> int:
    from cicd.forge import control  # noqa: PLC0415
    from cicd.printers.runs import RunPrinter  # noqa: PLC0415

    runs = control.start(_forge(), arguments.workflow, arguments.ref, dict(arguments.input), RunPrinter())
    return _exit_code(runs)


def _fire(arguments: argparse.Namespace) -> int:
    from cicd.forge import control  # noqa: PLC0415
    from cicd.printers.runs import RunPrinter  # noqa: PLC0415

    return _exit_code(control.fire(_forge(), arguments.workflow, RunPrinter()))


def _runs(arguments: argparse.Namespace) -> None:
    from cicd.forge.running import records  # noqa: PLC0415
    from cicd.printers import runs as printer  # noqa: PLC0415

    runs = records.load(_forge())
    if arguments.json:
        options.print_json(runs)
        return
    for run in runs:
        say(printer.row(run))


def _logs(arguments: argparse.Namespace) -> None:
    from cicd.forge.running import records  # noqa: PLC0415
    from cicd.printers import runs as printer  # noqa: PLC0415

    log = records.log(_forge(), arguments.number)
    for line in printer.timings(log) if arguments.timings else printer.text(log, arguments.step):
        say(line)


def _cancel(arguments: argparse.Namespace) -> None:
    from cicd.forge import control  # noqa: PLC0415

    control.cancel(_forge(), arguments.number)
    say(f"run {arguments.number} is cancelled")


def _wait(arguments: argparse.Namespace) -> int:
    from cicd.forge import control  # noqa: PLC0415
    from cicd.printers import runs as printer  # noqa: PLC0415

    runs = control.wait(_forge(), arguments.number)
    for run in runs:
        say(printer.row(run))
    return _exit_code(runs)


def _receive(arguments: argparse.Namespace) -> None:
    from cicd.forge import post_receive  # noqa: PLC0415
    from cicd.forge.state import Forge  # noqa: PLC0415
    from cicd.printers.runs import RunPrinter  # noqa: PLC0415

    post_receive.receive(Forge(arguments.data), sys.stdin, RunPrinter())


def _forge() -> Forge:
    """Return the forge of the project in the current folder."""
    from cicd.forge.state import Forge  # noqa: PLC0415

    return Forge.of_project(Path.cwd())


def _exit_code(runs: Sequence[Run]) -> int:
    return 0 if all(run.passed for run in runs) else 1
