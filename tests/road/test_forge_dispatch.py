"""`deploy.yml` by `ml-cicd local dispatch`: a rollback through the same workflow as on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.road.support.project import Project


def test_dispatched_rollback_needs_no_registry(road: Project) -> None:
    before = road.environments()["production"]
    commit = road.commit("to be taken back")
    assert [run.result for run in road.push("--force", "develop")] == ["success", "success"], road.said
    road.git("tag", "--force", "Production", commit)
    assert [run.result for run in road.push("--force", "Production")] == ["success"], road.said
    assert road.environments()["production"]["commit"] == commit

    inputs = ("--input", "environment=production", "--input", f"commit={before['commit']}")
    done = road.command("local", "dispatch", "deploy.yml", *inputs)
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = road.runs()[-1:]
    assert (run.file, run.ref, run.result) == ("deploy.yml", "refs/heads/main", "success")
    after = road.environments()["production"]
    assert (after["commit"], after["digest"], after["healthy"]) == (before["commit"], before["digest"], True)
    newest = road.history("production")[0]["deployment"]
    assert (newest["action"], newest["result"], newest["commit"]) == ("rollback", "passed", before["commit"])

    with road.without_registry():
        done = road.command("local", "dispatch", "deploy.yml", *inputs[:3], f"commit={commit}")
        assert done.returncode == 0, done.stdout + done.stderr
        assert road.environments()["production"]["commit"] == commit
    assert road.history("production")[0]["deployment"]["result"] == "passed"
    log = road.log(road.runs()[-1])
    assert "Only a release that production has retained can come back meanwhile." in log


@pytest.mark.case("K9", "a commit that skips workflows starts nothing, is not promoted, and goes its way by hand")
def test_commit_that_skips_workflows_goes_its_way_by_hand(road: Project) -> None:
    commit = road.commit("a quiet change [skip ci]")
    assert road.push("--force", "develop") == []
    assert "the push of branch develop starts no workflow, as on GitHub" in road.said

    before = len(road.runs())
    done = road.command("local", "dispatch", "integration.yml", "--ref", "develop")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [(run.file, run.result) for run in road.runs()[before:]] == [
        ("integration.yml", "success"),
        ("staging.yml", "success"),
    ]
    assert road.environments()["staging"]["commit"] == commit

    tagged = road.git("ls-remote", "local", "refs/tags/Production")
    done = road.command("promote", "production", "--remote", "local", "--yes")
    assert done.returncode == 4, done.stdout + done.stderr
    assert f"Start deploy.yml by hand, with the environment production and the commit {commit}" in done.stderr
    assert road.git("ls-remote", "local", "refs/tags/Production") == tagged

    road.git("tag", "--force", "Production", commit)
    assert road.push("--force", "Production") == []
    assert "the push of tag Production starts no workflow, as on GitHub" in road.said
    inputs = ("--input", "environment=production", "--input", f"commit={commit}")
    assert road.command("local", "dispatch", "deploy.yml", *inputs).returncode == 0
    assert road.environments()["production"]["commit"] == commit


def test_integration_by_hand_on_another_branch_does_nothing(road: Project) -> None:
    road.git("checkout", "--quiet", "-B", "feature/unseen")
    road.commit("not reviewed [skip ci]")
    road.push("--force", "feature/unseen")
    before = road.environments()
    road.command("local", "dispatch", "integration.yml", "--ref", "feature/unseen")
    assert road.environments() == before
    assert road.git("ls-remote", "local", "refs/heads/main").split()[0] == before["integration"]["commit"]


def test_dispatch_of_unaccepted_commit_is_refused(road: Project) -> None:
    before, entries = road.environments(), len(road.history("production"))
    inputs = ("--input", "environment=production", "--input", f"commit={road.commit('unknown to all')}")
    done = road.command("local", "dispatch", "deploy.yml", *inputs)
    assert done.returncode == 1
    assert "Verify that the commit may be promoted" in road.runs()[-1].failed
    assert (road.environments(), len(road.history("production"))) == (before, entries)


def test_dispatch_to_unknown_environment_is_refused(road: Project) -> None:
    before = len(road.runs())
    done = road.command("local", "dispatch", "deploy.yml", "--input", "environment=moon", "--input", "commit=main")
    assert (done.returncode, len(road.runs())) == (2, before)
    assert "Allowed values: integration, staging, production." in done.stderr
