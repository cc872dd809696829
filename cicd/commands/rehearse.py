"""`ml-cicd rehearse`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.comment import rehearsal as encoded
from cicd.printers import json
from cicd.printers import rehearsal as printer
from cicd.road import rehearsal

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train and evaluate; what the numbers say is no reason to fail."""
    options.join_forge(arguments.directory)
    directory = arguments.directory.resolve()
    done = rehearsal.rehearse(config.load(directory), directory, arguments.image)
    github.set_outputs({"model": encoded.encode(done)})
    github.add_summary(printer.markdown(done))
    if arguments.json:
        json.show(done)
    else:
        sys.stdout.write(printer.text(done) + "\n")
    return 0
