"""Options that several commands share."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import stages, variables
from cicd.errors import UsageError

if TYPE_CHECKING:
    import argparse

AUTOMATED_WAIT = 600.0


def add_directory(parser: argparse.ArgumentParser) -> None:
    """`--directory`: where the project is."""
    parser.add_argument("--directory", type=Path, default=Path(), help="the project's directory (default: this one)")


def add_remote(parser: argparse.ArgumentParser) -> None:
    """`--remote`: which git remote holds the ledger."""
    parser.add_argument("--remote", help="the git remote with the ledger (default: origin, or the only one)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`: print the result as JSON."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def add_environment(parser: argparse._ActionsContainer, *, required: bool = True) -> None:
    """`--environment`: which environment; its name is checked against the configuration."""
    parser.add_argument("--environment", required=required, type=given, help=stages.NAMES)


def add_promotion(parser: argparse.ArgumentParser) -> None:
    """`--commit`, `--tag` and `--backwards`: what is to be promoted, and how strictly."""
    parser.add_argument(
        "--commit", default="", help="the commit whose release is meant (default with --backwards: the release before)"
    )
    parser.add_argument("--tag", type=_optional, help="the trigger tag that must still point to the commit")
    parser.add_argument(
        "--backwards", nargs="?", const=True, default=False, type=_boolean, metavar="true|false",
        help="allow a commit older than the one that runs",
    )  # fmt: skip


def add_lock_wait(parser: argparse.ArgumentParser) -> None:
    """`--lock-wait`: how long to wait for another deployment to the environment."""
    parser.add_argument(
        "--lock-wait", type=float, metavar="SECONDS",
        default=AUTOMATED_WAIT if os.environ.get(variables.GITHUB_ACTIONS) == "true" else 0,
        help="how long to wait for another deployment to the environment (default: 600 in a job, else 0)",
    )  # fmt: skip


def add_asking(parser: argparse.ArgumentParser) -> None:
    """`--yes` and `--dry-run`: whether to ask, and whether to do anything at all."""
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")


def confirmed(question: str, arguments: argparse.Namespace) -> bool:
    """Whether the person says yes, or said so already with `--yes`.

    Raises:
        UsageError: nobody can be asked.

    """
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("This asks before it does anything, and nobody is there to answer.", "Add --yes.")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def add_image(parser: argparse.ArgumentParser) -> None:
    """`--image`: the build image to work in."""
    parser.add_argument("--image", required=True, type=given, help="the build image")


def given(text: str) -> str:
    """A value that is not empty: a workflow passes an empty string for an output that is missing."""
    if not text:
        raise ValueError
    return text


def _optional(text: str) -> str | None:
    """A workflow passes an empty string for an input that was left out."""
    return text or None


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def print_json(value: Any) -> None:
    """Print a dataclass, or plain data, as indented JSON, on the true stdout."""
    from dataclasses import asdict, is_dataclass  # noqa: PLC0415 -- slow to import, and most calls print no JSON

    data = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    print(json.dumps(data, indent=2, default=asdict), file=sys.__stdout__)
