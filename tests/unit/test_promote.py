"""`ml-cicd promote`: shows first what will happen, asks, moves the tag safely, and only where the release may go."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from cicd import cli, github, ledger, stages
from cicd.errors import RefusedError
from cicd.forge.running import records
from cicd.forge.state import Forge
from cicd.repository import Repository
from cicd.road import promotion
from cicd.road.request import config_for
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

POLICY = """name = "app"
[environments.production]
approvers = ["grace"]
promoters = ["ada"]
"""


@pytest.fixture
def road(workspace: Workspace, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Road:
    for name in ("GITHUB_ACTIONS", "GITHUB_TRIGGERING_ACTOR", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    monkeypatch.chdir(workspace.clone)
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    workspace.git("add", "--all")
    return Road(workspace, registry)


def tag(road: Road, name: str = "Production") -> str | None:
    return road.workspace.repository().tag(name)


def test_promote_moves_tag_to_newest_accepted(road: Road, capfd: pytest.CaptureFixture[str]) -> None:
    old = road.accepted("integration", "staging", "production")
    commit = road.accepted("integration", "staging")
    road.accepted("integration")
    assert cli.main(["promote", "production", "--yes"]) == 0
    assert tag(road) == commit
    output = capfd.readouterr().out
    assert f"production: {old[:12]} -> {commit[:12]}" in output
    assert f"release   {road.release(commit)[0]}" in output
    assert f"replaces  {road.release(old)[0]}" in output
    assert f"brings    1 commit\n    {commit[:7]} a change" in output
    assert f"Production moved to {commit[:12]}: the push started the workflow production." in output


@pytest.mark.case("K13", "a commit subject that holds U+2028 or U+0085")
def test_separator_in_subject_makes_no_commit(road: Road, capfd: pytest.CaptureFixture[str]) -> None:
    road.accepted("integration", "staging", "production")
    road.workspace.commit("first\u2028deadbee an invented commit\x85more")
    road.accepted("integration", "staging")
    assert cli.main(["promote", "production", "--yes"]) == 0
    assert "brings    2 commits\n" in capfd.readouterr().out


def test_promote_again_reports_the_ledger(road: Road, capfd: pytest.CaptureFixture[str]) -> None:
    def again() -> str:
        assert cli.main(["promote", "production", commit, "--yes"]) == 0
        return capfd.readouterr().out

    commit = road.accepted("integration", "staging")
    again()
    assert f"Production is at {commit[:12]} already, but its run has not recorded anything yet." in again()
    road.record("production", commit, "failed")
    assert "but its deployment failed (entry #1)" in again()
    road.record("production", commit)
    assert "its release runs there since entry #2 (" in again()
    older = commit
    commit = road.accepted("integration", "staging", "production")
    again()
    road.record("production", older, action="rollback")
    assert "it passed (entry #3), and entry #4 has replaced it since.\nTo bring it back: ml-cicd rollback" in again()


def test_promote_reports_local_run(
    road: Road, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The push to a local forge returns after the run: here nothing has recorded, then the hook records."""
    monkeypatch.setattr(Repository, "forge", "0123abcd")
    commit = road.accepted("integration", "staging")
    assert cli.main(["promote", "production", "--yes"]) == 1
    message = f"Production moved to {commit[:12]}, but its run has not recorded anything. See ml-cicd local runs"
    assert message in capfd.readouterr().err
    newer = road.accepted("integration", "staging")

    def push(*_: object) -> None:
        road.record("production", newer)

    monkeypatch.setattr(promotion, "push", push)
    assert cli.main(["promote", "production", "--yes"]) == 0
    assert f"Production moved to {newer[:12]}, and its release runs there since entry #1" in capfd.readouterr().out


@pytest.mark.case("K14", "promote on a local remote although the awaited run failed")
def test_promote_fails_with_the_local_run(
    road: Road, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Repository, "forge", "0123abcd")
    commit = road.accepted("integration", "staging")
    forge = Forge.of_project(road.workspace.clone)
    step = {"job": "deploy", "jobID": "deploy", "step": "Deploy it", "stage": "Main", "stepID": ["0"]}
    lines = [
        {**step, "command": "error", "arg": "the disk is full"},
        {**step, "stepResult": "failure", "executionTime": 1},
        {"job": "deploy", "jobID": "deploy", "jobResult": "failure"},
    ]

    def run(*, recorded: bool) -> None:
        run = records.create(
            forge, {}, workflow="production", file="production.yml", event="push", ref="refs/tags/Production",
            sha=commit, actor="ada", started="", result="failure", failed="deploy / Deploy it",
        )  # fmt: skip
        log = records.folder(forge, run.number) / "log.jsonl"
        log.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        if recorded:
            road.record("production", commit, "failed")

    for recorded, words in ((False, "has not recorded anything"), (True, "its deployment failed (entry #1)")):
        monkeypatch.setattr(promotion, "push", lambda *_, recorded=recorded: run(recorded=recorded))
        assert cli.main(["promote", "production", "--yes"]) == 1
        said = capfd.readouterr().err
        assert words in said
        assert "FAILED: production / deploy / Deploy it" in said
        assert "error: the disk is full" in said
        assert "run this again: it starts the deployment again" in said


