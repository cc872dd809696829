"""A command imports no heavy package before it needs one: help, slips and refusals come at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

PACKAGES = {"cryptography", "docker", "jsonschema", "requests", "yaml"}
HEAVY: dict[str, set[str]] = {}
"""Commands that import a heavy package before they have read their arguments, and which. List a new one with care."""
REPORT = "; import json; sys.stderr.write(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def imported(code: str, *words: str, environment: dict[str, str] | None = None) -> tuple[int, set[str]]:
    """Return the exit code and the heavy packages of a fresh process that ran `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; from cicd import cli; {code}{REPORT}; sys.exit(status)", *words],
        capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})},
    )  # fmt: skip
    return done.returncode, PACKAGES & set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_parser_imports_no_heavy_package(command: str) -> None:
    assert imported("cli.parser_of(sys.argv[1]); status = 0", command) == (0, HEAVY.get(command, set()))


@pytest.mark.parametrize(
    "module",
    ["git", "files", "github", "freeze", "repository", "ledger", "ledger.pending"]
    + [f"oci.{name}" for name in ("archives", "containers", "engine", "errors", "images", "logins", "registry")],
)
def test_module_imports_no_heavy_package(module: str) -> None:
    assert imported(f"import cicd.{module}; status = 0") == (0, set())


def test_build_imports_packaging_only_where_it_needs_it() -> None:
    code = "import sys, cicd.commands.build; sys.exit('packaging' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_imports_no_heavy_package() -> None:
    assert imported("status = cli.main(['--help'])") == (0, set())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["history", "production"], 0),
        (["approve", "--yes", "production", "accepted", "--reason", "seen"], 0),
        (["advance", "--commit", "accepted"], 0),
        (["promote", "production", "main", "--yes"], 4),
        (["verify", "--environment", "production", "--commit", "main"], 4),
        (["conclude", "--needs", '{"test": {"result": "success"}}'], 0),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_run_imports_no_package_of_engines_and_clusters(
    workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int
) -> None:
    for name in ("GITHUB_ACTIONS", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(workspace.clone)
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    workspace.git("add", "--all")
    road = Road(workspace, registry)
    workspace.git("tag", "accepted", road.accepted("integration", "staging"))
    road.on_main()
    status, packages = imported("status = cli.main(sys.argv[1:])", *words, environment={"GITHUB_ACTOR": "ada"})
    assert (status, packages & {"docker", "requests", "yaml"}) == (code, set())
