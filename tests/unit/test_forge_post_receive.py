"""The hook of the forge's remote: it is hidden from people, and starts quickly if a push triggers no workflow."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from cicd import git
from cicd.cli import main
from cicd.forge.events import history
from cicd.forge.state import Forge, State

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HEAVY = {"docker", "http.server", "jsonschema", "cicd.forge.running.runner", "cicd.config"}
HOOK = """
import json, sys
from cicd import cli
status = cli.main(["hook", "--forge", sys.argv[1]])
sys.stderr.write(json.dumps(sorted(sys.modules)))
sys.exit(status)
"""


def test_help_does_not_list_the_hook(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert main(["local", "--help"]) == 0
    assert main(["hok"]) == 2
    output = "".join(capfd.readouterr())
    assert not [line for line in output.splitlines() if "hook" in line or "receive" in line]


def test_push_without_runs_imports_no_runner(tmp_path: Path) -> None:
    forge = Forge(tmp_path / "forge")
    remote = forge.remote("acme/app")
    remote.mkdir(parents=True)
    forge.write_state(State("app", "acme/app", "", "", "", "", ""))
    git.text(remote, "init", "--quiet", "--bare", "--template=")
    author = {f"GIT_{role}_{key}": "ada" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    tree = git.text(remote, "mktree", stdin=b"")
    commit = git.text(remote, "commit-tree", tree, "-m", "a change", environment=author)
    git.text(remote, "update-ref", "refs/heads/x", commit)

    hook = subprocess.run(
        [sys.executable, "-c", HOOK, str(forge.path)], input=f"{history.NO_OBJECT} {commit} refs/heads/x\n",
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert hook.stdout == "no workflow starts on a push of branch x\n"
    assert HEAVY & set(json.loads(hook.stderr)) == set()
