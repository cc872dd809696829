"""The kit's own repository, small: a remote, a clone, and runs of the workflow that releases it under `act`."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import git
from cicd.act import execution, requirements, workflows
from cicd.act.log import Parser
from cicd.forge.events import payloads
from cicd.testing.run import RUNNER, TIMEOUT
from tests.act.support.case import ROOT
from tests.unit.support import release_server

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.act.log import Log

REPOSITORY, WORKFLOW = "org/ml-cicd", ".release.yml"
PERSON = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "maintenance.auto=false")
REMOTE = {"uploadpack.allowFilter": "true", "uploadpack.allowAnySHA1InWant": "true", "receive.autogc": "false"}
BOOTSTRAP = """\
import os
with open(os.environ["GITHUB_PATH"], "a") as stream:
    stream.write({bin!r} + "\\n")
"""
COMMAND = """\
#!/bin/sh
[ "$1" = freeze ] || exec {standin} "$@"
PYTHONPATH={root} exec {python} -P -m cicd.cli "$@" # not from the checkout, whose package is a script
"""
APP = """\
name: Stand-in for actions/create-github-app-token
inputs: {{client-id: {{}}, private-key: {{}}, permission-contents: {{}}, permission-workflows: {{}}}}
outputs: {{token: {{value: "${{{{ steps.make.outputs.token }}}}"}}}}
runs:
  using: composite
  steps:
    - id: make
      shell: bash
      env: {{KEY: "${{{{ inputs.private-key }}}}"}}
      run: test "$KEY" = "the key of the App" && echo "token={token}" >> "$GITHUB_OUTPUT"
"""
ATTEST = """\
name: Stand-in for actions/attest
inputs: {{subject-path: {{required: true}}}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {{SUBJECT: "${{{{ inputs.subject-path }}}}"}}
      run: cp "$SUBJECT" {attested}
"""


@dataclass(frozen=True)
class Released:
    """A run of the workflow: act's exit code and its log."""

    exit_code: int
    log: Log

    @property
    def results(self) -> dict[str, str]:
        return {job.id: job.result for job in self.log.jobs}


class KitRepository:
    """The kit with the workflows and actions of this clone, and a script in place of the bootstrap.

    `freeze` is the real command; any other replies as a test of workflows says.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.clone = folder, folder / "clone"
        self.remote = folder / "git" / REPOSITORY
        self.server = f"file://{folder}/git"
        self.attested = folder / "attested.json"
        for name in (".github/workflows", "actions"):
            shutil.copytree(ROOT / name, self.clone / name)
        command = folder / "bin" / "ml-cicd"
        command.parent.mkdir()
        standin = ROOT / "cicd" / "testing" / "standin.sh"
        words = {
            "standin": shlex.quote(f"{standin}"),
            "python": shlex.quote(sys.executable),
            "root": shlex.quote(str(ROOT)),
        }
        command.write_text(COMMAND.format(**words), "utf-8")
        command.chmod(0o755)
        (self.clone / "cicd").mkdir()
        (self.clone / "cicd" / "bootstrap.py").write_text(BOOTSTRAP.format(bin=str(command.parent)), "utf-8")
        self._stand_in("create-github-app-token", APP.format(token=release_server.TOKEN))
        self._stand_in("attest", ATTEST.format(attested=shlex.quote(str(self.attested))))
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.remote)], check=True)
        for name, value in REMOTE.items():
            git.text(self.remote, "config", name, value)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", str(self.remote))

    def _stand_in(self, name: str, text: str) -> None:
        (self.folder / name).mkdir()
        (self.folder / name / "action.yml").write_text(text, "utf-8")

    def git(self, *words: str) -> str:
        return git.text(self.clone, *PERSON, *words)

    def merge(self, version: str) -> str:
        """Commit everything to main, with changelog and package of a version; return the commit."""
        number, package = version.removeprefix("v"), version.removeprefix("v").replace("-rc.", "rc")
        texts = {
            "CHANGELOG.md": f"# Changelog\n\n## [{number}] - 2026-11-26\n\n* What {number} brings.\n",
            "cicd/__init__.py": f'__version__ = "{package}"\n',
            "pyproject.toml": f'version = "{package}"\n',
        }
        for name, text in texts.items():
            (self.clone / name).write_text(text, "utf-8")
        self.git("add", "--all")
        self.git("commit", "-q", "-m", f"Prepare {version}")
        self.git("push", "-q", "origin", "main")
        return self.git("rev-parse", "HEAD")

    def tags(self) -> dict[str, str]:
        lines = git.lines(self.remote, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/tags")
        return dict(line.split(" ") for line in lines)

    def dispatch(self, version: str, api: str) -> Released:
        """Start the workflow by hand for a version, with GitHub's API at an address."""
        folder = self.folder / f"run-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        text = (self.clone / workflows.FOLDER / WORKFLOW).read_text("utf-8")
        hosted = payloads.HostedRepository(self.remote, "https://github.com", REPOSITORY)
        payload = payloads.dispatch(hosted, WORKFLOW, "refs/heads/main", {"version": version}, "ada")
        (folder / "event.json").write_text(json.dumps(payload), "utf-8")
        secrets = execution.write_secrets(folder / "secrets.yml", {"RELEASE_APP_KEY": "the key of the App"})
        words = execution.command(
            event="workflow_dispatch", workflow=self.clone / workflows.FOLDER / WORKFLOW, payload=folder / "event.json",
            work=self.clone, scratch=folder / "act", server=self.server, needs=self._needs(text), actor="ada",
            token=release_server.TOKEN,
            overrides={
                "GITHUB_SERVER_URL": self.server, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": api,
                "SHA_REF": self.git("rev-parse", "HEAD"),
            },
            variables={"RELEASE_APP": "Iv1.release"}, secrets=secrets,
        )  # fmt: skip
        environment = execution.environment({"HOME": str(folder)}, RUNNER)
        environment["ML_CICD_TEST_PYTHON"] = sys.executable
        done = subprocess.run(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False, timeout=TIMEOUT,
        )  # fmt: skip
        (folder / "act.jsonl").write_text(done.stdout, "utf-8")
        parser = Parser()
        for line in done.stdout.splitlines():
            parser.feed(line)
        return Released(done.returncode, parser.log)

    def _needs(self, text: str) -> requirements.Needs:
        needs = requirements.Needs()
        for used in re.findall(r"uses: (actions/[\w-]+)@(\w+)", text):
            stand_in = requirements.STAND_INS.get(used[0], self.folder / used[0].partition("/")[2])
            needs.repositories["@".join(used)] = stand_in
        return needs

    def checked_out(self, name: str) -> Path:
        """Return a folder with the files of a tag or commit of the remote, as `git clone --branch` leaves them."""
        folder = self.folder / f"files-{name}"
        self.git("fetch", "-q", "--tags", "--force", "origin")
        self.git("worktree", "add", "-q", "--detach", str(folder), name)
        return folder
