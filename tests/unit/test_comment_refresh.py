"""One comment on one pull request: found by branch and commit, made of what its runs left, written once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli
from cicd.comment import data, document, rehearsal
from cicd.ledger import Deployment, Judgement, Line, encode
from cicd.testing.replies import COMMIT, RELEASE_IMAGE, TEST_IMAGE
from tests.unit.support.github_server import BOT, FORK, REPOSITORY, SHA, TOKEN, GitHub, packed, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Comment = Callable[..., int]

TRAP = "@octocat <!-- ml-cicd end ci --> [x](https://evil.example) ::error::x `|` <img src=x>"


def said(stage: str = "ci", result: str = "passed", **fields: Any) -> str:
    """Return the file of a run."""
    defaults = {"tests": {"passed": 12}, "checks": {"lint": True}} if stage == "ci" else {}
    return data.dump(data.Said(stage, result, **{**defaults, **fields}))


def followed(sha: str = SHA, branch: str = "feature/x", repository: str = REPOSITORY) -> dict[str, Any]:
    """Return the event of a run that ended."""
    owner = {"full_name": repository}
    return {"workflow_run": {"id": 1, "head_sha": sha, "head_branch": branch, "head_repository": owner}}


def opened(repository: str = REPOSITORY) -> dict[str, Any]:
    """Return the event of a pull request that was opened."""
    return {"pull_request": {"number": 7, "head": {"sha": SHA, "ref": "feature/x", "repo": {"full_name": repository}}}}


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    """Return GitHub as a job sees it, with one pull request."""
    there = GitHub()
    there.pull()
    with serving(there) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
        yield there


@pytest.fixture
def comment(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Comment:
    """Return a function that runs the command for an event."""

    def run(event: object = None) -> int:
        github.calls.clear()
        file = tmp_path / "event.json"
        file.write_text(json.dumps(followed() if event is None else event))
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(file))
        return cli.main(["comment"])

    return run


def bodies(github: GitHub) -> list[str]:
    return [entry["body"] for entry in github.comments]


def sections(github: GitHub) -> dict[str, str]:
    (body,) = bodies(github)
    return {part.key: part.text for part in document.parse(body).parts if part.key}


@pytest.mark.parametrize("event", [followed(), opened()], ids=["a run ended", "a pull request was opened"])
def test_comment_says_what_the_run_says(github: GitHub, comment: Comment, event: dict[str, Any]) -> None:
    github.run(41, said())
    assert comment(event) == 0
    assert sections(github) == {
        "ci": f"### ✅ ci passed\n\n[Run 41](https://github.com/acme/app/actions/runs/41) of commit `{SHA[:12]}`",
        "tests": "**Unit tests**: ✅ <code>12 passed</code>",
        "checks": "**Checks**: ✅ <code>lint</code>",
    }
    assert github.written == ["POST /repos/acme/app/issues/7/comments"]


def test_nothing_is_written_if_nothing_changed(
    github: GitHub, comment: Comment, capsys: pytest.CaptureFixture[str]
) -> None:
    github.run(41, said())
    assert (comment(), comment()) == (0, 0)
    assert github.written == []
    assert "comment of pull request 7: unchanged" in capsys.readouterr().out


def test_newer_run_refreshes_the_comment_in_place(github: GitHub, comment: Comment) -> None:
    github.run(41, said())
    comment()
    github.run(
        42, said(result="failed", jobs={"test": "failure", "ci": "success"}, checks={"lint": False, "types": True})
    )
    comment()
    assert github.written == [f"PATCH /repos/acme/app/issues/comments/{github.comments[0]['id']}"]
    assert sections(github)["ci"].startswith("### ❌ ci failed")
    assert sections(github)["ci"].endswith("* <code>test</code>: <code>failure</code>")
    assert sections(github)["checks"] == "**Checks**: 1 of 2 failed\n\n* ❌ <code>lint</code>\n\n✅ <code>types</code>"


def test_deleted_section_stays_deleted(github: GitHub, comment: Comment) -> None:
    github.run(41, said())
    comment()
    body = github.comments[0]["body"]
    part = f"<!-- ml-cicd begin tests -->\n{sections(github)['tests']}\n<!-- ml-cicd end tests -->"
    github.comments[0]["body"] = body.replace(part, "I read them.").replace("\n", "\r\n")
    github.run(42, said(result="failed", tests={"failed": 1}))
    comment()
    assert set(sections(github)) == {"ci", "checks"}
    assert "I read them." in bodies(github)[0]


def test_comments_of_people_and_of_other_programs_stay(github: GitHub, comment: Comment) -> None:
    """A comment that looks like the kit's counts only if the token of a job wrote it."""
    forged = document.refreshed("", {"ci": "forged"})
    for body, login in ((forged, "mallory"), ("Coverage is 93 %", BOT)):
        github.write(body, login)
    for number in range(150):
        github.write(f"comment {number}", "ada")
    before = bodies(github)
    github.run(41, said())
    comment()
    assert bodies(github)[:-1] == before
    github.run(42, said(result="failed"))
    comment()
    assert [call.partition(" ")[0] for call in github.written] == ["PATCH"], "the comment on the second page was found"


