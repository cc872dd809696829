"""`ml-cicd build`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.printers import json
from cicd.produce import build_image

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    parser.add_argument(
        "--use-cache", nargs="?", const=True, default=False, type=options.boolean, metavar="true|false",
        help="take layers that did not change from the registry, where integration pushes them",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Build the build image."""
    directory = arguments.directory.resolve()
    image = build_image.build(config.load(directory), directory, use_cache=arguments.use_cache)
    github.set_outputs({"image": image})
    if arguments.json:
        json.show({"image": image})
    else:
        sys.stdout.write(f"build image: {image}\n")
    return 0
