"""`ml-cicd build`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd import labels as names
from cicd.commands import options
from cicd.oci import images

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    directory = arguments.directory.resolve()
    project = config.load(directory)
    image = images.build(
        directory,
        directory / "cicd" / "build" / "Dockerfile",
        tag=f"ml-cicd/{project.name}-build:latest",
        labels={names.PROJECT: project.name},
    )
    github.set_outputs({"image": image})
    if arguments.json:
        options.print_json({"image": image})
    else:
        sys.stdout.write(f"build image: {image}\n")
    return 0
