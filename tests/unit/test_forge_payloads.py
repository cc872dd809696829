"""Payloads and changed paths, from real repositories."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cicd.forge.events import history, payloads
from cicd.forge.events.payloads import HostedRepository, RefUpdate

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Workspace:
    path: Path

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=Ada L", "-c", "user.email=ada@example.org"]
        done = subprocess.run(
            ["git", "-C", str(self.path), *identity, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, name: str, message: str = "a change") -> str:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(name + message)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    @property
    def repository(self) -> HostedRepository:
        return HostedRepository(self.path, "file:///srv/git", "acme/app")


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.git("init", "-q", "-b", "main")
    return workspace


def test_payload_of_a_branch_push(work: Workspace) -> None:
    first = work.commit("a")
    second, third = work.commit("b", "two\n\nwith a body\n"), work.commit("c", 'quotes " and $(x)')
    payload = payloads.push(work.repository, RefUpdate(first, third, "refs/heads/main"), third, "ada", [first])
    assert {key: payload[key] for key in ("ref", "before", "after", "created", "deleted", "forced", "base_ref")} == {
        "ref": "refs/heads/main", "before": first, "after": third, "created": False, "deleted": False,
        "forced": False, "base_ref": None,
    }  # fmt: skip
    assert [commit["id"] for commit in payload["commits"]] == [second, third]
    assert payload["commits"][0]["message"] == "two\n\nwith a body"
    assert payload["commits"][1]["message"] == 'quotes " and $(x)'
    assert payload["commits"][0]["author"] == {"name": "Ada L", "email": "ada@example.org"}
    assert all(commit["distinct"] for commit in payload["commits"])
    assert payload["head_commit"] == payload["commits"][1]
    assert payload["repository"]["full_name"] == "acme/app"
    assert payload["repository"]["default_branch"] == "main"
    assert payload["repository"]["owner"]["login"] == "acme"
    assert payload["compare"].endswith(f"/acme/app/compare/{first[:12]}...{third[:12]}")
    assert (payload["pusher"]["name"], payload["sender"]["login"]) == ("ada", "ada")


def test_rewritten_branch_lists_only_new_commits(work: Workspace) -> None:
    base, old = work.commit("a"), work.commit("b")
    work.git("reset", "-q", "--hard", base)
    new = work.commit("c")
    payload = payloads.push(work.repository, RefUpdate(old, new, "refs/heads/main"), new, "ada", [old])
    assert payload["forced"] is True
    assert [commit["id"] for commit in payload["commits"]] == [new]


def test_annotated_tag_names_tag_and_commit(work: Workspace) -> None:
    commit = work.commit("a")
    work.git("tag", "-a", "-m", "go", "Staging")
    tag = work.git("rev-parse", "refs/tags/Staging")
    payload = payloads.push(
        work.repository, RefUpdate(history.NO_OBJECT, tag, "refs/tags/Staging"), commit, "ada", [commit]
    )
    assert (payload["after"], payload["head_commit"]["id"], payload["commits"]) == (tag, commit, [])
    assert (payload["created"], payload["base_ref"]) == (True, "refs/heads/main")
    assert payload["compare"].endswith("/compare/Staging")


def test_payload_of_a_dispatch(work: Workspace) -> None:
    payload = payloads.dispatch(
        work.repository, "staging.yml", "refs/heads/main", {"commit": "x"}, "github-actions[bot]"
    )
    assert payload["workflow"] == ".github/workflows/staging.yml"
    assert payload["inputs"] == {"commit": "x"}
    assert payload["sender"] == {"login": "github-actions[bot]", "type": "Bot"}


def test_new_branch_is_compared_with_its_base(work: Workspace) -> None:
    base = work.commit("a")
    work.git("checkout", "-q", "-b", "feature")
    work.commit("b")
    tip = work.commit("dir with blank/\u00fcber")
    before = history.before_of(work.path, tip, [base], "main")
    assert before == base
    assert history.changed(work.path, before, tip) == ["b", "dir with blank/\u00fcber"]


def test_first_push_changes_every_file(work: Workspace) -> None:
    work.commit("a")
    tip = work.commit("b")
    assert history.changed(work.path, history.before_of(work.path, tip, [], "main"), tip) == ["a", "b"]


def test_branch_without_new_commits_is_compared_with_main(work: Workspace) -> None:
    old, tip = work.commit("a"), work.commit("b")
    assert history.before_of(work.path, old, [tip], "main") == old


def test_renamed_file_counts_with_both_names(work: Workspace) -> None:
    before = work.commit("a")
    work.git("mv", "a", "b")
    work.git("commit", "-q", "-m", "rename")
    assert history.changed(work.path, before, "HEAD") == ["a", "b"]


def test_branch_without_default_branch_changes_every_file(work: Workspace) -> None:
    tip = work.commit("a")
    assert history.before_of(work.path, tip, [tip], "nowhere") == history.EMPTY_TREE


def test_tag_on_a_file_is_no_commit(work: Workspace) -> None:
    tip = work.commit("a")
    blob = work.git("rev-parse", f"{tip}:a")
    assert history.commit_of(work.path, blob) is None
    assert not history.contains(work.path, tip, blob)
    assert history.contains(work.path, tip, tip)


def test_folder_is_no_file(work: Workspace) -> None:
    tip = work.commit("dir/a")
    assert history.read(work.path, tip, "dir") is None
    assert history.read(work.path, tip, "nothing") is None
    assert history.read(work.path, tip, "dir/a") is not None