def test_of_two_comments_the_older_one_stays(github: GitHub, comment: Comment) -> None:
    first = github.write(document.refreshed("", {"ci": "old", "model": "kept"}))
    github.write(document.refreshed("", {"ci": "newer"}))
    github.run(41, said())
    comment()
    assert [entry["id"] for entry in github.comments] == [first["id"]]
    assert sections(github)["model"] == "kept"
    assert sections(github)["ci"].startswith("### ✅ ci passed")


def test_comment_that_another_run_wrote_meanwhile_wins(github: GitHub, comment: Comment) -> None:
    github.other = [{"id": 1, "body": document.refreshed("", {"ci": "of the other"}), "user": {"login": BOT}}]
    github.run(41, said())
    comment()
    assert [entry["id"] for entry in github.comments] == [1]
    assert sections(github)["ci"].startswith("### ✅ ci passed")


def test_text_of_a_stranger_is_shown_and_does_nothing(github: GitHub, comment: Comment) -> None:
    github.run(41, said(result="failed", jobs={TRAP: TRAP}, tests={TRAP: 1}, checks={TRAP: False}))
    comment()
    (body,) = bodies(github)
    assert set(sections(github)) == {"ci", "tests", "checks"}
    for sign in ("@", "<!-- ml-cicd end ci --> [", "](https://evil", "::", "<img"):
        assert sign not in body.replace("](https://github.com/acme", "")


def test_pull_request_from_a_fork_gets_its_comment(github: GitHub, comment: Comment) -> None:
    github.pulls.clear()
    github.pull(8, repository=FORK)
    github.run(41, said(), event="pull_request", repository=FORK)
    assert comment(followed(repository=FORK)) == 0
    assert github.written == ["POST /repos/acme/app/issues/8/comments"]


def test_run_of_a_fork_says_nothing_on_the_pull_request_of_another(github: GitHub, comment: Comment) -> None:
    """Anybody can push the commit of another's pull request to a fork, and let a run there say what they like."""
    github.run(41, said())
    github.run(42, said(result="failed"), event="pull_request", repository=FORK)
    github.run(43, said(result="failed"), event="pull_request", branch="other")
    comment()
    assert sections(github)["ci"].startswith("### ✅ ci passed")
    github.comments.clear()
    assert comment(followed(repository=FORK)) == 0
    assert github.comments == []


NOT_ONE: dict[str, Callable[[GitHub], None]] = {
    "no pull request": lambda github: github.pulls.clear(),
    "a newer commit": lambda github: github.pulls[0]["head"].update(sha="6" * 40),
    "two from the branch": lambda github: github.pull(8),
    "a closed one": lambda github: github.pulls[0].update(state="closed"),
    "a deleted fork": lambda github: github.pulls[0]["head"].update(repo=None),
}


@pytest.mark.parametrize("change", NOT_ONE.values(), ids=NOT_ONE)
def test_nothing_is_written_without_exactly_one_pull_request(
    github: GitHub, comment: Comment, change: Callable[[GitHub], None], capsys: pytest.CaptureFixture[str]
) -> None:
    github.run(41, said())
    change(github)
    assert comment() == 0
    assert github.written == []
    assert "left: not exactly one pull request has the commit 555555555555" in capsys.readouterr().out


