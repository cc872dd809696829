"""`ml-cicd train`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.oci import logins
from cicd.printers import json, markdown, terminal
from cicd.produce import bundle_source, evaluation_set

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the model bundle, unless there is one or the project has no model; push the evaluation set."""
    options.join_forge(arguments.directory)
    directory = arguments.directory.resolve()
    project = config.load(directory)
    logins.follow(project)
    bundle = bundle_source.obtain(project, directory, arguments.image)
    evaluation = evaluation_set.publish(project, directory, arguments.image)
    image, trained = (bundle.image, bundle.trained) if bundle else ("", False)
    github.set_outputs({"bundle": image, "trained": "true" if trained else "false", "evaluation": evaluation})
    github.add_summary(markdown.bundle(bundle))
    if arguments.json:
        json.show(bundle or {"image": "", "trained": False, "metadata": {}})
    else:
        sys.stdout.write(terminal.bundle(bundle) + "\n")
    return 0
