"""R6: killed at every step boundary of a command that changes something, and run again: the command converges.

The boundaries are found by tracing an undisturbed run, not listed. Each process is killed for good (SIGKILL).
"""

from __future__ import annotations

import copy
import os
import signal
from typing import TYPE_CHECKING

import pytest

from cicd import cli, failpoints, ledger
from cicd.ledger import pending
from cicd.repository import Repository
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import CONFIG, Production, use
from tests.unit.support.registry_server import serve
from tests.unit.support.road import Road
from tests.unit.support.workspace import new_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OUTCOME = "OUTCOME"
COMMANDS = {
    "record": ["record", "--outcome", OUTCOME, "--environment", "production", "--commit", "first"],
    "approve": ["approve", "--yes", "production", "newest", "--reason", "looked at it"],
    "promote": ["promote", "production", "newest", "--yes"],
    "deploy": ["deploy", "--environment", "production", "--commit", "newest"],
    "rollback": ["rollback", "production", "--reason", "it is slow", "--yes"],
    "advance": ["advance", "--commit", "next"],
}


LOST = ("folder.switch.after", "pending.keep.before")
"""Where a release runs of which nothing is written yet: the repeated command records that deployment, too."""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Production with two releases, a third that staging has accepted, and one that integration has."""
    folder = tmp_path_factory.mktemp("crashes")
    for registry in serve():
        workspace = new_workspace(folder)
        production = Production(Road(workspace, registry), FolderTarget(folder))
        with pytest.MonkeyPatch.context() as patch:
            use(patch, production.target, workspace.clone)
            (workspace.clone / "ml-cicd.toml").write_text(CONFIG)
            workspace.git("add", "--all")
            production.first, production.second = production.release(), production.release()
            workspace.git("tag", "first", production.first)
            workspace.git("tag", "newest", production.road.accepted("integration", "staging"))
            workspace.git("checkout", "--quiet", "-b", "develop")
            workspace.git("tag", "next", workspace.commit())
            workspace.push("develop")
            production.road.record("integration", workspace.git("rev-parse", "next"))
            basis = ledger.read(workspace.repository(), "app", "staging")[0].basis
            release, test = production.road.release(production.first)
            outcome = ledger.Deployment(
                "app", "production", "deploy", "passed", production.first, release, test, basis=basis, started="now"
            )
            (folder / "outcome.json").write_text(outcome.to_json())
        yield production


def copied(template: Production, folder: Path, patch: pytest.MonkeyPatch) -> Production:
    road = copy.copy(template.road)
    road.workspace = template.road.workspace.copy(folder)
    kept = {name: content for name, content in road.registry.manifests.items() if "/ledger-" not in name}
    patch.setattr(road.registry, "manifests", kept)  # each copy records entries of its own
    use(patch, FolderTarget(folder), road.workspace.clone)
    return Production(road, FolderTarget(folder))


def run(production: Production, command: str, **environment: str) -> int:
    """Run a command in a process of its own; its exit code, or the negative number of the signal that ended it."""
    outcome = (production.target.folder / "outcome.json").read_text()
    words = [outcome if word == OUTCOME else word for word in COMMANDS[command]]
    child = os.fork()
    if child == 0:
        code = 99
        try:
            os.environ.update(environment)
            failpoints._passed.clear()
            code = cli.main(words)
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def state(production: Production) -> dict[str, object]:
    """Return what others can see, without times."""
    repository = production.road.workspace.repository()
    chains = ledger.read_all(repository, "app", every_signature=True)
    running = production.target.observe()
    return {
        "entries": {
            name: [
                (entry.deployment.action, entry.deployment.result, entry.deployment.release)
                for entry in entries
                if not entry.deployment.observed
            ]
            for name, entries in chains.items()
        },
        "tags": [repository.tag("Production"), repository.tag("Staging"), repository.branch("main")],
        "runs": running.release if running else "",
        "waiting": pending.waiting(Repository(production.road.workspace.clone, "origin")),
    }


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("command", COMMANDS)
def test_r6_interrupted_commands_converge(
    command: str, how: str, made_once: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = copied(made_once, tmp_path / "undisturbed", monkeypatch)
    trace = tmp_path / "trace"
    assert run(undisturbed, command, ML_CICD_CRASH_TRACE=str(trace)) == 0
    expected = state(undisturbed)
    marks = trace.read_text().split()
    for mark in [mark for mark in marks if mark.endswith(".before")] + marks[-1:]:
        production = copied(made_once, tmp_path / mark, monkeypatch)
        code = run(production, command, ML_CICD_CRASH_AT=mark, ML_CICD_CRASH_SIGNAL=how)
        assert code == {"SIGTERM": 143, "SIGINT": 130}[how], mark
        assert run(production, command) == 0, mark
        assert state(production) == expected, mark


@pytest.mark.parametrize("command", COMMANDS)
def test_r6_killed_commands_converge(
    command: str, made_once: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = copied(made_once, tmp_path / "undisturbed", monkeypatch)
    trace = tmp_path / "trace"
    before = state(undisturbed)
    assert run(undisturbed, command, ML_CICD_CRASH_TRACE=str(trace)) == 0
    expected = state(undisturbed)
    assert expected != before
    marks = trace.read_text().split()
    assert len(marks) >= 2
    for mark in marks:
        production = copied(made_once, tmp_path / mark, monkeypatch)
        assert run(production, command, ML_CICD_CRASH_AT=mark) == -signal.SIGKILL, mark
        assert run(production, command) == 0, mark
        assert state(production) == expected, mark
        if command == "deploy":  # it records nothing itself: its outcome says what to record
            observed = [ledger.UNRECORDED] if ledger.UNRECORDED in ledger.decode(production.outcome) else []
        else:
            observed = [entry.sha256 for entry in production.entries() if entry.deployment.observed]
        assert len(observed) == (mark in LOST), mark
        print(f"{command:9} {mark:22} killed; run again: as undisturbed")
