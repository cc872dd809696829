"""`--json`: every command has it, and what is documented stands in the output, with nothing else on stdout."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, freeze
from cicd.road import deployment
from cicd.road.verification import SupersededError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.unit.support.production import Production


def shown(capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    """Return what a command prints with `--json`."""
    capfd.readouterr()
    cli.main([*words, "--json"])
    return json.loads(capfd.readouterr().out)


@pytest.mark.parametrize("command", [command for command in cli.COMMANDS if command != "local"])
def test_every_command_has_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    assert "--json" in capsys.readouterr().out


class Ways:
    """How many results each way through a function of a command prints, when the person asked for JSON."""

    def __init__(self, module: ast.Module) -> None:
        self.functions = {each.name: each for each in module.body if isinstance(each, ast.FunctionDef)}

    def of(self, name: str) -> set[int]:
        """Return the numbers of results on the ways that end with an exit code."""
        ended, _ = self._through(self.functions[name].body, {0})
        return ended

    def _through(self, statements: Iterable[ast.stmt], counts: set[int]) -> tuple[set[int], set[int]]:
        """Return the numbers on the ways that return here, and on those that go on."""
        ended: set[int] = set()
        for statement in statements:
            if isinstance(statement, ast.Return):
                return ended | self._returned(statement.value, counts), set()
            if isinstance(statement, ast.Raise):
                return ended, set()
            if ast.unparse(statement).startswith("json.show("):
                counts = {before + 1 for before in counts}
            elif ways := _ways(statement):
                ends = [self._through(way, counts) for way in ways]
                ended = ended.union(*(here for here, _ in ends))
                counts = set().union(*(going for _, going in ends))
        return ended, counts

    def _returned(self, value: ast.expr | None, counts: set[int]) -> set[int]:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in self.functions:
            return {before + more for before in counts for more in self.of(value.func.id)}
        return counts


def _ways(statement: ast.stmt) -> list[Sequence[ast.stmt]]:
    """Return the ways that a statement branches into; none for a plain statement."""
    match statement:
        case ast.If(test=test, body=body, orelse=other):
            asked = {"arguments.json": body, "not arguments.json": other}
            return [asked[ast.unparse(test)]] if ast.unparse(test) in asked else [body, other]
        case ast.Try(body=body, handlers=handlers):
            return [body, *([*body[:1], *each.body] for each in handlers)]
        case ast.With(body=body):
            return [body]
        case ast.For(body=body) | ast.While(body=body):
            return [body, []]
    return []


@pytest.mark.parametrize("command", [command for command in cli.COMMANDS if command != "local"])
def test_every_way_through_a_command_prints_one_result(command: str) -> None:
    module = importlib.import_module(f"cicd.commands.{command}")
    assert Ways(ast.parse(inspect.getsource(module))).of("run") == {1}


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("if arguments.json:\n json.show(1)\nelse:\n write()\nreturn 0", {1}),
        ("if arguments.dry_run:\n return 0\njson.show(1)\nreturn 0", {0, 1}),
        ("if arguments.dry_run:\n return helper(arguments)\njson.show(1)\nreturn 0", {1, 2}),
        ("try:\n act()\nexcept E:\n return 0\njson.show(1)\nreturn 0", {0, 1}),
        ("for x in y:\n json.show(x)\nreturn 0", {0, 1}),
        ("raise E", set()),
    ],
)
def test_ways_are_told_apart(body: str, numbers: set[int]) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    helper = "def helper(arguments):\n    json.show(1)\n    json.show(2)\n    return 0\n"
    assert Ways(ast.parse(f"{helper}def run(arguments):\n{lines}")).of("run") == numbers


@pytest.mark.parametrize("command", [command for command in cli.COMMANDS if command != "local"])
def test_what_a_command_says_on_its_way_is_not_part_of_the_json(
    command: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(arguments: Any) -> int:
        assert arguments.json
        sys.stdout.write("a report\n")
        return 0

    module = importlib.import_module(f"cicd.commands.{command}")
    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(cli, "parser_of", lambda _: Parsed())
    assert cli.main([command, "--json"]) == 0
    output = capfd.readouterr()
    assert (output.out, "a report" in output.err) == ("", True)


class Parsed:
    """A parser of a command's words, whatever it needs beside them."""

    def parse_args(self, words: Sequence[str]) -> Any:
        return type("Arguments", (), {"json": "--json" in words})


@pytest.mark.parametrize("words", [["--dry-run"], []])
def test_a_rollback_that_changes_nothing_says_what_it_would_do(
    production: Production, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    planned = shown(capfd, "rollback", "production", "--reason", "it is slow", *words)
    assert planned == {"plan": [f"bring up {production.road.release(production.first)[0]}"]}


def test_a_rollback_to_what_runs_has_nothing_to_do(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    assert shown(capfd, "rollback", "production", "2", "--reason", "it is slow") == {"plan": []}


def test_a_superseded_deployment_says_so(
    production: Production, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def superseded(*_: Any) -> None:
        raise SupersededError("Production is at a newer commit.")

    monkeypatch.setattr(deployment, "deploy", superseded)
    words = ["deploy", "--environment", "production", "--commit", production.second]
    assert shown(capfd, *words) == {"result": "superseded"}


def test_status_names_what_runs_where(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    state = shown(capfd, "status")["environments"]["production"]
    release = production.road.release(production.second)[0]
    expected = {
        "commit": production.second, "digest": release.partition("@")[2], "entry": 2, "healthy": True,
        "url": "http://localhost:1", "problem": "",
    }  # fmt: skip
    assert {name: state[name] for name in expected} == expected


def test_history_lists_entries_newest_first(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    entries = shown(capfd, "history", "production")
    assert [entry["number"] for entry in entries] == [2, 1]
    newest = production.entries()[-1]
    assert (entries[0]["sha256"], entries[0]["previous"]) == (newest.sha256, production.entries()[0].sha256)
    assert entries[0]["deployment"] == json.loads(newest.deployment.to_json())


def test_verify_names_the_release(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    verified = shown(capfd, "verify", "--environment", "production", "--commit", production.second)
    release, test = production.road.release(production.second)
    assert (verified["result"], verified["commit"]) == ("accepted", production.second)
    assert (verified["release"], verified["test"], verified["action"]) == (release, test, "deploy")


def test_freeze_names_the_folder(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freeze, "freeze", lambda *_, **__: None)
    expected = {"directory": str(tmp_path), "repository": "acme/kit", "ref": "v1.2.3"}
    assert shown(capfd, "freeze", str(tmp_path), "--ref", "v1.2.3", "--repository", "acme/kit") == expected
