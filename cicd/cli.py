"""The command `ml-cicd`: find the module of a command, run it, turn failures into messages and exit codes.

Each command is a module of `cicd.commands` with `configure(parser)` and `run(arguments) -> exit code`;
only the one that is asked for is imported, so that `ml-cicd --help` stays quick.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import TYPE_CHECKING

from cicd import __version__, interrupts, variables
from cicd.commands.parser import Parser
from cicd.direct import spare_this_machine
from cicd.errors import CheckFailedError, CicdError, UnreachableError, UsageError
from cicd.text import unfailing_output

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUPS: dict[str, dict[str, str]] = {
    "every day": {
        "init": "make a new project that is on the road from its first commit",
        "adopt": "bring an existing project on the road: write ml-cicd.toml and the callers, change no code",
        "upgrade": "bring a project's callers and skeleton to another version of the kit; edits and renames stay",
        "local": "run the workflows on this machine: a git remote whose pushes start workflows",
        "status": "show what runs in each environment, and whether the ledger says the same",
        "promote": "show what a promotion would bring, ask, and move the tag that starts it",
        "rollback": "bring an accepted release back, by default the previous one",
        "history": "list the ledger of an environment, newest entry first",
        "doctor": "say what is missing on this machine, in the repository and on GitHub, and what mends it",
        "approve": "record that a release may go to an environment, and why",
        "checkout": "bring a release back into a folder: its code, its model and its data",
        "unlock": "remove the lock of an environment, whoever holds it; only if the holder is dead",
        "gate": "judge a model against the champion from their predictions, with known error rates",
    },
    "steps of the workflows": {
        "build": "build the image that holds source, tests and tools",
        "test": "run the unit tests in the build image",
        "check": "run the project's checks in the build image",
        "rehearse": "train a branch thinly where it changes the model, and report on the development set",
        "train": "train the model in the build image, unless nothing that it depends on changed",
        "release": "build the release image, and push it and the test image",
        "verify": "say whether a commit may be promoted to an environment, and if not, why",
        "deploy": "bring an accepted release to an environment and test it there",
        "record": "write the outcome of a deployment into the ledger",
        "conclude": "fail unless every job succeeded",
        "advance": "fast-forward main to the tested commit, and move the tag that starts the next stage",
        "comment": "bring the comment of a pull request up to date with the runs of its newest commit",
    },
    "set-up": {
        "rulesets": "print the settings that the project needs on GitHub: rulesets, environments, secrets",
        "keys": "make a key pair that signs the ledger",
        "freeze": "write the released form of the kit; prove, compare, make and publish releases of the kit",
    },
}
COMMANDS = {name: text for group in GROUPS.values() for name, text in group.items()}
INTERNAL = {"hook": "run the workflows that a push to the remote 'local' triggers"}
"""Commands that programs call: the help and the list of commands leave them out."""
EXTRAS = {"numpy": "gate", "scipy": "gate", "pyarrow": "parquet"}
"""The extra with a package that the extra `local` does not bring."""
EXAMPLES = {
    "init": "ml-cicd init churn --kind service",
    "adopt": "ml-cicd adopt --dry-run",
    "upgrade": "ml-cicd upgrade --to v1.1.0",
    "local": "ml-cicd local up",
    "status": "ml-cicd status",
    "promote": "ml-cicd promote production",
    "rollback": "ml-cicd rollback production --reason 'errors since 14:05'",
    "history": "ml-cicd history production",
    "doctor": "ml-cicd doctor",
    "approve": "ml-cicd approve production main --reason 'checked the report of May'",
    "checkout": "ml-cicd checkout production 7",
    "unlock": "ml-cicd unlock production",
    "gate": "ml-cicd gate --candidate new.csv --champion old.csv --metric accuracy --margin 0.01",
    "build": "ml-cicd build",
    "test": "ml-cicd test --image ml-cicd/my-project-build",
    "check": "ml-cicd check --image ml-cicd/my-project-build",
    "rehearse": "ml-cicd rehearse --image ml-cicd/my-project-build",
    "train": "ml-cicd train --image ml-cicd/my-project-build",
    "release": "ml-cicd release --bundle ghcr.io/acme/app/bundle@sha256:... --test-image ml-cicd/my-project-build",
    "verify": "ml-cicd verify --environment production --commit main",
    "deploy": "ml-cicd deploy --environment production --commit main --dry-run",
    "record": "ml-cicd record --pending",
    "conclude": 'ml-cicd conclude --needs \'{"test": {"result": "success"}}\'',
    "advance": "ml-cicd advance --commit develop",
    "rulesets": "ml-cicd rulesets --script",
    "comment": "ml-cicd comment --event event.json",
    "keys": "ml-cicd keys",
    "freeze": "ml-cicd freeze ../released --ref v1.2.3",
}


def _help() -> str:
    lines = ["usage: ml-cicd COMMAND [options]     (options of a command: ml-cicd COMMAND --help)", ""]
    for title, commands in GROUPS.items():
        lines.append(f"{title}:")
        lines += [f"  {name:<10} {text}" for name, text in commands.items()]
        lines.append("")
    lines.append("exit codes: 0 done, 1 a test, a check or a deployment failed, 2 wrong usage or configuration,")
    lines.append("            3 a person must decide, 4 refused, 69 a service does not answer (the message says which)")
    return "\n".join(lines)


def parser_of(command: str) -> Parser:
    """Return the argument parser of one command."""
    module = importlib.import_module(f"cicd.commands.{command}")
    text = (COMMANDS | INTERNAL)[command]
    parser = Parser(
        prog=f"ml-cicd {command}", description=f"{text[0].upper()}{text[1:]}.", example=EXAMPLES.get(command, "")
    )
    module.configure(parser)
    return parser


def report(error: CicdError, remote: str | None = None) -> None:
    """Print a failure once: as an annotation in a job, whose log shows it too, else as plain lines.

    `remote` is the git remote that the person named: the commands in the hint need the same.
    """
    from cicd import github  # noqa: PLC0415 -- urllib is not needed for --help

    lacking = "" if isinstance(error, CheckFailedError) else github.lacking_rights()
    text = "\n".join(filter(None, (error.message, error.hint, _same_remote(error.hint, remote), lacking)))
    if github.in_actions():
        github.annotate("error", text)
    else:
        sys.stderr.write(f"ml-cicd: {text}\n")


def _same_remote(hint: str, remote: str | None) -> str:
    """Return a line that adds the remote to the commands of a hint; empty if no remote was named or none takes one."""
    if remote is None or "--remote" in hint:
        return ""
    import re  # noqa: PLC0415 -- only for a failure

    named = {name for name in re.findall(r"ml-cicd ([a-z]+)", hint) if name in COMMANDS}
    needed = any("--remote" in parser_of(name).format_usage() for name in named)
    return f"Add to that command: --remote {remote}" if needed else ""


def _unknown(command: str) -> str:
    import difflib  # noqa: PLC0415 -- only for a slip

    near = difflib.get_close_matches(command, COMMANDS, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"ml-cicd: there is no command '{command}'.{hint} 'ml-cicd --help' lists the commands.\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Output decides no result: the command does its work to the end where nobody reads what it prints.
    """
    spare_this_machine(os.environ)
    with unfailing_output() as failures:
        code = _main(list(sys.argv[1:] if arguments is None else arguments))
    for failure in failures[:1]:
        report(
            UnreachableError(
                f"Could not write the output: {failure}.",
                "The command did its work; only the output is incomplete. Write the output to another place.",
            )
        )
    return code or (UnreachableError.exit_code if failures else 0)


