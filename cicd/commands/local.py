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
    from cicd.forge import lifecycle  # noqa: PLC0415
    from cicd.forge.machine import base_images, services  # noqa: PLC0415

    kit = freeze.check_kit(arguments.kit.resolve()) if arguments.kit else freeze.kit_root()
    if arguments.runner_image and arguments.runner != "docker":
        raise UsageError("--runner-image has no meaning without --runner docker.", "Give both, or neither.")
    runners = {"host": "", "docker": arguments.runner_image or base_images.RUNNER, None: None}
    start = functools.partial(services.up, runner=runners[arguments.runner])
    forge, state = lifecycle.up(Path.cwd(), kit, start, say, arguments.var)
    say(f"The remote '{lifecycle.REMOTE}' is {forge.remote(state.repository)}")
    say(f"Images go to {state.registry}")
    if state.runner:
        say(f"Steps run in containers of {state.runner}")
    for name, value in state.variables.items():
        say(f"Workflows read vars.{name} as {value}")
    say(f"Now push, and the workflows run: git push {lifecycle.REMOTE} HEAD")


def _down(_arguments: argparse.Namespace) -> None:
    from cicd.forge import lifecycle  # noqa: PLC0415
    from cicd.forge.machine import services  # noqa: PLC0415

    lifecycle.down(Path.cwd(), services.down, say)


def _dispatch(arguments: argparse.Namespace) -> int:
    from cicd.forge import control, state  # noqa: PLC0415

    ran = control.start(state.of_project(Path.cwd()), arguments.workflow, arguments.ref, dict(arguments.input))
    return _exit_code(ran)


def _fire(arguments: argparse.Namespace) -> int:
    from cicd.forge import control, state  # noqa: PLC0415

    return _exit_code(control.fire(state.of_project(Path.cwd()), arguments.workflow))


def _exit_code(ran: Sequence[Run]) -> int:
    return 0 if all(one.result in ("success", "skipped") for one in ran) else 1


def _runs(arguments: argparse.Namespace) -> None:
    from cicd.forge import state  # noqa: PLC0415
    from cicd.forge.running import records  # noqa: PLC0415

    found = records.load(state.of_project(Path.cwd()))
    if arguments.json:
        options.print_json(found)
        return
    for one in found:
        say(_line(one))


def _logs(arguments: argparse.Namespace) -> None:
    from cicd.forge import report, state  # noqa: PLC0415
    from cicd.forge.running import records  # noqa: PLC0415

    log = records.log(state.of_project(Path.cwd()), arguments.number)
    for line in report.timings(log) if arguments.timings else report.text(log, arguments.step):
        say(line)


def _cancel(arguments: argparse.Namespace) -> None:
    from cicd.forge import control, state  # noqa: PLC0415

    control.cancel(state.of_project(Path.cwd()), arguments.number)
    say(f"run {arguments.number} is cancelled")


def _wait(arguments: argparse.Namespace) -> int:
    from cicd.forge import control, state  # noqa: PLC0415

    ran = control.wait(state.of_project(Path.cwd()), arguments.number)
    for one in ran:
        say(_line(one))
    return _exit_code(ran)


def _line(one: Run) -> str:
    place = f"  {one.failed}" if one.failed else ""
    name = one.ref.split("/", 2)[-1]
    return f"{one.number:>4}  {one.result:<9}  {one.seconds:6.1f} s  {one.file:<16} {one.sha[:7]}  {name}{place}"


def _receive(arguments: argparse.Namespace) -> None:
    from cicd.forge import post_receive  # noqa: PLC0415
    from cicd.forge.state import Data  # noqa: PLC0415

    post_receive.receive(Data(arguments.data), sys.stdin)
