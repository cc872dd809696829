"""`ml-cicd build`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import config, github
from cicd.commands import options
from cicd.doctor import machine
from cicd.printers import doctor, json, rehearsal
from cicd.produce import branch_training, build_image, eject

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from cicd.config import Config

BRANCH = "branch"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_common(parser, remote=False)
    parser.add_argument(
        "--use-cache", nargs="?", const=True, default=False, type=options.boolean, metavar="true|false",
        help="take layers that did not change from the registry, where integration pushes them",
    )  # fmt: skip
    parser.add_argument(
        "--trains", nargs="?", const="true", default="false", choices=("true", "false", BRANCH),
        metavar="true|false|branch",
        help="check first that the secrets of training were given, for a job that trains next; branch: only if "
        "ml-cicd.toml has [train] branch, and not for a pull request from a fork, Dependabot or the merge queue",
    )  # fmt: skip
    parser.add_argument(
        "--eject", action="store_true",
        help="build nothing: write the Dockerfiles that the kit makes for a project without one, so that you own them",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Build the build image, or write the files of a generated build."""
    options.join_forge(arguments.directory)
    directory = arguments.directory.resolve()
    if arguments.eject:
        return _eject(arguments, directory)
    if github.in_actions():  # a full disk or an old engine is easier to see here than in the failure of a later step
        sys.stdout.write(f"{doctor.brief(machine.quick(directory))}\n")
        sys.stdout.flush()
    project = config.load(directory)
    trains = _trains(project) if arguments.trains == BRANCH else arguments.trains == "true"
    image = build_image.build(project, directory, use_cache=arguments.use_cache, trains=trains)
    github.set_outputs({"image": image, "trains": "true" if trains else "false"})
    if arguments.json:
        json.show({"image": image})
    else:
        sys.stdout.write(f"build image: {image}\n")
    return 0


def _trains(project: Config) -> bool:
    """Return whether a run of `ci` trains; if the project asks for it and the run leaves it out, say why."""
    if not branch_training.is_asked(project):
        return False
    reason = branch_training.left_out()
    if reason:
        github.annotate("notice", f"It is left out, since {reason}.", title="No thin training")
        github.add_summary(rehearsal.left_out(reason))
    return not reason


def _eject(arguments: argparse.Namespace, directory: Path) -> int:
    files = eject.write(config.load(directory), directory)
    if arguments.json:
        json.show({"files": files})
    else:
        sys.stdout.write("".join(f"wrote {name}\n" for name in files))
    return 0
