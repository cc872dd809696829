"""The forge's files: repository name, run records, lock and queue, and the refusals of `up`."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import git
from cicd.cli import main
from cicd.errors import UsageError
from cicd.forge import lifecycle, remote, state
from cicd.forge.running import records
from cicd.forge.state import Forge, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/app", "acme/app"),
        ("https://github.com/acme/app.git", "acme/app"),
        ("https://token@github.example.com/acme/my.app.git", "acme/my.app"),
        ("git@github.com:acme/app.git", "acme/app"),
        ("ssh://git@github.com:22/acme/app", "acme/app"),
        ("/srv/git/app", "local/my-project"),
        ("file:///srv/acme/app", "local/my-project"),
        ("https://gitlab.com/group/sub/app", "local/my-project"),
        ("", "local/my-project"),
    ],
)
def test_repository_is_named_after_origin_or_folder(tmp_path: Path, address: str, name: str) -> None:
    project = tmp_path / "my 'project"
    project.mkdir()
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    if address:
        subprocess.run(["git", "-C", str(project), "remote", "add", "origin", address], check=True)
    assert remote.repository_name(project) == name


@pytest.mark.parametrize(
    ("refs", "head", "default"),
    [
        ([], "master", "master"), ([], "trunk", "main"), (["heads/develop"], "develop", "main"),
        (["heads/master", "heads/develop"], "develop", "master"), (["heads/main", "heads/master"], "master", "master"),
        (["heads/x", "remotes/origin/master"], "x", "master"),
        (["heads/main", "remotes/origin/main", "remotes/origin/trunk", "remotes/origin/HEAD:trunk"], "main", "trunk"),
    ],
)  # fmt: skip
def test_default_branch_is_that_of_the_project(tmp_path: Path, refs: list[str], head: str, default: str) -> None:
    project, forge = tmp_path / "project", Forge(tmp_path / "forge")
    project.mkdir()
    git.text(project, "init", "--quiet", "--template=", f"--initial-branch={head}")
    author = {f"GIT_{role}_{key}": "ada" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    tree = git.text(project, "mktree", stdin=b"")
    commit = git.text(project, "commit-tree", tree, "-m", "a change", environment=author)
    for ref, _, target in (ref.partition(":") for ref in refs):
        words = ["symbolic-ref"] if target else ["update-ref"]
        git.text(project, *words, f"refs/{ref}", f"refs/remotes/origin/{target}" if target else commit)
    bare, local = forge.remote("acme/app"), State("app", "acme/app", "", "", "", "", "")
    for _ in range(2):
        remote.create(forge, bare, remote.default_branch(project))
        assert remote.hosted(forge, local).default_branch == default
    git.text(project, "push", "--quiet", str(bare), f"{commit}:refs/heads/{default}")
    remote.create(forge, bare, "another")
    assert remote.hosted(forge, local).default_branch == default


def test_up_needs_configuration_and_repository_root(tmp_path: Path) -> None:
    def never(*_: object) -> State:
        raise AssertionError

    project = tmp_path / "app"
    project.mkdir()
    with pytest.raises(UsageError, match=r"There is no ml-cicd\.toml"):
        lifecycle.up(project, tmp_path, never, print)
    (project / "ml-cicd.toml").write_text('name = "x"\n')
    with pytest.raises(UsageError, match="is not in a git repository"):
        lifecycle.up(project, tmp_path, never, print)
    git.text(tmp_path, "init", "--quiet", "--template=")
    with pytest.raises(UsageError, match="is not the root of a git repository"):
        lifecycle.up(project, tmp_path, never, print)
    assert not (project / ".ml-cicd").exists()


def test_second_up_of_a_clone_waits_for_the_first_and_keeps_its_choices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People have two terminals: the second `up` must neither fail nor lose the variables of the first."""
    monkeypatch.setattr("cicd.act.execution.binary", lambda: "act")
    monkeypatch.setattr("cicd.forge.running.kit.refresh", lambda *_: None)
    project, said, waits = tmp_path / "app", list[str](), threading.Event()
    project.mkdir()
    git.text(project, "init", "--quiet", "--template=")
    (project / "ml-cicd.toml").write_text('name = "app"\n')
    services = State("app", "acme/app", "", "localhost:1", "", "", "")

    def say(text: str) -> None:
        said.append(text)
        waits.set()

    def up(name: str, start: Callable[..., State]) -> None:
        lifecycle.up(project, tmp_path, start, say, [(name, "1")])

    second = threading.Thread(target=up, args=("SECOND", lambda *_: services))

    def start_both(*_: object) -> State:
        second.start()
        assert waits.wait(20)
        return services

    up("FIRST", start_both)
    second.join()
    assert Forge.of_project(project).state().variables == {"FIRST": "1", "SECOND": "1"}
    assert said == ["waiting for another ml-cicd local up or down in this clone"]
    lifecycle.down(project, lambda *_: None, say)
    assert not (project / ".ml-cicd").exists()


