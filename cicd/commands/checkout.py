"""`ml-cicd checkout`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import config, ledger, repository, stages
from cicd.commands import options
from cicd.oci import engine, images
from cicd.road import checkout

if TYPE_CHECKING:
    import argparse

SAID = {
    "brought back": "as they were, from {stages}",
    "locked": "to be made as they were: install DVC and run `dvc repro --single-item {stages}` there",
    "not locked": "the bundle holds no lock of them",
}


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    parser.add_argument("environment", type=options.given, help=stages.NAMES)
    parser.add_argument("entry", nargs="?", help="the entry of its ledger (default: the release that passed last)")
    parser.add_argument("--folder", type=Path, help="where to (default: beside the clone, named after the entry)")


def run(arguments: argparse.Namespace) -> int:
    project = config.load(arguments.directory.resolve())
    project.environment(arguments.environment)
    found = repository.clone(arguments.directory.resolve(), arguments.remote)
    found.fetch()
    origin = checkout.origin(ledger.read_all(found, project.name), arguments.environment, arguments.entry)
    release = origin.entry.deployment
    root = Path(found.git("rev-parse", "--show-toplevel"))
    folder = arguments.folder or root.parent / f"{project.name}-{release.environment}-{origin.entry.number}"
    client = engine.connect()
    images.pull(client, origin.bundle)  # where the registry does not answer, no folder is in the way of the next run
    place = checkout.code(found, release.commit, folder)
    checkout.model(client, origin.bundle, place)
    data, stages = checkout.data(place)
    made = checkout.Checkout(str(place), release.commit, release.release, origin.bundle, origin.data, data, stages)
    if arguments.json:
        options.print_json(made)
    else:
        sys.stdout.write(
            f"{project.name}, entry {origin.entry.number} of {release.environment}, in {place}\n"
            f"code   {release.commit}\n"
            f"model  {origin.bundle}, in {checkout.BUNDLE}\n"
            f"data   {origin.data or '-'}, {SAID[data].format(stages=' '.join(stages))}\n"
        )
    return 0
