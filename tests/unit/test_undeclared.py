"""A suite that a project does not have is left out, and the record says so; it never says that it passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import ledger, stages
from cicd.errors import RefusedError, UsageError
from cicd.ledger import Deployment
from cicd.printers import markdown, terminal
from cicd.repository import Repository
from cicd.road import deployment
from cicd.road.request import Request
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import always
from tests.unit.support.road import CONFIG

if TYPE_CHECKING:
    from tests.unit.support.production import Production

RELEASE, TEST = f"h.io/r@sha256:{'1' * 64}", f"h.io/t@sha256:{'2' * 64}"
DEPLOYMENT = Deployment(
    "app", "integration", "deploy", "passed", "1" * 40, RELEASE, TEST, actor="ada", started=ledger.now(),
    ended=ledger.now(), undeclared="integration",
)  # fmt: skip
WORDS = "no integration tests declared"


def entry(done: Deployment) -> ledger.Entry:
    return ledger.parse(ledger.envelope(done, 1, ""))


def test_the_ledger_keeps_which_suite_there_was_not() -> None:
    assert entry(DEPLOYMENT).deployment.undeclared == "integration"
    assert b"undeclared" not in ledger.envelope(replace(DEPLOYMENT, undeclared=""), 1, "")


def test_people_read_it_in_the_summary_the_history_and_the_terminal() -> None:
    assert f"| tests | {WORDS} |" in markdown.deployment(DEPLOYMENT)
    assert WORDS in terminal.history([entry(DEPLOYMENT)])
    assert WORDS in terminal.deployment(DEPLOYMENT)


@pytest.mark.parametrize("text", ["x\n", "\u202e", "x" * 3000])
def test_only_a_short_line_is_taken(text: str) -> None:
    with pytest.raises(RefusedError, match="undeclared is not a short line"):
        entry(replace(DEPLOYMENT, undeclared=text))


class Lacks(FolderTarget):
    """A target whose test image does not have the command of the suite."""

    def runner(self, network: str) -> Any:
        def run(*_: object, **__: object) -> Any:
            raise UsageError("Could not start 'nope'.", "Check the command in ml-cicd.toml.")

        return run


def bring(production: Production, monkeypatch: pytest.MonkeyPatch, tests: dict[str, tuple[str, ...]]) -> Deployment:
    """Bring a release of a project with these tests to production."""
    commit = production.road.accepted("integration", "staging")
    target = Lacks(production.target.folder)
    monkeypatch.setattr("cicd.road.deployment.target_for", always(target))
    repository = Repository(production.road.workspace.clone, "origin")
    config = replace(CONFIG, tests=tests)
    return deployment.bring(repository, config, Request(stages.PRODUCTION, commit)).deployment


def test_without_a_suite_the_health_check_decides(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    done = bring(production, monkeypatch, {"acceptance": ("pytest",)})
    assert (done.result, done.undeclared, done.tests) == ("passed", "smoke", {})


def test_once_the_release_is_up_a_failure_is_a_failed_deployment(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = bring(production, monkeypatch, {"smoke": ("nope",)})
    assert (done.result, done.undeclared, done.reason) == ("failed", "", "Could not start 'nope'.")
