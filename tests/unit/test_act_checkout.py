"""The stand-in for actions/checkout: submodules and Git LFS as the real action treats them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd.act import requirements

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = requirements.STAND_INS["actions/checkout"] / "checkout.sh"
SMUDGE = 'cat > /dev/null; if [ -n "$GIT_LFS_SKIP_SMUDGE" ]; then echo pointer; else echo content; fi'


class Remote:
    """A repository of a forge, and a job that checks its newest commit out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "server" / "acme" / "app"
        self.environment = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": str(folder / "config"), "GIT_CONFIG_SYSTEM": os.devnull,
        }  # fmt: skip
        for key, value in {"user.name": "Ada", "user.email": "ada@example.org", "filter.lfs.smudge": SMUDGE}.items():
            self.git(folder, "config", "--file", str(folder / "config"), key, value)
        self.new(self.path)

    def git(self, directory: Path, *words: str) -> str:
        command = ["git", "-C", str(directory), *words]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()

    def new(self, path: Path) -> Path:
        path.mkdir(parents=True)
        self.git(path, "init", "--quiet", "--initial-branch=main")
        (path / "model.bin").write_text("a file\n")
        (path / ".gitattributes").write_text("*.bin filter=lfs\n")
        self.commit(path)
        return path

    def commit(self, path: Path) -> None:
        self.git(path, "add", "--all")
        self.git(path, "commit", "--quiet", "--message=a change")

    def add_submodule(self, path: Path, url: str) -> None:
        self.git(path, "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", url, "part")
        self.commit(path)

    def command(self, name: str, script: str) -> None:
        (self.folder / "bin").mkdir(exist_ok=True)
        (self.folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.folder / "bin" / name).chmod(0o755)

    def check_out(self, **inputs: str) -> tuple[int, str, Path]:
        """Check out. Returns the exit code, the output, and the folder."""
        defaults = {"repository": "", "ref": "", "path": ".", "depth": "1", "tags": "false", "clean": "true",
                    "submodules": "false", "lfs": "false"}  # fmt: skip
        workspace = self.folder / "workspace"
        done = subprocess.run(
            ["bash", str(SCRIPT)], capture_output=True, text=True, check=False,
            env={
                **self.environment, "GITHUB_WORKSPACE": str(workspace), "GITHUB_SERVER_URL": f"file://{self.folder}/server",
                "GITHUB_REPOSITORY": "acme/app", "GITHUB_REF": "refs/heads/main", "GITHUB_OUTPUT": os.devnull,
                "GITHUB_SHA": self.git(self.path, "rev-parse", "HEAD"),
                **{f"CHECKOUT_{name.upper()}": value for name, value in {**defaults, **inputs}.items()},
            },
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr, workspace


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path)


@pytest.mark.case("K3", "a checkout with and without Git LFS")
def test_lfs_file_stays_a_pointer_by_default(remote: Remote) -> None:
    code, output, workspace = remote.check_out()
    assert (code, (workspace / "model.bin").read_text()) == (0, "pointer\n"), output


@pytest.mark.case("K3", "a checkout with and without Git LFS")
def test_lfs_file_is_fetched_if_asked_for(remote: Remote) -> None:
    remote.command("git-lfs", "exit 0")
    code, output, workspace = remote.check_out(lfs="True")
    assert (code, (workspace / "model.bin").read_text()) == (0, "content\n"), output


@pytest.mark.case("K3", "a checkout with and without Git LFS")
def test_lfs_without_its_command_is_refused(remote: Remote) -> None:
    remote.command("git-lfs", "exit 1")
    code, output, _ = remote.check_out(lfs="true")
    assert (code, "needs Git LFS, which is not installed" in output) == (1, True)


@pytest.mark.case("K3", "a checkout with submodules")
@pytest.mark.parametrize(
    ("submodules", "depth", "outer", "inner"),
    [
        ("false", "1", False, False), ("true", "1", True, False), ("Recursive", "1", True, True),
        ("recursive", "0", True, True),
    ],
)  # fmt: skip
def test_submodules_are_checked_out_if_asked_for(
    remote: Remote, *, submodules: str, depth: str, outer: bool, inner: bool
) -> None:
    part, innermost = remote.new(remote.folder / "part"), remote.new(remote.folder / "inner")
    remote.add_submodule(part, innermost.as_uri())
    remote.add_submodule(remote.path, part.as_uri())
    code, output, workspace = remote.check_out(submodules=submodules, depth=depth)
    files = [workspace / "part" / "model.bin", workspace / "part" / "part" / "model.bin"]
    assert (code, [file.exists() for file in files]) == (0, [outer, inner]), output


def test_unreachable_submodule_is_explained(remote: Remote) -> None:
    beside = remote.new(remote.path.parent / "beside")
    remote.add_submodule(remote.path, "../beside")
    assert remote.check_out(submodules="true")[0] == 0
    beside.rename(remote.folder / "elsewhere")
    (remote.folder / "workspace").rename(remote.folder / "before")
    code, output, _ = remote.check_out(submodules="true")
    assert (code, "::error::A submodule can't be fetched; git's words are above." in output) == (1, True)
