"""`ml-cicd freeze`: write the released form of the kit."""

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
    parser.add_argument("--ref", required=True, help="the tag, branch or commit by which siblings are named")
    parser.add_argument("--repository", default=freeze.REPOSITORY, help="owner/name of the kit (default: %(default)s)")
    parser.add_argument("--worktree", action="store_true", help="the files as they are now instead of the last commit")


def run(arguments: argparse.Namespace) -> int:
    """Write it and say where it is."""
    freeze.freeze(
        freeze.kit_root(), arguments.directory, arguments.repository, arguments.ref, worktree=arguments.worktree
    )
    sys.stdout.write(f"{arguments.directory}: {arguments.repository} as of {arguments.ref}\n")
    return 0
