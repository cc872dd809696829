"""`ml-cicd hook`: the post-receive hook of a forge's remote, which git runs. People have no use for it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.forge import post_receive, push_process
from cicd.forge.state import Forge
from cicd.printers.runs import RunPrinter

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--forge", type=Path, required=True, help="the folder of the forge")


def run(arguments: argparse.Namespace) -> int:
    """Run the workflows that the push on standard input triggers."""
    updates = (line.decode(errors="surrogateescape") for line in sys.stdin.buffer)
    terminal = push_process.Terminal()
    printer = RunPrinter(terminal.columns, terminal.write)
    try:
        post_receive.receive(Forge(arguments.forge), updates, printer, lambda: terminal.say_last(printer.cancelled()))
    except Exception:
        printer.interrupted()  # git shows the error, which must not stand behind a line in progress
        raise
    return 0
