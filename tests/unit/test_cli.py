"""The command line: quick to help, clear about slips, and every failure has the exit code of the design."""

from __future__ import annotations

import importlib
import re
import shlex
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from cicd import cli, errors, github
from cicd.commands import options

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    assert f"ml-cicd {command}" in capsys.readouterr().out


def test_misspelt_command_gets_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["stauts"]) == 2
    assert "Did you mean 'status'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.CheckFailedError, 1),
        (errors.UsageError, 2),
        (errors.RefusedError, 4),
        (errors.UnreachableError, 69),
    ],
)
def test_failure_prints_message_and_hint(
    error: type[errors.CicdError], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: Namespace) -> int:
        raise error("It went wrong.", "Do this.")

    def configure(_: ArgumentParser) -> None: ...

    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setattr(importlib, "import_module", lambda _: SimpleNamespace(run=run, configure=configure))
    assert cli.main(["status"]) == code
    assert capsys.readouterr().err == "ml-cicd: It went wrong.\nDo this.\n"


@pytest.mark.case("K9", "a run of Dependabot says that it is read-only and has no secrets")
@pytest.mark.parametrize(
    ("error", "actor", "told"),
    [
        (errors.RefusedError, "dependabot[bot]", True),
        (errors.UsageError, "dependabot[bot]", True),
        (errors.UnreachableError, "dependabot[bot]", True),
        (errors.CheckFailedError, "dependabot[bot]", False),
        (errors.RefusedError, "ada", False),
    ],
)
def test_run_of_dependabot_says_what_it_lacks(
    error: type[errors.CicdError],
    actor: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    told: bool,
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_ACTOR", actor)
    monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", "ada")  # a person runs it again: the rights stay those of Dependabot
    cli.report(error("The remote declined the push.", "Check the job's 'permissions'."))
    printed = capsys.readouterr().out
    assert "Check the job's 'permissions'." in printed
    for words in ("a token that can only read", "none of the repository's secrets", "start the workflow by hand"):
        assert (words in printed) is told


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_: Namespace) -> int:
        raise ModuleNotFoundError("No module named 'docker.errors'", name="docker.errors")

    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setattr(importlib, "import_module", lambda _: SimpleNamespace(run=run, configure=lambda _: None))
    assert cli.main(["status"]) == 2
    assert "ml-cicd status needs the Python package docker" in capsys.readouterr().err


def test_failure_in_a_job_is_printed_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    cli.report(errors.UsageError("It went wrong.", "Do this."))
    assert capsys.readouterr() == ("::error::It went wrong.%0ADo this.\n", "")


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_example_is_right(command: str) -> None:
    program, name, *words = shlex.split(cli.EXAMPLES[command])
    assert (program, name) == ("ml-cicd", command)
    cli.parser_of(command).parse_args(words)


def test_internal_commands_are_shown_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    assert cli.main(["local", "--help"]) == 0
    assert cli.main(["local", "nonsense"]) == 2
    assert cli.main(["promot"]) == 2
    assert not {"hook", "receive"} & set(re.findall(r"\w+", "".join(capsys.readouterr())))


def test_every_command_stops_printed_commands_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(github, "_commands", github._Commands())
    assert cli.main(["conclude", "--needs", '{"build": {"result": "success"}}']) == 0
    assert capsys.readouterr().out.startswith("::stop-commands::")


def test_json_in_a_job_has_stdout_for_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: Namespace) -> int:
        print("progress")
        return 0

    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(github, "_commands", github._Commands())
    monkeypatch.setattr(importlib, "import_module", lambda _: SimpleNamespace(run=run, configure=options.add_json))
    assert cli.main(["status", "--json"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("::stop-commands::")
