"""`ml-cicd local`: run the workflows of the project on this machine."""

from __future__ import annotations

import argparse
import functools
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
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    up = commands.add_parser("up", help="start the forge: a git remote named 'local' whose pushes run the workflows")
    up.add_argument("--kit", type=Path, help="a clone of the kit (default: the clone that this command belongs to)")
    up.add_argument(
        "--runner", choices=("host", "docker"),
        help="run steps on this machine (host) or in a container per job (docker); default: the last choice, or host",
    )  # fmt: skip
    up.add_argument("--runner-image", metavar="IMAGE", help="with --runner docker: another image than the kit's")
    up.add_argument(
        "--var", type=_pair, action="append", default=[], metavar="NAME=VALUE",
        help="set a repository variable, which workflows read as vars.NAME; 'NAME=' removes it; may be repeated",
    )  # fmt: skip
    commands.add_parser(
        "down",
        help="stop the forge: cancel its runs, remove its containers, its files and the data of the environments",
    )
    dispatch = commands.add_parser("dispatch", help="start a workflow by workflow_dispatch")
    dispatch.add_argument("workflow", metavar="WORKFLOW", help="the file of the workflow, such as deploy.yml")
    dispatch.add_argument("--ref", default="", help="the branch or tag to run on (default: the default branch)")
    dispatch.add_argument(
        "--input", type=_pair, action="append", default=[], metavar="NAME=VALUE",
        help="an input of the workflow; may be repeated",
    )  # fmt: skip
    fire = commands.add_parser("fire", help="run the scheduled workflows now")
    fire.add_argument(
        "workflow", nargs="?", default="", metavar="WORKFLOW", help="run only the schedules of this workflow file"
    )
    runs = commands.add_parser("runs", help="list the runs")
    options.add_json(runs)
    logs = commands.add_parser("logs", help="print the log of a run")
    logs.add_argument("number", type=int, metavar="N", help="the number of the run")
    logs.add_argument("--step", default="", metavar="TEXT", help="print only the steps whose name contains TEXT")
    logs.add_argument("--timings", action="store_true", help="print only the duration of each job and step")
    cancel = commands.add_parser("cancel", help="cancel a run; the runs that wait behind it go on")
    cancel.add_argument("number", type=int, metavar="N", help="the number of the run")
    wait = commands.add_parser(
        "wait", help="wait until all runs have ended; exit code 1 if a run of the same push failed"
    )
    wait.add_argument("number", type=int, nargs="?", metavar="N", help="wait only for this run")


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand in the project in the current folder."""
    actions: dict[str, Callable[[argparse.Namespace], int | None]] = {
        "up": _up, "down": _down, "dispatch": _dispatch, "fire": _fire, "runs": _runs, "logs": _logs,
        "cancel": _cancel, "wait": _wait,
    }  # fmt: skip
    return actions[arguments.action](arguments) or 0


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form NAME=VALUE")
    return name, value


def _up(arguments: argparse.Namespace) -> None:
    from cicd import freeze  # noqa: PLC0415 -- each action imports only what it needs
    from cicd.forge import lifecycle, remote  # noqa: PLC0415
    from cicd.forge.machine import base_images, services  # noqa: PLC0415

    kit = freeze.check_kit(arguments.kit.resolve()) if arguments.kit else freeze.kit_root()
    if arguments.runner_image and arguments.runner != "docker":
        raise UsageError("--runner-image needs --runner docker.", "Add --runner docker, or leave --runner-image out.")
    runners = {"host": "", "docker": arguments.runner_image or base_images.RUNNER, None: None}
    start = functools.partial(services.up, runner=runners[arguments.runner])
    forge, state = lifecycle.up(Path.cwd(), kit, start, say, arguments.var)
    say(f"The git remote '{remote.NAME}' is {forge.remote(state.repository)}")
    say(f"Its default branch is {remote.hosted(forge, state).default_branch}")
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
    from cicd.printers import json  # noqa: PLC0415
    from cicd.printers import runs as printer  # noqa: PLC0415

    runs = records.load(_forge())
    if arguments.json:
        json.show(runs)
        return
    for line in printer.rows(runs):
        say(line)


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


def _forge() -> Forge:
    """Return the forge of the project in the current folder."""
    from cicd.forge.state import Forge  # noqa: PLC0415

    return Forge.of_project(Path.cwd())


def _exit_code(runs: Sequence[Run]) -> int:
    return 0 if all(run.passed for run in runs) else 1