@pytest.mark.case("K7", "a repository whose projects are all in folders")
def test_repository_with_projects_in_folders_has_a_name(tmp_path: Path) -> None:
    project = tmp_path / "Our Models"
    (project / "projects" / "a").mkdir(parents=True)
    git.text(project, "init", "--quiet", "--template=")
    (project / "projects" / "a" / "ml-cicd.toml").write_text('name = "a"\n')
    with pytest.raises(UsageError, match=r"There is no ml-cicd\.toml"):
        lifecycle._name(project)
    git.text(project, "add", "--all")
    assert lifecycle._name(project) == "our-models"
    (project / "ml-cicd.toml").write_text('name = "root"\n')
    assert lifecycle._name(project) == "root"


def saved(forge: Forge, **fields: str) -> records.Run:
    rest = {"workflow": "CI", "file": "ci.yml", "event": "push", "ref": "refs/heads/x", "sha": "a" * 40,
            "actor": "ada", "started": "2026-01-01T00:00:00+00:00"}  # fmt: skip
    return records.create(forge, {"ref": "x"}, **{**rest, **fields})


def test_runs_are_numbered_and_kept(tmp_path: Path) -> None:
    forge = Forge.of_project(tmp_path)
    first, second = saved(forge), saved(forge, file="other.yml")
    records.save(forge, replace(first, result="success", seconds=1.5))
    assert (first.number, second.number) == (1, 2)
    assert json.loads((records.folder(forge, 1) / "event.json").read_text()) == {"ref": "x"}
    assert records.load(forge)[0].seconds == 1.5


def test_running_run_without_lock_is_lost(tmp_path: Path) -> None:
    forge = Forge.of_project(tmp_path)
    saved(forge)
    with forge.queue.lock() as held:
        assert held
        assert records.load(forge)[0].result == "running"
    assert records.load(forge)[0].result == "lost"
    assert json.loads((records.folder(forge, 1) / "run.json").read_text())["result"] == "running"
    records.settle(forge)
    assert json.loads((records.folder(forge, 1) / "run.json").read_text())["result"] == "lost"


def test_turns_are_first_come_first_served(tmp_path: Path) -> None:
    forge, order, waited = Forge.of_project(tmp_path), list[int](), list[int]()
    forge.path.mkdir(parents=True)

    def take(number: int) -> None:
        with forge.queue.turn(lambda: waited.append(number)):
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    with forge.queue.turn(lambda: waited.append(-1)):
        for count, thread in enumerate(threads, start=2):
            thread.start()
            while len(forge.queue.processes()) < count:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(8))
    assert sorted(waited) == list(range(8)), "only the first process does not wait"
    assert forge.queue.processes() == []


def test_killed_process_leaves_the_queue(tmp_path: Path) -> None:
    forge = Forge.of_project(tmp_path)
    forge.path.mkdir(parents=True)
    take = f"""
import pathlib, time
from cicd.forge.state import Forge
with Forge.of_project(pathlib.Path({str(tmp_path)!r})).queue.turn(lambda: None):
    print(flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", take], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert forge.queue.processes() == [process.pid]
        process.kill()
    waits: list[str] = []
    with forge.queue.turn(lambda: waits.append("waits")):
        assert waits == []


def test_runs_and_logs_print_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["local", "runs", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == []
    assert main(["local", "runs"]) == 0
    assert "There are no runs yet." in capfd.readouterr().out
    forge = Forge.of_project(tmp_path)
    records.save(forge, replace(saved(forge), result="failure", failed="test / Unit tests"))
    assert main(["local", "runs"]) == 0
    assert "failure" in (shown := capfd.readouterr().out)
    assert "test / Unit tests" in shown
    assert main(["local", "runs", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)[0]["failed"] == "test / Unit tests"
    assert main(["local", "logs", "7"]) == 2
    assert "There is no run 7" in capfd.readouterr().err
    assert main(["local"]) == 2


def test_cache_path_with_a_space_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere/with a space")
    with pytest.raises(UsageError, match="contains a space"):
        state.cache()
