"""`ml-cicd init`."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.commands import options
from cicd.errors import UsageError
from cicd.printers import json, starting
from cicd.start import adoption, base, callers, generated, skeleton, target
from cicd.start.project import Kind
from cicd.text import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from cicd.start.callers import Branches

DEVELOP, TRUNK = "develop", "trunk"
KIT = "Repository of the kit on GitHub (any name will do on this machine)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="the folder of the new project")
    parser.add_argument("--name", default="", help="the project's name (default: that of the folder)")
    parser.add_argument(
        "--kind", action="append", choices=[*Kind], dest="kinds",
        help="what it delivers (default: service); may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--branches", choices=(DEVELOP, TRUNK),
        help="merge to develop, and main follows what was tested; or trunk-based, main alone (default: develop)",
    )  # fmt: skip
    parser.add_argument("--python", choices=skeleton.PYTHONS, help=f"its Python (default: {skeleton.PYTHONS[0]})")
    options.add_kit(parser)
    parser.add_argument("--approve", action="store_true", help="add the workflow that records approvals")
    parser.add_argument("--local", action="store_true", help="also start the local forge, as ml-cicd local up does")
    parser.add_argument("--yes", action="store_true", help="ask nothing: take the defaults")
    options.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the project and commit it."""
    directory = arguments.directory.absolute()
    asks = sys.stdin.isatty() and not arguments.yes and not arguments.json
    name = skeleton.check_name(arguments.name or _asked("Name", directory.name, ask=asks))
    kind, *beside = _kinds(arguments.kinds, ask=asks)
    model = arguments.branches or _asked("Branches", DEVELOP, (DEVELOP, TRUNK), ask=asks)
    python = arguments.python or _asked("Python", skeleton.PYTHONS[0], skeleton.PYTHONS, ask=asks)
    branches = callers.Branches("main", "main" if model == TRUNK else "develop")
    repository = arguments.kit or adoption.kit_repository() or _asked(KIT, adoption.KIT, ask=asks)
    called = callers.Choices(repository, arguments.ref, branches, deploy_runs_on=arguments.deploy_runs_on)
    choices = skeleton.Choices(name, kind, called, python, arguments.approve, tuple(beside))
    start = _forge() if arguments.local else None  # what it lacks is said before anything is written
    texts = base.generate(target.installed(), generated.of_skeleton(choices))
    written = skeleton.create(directory, texts, branches)
    if start:
        start(directory)
    shown = arguments.directory
    if arguments.json:
        json.show({"directory": str(directory), "name": name, "files": written, "branches": _names(branches)})
    else:
        sys.stdout.write(starting.new_project(shown, written, _names(branches), forge=arguments.local) + "\n")
    return 0


def _names(branches: Branches) -> list[str]:
    return list(dict.fromkeys((branches.main, branches.integration)))


def _kinds(given: Sequence[str] | None, *, ask: bool) -> list[Kind]:
    """Return what the project delivers: a service before a job before a package."""
    chosen = given or _several("Kind, or several", Kind.SERVICE, [*Kind], ask=ask)
    return [kind for kind in Kind if kind in chosen]


def _asked(question: str, default: str, possible: Sequence[str] = (), *, ask: bool) -> str:
    """Return the answer to a question of which one is possible; see `_several`."""
    return next(iter(_several(question, default, possible, ask=ask, split=False)))


def _several(question: str, default: str, possible: Sequence[str], *, ask: bool, split: bool = True) -> list[str]:
    """Ask a question on the terminal and return the answers; the default for an empty one, or without a terminal.

    Raises:
        UsageError: an answer is not possible, or the input ended.

    """
    if not ask:
        return [default]
    choices = f" ({', '.join(possible)})" if possible else ""
    hint = "Enter takes the answer in brackets, and --yes all of them."
    answer = options.answer(f"{question}{choices} [{default}]: ", hint) or default
    answers = (answer.replace(",", " ").split() or [default]) if split else [answer]
    wrong = next((answer for answer in answers if possible and answer not in possible), "")
    if wrong:
        raise UsageError(f"{question}: '{wrong}' is not possible here.", f"Choose one of: {', '.join(possible)}")
    return answers


def _forge() -> Callable[[Path], object]:
    """Return what starts the local forge in a folder.

    Raises:
        UsageError: this command belongs to no clone of the kit.

    """
    from cicd import freeze  # noqa: PLC0415 -- only --local needs the forge
    from cicd.forge import lifecycle  # noqa: PLC0415
    from cicd.forge.machine import services  # noqa: PLC0415

    kit, start = freeze.kit_root(), functools.partial(services.up, runner=None)
    return lambda directory: lifecycle.up(directory, kit, start, say, [])
