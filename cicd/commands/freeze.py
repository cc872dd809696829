"""`ml-cicd freeze`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import freeze

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("directory", metavar="DIR", type=Path, help="a new or an empty directory")
    parser.add_argument("--ref", required=True, help="the tag, branch or commit by which actions are named")
    parser.add_argument("--repository", default=freeze.REPOSITORY, help="owner/name of the kit (default: %(default)s)")
    parser.add_argument(
        "--worktree", action="store_true", help="take the files as they are now, not as in the last commit"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the released form, and print where it is."""
    freeze.freeze(
        freeze.kit_root(), arguments.directory, arguments.repository, arguments.ref, worktree=arguments.worktree
    )
    sys.stdout.write(f"{arguments.directory}: {arguments.repository} as of {arguments.ref}\n")
    return 0
