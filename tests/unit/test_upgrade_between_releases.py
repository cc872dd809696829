"""A project of one release of this kit comes to the next one by one command: both are real releases, of real files."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from cicd import git
from tests.unit.support import kit_release

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND = "v1.0.0-rc.1", "v1.0.0-rc.2"
TEMPLATE = "cicd/start/template"
EDITED, RENAMED, CALLER = "README.md", "src/house_prices/service.py", ".github/workflows/ci.yml"
PERSON = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
          for key, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))}  # fmt: skip


def kit(release: kit_release.KitRelease, *words: str) -> str:
    """Run the command of a release, as a clone of it installs it."""
    environment = {**os.environ, **PERSON, "PYTHONPATH": str(release.path), "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "cicd.cli", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(project: Path, message: str) -> None:
    git.text(project, "add", "--all")
    git.text(project, *kit_release.PERSON, "commit", "--quiet", "--no-verify", "--message", message)


def test_edited_and_renamed_files_come_along_to_the_second_release(tmp_path: Path) -> None:
    released = tmp_path / "kit"
    released.mkdir()
    first = kit_release.make(released, FIRST)
    project = tmp_path / "house-prices"
    kit(first, "init", str(project), "--kind=service", "--ref", FIRST, "--yes")
    assert f"/ci.yml@{FIRST}\n" in (project / CALLER).read_text("utf-8")
    (project / EDITED).write_text((project / EDITED).read_text("utf-8") + "\nOur own words.\n", "utf-8")
    git.text(project, "mv", RENAMED, f"{RENAMED}.txt")
    commit(project, "Our own work")

    changed = {f"{TEMPLATE}/service/{EDITED}": ("# ", "# New: "),
               f"{TEMPLATE}/service/src/PYTHON_PACKAGE/service.py": ('"""', '"""New: ')}  # fmt: skip
    kit_release.next_release(released, SECOND, changed, "The skeleton says that it is new.")
    said = kit(first, "upgrade", "--directory", str(project), "--to", SECOND)

    assert f"/ci.yml@{SECOND}\n" in (project / CALLER).read_text("utf-8")
    readme = (project / EDITED).read_text("utf-8")
    assert readme.startswith("# New: ")
    assert readme.endswith("\nOur own words.\n")
    assert not (project / RENAMED).exists()
    assert (project / f"{RENAMED}.txt").read_text("utf-8").startswith('"""New: ')
    assert "The skeleton says that it is new." in said
    commit(project, "Upgrade")
    assert f"{SECOND}" in kit(first, "upgrade", "--directory", str(project), "--to", SECOND, "--check")
