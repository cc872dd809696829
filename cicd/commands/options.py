"""Options that several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from cicd import stages, variables
from cicd.errors import UsageError

AUTOMATED_WAIT = 600.0


def add_common(parser: argparse.ArgumentParser, *, remote: bool = True) -> None:
    """Add `--directory`, `--remote` unless the command needs no ledger, and `--json`."""
    parser.add_argument("--directory", type=Path, default=Path(), help="the project's directory (default: this one)")
    if remote:
        parser.add_argument("--remote", help="the git remote with the ledger (default: origin, or the only one)")
    add_json(parser)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def add_environment(parser: argparse._ActionsContainer, *, option: bool = False, required: bool = True) -> None:
    """Add the environment, as a positional argument or as the option `--environment`."""
    if option:
        parser.add_argument("--environment", required=required, type=text, metavar="ENVIRONMENT", help=stages.NAMES)
    else:
        parser.add_argument("environment", type=text, metavar="ENVIRONMENT", help=stages.NAMES)


def add_promotion(parser: argparse.ArgumentParser) -> None:
    """Add `--commit`, `--tag` and `--backwards`: which commit to promote, and how strictly to judge it."""
    parser.add_argument(
        "--commit", default="",
        help="the commit whose release to take; may be left out with --backwards, for the previous release",
    )  # fmt: skip
    parser.add_argument("--tag", type=_optional, help="the tag that started the run; it must still point to the commit")
    parser.add_argument(
        "--backwards", nargs="?", const=True, default=False, type=boolean, metavar="true|false",
        help="allow a commit that is older than the deployed commit",
    )  # fmt: skip


def add_lock_wait(parser: argparse.ArgumentParser) -> None:
    """Add `--lock-wait`."""
    parser.add_argument(
        "--lock-wait", type=float, metavar="SECONDS",
        default=AUTOMATED_WAIT if os.environ.get(variables.GITHUB_ACTIONS) == "true" else 0,
        help="how long to wait for another deployment to the environment to end (default: 600 in a job, else 0)",
    )  # fmt: skip


def add_asking(parser: argparse.ArgumentParser) -> None:
    """Add `--yes` and `--dry-run`."""
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--dry-run", action="store_true", help="show what would be done, and change nothing")


def add_reason(parser: argparse.ArgumentParser, help_text: str) -> None:
    """Add the required `--reason`, which the ledger keeps."""
    parser.add_argument("--reason", required=True, type=text, metavar="TEXT", help=help_text)


def add_image(parser: argparse.ArgumentParser) -> None:
    """Add `--image`."""
    parser.add_argument("--image", required=True, type=text, help="the build image, as `ml-cicd build` printed it")


def confirmed(question: str, arguments: argparse.Namespace) -> bool:
    """Return whether the person says yes, or has said so with `--yes`.

    Raises:
        UsageError: nobody can be asked.

    """
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("This command asks first, and standard input is no terminal.", "Add --yes.")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def text(value: str) -> str:
    """Return a value that is not empty.

    Raises:
        argparse.ArgumentTypeError: it is empty.

    """
    if not value:
        raise argparse.ArgumentTypeError(
            "is empty.\nIn a workflow, an expression that names an input or output which does not exist is empty."
        )
    return value


def _optional(value: str) -> str | None:
    """Return None for an empty value: a workflow passes one for an input that was left out."""
    return value or None


def boolean(value: str) -> bool:
    """Return the value of an option that a workflow writes as true or false.

    Raises:
        argparse.ArgumentTypeError: it is neither.

    """
    if value not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"is '{value}'; write true or false.")
    return value == "true"
