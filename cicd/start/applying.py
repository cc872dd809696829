"""Bring an upgrade into work tree and index, so that one that is cut off can be taken back by the next.

Git writes the files of the work tree while the index is prepared beside git's own, which gets it last, in one step.
What the files are to become is noted before the first one is written. A killed upgrade leaves that note: the next one
takes back the files that hold what was to be written, and leaves all others as they are.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import failpoints, files, git
from cicd.errors import UnreachableError
from cicd.start import merging

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.start.merging import Merge


@dataclass(frozen=True)
class _Place:
    """The files in the git directory of a work tree."""

    root: Path
    index: Path
    message: Path
    """Git offers its text for the next commit."""
    folder: Path
    """Of an upgrade that is under way."""

    @property
    def draft(self) -> Path:
        """The index that is prepared; gone once git has it."""
        return self.folder / "index"

    @property
    def note(self) -> Path:
        """What the upgrade is about to write; there before the first file is written."""
        return self.folder / "note.json"


def _place(root: Path) -> _Place:
    names = [git.text(root, "rev-parse", "--git-path", name) for name in ("index", "SQUASH_MSG", "ml-cicd/upgrade")]
    return _Place(root, *(root / name for name in names))


def apply(root: Path, merged: Merge, message: str) -> None:
    """Bring the result of a merge into work tree and index, with the message for its commit.

    Raises:
        UsageError: a file that git does not know would be overwritten; nothing was changed.
        UnreachableError: the disk is full, or another git process holds the index; nothing was changed.

    """
    place = _place(root)
    git.completed(root, "update-index", "-q", "--refresh")  # else a file that was only touched counts as changed
    with files.file_errors(f"write {place.folder}"):
        shutil.rmtree(place.folder, ignore_errors=True)
        place.folder.mkdir(parents=True)
        shutil.copyfile(place.index, place.draft)
    rows = [row[1:] for row in merging.changed(root, merged.tree, renames=False)]
    new = [path for (path,) in rows if not os.path.lexists(root / path)]
    note = {"head": git.text(root, "rev-parse", "HEAD"), "tree": merged.tree, "new": new, "message": message}
    with failpoints.change("upgrade.note"):
        files.replace(place.note, json.dumps(note))
    try:
        with failpoints.change("upgrade.files"):
            merging.checkout(root, merged, place.draft)
        with failpoints.change("upgrade.message"):
            files.replace(place.message, message)
        with failpoints.change("upgrade.index"), files.file_errors(f"write {place.index}"):
            _hand_over(place)
    except BaseException:
        take_back(root)
        raise
    _forget(place)


def take_back(root: Path) -> bool:
    """Take back what an upgrade wrote that was cut off; return whether there was one.

    A file that holds something else than the upgrade was to write stays as it is.

    Raises:
        UnreachableError: the disk is full or read-only.

    """
    place = _place(root)
    note = _read(place.note)
    unfinished = bool(note) and place.draft.exists() and note["head"] == git.text(root, "rev-parse", "HEAD")
    if unfinished:
        _restore(place, note)
    _forget(place)
    return unfinished


def _hand_over(place: _Place) -> None:
    """Give git the prepared index."""
    lock = place.index.with_name("index.lock")
    if lock.exists():
        raise UnreachableError(
            f"Another git process holds the index: {lock} exists.",
            f"Wait for it to end, then run this again. If there is none: rm {lock}",
        )
    place.draft.replace(place.index)


def _restore(place: _Place, note: Mapping[str, Any]) -> None:
    """Give the files that the upgrade wrote, or had begun to write, the content of the last commit."""
    before, after = merging.listing(place.root, "HEAD"), merging.listing(place.root, note["tree"])
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    wanted = [after[path].name if path in after else "" for path in changed]
    contents = git.objects(place.root, [name for name in wanted if name])
    texts = dict(zip([path for path in changed if path in after], contents, strict=True))
    old = []
    for path in changed:
        if not _is_written(place.root / path, texts.get(path)):
            continue
        if path in before:
            old.append(path)
        elif path in note["new"]:
            with failpoints.change("upgrade.remove"), files.file_errors(f"remove {path}"):
                (place.root / path).unlink(missing_ok=True)
            _remove_empty(place.root, (place.root / path).parent)
    if old:
        with failpoints.change("upgrade.restore"):
            paths = "".join(f"{path}\0" for path in old)
            git.output(place.root, "checkout-index", "--force", "-z", "--stdin", stdin=os.fsencode(paths))
    with suppress(OSError):
        if place.message.read_text("utf-8") == note["message"]:
            place.message.unlink()


def _is_written(file: Path, content: bytes | None) -> bool:
    """Return whether a file holds the first bytes of `content`, or all, or is gone: git writes no file in one step."""
    if not os.path.lexists(file):
        return True
    if content is None or file.is_symlink() or not file.is_file():
        return False
    return content.replace(b"\r\n", b"\n").startswith(file.read_bytes().replace(b"\r\n", b"\n"))


def _remove_empty(root: Path, folder: Path) -> None:
    """Remove a folder, and those around it, that have become empty."""
    with suppress(OSError):
        while folder != root:
            folder.rmdir()
            folder = folder.parent


def _read(note: Path) -> dict[str, Any]:
    """Return the note of an upgrade; empty where there is none."""
    with suppress(OSError, ValueError):
        data = json.loads(note.read_text("utf-8"))
        return data if isinstance(data, dict) else {}
    return {}


def _forget(place: _Place) -> None:
    place.note.unlink(missing_ok=True)  # first: without it the rest means nothing
    shutil.rmtree(place.folder, ignore_errors=True)
    with suppress(OSError):
        place.folder.parent.rmdir()
