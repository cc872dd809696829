"""`ml-cicd upgrade`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cicd import github
from cicd.commands import options
from cicd.printers import json
from cicd.printers import upgrading as printer
from cicd.start import alone, applying, upgrading

if TYPE_CHECKING:
    from pathlib import Path

DECIDE = 3
"""The exit code for conflicts: a person must decide."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    parser.add_argument(
        "--to", default="", type=_ref, metavar="REF",
        help="a tag or commit of the kit (default: the version that is installed)",
    )  # fmt: skip
    parser.add_argument("--check", action="store_true", help="say what would change, and change nothing")
    parser.add_argument(
        "--base", default="", type=_ref, metavar="COMMIT",
        help="the commit of the project with the files as init or adopt wrote them, if the project does not keep them",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Upgrade the project's files to a version of the kit."""
    directory = arguments.directory.resolve()
    if arguments.check:
        upgrade, written = upgrading.plan(directory, arguments.to, arguments.base), False
    else:
        with alone.alone(directory):
            upgrade = _write(directory, arguments)
        written = upgrade.needed
    if arguments.json:
        json.show(printer.data(upgrade, written=written))
    else:
        sys.stdout.write(printer.text(upgrade, written=written) + "\n")
    if arguments.check:
        return 1 if upgrade.needed else 0
    return DECIDE if upgrade.merged.conflicts else 0


def _write(directory: Path, arguments: argparse.Namespace) -> upgrading.Upgrade:
    """Undo an upgrade that was killed, then write the files of this one. Returns the upgrade."""
    if applying.take_back(upgrading.root_of(directory)):
        text = "Its files are taken back; whatever else was changed stays."
        github.annotate("notice", text, title="An earlier upgrade was cut off")
    upgrading.check_clean(directory)
    upgrade = upgrading.plan(directory, arguments.to, arguments.base)
    if upgrade.needed:
        applying.apply(upgrade.root, upgrade.merged, upgrade.message)
    return upgrade


def _ref(value: str) -> str:
    if value.startswith("-"):
        raise argparse.ArgumentTypeError(f"is '{value}'; write a tag or a commit.")
    return value
