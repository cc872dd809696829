"""`ml-cicd keys`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd.commands import options
from cicd.ledger import signing

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    private, public = signing.new_pair()
    if arguments.json:
        options.print_json({"private": private, "public": public})
        return 0
    sys.stdout.write(
        f"The private key, for the secret {signing.KEY} of the environment `ledger`; it is kept nowhere else:\n\n"
        f"{private}\n"
        "The public key, for ml-cicd.toml on main, after the keys that are there:\n\n"
        f'[ledger]\nkeys = ["""{public}"""]\n\n'
        "Set the secret first: entries are signed from then on, and count as signed once main names the key.\n"
    )
    return 0
