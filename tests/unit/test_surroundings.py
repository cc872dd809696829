"""What a person's or a machine's settings say changes nothing about what a command does, or is told in words."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from cicd import account, cli, direct, git
from cicd.errors import UnreachableError, UsageError
from cicd.forge import state
from cicd.oci import logins
from cicd.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.production import Production

SETTINGS = {
    "signed pushes": ("push.gpgSign", "true"),
    "pushes with every tag": ("push.followTags", "true"),
    "pushes of submodules": ("push.recurseSubmodules", "check"),
    "commands that recurse": ("submodule.recurse", "true"),
    "a mirror": ("remote.origin.mirror", "true"),
    "tags that a fetch removes": ("fetch.pruneTags", "true"),
    "colours": ("color.ui", "always"),
    "signatures in the log": ("log.showSignature", "true"),
    "another encoding": ("i18n.logOutputEncoding", "latin-1"),
    "a tracked hook folder": ("core.hooksPath", "/nonexistent"),
    "checks of objects": ("transfer.fsckObjects", "true"),
}
NEW_OPTION = """#!/bin/sh
case "$*" in *no-write-fetch-head*) echo 'error: unknown option' >&2; exit 129;; esac
exec {git} "$@"
"""
HUNGRY = """#!/bin/sh
case "$*" in *fetch*) cat >/dev/null;; esac
exec {git} "$@"
"""


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a number that no account of this machine has, without HOME."""
    for name in ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "DOCKER_CONFIG", "XDG_CACHE_HOME", "GITHUB_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)


@pytest.mark.case("K15", "git settings of a person change a push")
@pytest.mark.parametrize("name", SETTINGS)
def test_git_settings_change_nothing(
    production: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file = tmp_path / "gitconfig"
    subprocess.run(["git", "config", "--file", file, *SETTINGS[name]], check=True)
    production.road.workspace.git("tag", "-a", "-m", "mine", "mine")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    assert production.back() == 0
    assert production.runs == production.first
    assert (production.entries()[-1].number, production.waiting()) == (3, [])
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    assert production.road.workspace.git("tag") == "mine"
    assert "mine" not in production.road.workspace.git("ls-remote", "--tags", "origin")


@pytest.mark.case("K15", "a fetch changes the person's own refs")
def test_fetch_changes_no_ref_of_the_person(production: Production) -> None:
    workspace = production.road.workspace
    workspace.git("fetch", "origin")
    before = workspace.git("for-each-ref", "refs/remotes", "refs/tags", "refs/heads")
    newer = workspace.git("commit-tree", "HEAD^{tree}", "-m", "newer")
    (workspace.remote / "refs/heads/main").write_text(f"{newer}\n")
    workspace.repository()
    assert workspace.git("for-each-ref", "refs/remotes", "refs/tags", "refs/heads") == before
    assert workspace.git("rev-parse", "refs/ml-cicd/heads/main") == newer


@pytest.mark.case("K16", "a command inside a git hook works on the hook's repository")
@pytest.mark.parametrize("name", sorted(git.OF_A_REPOSITORY - {"GIT_INTERNAL_SUPER_PREFIX", "GIT_IMPLICIT_WORK_TREE"}))
def test_command_inside_a_hook_of_another_repository(
    production: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "init", "--quiet", other], check=True)
    monkeypatch.setenv(name, str(other / ".git"))
    assert production.back() == 0
    monkeypatch.delenv(name)
    assert production.entries()[-1].number == 3


@pytest.mark.case("K16", "a mirror is made in the hook's repository")
def test_mirror_inside_a_hook(production: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "init", "--quiet", other], check=True)
    before = (other / ".git" / "config").read_bytes()
    remote = production.road.workspace.remote
    job = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": f"file://{remote.parent}", "GITHUB_REPOSITORY": remote.name}
    for name, value in {**job, "GIT_DIR": str(other / ".git")}.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["verify", "--environment", "production", "--commit", production.second]) == 0
    assert (other / ".git" / "config").read_bytes() == before
    assert not (other / ".git" / "refs" / "ml-cicd").exists()


@pytest.mark.case("K17", "an object that a clone replaced is taken for the ledger's")
def test_replaced_objects_do_not_count(production: Production) -> None:
    workspace = production.road.workspace
    newest, first = (workspace.git("rev-parse", f"refs/ml-cicd/tags/ledger/app/production/{n}^{{}}") for n in (2, 1))
    workspace.git("replace", newest, first)
    assert [entry.number for entry in production.entries()] == [1, 2]


@pytest.mark.case("K18", "two commands refresh one clone at the same time")
def test_commands_side_by_side_in_one_clone(production: Production) -> None:
    workspace = production.road.workspace
    for number in range(4):
        commit = workspace.git("commit-tree", "HEAD^{tree}", "-m", str(number))
        for branch in range(12):
            (workspace.remote / f"refs/heads/side-{branch}").write_text(f"{commit}\n")
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _: workspace.repository(), range(6)))
        assert workspace.git("rev-parse", "refs/ml-cicd/heads/side-0") == commit


