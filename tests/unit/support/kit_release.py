"""A release of this kit: its files as they are now, committed, tagged and checked out, as a team gets them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import freeze, git, repository
from cicd.kit import planning, publishing

if TYPE_CHECKING:
    from collections.abc import Mapping

KIT = Path(__file__).parents[3]
CHANGELOG, UNRELEASED = "CHANGELOG.md", "## [Unreleased]"
PERSON = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "maintenance.auto=false")


@dataclass(frozen=True)
class KitRelease:
    """The folder of a release, and the refs by which its callers and its own workflows name the kit."""

    path: Path
    tag: str
    source: str


def make(folder: Path, tag: str) -> KitRelease:
    """Release the files of this clone as `tag`, in repositories of their own below `folder`."""
    clone, remote = folder / "clone", folder / "kit.git"
    for name in git.files(KIT):
        if (KIT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(KIT / name, clone / name, follow_symlinks=False)
    _edit(clone / CHANGELOG, UNRELEASED, f"## [{tag.removeprefix('v')}] - 2026-11-26")
    git.text(folder, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(remote))
    git.text(clone, "init", "--quiet", "--template=", "--initial-branch=main")
    git.text(clone, "remote", "add", "origin", str(remote))
    return _release(folder, tag)


def next_release(folder: Path, tag: str, edits: Mapping[str, tuple[str, str]], change: str) -> KitRelease:
    """Release `tag` after what `make` released: `edits` maps a file to old and new words, `change` says what is new."""
    clone = folder / "clone"
    for name, words in edits.items():
        _edit(clone / name, *words)
    _edit(clone / CHANGELOG, "## [", f"## [{tag.removeprefix('v')}] - 2026-12-01\n\n* {change}\n\n## [")
    return _release(folder, tag)


def _release(folder: Path, tag: str) -> KitRelease:
    """Commit, freeze, tag and check out what is in the clone."""
    clone, remote, path = folder / "clone", folder / "kit.git", folder / tag
    package = tag.removeprefix("v").replace("-rc.", "rc")
    for file, pattern in planning.PACKAGE.items():
        named = re.search(pattern, (clone / file).read_text("utf-8"), re.MULTILINE)
        assert named
        _edit(clone / file, named[0], named[0].replace(named[1], package))
    for words in (
        ("add", "--force", "."), ("commit", "--quiet", "--message", f"Prepare {tag}"),
        ("push", "--quiet", "origin", "main"),
    ):  # fmt: skip
        git.text(clone, *PERSON, *words)
    with repository.fetched(clone) as fetched:
        release = publishing.tag(fetched, planning.plan(fetched, tag, ""), freeze.PLACEHOLDER)
    git.text(folder, "clone", "--quiet", "--template=", "--branch", tag, str(remote), str(path))
    return KitRelease(path, tag, release.source)


def _edit(file: Path, old: str, new: str) -> None:
    """Replace words where they first occur in a file."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
