"""The guide to GitHub, typed as printed: each command runs, and a stand-in of GitHub has the settings in the end."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.static.node import build
from tests.static.support.kit import ROOT
from tests.static.support.openapi import JSON, Description, Exchange
from tests.unit.support import fake_github

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = (ROOT / "docs" / "github.md").read_text()
SSH_HOST = next(block for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if "ssh://" in block)
IDENTITY = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}  # fmt: skip
GH = r"""#!/bin/sh
case "$1 $2" in
  "api "*) exec gh-api "$@" ;;
  "auth token") echo a-token ;;
  "repo create")
    git init --quiet --bare "$HOSTED/$3.git"
    git remote add "$8" "https://github.com/$3.git" ;;
  "secret set")
    [ -n "$(cat)" ] || { echo "the secret $3 is empty" >&2; exit 1; }
    echo '{"encrypted_value": "eA==", "key_id": "1"}' \
      | exec gh-api api --silent --method PUT "repos/{owner}/{repo}/environments/$5/secrets/$3" --input - ;;
  "workflow run") echo "$*" >> "$HOSTED/started" ;;
  "run watch") ;;
  *) echo "gh: $*" >&2; exit 1 ;;
esac
"""
"""A command `gh` that hosts repositories in the folder HOSTED, and asks the stand-in of GitHub for all else."""


class Typed(NamedTuple):
    """What is there after everything was typed."""

    app: Path
    hosted: Path
    github: fake_github.GitHub
    done: subprocess.CompletedProcess[str]


def blocks() -> list[str]:
    """Return the shell blocks of the guide, in their order."""
    return re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)


def script() -> str:
    """Return what a user types whose Staging and Production are on a machine over SSH, and the lines of other places.

    Doctor checks GitHub alone, since the machine of a test is any machine.
    """
    kit, key, without_runner, register, repository, secrets, check, start = blocks()
    staging = next(line for line in secrets.splitlines() if "DEPLOY_SSH_KEY" in line).replace("production", "staging")
    here = check.replace("ml-cicd doctor", "ml-cicd doctor --part github")
    assert here != check
    return "\n".join(("set -e", kit, key, without_runner, repository, register, secrets, staging, here, start))


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Typed:
    folder = tmp_path_factory.mktemp("guide")
    app, kit, hosted, programs = (folder / name for name in ("app", "ml-cicd", "hosted", "bin"))
    for path in (kit, hosted, programs):
        path.mkdir()
    command = f'PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m cicd.cli "$@"\n'
    texts = {
        "gh": GH, "gh-api": fake_github.GH.format(python=sys.executable), "ml-cicd": f"#!/bin/sh\n{command}",
        "ssh-copy-id": '#!/bin/sh\ntest -s "$2"\n',
    }  # fmt: skip
    if not shutil.which("ssh-keygen"):
        texts["ssh-keygen"] = '#!/bin/sh\nfor file; do :; done\necho private > "$file"\necho public > "$file.pub"\n'
    for name, text in texts.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755 | stat.S_IXUSR)
    github = fake_github.GitHub()
    with fake_github.serve(github) as url:
        surroundings = {
            **os.environ, **IDENTITY, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOSTED": str(hosted),
            "GH_REPO": fake_github.NAME, "FAKE_GITHUB": url.rpartition(":")[2], "GITHUB_API_URL": url,
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_COUNT": "1", "HOME": str(folder),
            "GIT_CONFIG_KEY_0": f"url.{hosted}/.pushInsteadOf", "GIT_CONFIG_VALUE_0": "https://github.com/",
        }  # fmt: skip
        surroundings.pop("GITHUB_REPOSITORY", None)

        def run(text: str, place: Path) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["bash"], cwd=place, input=text, env=surroundings, capture_output=True, text=True, check=False,
                timeout=300,
            )  # fmt: skip

        before = run("git init -q -b main; git commit -q --allow-empty -m kit; cd ..; ml-cicd init app --yes", kit)
        assert before.returncode == 0, before.stderr
        with (app / "ml-cicd.toml").open("a") as file:
            file.write(f"\n{SSH_HOST}")
        for name in ("production.kubeconfig", "token.txt"):
            (app / name).write_text("x")
        done = run(script(), folder)
    return Typed(app, hosted, github, done)


def test_every_command_of_the_guide_succeeds(typed: Typed) -> None:
    assert typed.done.returncode == 0, typed.done.stdout + typed.done.stderr


def test_every_request_and_answer_is_described_by_github(typed: Typed) -> None:
    description = Description(json.loads(build.description().read_text()))
    exchanges = [
        Exchange(
            seen.method, seen.url, {"content-type": JSON, **seen.headers}, seen.body, seen.status,
            {"content-type": JSON}, seen.answer,
        )
        for seen in typed.github.seen
    ]  # fmt: skip
    assert [problem for exchange in exchanges for problem in description.problems(exchange)] == []
    assert {exchange.method for exchange in exchanges} == {"GET", "POST", "PUT"}


def test_project_is_on_github_with_callers_of_the_copy_and_no_key(typed: Typed) -> None:
    def git(*words: str) -> str:
        return subprocess.check_output(["git", f"--git-dir={typed.hosted}/acme/app.git", *words], text=True)

    assert git("branch", "--format=%(refname:short)").split() == ["develop", "main"]
    assert "acme/ml-cicd" in git("grep", "uses:", "develop", "--", ".github/workflows")
    left = subprocess.run(
        ["git", f"--git-dir={typed.hosted}/acme/app.git", "grep", "-E", r"\borg/|@org", "develop", "--", ".github"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert left.stdout == "", "a placeholder of the kit's own repository is left"
    committed = git("ls-tree", "-r", "--name-only", "develop").split()
    assert [name for name in committed if "key" in name or "token" in name] == []
    untracked = subprocess.check_output(["git", "status", "--short"], cwd=typed.app, text=True)
    assert "deploy_key" not in untracked, "the next `git add --all` would commit a private key"


def test_environments_and_rulesets_are_set_before_the_first_run(typed: Typed) -> None:
    github = typed.github
    assert {name for name, data in github.environments.items() if data["limited"]} == {
        "integration", "staging", "production", "ledger",
    }  # fmt: skip
    assert len(github.rulesets) == 3
    assert {"DEPLOY_SSH_KEY", "KUBECONFIG", "REGISTRY_TOKEN"} <= set(github.environments["production"]["secrets"])
    sent = [(seen.method, seen.url.rpartition("/app/")[2]) for seen in github.seen]
    assert sent.index(("PUT", "actions/permissions")) < sent.index(("POST", "rulesets"))
    assert github.actions == {"enabled": True, "allowed_actions": "all"}
    assert (typed.hosted / "started").read_text() == "workflow run integration.yml --ref develop\n"


def test_copy_of_the_kit_starts_no_run_of_its_tests(typed: Typed) -> None:
    branches = subprocess.check_output(["git", f"--git-dir={typed.hosted}/acme/ml-cicd.git", "branch"], text=True)
    assert branches.split() == ["copy"]