def test_merged_pull_request_says_how_integration_ended(github: GitHub, comment: Comment) -> None:
    merged = "8" * 40
    github.run(41, said())
    comment()
    github.pulls[0].update(state="closed", merged_at="2026-01-01T00:00:00Z", merge_commit_sha=merged)
    deployment = Deployment(
        "app", "integration", "deploy", "failed", COMMIT, RELEASE_IMAGE, TEST_IMAGE, reason=TRAP,
        tests={"passed": 4},
        gate=Judgement(
            "regressed", "block", f"sha256:{'0' * 64}", TRAP,
            metrics=(Line(TRAP, "a|b", 0.91, 0.85, -0.07, -0.05, 0.01, "worse", "none"),), checks=(TRAP,),
        ),
    )  # fmt: skip
    report = said("integration", "failed", jobs={"deploy": "failure"}, outcome=encode(deployment))
    github.run(42, report, workflow=2, sha=merged, branch="develop")
    comment(followed(merged, "develop"))
    shown = sections(github)
    assert list(shown) == ["ci", "tests", "checks", "integration", "model"]
    assert shown["integration"].startswith("### ❌ integration failed")
    assert "Tests of the release: <code>4 passed</code>" in shown["integration"]
    assert shown["model"].startswith("### ❌ Model: regressed; the release goes no further")
    assert "| 0.91 | 0.85 | -0.07&nbsp;to&nbsp;-0.05 | 0.01 | worse |" in shown["model"]
    assert "a&#124;b" in shown["model"]
    assert "@" not in shown["model"] + shown["integration"]


def test_table_of_the_model_has_what_decides_and_folds_the_other_slices(github: GitHub, comment: Comment) -> None:
    def line(of_slice: str, shown: str, floor: str = "none") -> Line:
        return Line("accuracy", of_slice, 0.9, 0.8, -0.1, 0.1, 0.01, shown, floor)

    lines = (line("", "unclear", "reached"), line("a=1", "worse"), line("a=2", "undecided"), line("a=3", "within"))
    gate = Judgement("regressed", "block", f"sha256:{'0' * 64}", metrics=lines)
    deployment = Deployment("app", "integration", "deploy", "failed", COMMIT, RELEASE_IMAGE, TEST_IMAGE, gate=gate)
    sha = merged(github)
    report = said("integration", "failed", outcome=encode(deployment))
    github.run(42, report, workflow=2, sha=sha, branch="develop")
    comment(followed(sha, "develop"))
    start = "<details><summary>Other slices: 1 undecided, 1 within</summary>"
    first, _, rest = sections(github)["model"].partition(start)
    assert "| metric | slice | champion | candidate | 92 % interval | margin | shown | floor |" in first
    assert ("<code>a=1</code>" in first, "<code>a=2</code>" in first) == (True, False)
    assert "| metric | slice | champion | candidate | 92 % interval | margin | shown |\n| :-- | :-- | --: |" in rest
    assert rest.endswith("\n\n</details>")


@pytest.mark.parametrize("newer", ["ci", "integration"])
def test_model_of_a_release_counts_more_than_thin_training(github: GitHub, comment: Comment, newer: str) -> None:
    judged = Judgement("superior", "pass", f"sha256:{'0' * 64}")
    deployment = Deployment(
        "app", "integration", "deploy", "passed", COMMIT, RELEASE_IMAGE, TEST_IMAGE, gate=judged
    )  # fmt: skip
    thin = said(model=rehearsal.encode(rehearsal.Rehearsal("trained", TRAP)))
    github.run(41, thin)
    comment()
    assert sections(github)["model"].startswith("### Model: thin training, not evaluated")
    assert "@" not in sections(github)["model"]
    github.runs.clear()
    reports = [(thin, 1), (said("integration", outcome=encode(deployment)), 2)]
    for number, (report, workflow) in enumerate(reports if newer == "integration" else reversed(reports)):
        github.run(51 + number, report, workflow=workflow)
    comment()
    assert sections(github)["model"].startswith("### ✅ Model: superior")


