"""Make the kit that a test runs: a frozen copy, with the real command or a script in its place."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from cicd import freeze

HERE = Path(__file__).parent
BOOTSTRAP = """#!/bin/sh
echo {bin} >> "$GITHUB_PATH"
"""
"""The script `python3` in `runner/` recognizes this file by its first line, and runs it with a shell."""


@dataclass(frozen=True)
class Kit:
    """A frozen copy of the kit."""

    path: Path
    names: frozenset[str] = frozenset()
    """Repositories `owner/name` by which workflows may name the kit, besides any `OWNER/ml-cicd`."""

    @classmethod
    def frozen(cls, source: Path, path: Path) -> Kit:
        """Write the released form of the files of `source`, committed or not, to `path`.

        Raises:
            UsageError: `source` is not a kit, or can't be frozen.

        """
        freeze.freeze(freeze.check_kit(source), path, freeze.PLACEHOLDER, "v1", worktree=True)
        return cls(path, freeze.names(source))

    def scripted(self, path: Path) -> Kit:
        """Copy the workflows and actions to `path`, with the script `standin.sh` as the command.

        The copy has no other files, since `act` copies the whole folder for every action that it starts.
        """
        for part in (".github/workflows", "actions"):
            shutil.copytree(self.path / part, path / part)
        command = path.parent / f"{path.name}-bin" / "ml-cicd"
        command.parent.mkdir()
        shutil.copy(HERE / "standin.sh", command)
        (path / "cicd").mkdir()
        (path / "cicd" / "bootstrap.py").write_text(BOOTSTRAP.format(bin=shlex.quote(str(command.parent))), "utf-8")
        return Kit(path, self.names)
