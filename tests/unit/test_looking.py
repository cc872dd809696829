"""Two runs of integration that judge at the same time do not take the same look at an evaluation set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import ledger
from cicd.gate import account, budget
from cicd.ledger.judgement import Later
from cicd.repository import Repository
from cicd.road import looking, recording, verdicts
from tests.unit.support.judged import JudgedRoad, judgement

if TYPE_CHECKING:
    from cicd.ledger import Deployment, Entry, Judgement
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

LOST = Later(2, "inconclusive", "ask", "inconclusive")
STOPPED = Later(2, "inconclusive", "block", "inconclusive")


def at_look(look: int, candidate: str, *later: Later, verdict: str = "non-inferior", **asked: Any) -> Judgement:
    judged = judgement(verdict, candidate=candidate, **asked)
    assert judged.record
    record = replace(judged.record, look=look, alpha=budget.pass_alpha(look) if look else 0.0)
    return replace(judged, record=record, later=later)


class Runs(JudgedRoad):
    """Runs of integration, each with a clone of its own, which judge before any of them records."""

    def __init__(self, workspace: Workspace, registry: Registry) -> None:
        super().__init__(workspace, registry)
        (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
        workspace.git("add", "--all")
        workspace.put("refs/heads/main", workspace.commit())

    def judges(self, gate: Judgement) -> Deployment:
        """Return the outcome of the deployment of a new commit."""
        release, test = self.release(commit := self.workspace.commit())
        self.workspace.put(f"refs/heads/{commit}", commit)
        outcome = ledger.Deployment("app", "integration", "deploy", "passed", commit, release, test, started=commit)
        return replace(self.deployment(outcome), gate=gate)

    def chains(self) -> dict[str, list[Entry]]:
        repository = self.workspace.repository()
        repository.fetch()
        return ledger.read_all(repository, "app")

    def looks(self) -> list[tuple[str, int]]:
        """Return the verdicts with their looks; each is what the account recomputes."""
        lines = account.account(verdicts.looks(self.chains())).lines
        assert all(line.agrees for line in lines)
        return [(line.look.record.verdict, line.number) for line in lines]


@pytest.fixture
def runs(workspace: Workspace, registry: Registry) -> Runs:
    return Runs(workspace, registry)


def test_second_of_two_that_judged_at_once_is_recorded_as_the_next_look(runs: Runs) -> None:
    first, second = (runs.judges(at_look(1, name, LOST)) for name in ("a", "b"))
    for outcome in (first, second):
        repository = runs.workspace.repository()
        repository.fetch()
        recording.record(repository, outcome)
    assert runs.looks() == [("non-inferior", 1), ("inconclusive", 2)]
    gate = runs.chains()["integration"][-1].deployment.gate
    assert gate
    assert (gate.verdict, gate.decision, gate.later) == ("inconclusive", "ask", ())
    assert gate.reason == "look 1 was taken by another release: this is look 2"
    assert looking.note(second.gate, gate) == (
        "Another release was recorded first, so that this is look 2 at the evaluation set, not 1: "
        "not non-inferior, the verdict is inconclusive."
    )
    assert looking.note(first.gate, first.gate) == ""


def test_one_that_loses_the_race_to_append_counts_again(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other entry arrives between reading the ledger and pushing to it."""
    first, second = (runs.judges(at_look(1, name, LOST)) for name in ("a", "b"))
    mine, other = runs.workspace.repository(), runs.workspace.repository()
    for repository in (mine, other):
        repository.fetch()
    push, before = Repository.push, [first]

    def overtaken(self: Repository, *refspecs: str, **options: Any) -> None:
        if self is mine and before:
            recording.record(other, before.pop())
        push(self, *refspecs, **options)

    monkeypatch.setattr(Repository, "push", overtaken)
    entry = recording.record(mine, second)
    assert not before
    assert entry.number == 2
    assert runs.looks() == [("non-inferior", 1), ("inconclusive", 2)]
    assert recording.record(mine, second).sha256 == entry.sha256, "recorded again, it is the same entry"