def merged(github: GitHub, sha: str = "8" * 40) -> str:
    """Merge the pull request into develop; return the commit that it became."""
    github.pulls[0].update(state="closed", merged_at="2026-01-01T00:00:00Z", merge_commit_sha=sha)
    return sha


def brought(stage: str, sha: str, result: Any = "passed", **fields: Any) -> str:
    """Return the file of a run of a stage, which was asked to bring a commit."""
    deployment = Deployment(
        "app", stage, "deploy", result, COMMIT, RELEASE_IMAGE, TEST_IMAGE, url="http://host:8080",
        actor="ada", ended="2026-01-02T03:04:05+00:00", tests={"passed": 4}, **fields,
    )  # fmt: skip
    return said(stage, result, commit=sha, outcome=encode(deployment))


BRANCHES = {"the pushed tag": "", "started on main": "main", "trunk-based": "develop"}


@pytest.mark.parametrize("ran_on", BRANCHES.values(), ids=BRANCHES)
def test_merged_pull_request_says_where_its_commit_was_deployed(
    github: GitHub, comment: Comment, *, ran_on: str
) -> None:
    sha = merged(github)
    for number, (stage, result) in enumerate((("staging", "passed"), ("production", "failed"))):
        branch = ran_on or stage.title()
        github.run(42 + number, brought(stage, sha, result), workflow=3 + number, sha=sha, branch=branch)
        assert comment(followed(sha, branch)) == 0
    assert list(sections(github)) == ["staging", "production"]
    assert sections(github)["staging"] == (
        "### ✅ staging passed\n\n"
        f"[Run 42](https://github.com/acme/app/actions/runs/42) of commit `{sha[:12]}`\n\n"
        "Deployed to <code>staging</code> on <code>2026-01-02 03&#58;04</code> UTC by <code>ada</code>: "
        "<code>http&#58;&#47;&#47;host&#58;8080</code>\n\n"
        "Tests of the release: <code>4 passed</code>"
    )
    assert "\n\nNot deployed to <code>production</code> on " in sections(github)["production"]


def test_sections_of_stages_stay_deleted_and_are_written_only_if_they_changed(github: GitHub, comment: Comment) -> None:
    sha = merged(github)
    github.run(42, brought("staging", sha), workflow=3, sha=sha, branch="Staging")
    comment(followed(sha, "Staging"))
    comment(followed(sha, "Staging"))
    assert github.written == []
    part = f"<!-- ml-cicd begin staging -->\n{sections(github)['staging']}\n<!-- ml-cicd end staging -->"
    github.comments[0]["body"] = bodies(github)[0].replace(part, "")
    github.run(43, brought("staging", sha, "failed"), workflow=3, sha=sha, branch="Staging")
    github.run(44, brought("production", sha), workflow=4, sha=sha, branch="Production")
    comment(followed(sha, "Production"))
    assert list(sections(github)) == ["production"]
    assert len(github.comments) == 1


def test_any_run_of_the_commit_writes_what_a_dropped_one_would_have(github: GitHub, comment: Comment) -> None:
    """GitHub keeps one waiting run of `comment` for each commit, so that those between are dropped."""
    sha = merged(github)
    github.run(41, said("integration"), workflow=2, sha=sha, branch="develop")
    github.run(42, brought("staging", sha), workflow=3, sha=sha, branch="main")
    github.run(43, brought("production", sha), workflow=4, sha=sha, branch="Production")
    github.run(44, said(result="failed"), sha=sha, branch="feature/y")
    for branch in ("Production", "develop"):
        github.comments.clear()
        comment(followed(sha, branch))
        assert list(sections(github)) == ["integration", "staging", "production"], branch


