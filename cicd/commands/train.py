"""`ml-cicd train`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.printers import json, markdown, terminal
from cicd.produce import bundles

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train, unless the registry has the bundle already."""
    directory = arguments.directory.resolve()
    bundle = bundles.obtain(config.load(directory), directory, arguments.image)
    github.set_outputs({"bundle": bundle.image, "trained": bundle.trained})
    github.add_summary(markdown.bundle(bundle))
    if arguments.json:
        json.show(bundle)
    else:
        sys.stdout.write(terminal.bundle(bundle) + "\n")
    return 0
