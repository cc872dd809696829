"""`ml-cicd train`."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from cicd import config, github, repository, variables
from cicd.commands import options
from cicd.errors import UsageError
from cicd.oci import engine, registry
from cicd.produce import bundles

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_json(parser)
    options.add_image(parser)


def run(arguments: argparse.Namespace) -> int:
    directory = arguments.directory.resolve()
    project = config.load(directory)
    if project.train is None:
        raise UsageError("The project has no [train] in ml-cicd.toml.", "Add the command that writes /tmp/bundle.")
    checkout = repository.Repository(directory, "origin")
    commit = checkout.commit("HEAD")
    key = bundles.key(checkout, commit, project.train, os.environ.get(variables.ML_CICD_BASE, ""))
    target = registry.repository_for(repository.slug(directory), project.image)
    bundle = bundles.train(engine.connect(), project, arguments.image, target, name=key, commit=commit)
    github.set_outputs({"bundle": bundle.image, "trained": bundle.trained})
    said = "trained" if bundle.trained else "taken as it is, since nothing that it depends on changed"
    github.add_summary(f"**Model bundle**: {said}\n\n```json\n{json.dumps(bundle.metadata, indent=2)}\n```")
    if arguments.json:
        options.print_json(bundle)
    else:
        sys.stdout.write(f"model bundle: {bundle.image}, {said}\n")
    return 0
