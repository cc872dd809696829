"""Options that several commands share."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from cicd import place, stages, variables
from cicd.doctor.rulesets import Choices, Mode
from cicd.errors import UsageError
from cicd.forge import surroundings
from cicd.text import say

AUTOMATED_WAIT = 600.0


def add_common(parser: argparse.ArgumentParser, *, remote: bool = True, new: bool = False) -> None:
    """Add `--directory`, `--remote` unless the command needs no ledger, and `--json`.

    The default of a `new` project is this folder; else it is the project that this folder belongs to. A job has a
    checkout or none, so that its own folder counts.
    """
    in_job = os.environ.get(variables.GITHUB_ACTIONS) == "true"
    parser.add_argument(
        "--directory", type=Path, default=Path() if new or in_job else place.project(Path()),
        help="the project's directory (default: this one)" if new else "the project's directory (default: this one, or "
        "the one above it that has ml-cicd.toml)",
    )  # fmt: skip
    if remote:
        parser.add_argument(
            "--remote", help="the git remote with the ledger (default: origin, or the only one; a command that changes "
            "something must be told which of several)",
        )  # fmt: skip
    add_json(parser)


def join_forge(directory: Path) -> None:
    """Let the command use base image, registry and engine of the local forge of this clone while it is up; say so."""
    if line := surroundings.join(directory, os.environ):
        say(line)


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


def add_road(parser: argparse.ArgumentParser) -> None:
    """Add the options that decide what the callers of a project contain: its branches, and those of `add_kit`."""
    add_branches(parser)
    add_kit(parser)


def add_branches(parser: argparse.ArgumentParser) -> None:
    """Add `--main` and `--integration`: the branches of a project."""
    parser.add_argument(
        "--main", default="", metavar="BRANCH", help="the branch of tested commits (default: the default branch)"
    )
    parser.add_argument(
        "--integration", default="", metavar="BRANCH",
        help="the branch whose pushes start integration; the main branch itself for trunk-based work",
    )  # fmt: skip


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Add the options that decide about the rulesets on GitHub; `rules` reads them."""
    parser.add_argument(
        "--mode", choices=[*Mode], default=Mode.OPEN,
        help="open: no rule on what the road itself moves; protected: only an App, and people with the role Maintain "
        "or Admin, move main and the tags (default: open)",
    )  # fmt: skip
    parser.add_argument(
        "--app-id", type=int, default=0, metavar="ID", help="with --mode protected: the id of the App of the road"
    )
    parser.add_argument("--merge-queue", action="store_true", help="merge through GitHub's merge queue")
    parser.add_argument(
        "--reviews", type=int, choices=range(11), default=1, metavar="N",
        help="how many people must approve a pull request: 0 to 10 (default: 1)",
    )  # fmt: skip


def rules(arguments: argparse.Namespace) -> Choices:
    """Return the choices about the rulesets."""
    return Choices(Mode(arguments.mode), arguments.app_id, arguments.merge_queue, arguments.reviews)


def rules_options(arguments: argparse.Namespace) -> list[str]:
    """Return the options by which another command gets the same project and the same rules."""
    given = {"--main": arguments.main, "--integration": arguments.integration}
    if arguments.directory.resolve() != place.project(Path()).resolve():
        given["--directory"] = str(arguments.directory)
    choices, usual = rules(arguments), Choices()
    if choices.mode is not usual.mode:
        given |= {"--mode": choices.mode.value, "--app-id": str(choices.app)}
    if choices.reviews != usual.reviews:
        given["--reviews"] = str(choices.reviews)
    words = [word for option, value in given.items() if value for word in (option, value)]
    return [*words, *(["--merge-queue"] if choices.merge_queue else [])]


def add_kit(parser: argparse.ArgumentParser) -> None:
    """Add `--kit`, `--ref` and `--deploy-runs-on`, for the callers of a project."""
    parser.add_argument("--kit", default="", metavar="OWNER/NAME", type=repository, help="the repository of the kit")
    parser.add_argument("--ref", default="v1", help="the tag or commit of the kit that the callers name (default: v1)")
    parser.add_argument(
        "--deploy-runs-on", type=labels, default=("self-hosted",), metavar="LABELS",
        help="labels of the runner that deploys, with commas; empty for the hosted one (default: self-hosted)",
    )  # fmt: skip


def labels(value: str) -> tuple[str, ...]:
    """Return the labels in a text with commas."""
    return tuple(filter(None, (word.strip() for word in value.split(","))))


def repository(value: str) -> str:
    """Return a value that is `owner/name`, or empty.

    Raises:
        argparse.ArgumentTypeError: it is neither.

    """
    if value and not re.fullmatch(r"[A-Za-z0-9][\w.-]*/[\w.-]+", value):
        raise argparse.ArgumentTypeError(f"is '{value}'; write OWNER/NAME.")
    return value


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
    return answer(f"{question} [y/N] ", "Answer y or n, or add --yes.").lower() in ("y", "yes")


def answer(question: str, hint: str) -> str:
    """Return what a person types on the terminal after a question.

    Raises:
        UsageError: the input ended, as Ctrl-D ends it, or is no text; `hint` says how to answer.

    """
    try:
        return input(question).strip()
    except EOFError:
        problem = "The input ended before the question was answered"
    except UnicodeDecodeError:
        problem = "The answer can't be read as text"
    sys.stdout.write("\n")
    raise UsageError(f"{problem}. Nothing was changed.", hint)


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
