"""The workflows that a push triggers, with real repositories and real ref updates."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import git, github
from cicd.errors import UsageError
from cicd.forge.events import history, payloads, triggers
from cicd.forge.events.payloads import HostedRepository, RefUpdate

if TYPE_CHECKING:
    from cicd.forge.events.triggers import PlannedRun

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "push": "{push: }",
    "source": "{push: {branches: ['**'], paths: ['src/**', '!src/**.md', 'src/keep.md']}}",
    "tags": "{push: {tags: ['v*']}}",
    "create": "create",
    "delete": "delete",
    "clock": "{schedule: [{cron: '1 2 * * *'}, {cron: '3 4 * * *'}]}",
}


class Remote:
    """A repository whose refs a test moves; `planned` returns the runs that this triggers, and keeps the notes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []
        self.first = self.git("rev-parse", "--verify", "-q", "HEAD") if (path / ".git").exists() else self._begin()

    def _begin(self) -> str:
        self.git("init", "-q", "-b", "main")
        for name, on in FILES.items():
            self.write(f".github/workflows/{name}.yml", f"on: {on}\njobs: {{a: {{runs-on: x, steps: [{{run: y}}]}}}}\n")
        return self.commit("the first")

    @property
    def repository(self) -> HostedRepository:
        return HostedRepository(self.path, "file:///srv/git", "acme/app")

    def git(self, *words: str) -> str:
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.cleanup=verbatim"]
        command = ["git", "-C", str(self.path), *identity, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def commit(self, message: str, *names: str) -> str:
        for name in names:
            self.write(name, message)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def planned(self, *updates: RefUpdate) -> list[PlannedRun]:
        return triggers.by_push(self.repository, updates, "ada", self.notes.append)

    def names(self, *updates: RefUpdate) -> list[str]:
        return [f"{run.event} {run.workflow.file.removesuffix('.yml')}" for run in self.planned(*updates)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Remote(tmp_path_factory.mktemp("template")).path


@pytest.fixture
def remote(template: Path, tmp_path: Path) -> Remote:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Remote(tmp_path)


def test_new_branch_triggers_push_and_create(remote: Remote) -> None:
    tip = remote.commit("more", "src/a.py")
    assert remote.names(RefUpdate(history.NO_OBJECT, tip, "refs/heads/main")) == [
        "push push",
        "push source",
        "create create",
    ]
    (*_, created) = remote.planned(RefUpdate(history.NO_OBJECT, tip, "refs/heads/main"))
    assert {key: created.payload[key] for key in ("ref", "ref_type", "master_branch", "pusher_type")} == {
        "ref": "main", "ref_type": "branch", "master_branch": "main", "pusher_type": "user",
    }  # fmt: skip
    assert (created.ref, created.commit) == ("refs/heads/main", tip)


def test_moved_branch_triggers_push_only(remote: Remote) -> None:
    tip = remote.commit("more", "README.md")
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == ["push push"]
    assert remote.names(RefUpdate(history.NO_OBJECT, tip, "refs/tags/v1")) == [
        "push push",
        "push tags",
        "create create",
    ]
    assert remote.names(RefUpdate(remote.first, tip, "refs/tags/other")) == ["push push"]


@pytest.mark.case("K13", "a branch whose name holds U+2028 or U+0085")
@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\u1680"])
def test_name_may_hold_unicode_separators(remote: Remote, separator: str) -> None:
    name = f"feature/a{separator}b"
    remote.git("branch", name)
    remote.git("branch", f"other{separator}c")
    remote.write(f".github/workflows/odd{separator}name.yml", "on: push\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n")
    tip = remote.commit("more", "README.md")
    remote.git("branch", "-f", name, tip)
    assert remote.names(RefUpdate(remote.first, tip, f"refs/heads/{name}")) == [f"push odd{separator}name", "push push"]
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == [f"push odd{separator}name", "push push"]
    assert history.branches_at(remote.path, tip) == [f"refs/heads/{name}", "refs/heads/main"]


@pytest.mark.parametrize("ref", ["refs/heads/feature", "refs/tags/v1"])
def test_deletion_triggers_delete_on_main(remote: Remote, ref: str) -> None:
    remote.git("branch", "feature")
    tip = remote.commit("main is further")
    (run,) = remote.planned(RefUpdate(remote.first, history.NO_OBJECT, ref))
    assert (run.event, run.workflow.file, run.ref, run.commit) == (
        "delete", "delete.yml", "refs/heads/main", tip,
    )  # fmt: skip
    assert (run.payload["ref"], run.payload["ref_type"]) in (("feature", "branch"), ("v1", "tag"))
    assert "master_branch" not in run.payload


def test_deletion_without_main_triggers_nothing(remote: Remote) -> None:
    remote.git("branch", "-m", "main", "other")
    assert remote.names(RefUpdate(remote.first, history.NO_OBJECT, "refs/heads/feature")) == []


@pytest.mark.parametrize(
    ("changed", "runs"),
    [
        (["src/a.py"], True),
        (["src/a.md"], False),
        (["src/keep.md"], True),
        (["src/a.md", "src/deep/b.py"], True),
        (["docs/a.py"], False),
        ([], False),
    ],
)
def test_path_filters_with_negation(remote: Remote, changed: list[str], runs: bool) -> None:
    tip = remote.commit("a change", *changed)
    assert ("push source" in remote.names(RefUpdate(remote.first, tip, "refs/heads/main"))) is runs


def test_each_ref_of_a_push_is_compared_with_before(remote: Remote) -> None:
    one = remote.commit("one", "src/a.py")
    two = remote.commit("two", "README.md")
    updates = [RefUpdate(remote.first, one, "refs/heads/main"), RefUpdate(history.NO_OBJECT, two, "refs/heads/feature")]
    runs = remote.planned(*updates)
    assert [f"{run.workflow.file} {run.ref}" for run in runs] == [
        "push.yml refs/heads/main", "source.yml refs/heads/main",
        "push.yml refs/heads/feature", "source.yml refs/heads/feature", "create.yml refs/heads/feature",
    ]  # fmt: skip
    assert [commit["id"] for commit in runs[0].payload["commits"]] == [one]


def test_rewritten_branch_is_compared_with_its_old_tip(remote: Remote) -> None:
    old = remote.commit("old", "src/a.py")
    remote.git("reset", "-q", "--hard", remote.first)
    new = remote.commit("new", "README.md")
    (first, second) = remote.planned(RefUpdate(old, new, "refs/heads/main"))
    assert (first.payload["forced"], first.payload["before"]) == (True, old)
    assert second.workflow.file == "source.yml", "the push removes src/a.py"


def test_branch_that_is_set_back_has_no_new_commits(remote: Remote) -> None:
    later = remote.commit("later", "src/a.py")
    first, _ = remote.planned(RefUpdate(later, remote.first, "refs/heads/main"))
    assert (first.payload["forced"], first.payload["commits"]) == (True, [])
    assert first.payload["head_commit"]["id"] == remote.first


def test_more_than_three_tags_trigger_nothing(remote: Remote) -> None:
    tags = [RefUpdate(history.NO_OBJECT, remote.first, f"refs/tags/v{number}") for number in range(4)]
    assert remote.names(*tags) == []
    assert remote.notes == ["a push of more than 3 tags starts no workflow, as on GitHub; push the tags one by one"]
    assert len(remote.names(*tags[:3])) == 9
    deleted = [RefUpdate(remote.first, history.NO_OBJECT, update.ref) for update in tags]
    assert remote.names(*deleted) == []
    branch = RefUpdate(history.NO_OBJECT, remote.first, "refs/heads/x")
    assert remote.names(*tags, branch) == ["push push", "create create"], "branches of the same push trigger runs"


def test_tag_without_commit_triggers_nothing(remote: Remote) -> None:
    blob = remote.git("hash-object", "-w", ".github/workflows/push.yml")
    assert remote.names(RefUpdate(history.NO_OBJECT, remote.first, "refs/notes/commits")) == []
    assert remote.names(RefUpdate(history.NO_OBJECT, blob, "refs/tags/ledger/app/staging/1")) == []


def test_invalid_workflow_starts_a_run_that_fails(remote: Remote) -> None:
    tip = remote.commit("on: [", ".github/workflows/tags.yml")
    invalid, valid = sorted(
        remote.planned(RefUpdate(remote.first, tip, "refs/heads/main")), key=lambda run: run.workflow.push is not None
    )
    assert (valid.workflow.file, valid.workflow.problem) == ("push.yml", "")
    assert (invalid.workflow.file, invalid.workflow.name) == ("tags.yml", ".github/workflows/tags.yml")
    assert invalid.workflow.problem.startswith("error: .github/workflows/tags.yml:")
    assert remote.notes == []


def test_pull_requests_and_merge_queues_start_nothing_on_a_push(remote: Remote) -> None:
    """GitHub sends these events by itself, and a forge has neither."""
    text = "on: {pull_request: {branches: [main]}, merge_group: }\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n"
    remote.write(".github/workflows/queue.yml", text)
    tip = remote.commit("a queue")
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == ["push push"]
    assert remote.notes == []


def test_queue_of_the_shipped_callers_starts_no_push(remote: Remote) -> None:
    shutil.rmtree(remote.path / ".github")
    shutil.copytree(ROOT / "example_project" / ".github" / "workflows", remote.path / ".github" / "workflows")
    tip = remote.commit("the callers")
    branch = f"refs/heads/{payloads.QUEUE}develop/pr-1-{tip}"
    assert remote.names(RefUpdate(history.NO_OBJECT, tip, branch)) == []
    assert remote.names(RefUpdate(history.NO_OBJECT, tip, "refs/heads/feature/x")) == ["push ci"]
    assert remote.notes == [f"no workflow starts on a push of branch {branch.removeprefix('refs/heads/')}"]


SKIPPING = [
    "a change [skip ci]",
    "[ci skip] a change",
    "a [no ci] change",
    "a change\n\nmore [skip actions] text",
    "a change\n\n[actions skip]",
    "a change\n\n\nskip-checks: true",
    "a change\n\nskip-checks:true\n",
    "a change\n\ntext\n\nReviewed-by: Bob\nskip-checks: true",
]
NOT_SKIPPING = [
    "a change",
    "skip ci",
    "[skip  ci]",
    "skip-checks: true",
    "a change\nskip-checks: true",
    "a change\n\nskip-checks: false",
    "a change\n\nskip-checks: true\n\nmore",
    "a change\n\nskip-checks: true\nReviewed-by: Bob",
    "a change\n\nno skip-checks: true",
]


@pytest.mark.parametrize(("message", "skipped"), [(m, True) for m in SKIPPING] + [(m, False) for m in NOT_SKIPPING])
def test_commit_message_can_skip_ci(message: str, skipped: bool) -> None:
    assert bool(github.skip_mark(message)) is skipped


def test_only_the_head_commit_can_skip_a_push(remote: Remote) -> None:
    skipping = remote.commit("quiet [skip ci]")
    tip = remote.commit("loud")
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == ["push push"]
    assert remote.names(RefUpdate(history.NO_OBJECT, skipping, "refs/heads/x")) == ["create create"]
    assert remote.names(RefUpdate(history.NO_OBJECT, skipping, "refs/tags/v1")) == ["create create"]
    assert remote.notes == [
        f"the push of {name} starts no workflow, as on GitHub: the commit's message holds '[skip ci]'"
        for name in ("branch x", "tag v1")
    ]


def test_path_filters_see_only_the_first_files(remote: Remote) -> None:
    tip = remote.commit("many", *(f"a/{number}" for number in range(triggers.MAX_FILES)), "src/a.py")
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == ["push push"]
    tip = remote.commit("fewer", *(f"a/{number}" for number in range(triggers.MAX_FILES - 1)), "src/b.py")
    assert "push source" in remote.names(RefUpdate(git.text(remote.path, "rev-parse", "HEAD^"), tip, "refs/heads/main"))


def test_push_of_many_commits_passes_path_filters(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triggers, "MAX_COMMITS", 2)
    remote.commit("one", "README.md")
    two = remote.commit("two", "README.md")
    assert "push source" not in remote.names(RefUpdate(remote.first, two, "refs/heads/main"))
    three = remote.commit("three", "README.md")
    assert "push source" in remote.names(RefUpdate(remote.first, three, "refs/heads/main"))


def test_every_schedule_of_main_can_be_fired(remote: Remote) -> None:
    remote.git("checkout", "-q", "-b", "elsewhere")
    remote.commit("not there", ".github/workflows/clock.yml")
    runs = triggers.by_schedule(remote.repository, "", "ada", remote.notes.append)
    assert [(run.event, run.payload["schedule"], run.ref, run.commit) for run in runs] == [
        ("schedule", "1 2 * * *", "refs/heads/main", remote.first),
        ("schedule", "3 4 * * *", "refs/heads/main", remote.first),
    ]
    assert triggers.by_schedule(remote.repository, "clock.yml", "ada", remote.notes.append) == runs


@pytest.mark.parametrize("file", ["push.yml", "none.yml"])
def test_workflow_without_schedule_cannot_be_fired(remote: Remote, file: str) -> None:
    with pytest.raises(UsageError) as refused:
        triggers.by_schedule(remote.repository, file, "ada", print)
    assert refused.value.message == f"There is no schedule to fire in {file}."
    assert refused.value.hint.endswith("Workflows with a schedule there: clock.yml.")
