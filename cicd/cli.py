"""The command `ml-cicd`: finds the module of a command, runs it, and turns failures into messages and exit codes.

Each command is a module of `cicd.commands` with `configure(parser)` and `run(arguments) -> exit code`;
it is imported only when it is asked for, so that `ml-cicd --help` stays quick.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import sys
from typing import TYPE_CHECKING

from cicd import __version__
from cicd.errors import CicdError

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUPS: dict[str, dict[str, str]] = {
    "first": {
        "local": "run the workflows on this machine: a git remote whose pushes start them",
        "status": "what runs where, and whether it is what the ledger says",
        "promote": "move the tag that starts staging or production, after a look at what will happen",
        "rollback": "bring an accepted release back, by default the one before",
        "history": "the ledger of one environment, newest first",
    },
    "stages": {
        "build": "build the image that holds source, tests and tools",
        "test": "run the unit tests inside the build image",
        "check": "run the checks inside the build image",
        "train": "train what changed inside the build image, and pack the model bundle",
        "release": "build the release image, and push release and test image",
        "deploy": "bring an accepted release to an environment and test it there",
        "unlock": "remove the lock of an environment whose holder is dead",
        "verify": "say whether a commit may be promoted to an environment, and why not",
        "approve": "record that a release may go to an environment, and why",
        "checkout": "bring a release of the ledger back into a folder: code, model and data",
        "record": "write the outcome of a deployment into the ledger",
        "conclude": "hold the results of a run's jobs together",
        "advance": "fast-forward main to the tested commit, move Staging to it, and start staging",
    },
    "repository": {
        "keys": "make a key pair that signs the ledger, and say where each half belongs",
    },
    "kit": {
        "freeze": "write the released form of the kit, in which every sibling is named in full",
    },
}
COMMANDS = {name: text for group in GROUPS.values() for name, text in group.items()}
INTERNAL = {"hook": "run the workflows that a push to the remote 'local' triggers"}
"""Commands that programs call: the help and the list of commands leave them out."""


def _help() -> str:
    lines = ["usage: ml-cicd COMMAND [options]     (ml-cicd COMMAND --help says more)", ""]
    for title, commands in GROUPS.items():
        lines.append(f"{title}:")
        lines += [f"  {name:<10} {text}" for name, text in commands.items()]
        lines.append("")
    lines.append("exit codes: 0 done, 1 what was checked failed, 2 usage or configuration, 3 a person must decide,")
    lines.append("            4 refused by policy, 69 something needed is not reachable")
    return "\n".join(lines)


def parser_of(command: str) -> argparse.ArgumentParser:
    """The argument parser of one command."""
    module = importlib.import_module(f"cicd.commands.{command}")
    parser = argparse.ArgumentParser(prog=f"ml-cicd {command}", description=(COMMANDS | INTERNAL)[command] + ".")
    module.configure(parser)
    return parser


def report(error: CicdError) -> None:
    """Print a failure: an annotation inside a job, plain lines in a terminal."""
    from cicd import github  # noqa: PLC0415 -- urllib is not needed for --help

    text = error.message + (f"\n{error.hint}" if error.hint else "")
    if github.in_actions():
        github.annotate("error", text)
    sys.stderr.write(f"ml-cicd: {text}\n")


def _unknown(command: str) -> str:
    import difflib  # noqa: PLC0415 -- only for a slip

    near = difflib.get_close_matches(command, COMMANDS, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"ml-cicd: there is no command '{command}'.{hint} 'ml-cicd --help' lists them.\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words[0] if words else ""
    if command in COMMANDS or command in INTERNAL:
        return _run(command, words[1:])
    if command == "--version":
        sys.stdout.write(f"ml-cicd {__version__}\n")
        return 0
    if command in ("", "-h", "--help", "help"):
        sys.stdout.write(_help() + "\n")
        return 0 if command else 2
    sys.stderr.write(_unknown(command))
    return 2


def _run(command: str, words: Sequence[str]) -> int:
    try:
        parsed = parser_of(command).parse_args(words)
        # stdout is for the JSON alone, when JSON is asked for
        with contextlib.redirect_stdout(sys.stderr if getattr(parsed, "json", False) else sys.stdout):
            return int(importlib.import_module(f"cicd.commands.{command}").run(parsed))
    except SystemExit as stop:  # argparse
        return int(stop.code or 0)
    except CicdError as error:
        report(error)
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("ml-cicd: stopped.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
