"""`ml-cicd keys`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd.commands import options
from cicd.ledger import signing
from cicd.printers import json, terminal

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a new key pair."""
    private, public = signing.new_pair()
    if arguments.json:
        json.show({"private": private, "public": public})
    else:
        sys.stdout.write(terminal.keys(signing.KEY, private, public) + "\n")
    return 0
