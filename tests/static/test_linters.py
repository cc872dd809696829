"""Every linter finds nothing in the repository, and does find a problem in a bad file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.static.support.kit import ROOT, tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.static.support.kit import Kit


BIN = Path(sys.executable).parent
EXAMPLE = ROOT / "example_project"
WORKFLOWS = tracked(".github/workflows/*")
ACTIONS = tracked("actions/*/action.yml")
CALLERS = tracked("example_project/.github/workflows/*")
SHELL = re.compile(rb"^#!.*\b(ba|da)?sh\n")
SCRIPTS = [path for path in tracked() if SHELL.match(path.read_bytes()[:80])]
RENDERED = ROOT / "cicd" / "start" / "template"
"""Files that `ml-cicd init` fills in: `tests/unit/test_init.py` gives the linters what it makes of them."""
DOCKERFILES = [path for path in tracked("*Dockerfile") if not {ROOT / "tests", RENDERED} & {*path.parents}]
SCHEMA = "check-jsonschema --builtin-schema"
ACTIONLINT = "actionlint -ignore cache-mode"
"""act rejects a file with `cache-mode`, and no job of the kit uses a cache: `tests/static/test_rings.py`."""
ZIZMOR = "zizmor --persona auditor --offline --no-progress --quiet"

BAD_WORKFLOW = "on: push\njobs:\n  test:\n    runs-on: ubuntu\n    steps:\n      - run: echo ${{ github.head_ref }}\n"


class Linter(NamedTuple):
    """A command, the files that it checks, and a bad file (name and text) in which it must find a problem."""

    command: str
    files: list[Path]
    bad: tuple[str, str]


LINTERS = {
    "zizmor": Linter(ZIZMOR, [*WORKFLOWS, *ACTIONS, *tracked(".github/dependabot.yml")], ("bad.yml", BAD_WORKFLOW)),
    "zizmor, callers": Linter(f"{ZIZMOR} --config {EXAMPLE}/.github/zizmor.yml", CALLERS, ("bad.yml", BAD_WORKFLOW)),
    "actionlint": Linter(ACTIONLINT, [*WORKFLOWS, *CALLERS], ("bad.yml", BAD_WORKFLOW)),
    "schema of workflows": Linter(
        f"{SCHEMA} vendor.github-workflows", [*WORKFLOWS, *CALLERS], ("bad.yml", "on: push\njobs: {}\n")
    ),
    "schema of actions": Linter(f"{SCHEMA} vendor.github-actions", ACTIONS, ("bad.yml", "name: x\n")),
    "schema of dependabot": Linter(
        f"{SCHEMA} vendor.dependabot", tracked(".github/dependabot.yml"), ("bad.yml", "version: 2\n")
    ),
    "schema of compose files": Linter(
        f"{SCHEMA} vendor.compose-spec", tracked("*compose.yaml"), ("bad.yml", "services: {a: {imag: b}}\n")
    ),
    "time limits": Linter(f"{SCHEMA} custom.github-workflows-require-timeout", WORKFLOWS, ("bad.yml", BAD_WORKFLOW)),
    "yamllint": Linter(
        f"yamllint --strict --config-file {ROOT}/.yamllint.yml", tracked("*.yml", "*.yaml"), ("bad.yml", "a: 1\na: 2\n")
    ),
    "shellcheck": Linter("shellcheck", SCRIPTS, ("bad.sh", "#!/bin/sh\nrm $1\n")),
    # DL3008: Debian's archive keeps one version of a package, so a pinned one is gone a week later.
    "hadolint": Linter("hadolint --no-color --ignore DL3008", DOCKERFILES, ("Dockerfile", "FROM debian:latest\n")),
    "ruff check": Linter("ruff check --no-cache", [ROOT, EXAMPLE], ("bad.py", "import os\n")),
    "ruff format": Linter("ruff format --no-cache --check", [ROOT, EXAMPLE], ("bad.py", "a = { }\n")),
    "mypy": Linter("mypy", [], ("bad.py", "def a(b): return b\n")),
}


def start(linter: Linter, files: list[Path]) -> subprocess.Popen[str]:
    command = [*linter.command.split(), *map(str, files)]
    command[0] = str(BIN / command[0])
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class Found(NamedTuple):
    """The exit code of a linter, and its output."""

    code: int
    output: str


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Found]]:
    """Return a function that waits for a linter's result; all linters start side by side."""
    files = {}
    for name, linter in LINTERS.items():
        bad = tmp_path_factory.mktemp("bad") / linter.bad[0]
        bad.write_text(linter.bad[1])
        files[name, "tree"], files[name, "bad"] = linter.files, [bad]
    processes = {key: start(LINTERS[key[0]], paths) for key, paths in files.items() if not _is_schema(key[0])}

    def result(name: str, where: str) -> Found:
        if _is_schema(name):
            # In this process: check-jsonschema imports for half a second, and would ten times.
            from check_jsonschema import main as check_jsonschema  # type: ignore[import-untyped]  # noqa: PLC0415 -- slow
            from click.testing import CliRunner  # noqa: PLC0415

            words = [*LINTERS[name].command.split()[1:], *map(str, files[name, where])]
            done = CliRunner().invoke(check_jsonschema, words)
            return Found(done.exit_code, done.output)
        output = processes[name, where].communicate(timeout=120)[0]
        return Found(processes[name, where].returncode, output)

    yield result
    for process in processes.values():
        process.kill()
        process.communicate()


def _is_schema(name: str) -> bool:
    return LINTERS[name].command.startswith(SCHEMA)


@pytest.mark.parametrize("name", LINTERS)
def test_linter_finds_nothing(name: str, checked: Callable[[str, str], Found]) -> None:
    assert LINTERS[name].files or name == "mypy"
    code, output = checked(name, "tree")
    assert code == 0, output


@pytest.mark.parametrize("name", LINTERS)
def test_linter_finds_bad_file(name: str, checked: Callable[[str, str], Found]) -> None:
    code, output = checked(name, "bad")
    assert code != 0
    assert LINTERS[name].bad[0] in output


def test_action_scripts_pass_shellcheck(kit: Kit, tmp_path: Path) -> None:
    for action in kit.actions.values():
        for number, step in enumerate(action.steps):
            (tmp_path / f"{action.name}-{number}.sh").write_text(f"#!/bin/bash\n{step.run}\n")
    process = start(LINTERS["shellcheck"], sorted(tmp_path.iterdir()))
    assert process.communicate(timeout=60)[0] == ""
