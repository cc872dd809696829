"""A small kit with a remote, and releases of it: for the tests of proofs, contracts and releases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.kit import planning, publishing

if TYPE_CHECKING:
    from cicd.kit.proof import Proof
    from cicd.repository import Repository
    from tests.unit.support.workspace import Workspace

NAME = "acme/ml-cicd"
SHA = "3d3c42e5aac5ba805825da76410c181273ba90b1"
CI = f"""\
name: ci
on:
  workflow_call:
    inputs:
      directory: {{type: string, required: false, default: .}}
      lfs: {{type: boolean, required: false, default: false}}
    secrets:
      TOKEN: {{required: false}}
    outputs:
      commit: {{value: x}}
permissions: {{}}
jobs:
  test:
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@{SHA} # v7.0.1
      - uses: $/actions/greet
      - uses: $/actions/part
"""
ACTION = """\
name: Greet
inputs:
  whom: {required: true}
  aloud: {required: false, default: "false"}
outputs:
  greeting: {value: x}
runs: {using: composite, steps: [{run: echo hello, shell: bash}]}
"""
WORKFLOW, GREET = ".github/workflows/ci.yml", "actions/greet/action.yml"


@dataclass(frozen=True)
class KitRepository:
    """A clone of the kit and its bare remote."""

    workspace: Workspace

    def write(self, **files: str) -> None:
        """Write files; `__` in a name stands for `/`."""
        for name, text in files.items():
            self.put(name.replace("__", "/"), text)

    def put(self, path: str, text: str) -> None:
        """Write a file."""
        file = self.workspace.clone / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def read(self, path: str) -> str:
        """Return the text of a file."""
        return (self.workspace.clone / path).read_text("utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace one place of a file."""
        before = self.read(path)
        assert old in before
        self.put(path, before.replace(old, new, 1))

    def merge(self, version: str = "") -> str:
        """Commit everything to main, with a changelog and a package of that version; return the commit."""
        if version:
            number = version.removeprefix("v")
            self.put(
                "CHANGELOG.md", f"# Changelog\n\n## [Unreleased]\n\n## [{number}] - 2026-11-26\n\n* News of {number}.\n"
            )
            package = number.replace("-rc.", "rc")
            self.put("cicd/__init__.py", f'__version__ = "{package}"\n')
            self.put("pyproject.toml", f'[project]\nversion = "{package}"\n')
        self.workspace.git("add", "--all")
        commit = self.workspace.commit(f"Prepare {version}" if version else "a change")
        self.workspace.push("HEAD:main")
        return commit

    def fetched(self) -> Repository:
        """Return the freshly fetched repository."""
        return self.workspace.repository()

    def release(self, version: str) -> Proof:
        """Merge what a version needs, and release it."""
        self.merge(version)
        clone = self.fetched()
        return publishing.tag(clone, planning.plan(clone, version, ""), NAME)

    def forge_release(self, version: str, edits: dict[str, tuple[str, str]], *, parent: str = "") -> str:
        """Move the tag of a release to a copy of its commit with other contents; return the new commit."""
        git = self.workspace.git
        self.workspace.git("fetch", "--quiet", "--tags", "--force", "origin")
        message = git("show", "--no-patch", "--format=%B", version)
        git("checkout", "--quiet", "--detach", version)
        for path, (old, new) in edits.items():
            self.edit(path, old, new)
        git("add", "--all")
        parent = parent or git("rev-parse", f"{version}^")
        commit = git("commit-tree", git("write-tree"), "-p", parent, "-m", message)
        git("checkout", "--quiet", "--force", "main")
        git("update-ref", f"refs/tags/{version}", commit)
        self.workspace.push("--force", f"refs/tags/{version}")
        return commit


def new_kit(workspace: Workspace) -> KitRepository:
    """Return a kit without a release."""
    kit = KitRepository(workspace)
    kit.put(WORKFLOW, CI)
    kit.put(GREET, ACTION)
    kit.put("actions/part/action.yml", ACTION.replace("Greet", "Part"))
    kit.put(".github/workflows/.test.yml", "on: push\njobs: {a: {steps: [{run: x}]}}\n")
    kit.put("docs/page.md", "uses: $/actions/greet\n")
    kit.put("run.sh", "true\n")
    return kit