@pytest.mark.case("K18", "a lock file of a killed git stays")
def test_lock_file_of_a_killed_git_is_named(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cicd.repository.snapshot.PAUSES", (0.0, 0.0))
    workspace = production.road.workspace
    newer = workspace.git("commit-tree", "HEAD^{tree}", "-m", "newer")
    (workspace.remote / "refs/heads/main").write_text(f"{newer}\n")
    lock = workspace.clone / ".git" / "refs" / "ml-cicd" / "heads" / "main.lock"
    lock.touch()
    with pytest.raises(UnreachableError, match=r"Another git process changes .*main\.lock") as raised:
        workspace.repository()
    assert "remove the .lock file" in raised.value.hint
    lock.unlink()
    workspace.repository()


@pytest.mark.case("K19", "a git that is too old for an option")
def test_git_that_is_too_old(production: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "bin" / "git"
    command.parent.mkdir()
    command.write_text(NEW_OPTION.format(git=subprocess.getoutput("command -v git")))
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=os.pathsep)
    with pytest.raises(UnreachableError, match="too old for 'git fetch'") as raised:
        production.road.workspace.repository()
    assert raised.value.hint == f"Install git {git.MINIMUM} or newer."


@pytest.mark.case("K20", "two logins in one request to the remote")
def test_login_of_the_job_replaces_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {
        "GITHUB_TOKEN": "t0ken", "GITHUB_SERVER_URL": "https://git.example.org", "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", "GIT_CONFIG_GLOBAL": str(tmp_path / "config"),
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    key = "http.https://git.example.org/.extraheader"
    git.text(tmp_path, "config", "--global", key, "AUTHORIZATION: basic old")
    git.text(tmp_path, "init", "--quiet")
    repository = Repository(tmp_path, "origin")
    *_, dropped, header = repository.git("config", "--get-all", key).split("\n")
    assert (dropped, header.split(" ")[:2]) == ("", ["AUTHORIZATION:", "basic"])
    assert "old" not in header
    assert repository.git("config", "--get", "safe.directory") == "*"


@pytest.mark.case("K21", "a proxy is asked for an address of this machine")
def test_registry_of_this_machine_is_asked_directly(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert cli.main(["verify", "--environment", "production", "--commit", production.second]) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"no_proxy": "a"}, {"no_proxy": "a"}),
        ({"HTTPS_PROXY": "p"}, {"no_proxy": "localhost,127.0.0.1,::1", "NO_PROXY": "localhost,127.0.0.1,::1"}),
        (
            {"http_proxy": "p", "NO_PROXY": "a, localhost"},
            {"no_proxy": "a,localhost,127.0.0.1,::1", "NO_PROXY": "a,localhost,127.0.0.1,::1"},
        ),
        ({"all_proxy": "p", "no_proxy": "*"}, {"no_proxy": "*"}),
    ],
)
def test_exceptions_of_a_proxy(before: dict[str, str], after: dict[str, str]) -> None:
    environment = dict(before)
    direct.spare_this_machine(environment)
    assert environment == {**before, **after}


@pytest.mark.case("K22", "an account that has neither name nor home")
def test_account_without_name_and_home(
    production: Production, nobody: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert (account.name(), account.home()) == ("uid-54321", None)
    assert logins.login("registry.example.org") is None
    with pytest.raises(UsageError, match="no home folder"):
        state.cache()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert state.cache() == tmp_path / "ml-cicd"
    assert production.back() == 0
    assert production.entries()[-1].deployment.actor == "uid-54321"


@pytest.mark.case("K23", "a configuration that is not UTF-8 text")
@pytest.mark.parametrize("words", [("status",), ("history", "production")])
def test_configuration_that_is_not_utf8(
    production: Production, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    workspace = production.road.workspace
    (workspace.clone / "ml-cicd.toml").write_bytes(b'name = "app"\n# gr\xfc\xdfe\n')
    assert cli.main(list(words)) == 2
    assert "ml-cicd.toml is not UTF-8 text: line 2 holds the byte 0xfc" in capsys.readouterr().err


@pytest.mark.case("K23", "a configuration on main that is not UTF-8 text")
def test_configuration_on_main_that_is_not_utf8(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = production.road.workspace
    (workspace.clone / "ml-cicd.toml").write_bytes(b'name = "app"\n# gr\xfc\xdfe\n')
    workspace.git("commit", "--quiet", "--all", "-m", "in another encoding")
    workspace.push("main")
    assert cli.main(["verify", "--environment", "production", "--commit", production.second]) == 2
    assert "is not UTF-8 text: line 2 holds the byte 0xfc" in capsys.readouterr().err


def test_byte_order_mark_is_no_fault(production: Production) -> None:
    file = production.road.workspace.clone / "ml-cicd.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert cli.main(["history", "production"]) == 0


@pytest.mark.case("K24", "git eats the input of the loop that calls the command")
def test_standard_input_is_left_alone(production: Production, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "bin" / "git"
    command.parent.mkdir()
    command.write_text(HUNGRY.format(git=subprocess.getoutput("command -v git")))
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=os.pathsep)
    program = "import sys; from cicd.cli import main; main(['history', 'production']); print(sys.stdin.read())"
    done = subprocess.run([sys.executable, "-c", program], input="the next line", capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=True)  # fmt: skip
    assert done.stdout.endswith("the next line\n")