CASES: dict[str, tuple[Judgement, tuple[str, str, int]]] = {
    "a verdict that holds": (at_look(1, "b", replace(LOST, look=3)), ("non-inferior", "pass", 2)),
    "a gain that no longer shows": (
        at_look(1, "b", Later(2, "non-inferior", "pass", "non-inferior"), replace(LOST, look=3), verdict="superior"),
        ("non-inferior", "pass", 2),
    ),
    "a cautious verdict": (
        at_look(1, "b", Later(2, "inconclusive", "ask", "regressed"), decision="ask"), ("inconclusive", "ask", 2),
    ),
    "the same predictions": (at_look(1, "a", LOST), ("non-inferior", "pass", 1)),
    "another evaluation set": (at_look(1, "b", LOST, evaluation="other"), ("non-inferior", "pass", 1)),
    "no change": (at_look(0, "old", verdict="unchanged"), ("unchanged", "pass", 0)),
    "a look that was given back": (at_look(5, "b", replace(LOST, look=6)), ("non-inferior", "pass", 2)),
}  # fmt: skip


@pytest.mark.parametrize(("gate", "expected"), CASES.values(), ids=CASES)
def test_look_and_verdict_are_those_of_the_ledger(runs: Runs, gate: Judgement, expected: tuple[str, str, int]) -> None:
    for judged in (at_look(1, "a"), gate):
        repository = runs.workspace.repository()
        repository.fetch()
        recording.record(repository, runs.judges(judged))
    final = runs.chains()["integration"][-1].deployment.gate
    assert final
    assert final.record
    assert (final.verdict, final.decision, final.record.look) == expected
    assert final.record.alpha == (budget.pass_alpha(expected[2]) if expected[2] else 0)
    runs.looks()


def recorded(runs: Runs, deployment: Deployment) -> Entry:
    repository = runs.workspace.repository()
    repository.fetch()
    return recording.record(repository, deployment)


def test_each_of_many_that_judged_at_once_has_a_look_of_its_own(runs: Runs) -> None:
    for outcome in [runs.judges(at_look(1, name)) for name in "abcd"]:
        recorded(runs, outcome)
    assert [number for _, number in runs.looks()] == [1, 2, 3, 4]


def test_look_after_a_promotion_is_the_first_of_a_new_account(runs: Runs) -> None:
    commit = runs.judged(at_look(1, "a"), "staging", "production")
    assert [entry.deployment.commit for entry in runs.chains()["production"]] == [commit]
    final = recorded(runs, runs.judges(at_look(2, "b"))).deployment.gate
    assert final
    assert final.record
    assert final.record.look == 1


def test_what_was_not_evaluated_or_has_failed_is_recorded_as_it_is(runs: Runs) -> None:
    unknown = runs.judges(replace(at_look(1, "a"), record=None, verdict="inconclusive", decision="ask"))
    assert recorded(runs, unknown).deployment == unknown
    gate = at_look(1, "b", verdict="regressed", decision="block")
    failed = replace(runs.judges(gate), result="failed", reason="It is worse.")
    assert recorded(runs, failed).deployment == failed
    for before, after in ((None, gate), (gate, None), (unknown.gate, gate), (gate, unknown.gate)):
        assert looking.note(before, after) == ""


def test_release_that_goes_no_further_at_its_look_has_failed(runs: Runs) -> None:
    for name in ("a", "b"):
        repository = runs.workspace.repository()
        repository.fetch()
        recording.record(repository, runs.judges(at_look(1, name, STOPPED)))
    entries = [entry.deployment for entry in runs.chains()["integration"]]
    assert [entry.result for entry in entries] == ["passed", "failed"]
    assert entries[-1].reason.startswith("The model gate's verdict on the release is inconclusive (look 1 was taken")
