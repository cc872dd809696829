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

ACTIONS = "actions"
PACKAGE = ("cicd", "requirements")
"""Folders of the kit that actions start from. Together with workflows and actions they are all that a run needs."""


def refresh(forge: Forge, source: Path) -> None:
    """Freeze the kit in `source` anew if one of its files changed since the last time. Call it with the lock held.

    `act` writes a copy of the kit's folder for every step that uses one of its actions. Links stay links in it, so a
    step costs two dozen files instead of 500: on a disk, these copies took a third of a run's processor time.
    """
    mark = forge.path / "kit.fingerprint"
    now = freeze.fingerprint(source)
    complete = forge.kit.is_dir() and forge.package.is_dir() and mark.is_file()
    if complete and mark.read_text("utf-8") == now:
        return
    mark.unlink(missing_ok=True)
    for folder in (forge.kit, forge.package):
        shutil.rmtree(folder, ignore_errors=True)
    freeze.freeze(source, forge.package, freeze.PLACEHOLDER, "v1", worktree=True)
    for part in (workflows.FOLDER, ACTIONS):
        (forge.kit / part).parent.mkdir(parents=True, exist_ok=True)
        (forge.package / part).rename(forge.kit / part)
    for path in forge.package.iterdir():
        if path.name in PACKAGE:
            (forge.kit / path.name).symlink_to(path)
        elif path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    workflow_names.add_suffix(forge.kit / workflows.FOLDER, forge.instance)
    mark.write_text(now, "utf-8")
