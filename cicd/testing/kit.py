"""The kit that a test runs: a frozen copy, whose command may be a stand-in."""

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
"""The `python3` of the runner knows it by its first line."""


@dataclass(frozen=True)
class Kit:
    """A frozen copy of the kit."""

    path: Path

    @classmethod
    def frozen(cls, source: Path, path: Path) -> Kit:
        """The files of `source` as they are now, in the released form, written to `path`.

        Raises:
            UsageError: `source` is not the kit, or it can't be frozen.

        """
        freeze.freeze(freeze.check_kit(source), path, freeze.REPOSITORY, "v1", worktree=True)
        return cls(path)

    def scripted(self, path: Path) -> Kit:
        """A copy with the same workflows and actions, whose command is the stand-in (`standin.sh`).

        It holds nothing else: `act` copies the whole directory for every action that it starts.
        """
        for part in (".github/workflows", "actions"):
            shutil.copytree(self.path / part, path / part)
        command = path.parent / f"{path.name}-bin" / "ml-cicd"
        command.parent.mkdir()
        shutil.copy(HERE / "standin.sh", command)
        (path / "cicd").mkdir()
        (path / "cicd" / "bootstrap.py").write_text(BOOTSTRAP.format(bin=shlex.quote(str(command.parent))), "utf-8")
        return Kit(path)
