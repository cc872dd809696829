"""`ml-cicd local`: run the workflows of the project on this machine."""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import place
from cicd.commands import options
from cicd.errors import RefusedError, UsageError
from cicd.forge.state import ALL, KIT, Forge
from cicd.text import columns, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cicd.forge.running.records import Run
    from cicd.printers.runs import RunPrinter


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
        "--base", metavar="IMAGE",
        help="the base image of builds, with `ARG BASE`; '' for the usual one; default: the last choice",
    )  # fmt: skip
    up.add_argument(
        "--var", type=_pair, action="append", default=[], metavar="NAME=VALUE",
        help="set a repository variable, which workflows read as vars.NAME; 'NAME=' removes it; may be repeated",
    )  # fmt: skip
    up.add_argument(
        "--secret", type=_pair, action="append", default=[], metavar="[ENVIRONMENT/]NAME=FILE",
        help="set a secret of the repository or of an environment to the text of a file; 'NAME=' removes it; may be "
        "repeated",
    )  # fmt: skip
    up.add_argument(
        "--workflows", choices=(KIT, ALL),
        help="which workflows a push starts: those that use the kit, or all that can run on this machine; default: the "
        "last choice, or kit",
    )  # fmt: skip
    down = commands.add_parser(
        "down",
        help="stop the forge: cancel its runs, remove its containers, its files and the data of the environments",
    )
    down.add_argument("--images", action="store_true", help="remove the images that this forge built, too")
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
    comments = commands.add_parser(
        "comments", help="show what the comment of a pull request would say: what the runs of a branch's commit said"
    )
    comments.add_argument("branch", nargs="?", default="", metavar="BRANCH", help="the branch (default: this one)")
    comments.add_argument("--markdown", action="store_true", help="print the text of the comment, as GitHub gets it")
    rerun = commands.add_parser("rerun", help="run a recorded run again: same event, same commit")
    rerun.add_argument("number", type=int, metavar="N", help="the number of the run")
    cancel = commands.add_parser("cancel", help="cancel a run; the runs that wait behind it go on")
    cancel.add_argument("number", type=int, metavar="N", help="the number of the run")
    wait = commands.add_parser(
        "wait", help="wait until all runs have ended; exit code 1 if a run of the same push failed"
    )
    wait.add_argument("number", type=int, nargs="?", metavar="N", help="wait only for this run")


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand in the project in the current folder."""
    actions: dict[str, Callable[[argparse.Namespace], int | None]] = {
        "up": _up, "down": _down, "dispatch": _dispatch, "fire": _fire, "rerun": _rerun, "runs": _runs, "logs": _logs,
        "comments": _comments, "cancel": _cancel, "wait": _wait,
    }  # fmt: skip
    return actions[arguments.action](arguments) or 0


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form NAME=VALUE")
    return name, value


def _up(arguments: argparse.Namespace) -> None:
    from cicd import freeze  # noqa: PLC0415 -- each action imports only what it needs
    from cicd.doctor import machine  # noqa: PLC0415
    from cicd.forge import lifecycle, remote, run_secrets  # noqa: PLC0415
    from cicd.forge.machine import base_images, services  # noqa: PLC0415
    from cicd.printers import doctor  # noqa: PLC0415

    kit = freeze.check_kit(arguments.kit.resolve()) if arguments.kit else freeze.kit_root()
    if arguments.runner_image and arguments.runner != "docker":
        raise UsageError("--runner-image needs --runner docker.", "Add --runner docker, or leave --runner-image out.")
    runners = {"host": "", "docker": arguments.runner_image or base_images.RUNNER, None: None}
    start = functools.partial(services.up, runner=runners[arguments.runner], builds_on=arguments.base)
    forge, state = lifecycle.up(
        place.root(Path.cwd()), kit, start, say, arguments.var, secrets=arguments.secret, workflows=arguments.workflows
    )  # fmt: skip
    say(f"The git remote '{remote.NAME}' is {forge.remote(state.repository)}")
    say(f"Its default branch is {remote.hosted(forge, state).default_branch}")
    say(f"The registry is {state.registry}")
    if state.base:
        say(f"The base image of builds is {state.base}")
    if state.runner:
        say(f"Jobs run in containers of the image {state.runner}")
    if state.workflows == ALL:
        say("A push starts all workflows that can run on this machine, also those that do not use the kit")
    for name, value in state.variables.items():
        say(f"vars.{name} is {value}")
    for name in run_secrets.names(forge):
        say(f"The secret {name} is set")
    say(f"{doctor.brief(machine.quick(Path.cwd()))}. All checks: ml-cicd doctor")
    say(f"Push to run the workflows: git push {remote.NAME} HEAD")


def _down(arguments: argparse.Namespace) -> None:
    from cicd.forge import lifecycle  # noqa: PLC0415
    from cicd.forge.machine import services  # noqa: PLC0415

    lifecycle.down(place.root(Path.cwd()), functools.partial(services.down, with_images=arguments.images), say)


def _dispatch(arguments: argparse.Namespace) -> int:
    from cicd.forge import control  # noqa: PLC0415

    runs = control.start(_forge(), arguments.workflow, arguments.ref, dict(arguments.input), _printer())
    return _exit_code(runs)


def _fire(arguments: argparse.Namespace) -> int:
    from cicd.forge import control  # noqa: PLC0415

    return _exit_code(control.fire(_forge(), arguments.workflow, _printer()))


def _rerun(arguments: argparse.Namespace) -> int:
    from cicd.forge import control  # noqa: PLC0415

    return _exit_code(control.rerun(_forge(), arguments.number, _printer()))


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


def _comments(arguments: argparse.Namespace) -> None:
    from cicd import github, ledger  # noqa: PLC0415
    from cicd.comment import data, document  # noqa: PLC0415
    from cicd.forge import comments  # noqa: PLC0415
    from cicd.printers import comment as printer  # noqa: PLC0415

    branch = arguments.branch or place.branch(Path.cwd())
    sections: dict[str, str] = {}
    reports = []
    for report in comments.of_branch(_forge(), branch, data.ARTIFACT, data.FILE):
        try:
            said = data.parse(report.content)
        except RefusedError as error:
            reason = f"run {report.run.number}: {error.message}"
            github.annotate("warning", reason, title="The comment would leave out what a run says")
            continue
        if said.speaks_of(report.run.sha, of_branch=report.run.ref == f"refs/heads/{branch}"):
            reports.append((said, report.run))
    for said, run in sorted(reports, key=lambda report: data.NAMES.index(report[0].stage)):
        title = f"run {run.number}"
        deployed = ledger.deployment_of(said.outcome)
        if not arguments.markdown:
            for line in printer.lines(said, deployed, title):
                say(line)
        sections |= printer.sections(said, deployed, run.sha, "", title)
    if arguments.markdown:
        say(document.refreshed("", sections, printer.ORDER))


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
    """Return the forge of the clone that the current folder belongs to."""
    return Forge.of_project(place.root(Path.cwd()))


def _printer() -> RunPrinter:
    """Return the printer of runs for this terminal, or for an output that is none."""
    from cicd.printers.runs import RunPrinter  # noqa: PLC0415

    return RunPrinter(columns(sys.stdout.fileno()) if sys.stdout.isatty() else 0)


def _exit_code(runs: Sequence[Run]) -> int:
    return 0 if all(run.passed for run in runs) else 1
