"""Which workflows a push starts, from real repositories and real updates of their refs."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import git
from cicd.errors import UsageError
from cicd.forge.events import history, triggers
from cicd.forge.events.payloads import HostedRepository, RefUpdate

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.forge.events.triggers import PlannedRun

FILES = {
    "push": "{push: }",
    "source": "{push: {branches: ['**'], paths: ['src/**', '!src/**.md', 'src/keep.md']}}",
    "tags": "{push: {tags: ['v*']}}",
    "create": "create",
    "delete": "delete",
    "clock": "{schedule: [{cron: '1 2 * * *'}, {cron: '3 4 * * *'}]}",
}


class Remote:
    """A repository whose refs a test moves; `pushed` says which workflows that starts, and keeps what was said."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
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

    def started(self, *updates: RefUpdate) -> list[PlannedRun]:
        return triggers.by_push(self.repository, updates, "ada", self.said.append)

    def names(self, *updates: RefUpdate) -> list[str]:
        return [f"{one.event} {one.workflow.file.removesuffix('.yml')}" for one in self.started(*updates)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Remote(tmp_path_factory.mktemp("template")).path


@pytest.fixture
def remote(template: Path, tmp_path: Path) -> Remote:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Remote(tmp_path)


def test_a_new_branch_starts_push_and_create(remote: Remote) -> None:
    tip = remote.commit("more", "src/a.py")
    assert remote.names(RefUpdate(history.NO_OBJECT, tip, "refs/heads/main")) == [
        "push push",
        "push source",
        "create create",
    ]
    (*_, created) = remote.started(RefUpdate(history.NO_OBJECT, tip, "refs/heads/main"))
    assert {key: created.payload[key] for key in ("ref", "ref_type", "master_branch", "pusher_type")} == {
        "ref": "main", "ref_type": "branch", "master_branch": "main", "pusher_type": "user",
    }  # fmt: skip
    assert (created.ref, created.commit) == ("refs/heads/main", tip)


def test_a_moved_branch_starts_push_only_and_a_tag_its_own(remote: Remote) -> None:
    tip = remote.commit("more", "README.md")
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == ["push push"]
    assert remote.names(RefUpdate(history.NO_OBJECT, tip, "refs/tags/v1")) == [
        "push push",
        "push tags",
        "create create",
    ]
    assert remote.names(RefUpdate(remote.first, tip, "refs/tags/other")) == ["push push"]


@pytest.mark.parametrize("ref", ["refs/heads/feature", "refs/tags/v1"])
def test_a_deletion_starts_no_push_but_delete_on_the_default_branch(remote: Remote, ref: str) -> None:
    remote.git("branch", "feature")
    tip = remote.commit("main is further")
    (start,) = remote.started(RefUpdate(remote.first, history.NO_OBJECT, ref))
    assert (start.event, start.workflow.file, start.ref, start.commit) == (
        "delete", "delete.yml", "refs/heads/main", tip,
    )  # fmt: skip
    assert (start.payload["ref"], start.payload["ref_type"]) in (("feature", "branch"), ("v1", "tag"))
    assert "master_branch" not in start.payload


def test_a_deletion_starts_nothing_without_a_default_branch(remote: Remote) -> None:
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
def test_paths_with_negation(remote: Remote, changed: list[str], runs: bool) -> None:
    tip = remote.commit("a change", *changed)
    assert ("push source" in remote.names(RefUpdate(remote.first, tip, "refs/heads/main"))) is runs


def test_several_refs_in_one_push_are_each_compared_with_what_was_there_before(remote: Remote) -> None:
    one = remote.commit("one", "src/a.py")
    two = remote.commit("two", "README.md")
    updates = [RefUpdate(remote.first, one, "refs/heads/main"), RefUpdate(history.NO_OBJECT, two, "refs/heads/feature")]
    found = remote.started(*updates)
    assert [f"{start.workflow.file} {start.ref}" for start in found] == [
        "push.yml refs/heads/main", "source.yml refs/heads/main",
        "push.yml refs/heads/feature", "source.yml refs/heads/feature", "create.yml refs/heads/feature",
    ]  # fmt: skip
    assert [commit["id"] for commit in found[0].payload["commits"]] == [one]


def test_a_rewritten_branch_is_forced_and_compared_with_what_it_was(remote: Remote) -> None:
    old = remote.commit("old", "src/a.py")
    remote.git("reset", "-q", "--hard", remote.first)
    new = remote.commit("new", "README.md")
    (first, second) = remote.started(RefUpdate(old, new, "refs/heads/main"))
    assert (first.payload["forced"], first.payload["before"]) == (True, old)
    assert second.workflow.file == "source.yml", "src/a.py is gone, and that is a change"


def test_a_branch_that_is_set_back_is_forced_and_brings_nothing(remote: Remote) -> None:
    later = remote.commit("later", "src/a.py")
    first, _ = remote.started(RefUpdate(later, remote.first, "refs/heads/main"))
    assert (first.payload["forced"], first.payload["commits"]) == (True, [])
    assert first.payload["head_commit"]["id"] == remote.first


def test_more_than_three_tags_start_nothing_and_three_start(remote: Remote) -> None:
    tags = [RefUpdate(history.NO_OBJECT, remote.first, f"refs/tags/v{number}") for number in range(4)]
    assert remote.names(*tags) == []
    assert remote.said == ["a push of more than 3 tags starts no workflow, as on GitHub; push the tags one by one"]
    assert len(remote.names(*tags[:3])) == 9
    deleted = [RefUpdate(remote.first, history.NO_OBJECT, update.ref) for update in tags]
    assert remote.names(*deleted) == []
    branch = RefUpdate(history.NO_OBJECT, remote.first, "refs/heads/x")
    assert remote.names(*tags, branch) == ["push push", "create create"], "branches in the same push do start"


def test_other_refs_and_tags_on_no_commit_start_nothing(remote: Remote) -> None:
    blob = remote.git("hash-object", "-w", ".github/workflows/push.yml")
    assert remote.names(RefUpdate(history.NO_OBJECT, remote.first, "refs/notes/commits")) == []
    assert remote.names(RefUpdate(history.NO_OBJECT, blob, "refs/tags/ledger/app/staging/1")) == []


def test_a_broken_workflow_is_named_and_the_others_start(remote: Remote) -> None:
    tip = remote.commit("on: [", ".github/workflows/push.yml")
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == []
    assert any(".github/workflows/push.yml:" in line for line in remote.said)


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
def test_a_commit_may_ask_to_start_nothing(message: str, skipped: bool) -> None:
    assert triggers.skips(message) is skipped


def test_only_the_head_of_a_push_is_asked_and_only_pushes_are_skipped(remote: Remote) -> None:
    skipping = remote.commit("quiet [skip ci]")
    tip = remote.commit("loud")
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == ["push push"]
    assert remote.names(RefUpdate(history.NO_OBJECT, skipping, "refs/heads/x")) == ["create create"]
    assert remote.names(RefUpdate(history.NO_OBJECT, skipping, "refs/tags/v1")) == ["create create"]
    assert remote.said == [
        f"the push of {name} starts no workflow: the commit message asks to skip CI" for name in ("branch x", "tag v1")
    ]


def test_of_a_large_difference_only_the_first_files_are_looked_at(remote: Remote) -> None:
    tip = remote.commit("many", *(f"a/{number}" for number in range(triggers.MAX_FILES)), "src/a.py")
    assert remote.names(RefUpdate(remote.first, tip, "refs/heads/main")) == ["push push"]
    tip = remote.commit("fewer", *(f"a/{number}" for number in range(triggers.MAX_FILES - 1)), "src/b.py")
    assert "push source" in remote.names(RefUpdate(git.text(remote.path, "rev-parse", "HEAD^"), tip, "refs/heads/main"))


def test_a_push_of_very_many_commits_passes_every_path_filter(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triggers, "MAX_COMMITS", 2)
    remote.commit("one", "README.md")
    two = remote.commit("two", "README.md")
    assert "push source" not in remote.names(RefUpdate(remote.first, two, "refs/heads/main"))
    three = remote.commit("three", "README.md")
    assert "push source" in remote.names(RefUpdate(remote.first, three, "refs/heads/main"))


def test_every_schedule_of_the_default_branch_can_be_fired(remote: Remote) -> None:
    remote.git("checkout", "-q", "-b", "elsewhere")
    remote.commit("not there", ".github/workflows/clock.yml")
    found = triggers.by_schedule(remote.repository, "", "ada", remote.said.append)
    assert [(one.event, one.payload["schedule"], one.ref, one.commit) for one in found] == [
        ("schedule", "1 2 * * *", "refs/heads/main", remote.first),
        ("schedule", "3 4 * * *", "refs/heads/main", remote.first),
    ]
    assert triggers.by_schedule(remote.repository, "clock.yml", "ada", remote.said.append) == found


@pytest.mark.parametrize("file", ["push.yml", "none.yml"])
def test_a_workflow_without_a_schedule_can_not_be_fired(remote: Remote, file: str) -> None:
    with pytest.raises(UsageError) as refused:
        triggers.by_schedule(remote.repository, file, "ada", print)
    assert refused.value.message == f"There is no schedule to fire in {file}."
    assert refused.value.hint.endswith("Workflows with a schedule there: clock.yml.")
