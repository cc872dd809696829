"""`ml-cicd release`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.oci import logins
from cicd.printers import json, markdown, terminal
from cicd.produce import release_build

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    parser.add_argument(
        "--bundle", default="", metavar="IMAGE",
        help="the model bundle, as repository@sha256:...; empty for a project without a model",
    )  # fmt: skip
    parser.add_argument(
        "--test-image", required=True, type=options.text, metavar="IMAGE",
        help="the build image, which becomes the test image",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Build and push the two images."""
    options.join_forge(arguments.directory)
    directory = arguments.directory.resolve()
    project = config.load(directory)
    logins.follow(project)
    release = release_build.build_and_push(project, directory, bundle=arguments.bundle, test_image=arguments.test_image)
    github.set_outputs({"commit": release.commit, "release": release.release, "test": release.test})
    github.add_summary(markdown.release(release))
    if arguments.json:
        json.show(release)
    else:
        sys.stdout.write(terminal.release(release) + "\n")
    return 0
