"""Results as people read them, in a terminal and in the summary of a job."""

from __future__ import annotations

from dataclasses import replace

from cicd import ledger
from cicd.act.log import Annotation, Job, Log, Step
from cicd.deploy.target import Running
from cicd.printers import markdown, runs, terminal
from cicd.produce.checks import Outcome
from cicd.road import agreement
from cicd.road.conclusion import Conclusion
from cicd.road.promotion import Plan
from cicd.road.status import State

COMMIT, DIGEST = "c" * 40, f"sha256:{'d' * 64}"
RELEASE = f"ghcr.io/acme/app@{DIGEST}"
OUTCOME = ledger.Deployment("app", "production", "deploy", "passed", COMMIT, RELEASE, RELEASE, tests={"passed": 3})
PLAN = Plan(
    "production", "Production", COMMIT, RELEASE, runs="", replaces="", commits=[], who="ada", missing="", rules=[],
    tagged="", there=False, wheels=[], entries=0,
)  # fmt: skip


def test_table_aligns_columns() -> None:
    assert terminal.table(("a", "b"), [("long", "1"), ("x", "22")]) == "a     b\nlong  1\nx     22"


def test_status_lists_problems_and_waiting_outcomes() -> None:
    assert terminal.status({}, waiting=0) == "Nothing runs, and the ledger is empty."
    state = State(COMMIT, DIGEST, 7, healthy=False, url="", problem="it is slow", trust="unchecked")
    _, row, problem, trust, waiting = terminal.status({"production": state}, waiting=2).splitlines()
    assert row == f"production   {COMMIT[:12]}  {DIGEST[:19]}  #7     NOT HEALTHY"
    assert (problem, trust[:24]) == ("production: it is slow", "The ledger is unsigned: ")
    assert waiting == "2 to be recorded yet: ml-cicd record --pending"


def test_history_says_why_the_newest_deployment_failed() -> None:
    assert terminal.history([]) == "The ledger has no entry of this environment yet."
    failed = ledger.finished(OUTCOME, "failed", "", "It does not come up.")
    entries = [ledger.Entry(number, "", "", outcome, trust="signed") for number, outcome in ((1, failed), (2, OUTCOME))]
    assert "It does not come up." not in terminal.history(entries)
    assert terminal.history(entries[:1]).splitlines()[-1] == "#1 failed: It does not come up."


def test_plan_shortens_long_lists_of_commits() -> None:
    assert terminal.plan(replace(PLAN, commits=["abc first"])).endswith("brings    1 commit\n    abc first")
    lines = terminal.plan(replace(PLAN, commits=["abc"] * 23)).splitlines()
    assert (lines.count("    abc"), lines[-1]) == (20, "    and 3 more")


def test_failed_deployment_shows_its_reason() -> None:
    failed = ledger.finished(OUTCOME, "failed", "", "It does not come up.")
    assert terminal.deployment(failed) == "production: deploy failed It does not come up."
    assert "| reason | It does not come up. |" in markdown.deployment(failed)
    assert "| replaced | `nothing` |\n| tests | 3 passed |" in markdown.deployment(failed)


def test_summaries_name_failures() -> None:
    assert markdown.checks([Outcome("lint", passed=False, seconds=1.25, log="")]).endswith(
        "| lint | **failed** | 1.2 |"
    )
    assert markdown.conclusion(Conclusion("failed", {"test": "failure"})) == "### failed\n\n* test: failure"


def test_every_line_of_an_annotation_is_indented() -> None:
    job = Job("ci/job/test", "test", result="failure")
    note = Annotation("error", "The tests failed.\nThe log above names them.")
    job.steps.append(Step(job, "Test", "Main", ("0",), result="failure", annotations=[note]))
    (step,) = job.steps
    assert runs.ended(step)[1:] == ["    error: The tests failed.", "    The log above names them."]
    assert [*runs.text(Log([job]))][-2:] == ["   error: The tests failed.", "   The log above names them."]


def test_entries_that_a_release_names_are_listed() -> None:
    running = Running(RELEASE, COMMIT, "staging/2@abc", "production/1@def", url="", healthy=True)
    assert agreement.named_entries(running) == "staging/2@abc, deployed after production/1@def"
    assert agreement.named_entries(replace(running, after="")) == "staging/2@abc"
    assert agreement.named_entries(replace(running, entry="", after="")) == "no entry"
    assert agreement.named_entries(None) == "nothing runs"