@pytest.mark.parametrize("asked", ["9" * 40, ""], ids=["another commit", "none that it resolved"])
def test_stage_that_brought_another_commit_is_left_out(
    github: GitHub, comment: Comment, *, asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Started by hand on main, a stage can bring any commit, and its run has the newest one of main."""
    sha = merged(github)
    github.run(42, brought("staging", asked), workflow=3, sha=sha, branch="main")
    assert comment(followed(sha, "main")) == 0
    assert github.comments == []
    assert "no run of the commit has ended with a report" in capsys.readouterr().out


def test_pull_request_that_was_merged_long_ago_gets_the_section_of_production(github: GitHub, comment: Comment) -> None:
    sha = merged(github)
    for number in range(100, 220):
        github.pull(number)
        github.pulls[-1].update(state="closed", merged_at="2026-01-01T00:00:00Z", merge_commit_sha=f"{number:040}")
    github.pulls.append(github.pulls.pop(0))
    github.run(44, brought("production", sha), workflow=4, sha=sha, branch="Production")
    comment(followed(sha, "Production"))
    assert list(sections(github)) == ["production"]
    assert github.written == ["POST /repos/acme/app/issues/7/comments"]


def test_coverage_comes_goes_and_comes_back_unless_a_person_deletes_it(github: GitHub, comment: Comment) -> None:
    shown = "**Coverage** of the unit tests: {} %"
    for number, coverage in enumerate(("93", "", "94.5")):
        github.run(41 + number, said(coverage=coverage))
        comment()
        assert sections(github).get("coverage", "") == (shown.format(coverage) if coverage else "")
    assert list(sections(github)) == ["ci", "tests", "coverage", "checks"]
    text = f"<!-- ml-cicd begin coverage -->\n{shown.format('94.5')}\n<!-- ml-cicd end coverage -->"
    github.comments[0]["body"] = bodies(github)[0].replace(text, "")
    for number, coverage in enumerate(("", "95")):
        github.run(51 + number, said(coverage=coverage))
        comment()
        assert "coverage" not in sections(github)


def test_closed_pull_request_that_was_not_merged_is_left(github: GitHub, comment: Comment) -> None:
    github.pulls[0].update(state="closed", merge_commit_sha="8" * 40)
    github.run(42, said("integration"), sha="8" * 40, branch="develop")
    comment(followed("8" * 40, "develop"))
    assert github.comments == []


def test_each_project_has_sections_of_its_own(github: GitHub, comment: Comment) -> None:
    github.run(41, said(directory="projects/a"), name="ml-cicd-comment-0123456789abcdef")
    github.leave(41, "ml-cicd-comment-fedcba9876543210", packed(said(directory="projects/b", result="failed")))
    github.run(42, said(directory="c d"), workflow=2)
    comment()
    shown = sections(github)
    assert {key for key in shown if key.startswith("ci")} == {
        "ci@projects/a", "ci@projects/b", f"ci@{data.Said('ci', 'passed', 'c d').place}",
    }  # fmt: skip
    assert shown["ci@projects/b"].startswith("### ❌ ci of <code>projects&#47;b</code> failed")


def test_only_the_newest_run_of_a_workflow_counts(github: GitHub, comment: Comment) -> None:
    """A run that was skipped, since a branch has the result of its push, says nothing."""
    github.run(43, said(result="failed"))
    github.run(41, said(result="passed"))
    github.run(44, None, event="pull_request")
    comment()
    assert sections(github)["ci"].startswith("### ❌ ci failed")


BAD = {
    "no archive": b"PK",
    "another file": packed("{}", "../../etc/passwd"),
    "other data": packed('{"version": 1, "pull_request": 1}'),
    "a long archive": b"P" * 500_000,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_bad_artifact_is_left_out_and_named(
    github: GitHub, comment: Comment, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    github.run(41, said(), workflow=2)
    github.run(42, None)
    github.leave(42, "ml-cicd-comment", content)
    assert comment() == 0
    assert sections(github)["ci"].startswith("### ✅ ci passed")
    assert "The comment leaves out what a run says: run 42:" in capsys.readouterr().err


def test_bad_artifact_of_a_project_leaves_the_other_projects_in(github: GitHub, comment: Comment) -> None:
    github.run(41, None)
    github.leave(41, "ml-cicd-comment-0123456789abcdef", b"PK")
    github.leave(41, "ml-cicd-comment-fedcba9876543210", packed(said(directory="projects/b")))
    comment()
    assert "ci@projects/b" in sections(github)


def test_run_of_a_fork_can_speak_of_ci_alone(
    github: GitHub, comment: Comment, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fork can change its workflows and write any artifact, and the comment has the name of GitHub's bot."""
    github.pulls.clear()
    github.pull(repository=FORK)
    judged = Judgement("superior", "pass", f"sha256:{'0' * 64}")
    deployment = Deployment("app", "production", "deploy", "passed", COMMIT, RELEASE_IMAGE, TEST_IMAGE, gate=judged)
    forged = said().replace('"outcome": ""', f'"outcome": "{encode(deployment)}"')
    trained = said().replace('"outcome": ""', f'"outcome": "", "model": "{encode(deployment)}"')
    for number, report in enumerate((said("production"), forged, trained, said())):
        github.run(41 + number, report, workflow=number, repository=FORK)
    assert comment(followed(repository=FORK)) == 0
    assert set(sections(github)) == {"ci", "tests", "checks"}
    error = capsys.readouterr().err
    assert "run 41: A run of the fork mallory/app says how production ended" in error
    assert "run 42: " in error
    assert "run 43: A run of the fork mallory/app says what a training showed" in error


def test_other_and_expired_artifacts_are_not_read(github: GitHub, comment: Comment) -> None:
    github.run(41, None)
    for name in ("ml-cicd-comments", "ml-cicd-comment-x", "coverage"):
        github.leave(41, name, packed(said()))
    github.leave(41, "ml-cicd-comment", packed(said()), expired=True)
    comment()
    assert github.comments == []
    assert github.downloads == []


def test_newest_of_two_uploads_counts(github: GitHub, comment: Comment) -> None:
    """A run that runs again uploads under the same name."""
    github.run(41, said(result="failed"))
    github.leave(41, "ml-cicd-comment", packed(said()))
    comment()
    assert sections(github)["ci"].startswith("### ✅ ci passed")
    assert len(github.downloads) == 1


def test_address_of_an_artifact_gets_no_token(github: GitHub, comment: Comment) -> None:
    github.run(41, said())
    comment()
    (headers,) = github.downloads
    assert "Authorization" not in headers


def test_run_that_says_nothing_writes_nothing(
    github: GitHub, comment: Comment, capsys: pytest.CaptureFixture[str]
) -> None:
    github.run(41, None)
    assert comment() == 0
    assert github.comments == []
    assert "left: no run of the commit has ended with a report" in capsys.readouterr().out


def test_token_that_may_not_write_is_refused(
    github: GitHub, comment: Comment, capsys: pytest.CaptureFixture[str]
) -> None:
    github.run(41, said())
    github.refuses = "POST"
    assert comment() == 4
    assert "Resource not accessible by integration" in capsys.readouterr().err


def test_dependabot_is_not_asked_to_write(
    github: GitHub, comment: Comment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The end of its run refreshes the comment, with a token that may write."""
    for name, value in (("ACTIONS", "true"), ("ACTOR", "dependabot[bot]"), ("EVENT_NAME", "pull_request")):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    assert comment(opened()) == 0
    assert github.calls == []
    assert "left: GitHub gives this run a token that can only read" in capsys.readouterr().out


@pytest.mark.parametrize("event", [{}, [], {"workflow_run": {}}, {"pull_request": None}, {"push": {}}, "x"], ids=repr)
def test_other_event_is_usage_error(comment: Comment, event: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert comment(event) == 2
    assert "event" in capsys.readouterr().err


def test_event_of_a_deleted_branch_is_left(
    github: GitHub, comment: Comment, capsys: pytest.CaptureFixture[str]
) -> None:
    event = followed()
    event["workflow_run"]["head_repository"] = None
    assert comment(event) == 0
    assert "left: the branch or its repository was deleted" in capsys.readouterr().out
    assert github.calls == []


@pytest.mark.parametrize("missing", ["GITHUB_EVENT_PATH", "GITHUB_REPOSITORY"])
def test_outside_of_a_job_it_says_what_is_missing(
    github: GitHub, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "nowhere.json"))
    monkeypatch.delenv(missing)
    assert cli.main(["comment"]) == 2
    assert "--event FILE" in (text := capsys.readouterr().err) or "GITHUB_REPOSITORY" in text