def _main(words: Sequence[str]) -> int:
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
    if os.environ.get(variables.GITHUB_ACTIONS) == "true":
        from cicd import github  # noqa: PLC0415 -- not needed for --help

        # stdout is for the JSON alone, when JSON is asked for; the runner reads commands from stderr, too
        with contextlib.redirect_stdout(sys.stderr if "--json" in words else sys.stdout):
            github.ignore_printed_commands()
    remote = None
    try:
        parsed = parser_of(command).parse_args(words)
        remote = getattr(parsed, "remote", None)
        with (
            contextlib.redirect_stdout(sys.stderr if getattr(parsed, "json", False) else sys.stdout),
            interrupts.handled(),
        ):
            return int(importlib.import_module(f"cicd.commands.{command}").run(parsed))
    except SystemExit as stop:  # argparse has printed the help
        return int(stop.code or 0)
    except CicdError as error:
        report(error, remote)
        return error.exit_code
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "cicd"):
            raise
        missing = UsageError(
            f"ml-cicd {command} needs the Python package {package}, which is not installed.",
            "In a job, use the action actions/setup. On your machine: "
            f"pip install 'CLONE[{EXTRAS.get(package, 'local')}]', CLONE being a clone of ml-cicd",
        )
        report(missing)
        return missing.exit_code
    except KeyboardInterrupt as stop:
        sys.stderr.write("ml-cicd: stopped.\n")
        return interrupts.exit_code(stop)


if __name__ == "__main__":
    sys.exit(main())
