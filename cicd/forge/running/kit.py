"""Keep the frozen copy of the kit that runs use."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cicd import freeze
from cicd.act import workflows
from cicd.forge.running import workflow_names

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.forge.state import Forge

UNUSED = ("docs", "example_project", "tests")
"""Folders of the kit that no run needs: `act` copies the whole kit for every step that uses one of its actions."""


def refresh(forge: Forge, source: Path) -> None:
    """Freeze the kit in `source` anew if one of its files changed since the last time. Call it with the lock held."""
    mark = forge.path / "kit.fingerprint"
    now = freeze.fingerprint(source)
    if forge.kit.is_dir() and mark.is_file() and mark.read_text("utf-8") == now:
        return
    mark.unlink(missing_ok=True)
    shutil.rmtree(forge.kit, ignore_errors=True)
    freeze.freeze(source, forge.kit, freeze.REPOSITORY, "v1", worktree=True)
    for name in UNUSED:
        shutil.rmtree(forge.kit / name, ignore_errors=True)
    workflow_names.add_suffix(forge.kit / workflows.FOLDER, forge.instance)
    mark.write_text(now, "utf-8")
