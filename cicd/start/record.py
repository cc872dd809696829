"""What `adopt` wrote, kept in the clone's git directory, so that it can be removed again to the last trace.

Files are prepared in the git directory and linked into the work tree one by one: none replaces an existing file, and
none is ever there in part. The record is written before the first link. A process that is killed between two links
leaves a record of what it was about to write, which the next run completes or undoes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import failpoints, files, git
from cicd.errors import CheckFailedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True)
class Record:
    """Files that `adopt` wrote: path -> SHA-256 of what it wrote there. Paths are below the repository's root."""

    hashes: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    """Folders that were not there before, the outer ones first."""


@dataclass(frozen=True)
class Undone:
    """What undoing did."""

    removed: tuple[str, ...]
    edited: tuple[str, ...]
    """Files that were changed since, and stay."""
    shared: tuple[str, ...] = ()
    """Files that other workflows of the repository need, and that stay."""


@dataclass(frozen=True)
class Store:
    """The place of the record of one project in a clone."""

    root: Path
    """The root of the work tree."""
    folder: Path
    """A folder in the git directory, for this project alone."""

    @property
    def file(self) -> Path:
        """The file of the record."""
        return self.folder / "record.json"

    def read(self) -> Record:
        """Return the record; an empty one where nothing was written.

        Raises:
            UsageError: the file can't be read as a record.

        """
        try:
            data = json.loads(self.file.read_text("utf-8"))
            return Record(dict(data["hashes"]), tuple(data["folders"]))
        except FileNotFoundError:
            return Record()
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{self.file} should hold what 'ml-cicd adopt' wrote, but can't be read: {error}",
                f"Remove it: rm {self.file}. Then remove the files that adopt wrote by hand.",
            ) from error


def store(directory: Path) -> Store:
    """Return the place of the record of the project in `directory`.

    Raises:
        UsageError: it is in no git repository.

    """
    root = Path(git.text(directory, "rev-parse", "--show-toplevel"))
    inside = os.path.relpath(directory.resolve(), root.resolve())
    key = "root" if inside == "." else f"folder-{hashlib.sha256(inside.encode()).hexdigest()[:16]}"
    place = git.text(directory, "rev-parse", "--git-path", f"ml-cicd/adopt/{key}")
    return Store(root, Path(os.path.normpath(directory.resolve() / place)))


def write(
    place: Store,
    texts: Mapping[str, str],
    *,
    replacing: Mapping[str, str] | None = None,
    updating: Mapping[str, str] | None = None,
) -> None:
    """Write files whose paths are below the root; none of them may exist, except those in `replacing` and `updating`.

    `replacing` are files of the record that get another text; one that a person changed is left as it is. `updating`
    are files that no person changes: they get another text whoever wrote them.

    Raises:
        CheckFailedError: a file appeared meanwhile; nothing that was there is lost.
        UnreachableError: the disk is full or read-only.

    """
    before = place.read()
    folders = [*before.folders, *(name for name in _missing_folders(place.root, texts) if name not in before.folders)]
    new = {path: _hash(text.encode()) for path, text in texts.items()}
    drafts = place.folder / "drafts"
    with files.file_errors(f"write {place.folder}"):
        shutil.rmtree(drafts, ignore_errors=True)
        drafts.mkdir(parents=True)
        for number, text in enumerate(texts.values()):
            (drafts / str(number)).write_text(text, "utf-8")
    with failpoints.change("adopt.record"):
        _save(place, Record({**before.hashes, **new}, tuple(folders)))
    for number, path in enumerate(texts):
        with failpoints.change("adopt.file"):
            _link(drafts / str(number), place.root / path)
    for path, text in {**(replacing or {}), **(updating or {})}.items():
        if path in (updating or {}) or unchanged(place, before, path):
            with failpoints.change("adopt.replace"):
                files.replace(place.root / path, text)
            now = place.read()
            if path in now.hashes:
                _save(place, Record({**now.hashes, path: _hash(text.encode())}, now.folders))
    shutil.rmtree(drafts, ignore_errors=True)


def undo(place: Store, *, keep_edited: bool = False, shared: Collection[str] = ()) -> Undone:
    """Remove what was written, except `shared` files, with the folders that were made for it and are empty now.

    Raises:
        CheckFailedError: a file was changed since, and `keep_edited` is not set; nothing is removed.

    """
    record = place.read()
    edited = tuple(
        path for path in record.hashes if (place.root / path).exists() and not unchanged(place, record, path)
    )
    if edited and not keep_edited:
        raise CheckFailedError(
            f"Changed since 'ml-cicd adopt' wrote them: {', '.join(edited)}. Nothing was removed.",
            "To remove the others and keep these: ml-cicd adopt --undo --keep-edited. To remove them too, delete them "
            "first.",
        )
    there = [path for path in record.hashes if path not in edited and (place.root / path).exists()]
    kept = tuple(path for path in there if path in shared)
    removed = tuple(path for path in there if path not in kept)
    for path in removed:
        with failpoints.change("adopt.remove"), files.file_errors(f"remove {path}"):
            (place.root / path).unlink(missing_ok=True)
    for name in reversed(record.folders):
        _remove_if_empty(place.root / name)
    shutil.rmtree(place.folder, ignore_errors=True)
    for folder in (place.folder.parent, place.folder.parent.parent):
        _remove_if_empty(folder)
    return Undone(removed, edited, kept)


def unchanged(place: Store, record: Record, path: str) -> bool:
    """Return whether a file of the record holds what was written."""
    file = place.root / path
    return file.is_file() and _hash(file.read_bytes().replace(b"\r\n", b"\n")) == record.hashes.get(path)


def _save(place: Store, record: Record) -> None:
    text = json.dumps({"hashes": record.hashes, "folders": record.folders}, indent=2)
    files.replace(place.file, text + "\n")


def _link(draft: Path, target: Path) -> None:
    """Put a file in place, whole or not at all, and never over another."""
    with files.file_errors(f"write {target}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(draft, target)
        except FileExistsError as error:
            raise CheckFailedError(
                f"{target} appeared while 'ml-cicd adopt' ran; it was left as it is.", "Run it again."
            ) from error
        except OSError:  # a file system without hard links
            if target.exists():
                raise
            shutil.copyfile(draft, target.with_name(f".{target.name}.draft"))
            target.with_name(f".{target.name}.draft").rename(target)


def _missing_folders(root: Path, texts: Mapping[str, str]) -> list[str]:
    parents = {parent.as_posix() for path in texts for parent in Path(path).parents if parent != Path()}
    return sorted(name for name in parents if not (root / name).is_dir())


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