@pytest.mark.case("K14", "a Production run that was lost starts again")
def test_promote_starts_a_lost_run_again(road: Road, capfd: pytest.CaptureFixture[str]) -> None:
    commit = road.accepted("integration", "staging")
    objects = []
    for _ in range(3):
        assert cli.main(["promote", "production", "--yes"]) == 0
        repository = road.workspace.repository()
        assert repository.tag("Production") == commit
        objects.append(repository.tag_object("Production"))
    assert len({*objects}) == 3
    output = capfd.readouterr().out
    assert "If that run still goes on, or waits for an approval, do not start another one." in output
    assert f"Production stands on {commit[:12]} as a new tag: the push started the workflow production." in output
    results: list[tuple[ledger.Result, bool]] = [("failed", True), ("passed", False)]
    for result, starts in results:
        road.record("production", commit, result)
        before = road.workspace.repository().tag_object("Production")
        for words in (["--dry-run"], ["--yes"]):
            assert cli.main(["promote", "production", *words]) == 0
            moved = road.workspace.repository().tag_object("Production") != before
            assert moved is (starts and words == ["--yes"])
    newer = road.accepted("integration", "staging")
    assert cli.main(["promote", "production", "--yes"]) == 0
    assert road.workspace.repository().tag_object("Production") == newer


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://github.com/acme/app.git", "https://github.com/acme/app/actions"),
        ("git@github.com:acme/app.git", "https://github.com/acme/app/actions"),
        ("ssh://git@git.acme.example:2222/acme/app", "https://git.acme.example/acme/app/actions"),
        ("/srv/git/app.git", "the runs of its workflow"),
    ],
)
def test_promote_names_page_of_runs(road: Road, address: str, page: str) -> None:
    road.workspace.git("remote", "add", "elsewhere", address)
    assert promotion._runs_page(Repository(road.workspace.clone, "elsewhere")) == page


def test_promote_takes_a_named_commit(road: Road) -> None:
    commit = road.accepted("integration")
    road.accepted("integration")
    assert cli.main(["promote", "staging", commit[:12], "--yes"]) == 0
    assert tag(road, "Staging") == commit


def test_refused_promotion_pushes_nothing(road: Road, capsys: pytest.CaptureFixture[str]) -> None:
    road.on_main()
    assert cli.main(["promote", "production", "--yes"]) == 4
    assert "Nothing has passed staging yet" in capsys.readouterr().err
    road.accepted("integration")
    assert cli.main(["promote", "production", "main", "--yes"]) == 4
    commit = road.accepted("integration", "staging")
    road.record("staging", commit, "failed")
    assert cli.main(["promote", "production", "--yes"]) == 4
    assert tag(road) is None


@pytest.mark.case("K9", "promote refuses a commit whose message makes GitHub start nothing")
@pytest.mark.parametrize("mark", [*github.SKIP_MARKS, "skip-checks: true", "skip-checks:true"])
def test_commit_that_skips_workflows_is_refused_before_the_tag_moves(
    road: Road, capsys: pytest.CaptureFixture[str], mark: str
) -> None:
    commit = road.workspace.commit(f"a change\n\n\n{mark}")
    road.workspace.put("refs/heads/main", commit)
    for environment in ("integration", "staging"):
        road.record(environment, commit)
    for words in (["--yes"], ["--dry-run"]):
        assert cli.main(["promote", "production", *words]) == 4
        output = capsys.readouterr().err
        assert f"holds '{mark}', so a push of Production would start nothing" in output
        assert f"Start deploy.yml by hand, with the environment production and the commit {commit}" in output
    newer = road.accepted("integration", "staging")
    assert tag(road) is None
    assert cli.main(["promote", "production", commit, "--yes"]) == 4
    assert cli.main(["promote", "production", newer, "--yes"]) == 0, "the mark of another commit stops nothing"
    assert tag(road) == newer


def test_missing_approval_is_shown_and_refused(
    road: Road, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (road.workspace.clone / "ml-cicd.toml").write_text(POLICY)
    road.workspace.git("add", "--all")
    commit = road.accepted("integration", "staging")
    assert cli.main(["promote", "production", "--yes"]) == 4
    output = capsys.readouterr()
    assert "missing   " in output.out
    assert "needs an approval for production by grace" in output.err
    monkeypatch.setenv("GITHUB_ACTOR", "grace")
    assert cli.main(["approve", "--yes", "production", commit, "--reason", "seen"]) == 0
    assert cli.main(["promote", "production", "--yes"]) == 4
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    assert cli.main(["promote", "production", "--yes"]) == 0
    assert tag(road) == commit


def test_promote_asks_first(road: Road, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    commit = road.accepted("integration", "staging")
    assert cli.main(["promote", "production"]) == 2
    assert "Add --yes" in capsys.readouterr().err
    assert cli.main(["promote", "production", "--dry-run"]) == 0
    for typed, code, moved in (("", 2, None), ("\n", 0, None), ("no\n", 0, None), ("y\n", 0, commit)):
        terminal = io.StringIO(typed)
        terminal.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr(sys, "stdin", terminal)
        assert cli.main(["promote", "production"]) == code
        assert tag(road) == moved


def test_tag_moved_by_others_stays(road: Road) -> None:
    commit, other = road.accepted("integration", "staging"), road.accepted("integration", "staging")
    repository = road.workspace.repository()
    project = config_for(repository, stages.PRODUCTION, commit)
    planned = promotion.plan(repository, project, stages.PRODUCTION, commit)
    road.workspace.git("tag", "Production", other)
    road.workspace.push("Production")
    with pytest.raises(RefusedError, match="moved meanwhile: somebody else is promoting"):
        promotion.push(repository, planned)
    assert tag(road) == other


def test_json_has_plan_and_push(road: Road, capfd: pytest.CaptureFixture[str]) -> None:
    commit = road.accepted("integration", "staging")
    for words, pushed in ((["--dry-run"], False), (["--yes"], True)):
        assert cli.main(["promote", "production", "--json", *words]) == 0
        plan = json.loads(capfd.readouterr().out)
        assert (plan["commit"], plan["release"], plan["pushed"]) == (commit, road.release(commit)[0], pushed)
