"""`ml-cicd release`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cicd import config, github, repository
from cicd.commands import options
from cicd.oci import engine, registry
from cicd.produce import release_build

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_json(parser)
    given: dict[str, Any] = {"required": True, "type": options.given}
    parser.add_argument("--bundle", help="the model bundle, as repository@sha256:...", **given)
    parser.add_argument("--test-image", help="the build image, which becomes the test image", **given)


def run(arguments: argparse.Namespace) -> int:
    directory = arguments.directory.resolve()
    project = config.load(directory)
    commit = repository.Repository(directory, "origin").commit("HEAD")
    made = release_build.build_and_push(
        engine.connect(),
        project,
        directory,
        commit=commit,
        repository=registry.repository_for(repository.slug(directory), project.image),
        bundle=arguments.bundle,
        test_image=arguments.test_image,
    )
    github.set_outputs({"commit": commit, "release": made.release, "test": made.test})
    github.add_summary(f"**Release** of `{commit}`\n\n* release image `{made.release}`\n* test image `{made.test}`")
    if arguments.json:
        options.print_json(made)
    else:
        sys.stdout.write(f"release image: {made.release}\ntest image:    {made.test}\n")
    return 0
