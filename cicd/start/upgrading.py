"""Upgrade a project: generate the kit's files anew, and let git merge them with what people made of the old ones."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import git
from cicd.errors import UsageError
from cicd.kit import changelog, versions
from cicd.start import base, earlier, merging, pins, target
from cicd.start.merging import Blob

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.start.base import Base, File, Version
    from cicd.start.merging import Merge

YOURS = "yours"
SHOWN = 5
_LINK = re.compile(r"\]\((?P<path>(?![a-z]+:|#)[^)\s]+)\)")
"""A link of Markdown to a file of the kit: it leads nowhere in another repository."""


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade would bring, before anything is changed."""

    root: Path
    since: Version
    until: Version
    ref: str
    """The ref of the kit that the callers name afterwards."""
    merged: Merge
    changes: tuple[tuple[str, ...], ...] = ()
    """Status letter and path of each file that changes; for a renamed file the new path, too."""
    removed: tuple[str, ...] = ()
    """Files that the project removed, and that the new version changed: they stay removed."""
    locks: tuple[str, ...] = ()
    """Locks that the project changed, and that differ from the new version's: they stay as they are."""
    changelog: str = ""

    @property
    def needed(self) -> bool:
        """Whether there is anything to change."""
        return bool(self.changes)

    @property
    def message(self) -> str:
        """The text of the commit and of its pull request."""
        since = "" if str(self.since) == str(self.until) or not self.since.commit else f" from {self.since}"
        notes = [f"Removed in this project, changed in the kit: {', '.join(self.removed)}"] if self.removed else []
        return "\n\n".join(filter(None, (f"Upgrade ml-cicd{since} to {self.until}", self.changelog, *notes))) + "\n"


def root_of(directory: Path) -> Path:
    """Return the root of the work tree that a project is in.

    Raises:
        UsageError: `directory` is in no git repository.

    """
    return Path(git.text(directory, "rev-parse", "--show-toplevel"))


def check_clean(directory: Path) -> None:
    """Refuse a work tree with changes: an upgrade can be undone as a whole only where it is the only change.

    Raises:
        UsageError: files that git knows are changed, or `directory` is in no git repository.

    """
    changes = git.lines(directory, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty")
    if any(changes):
        shown = ", ".join(line[3:] for line in changes[:SHOWN])
        raise UsageError(
            f"There are changes that are not committed: {shown}{' and more' if len(changes) > SHOWN else ''}.",
            "Commit them, or put them aside with git stash. Then run this again.",
        )


def plan(directory: Path, to: str = "", since: str = "") -> Upgrade:
    """Return what an upgrade of the project in `directory` to the kit at `to` would change in the last commit.

    `since` is a commit of the project with the files as `init` or `adopt` wrote them, for a project whose branch does
    not have them in its file.

    Raises:
        UsageError: nothing says what the kit generated last, or the project is at a newer version already.
        UnreachableError: git is too old, or the kit at `to` can't be fetched.

    """
    root = root_of(directory)
    merging.check_git(root)
    inside = Path(os.path.relpath(directory.resolve(), root.resolve())).as_posix().removeprefix(".")
    place = base.path_in(inside)
    present = merging.listing(root, "HEAD")
    old = earlier.base_of(root, since, inside) if since else _stored(root, present, place, inside)
    with target.at(to) as offered:
        workflows = earlier.workflows(root, present)
        repository = pins.repository(workflows.values(), old.answers.callers.repository)
        _check_order(old.version, offered.version, pins.named(workflows.values(), repository))
        ref = pins.moved(pins.style(workflows.values(), repository, old.answers.callers.ref), offered.version)
        answers = old.answers.calling(repository, ref)
        generated = offered.generate(answers)
        changes = changelog.between(offered.changes, old.version.number, offered.version.number)
        changes = _LINK.sub(
            rf"](https://github.com/{repository}/blob/{offered.version.commit or 'main'}/\g<path>)", changes
        )
    new = base.of_texts(offered.version, answers, generated)
    moved = {path: pins.replaced(text, repository, ref) for path, text in workflows.items()}
    stored = merging.store(root, {path: os.fsencode(text) for path, text in moved.items() if text != workflows[path]})
    yours = merging.write_tree(root, {path: Blob(present[path].mode, name) for path, name in stored.items()}, "HEAD")
    sides = _Sides(root, present, old, generated, repository, ref)
    start, theirs = sides.trees()
    gone = [path for path in merging.renamed(root, start, yours)[1] if path in old.files]
    if gone:
        start, theirs = sides.trees(without=gone)
    upgrade = Upgrade(root, old.version, offered.version, ref, merging.Merge(""), changelog=changes)
    if start == theirs and yours == git.text(root, "rev-parse", "HEAD^{tree}") and not since:
        return upgrade
    labels = (YOURS, f"ml-cicd {offered.version}")
    merged = merging.merge(root, start, yours, theirs, labels)
    record = merging.store(root, {place: base.dump(new).encode()})
    tree = merging.write_tree(root, {place: Blob("100644", record[place])}, merged.tree)
    rows = tuple(row for row in merging.changed(root, tree) if row[-1] != place or since)
    return replace(
        upgrade, merged=replace(merged, tree=tree), changes=rows, locks=sides.kept_locks(),
        removed=tuple(path for path in gone if sides.differs(path)),
    )  # fmt: skip


@dataclass(frozen=True)
class _Sides:
    """The files that the kit generated last and generates now, as trees for git; the pin in them is the new one."""

    root: Path
    present: Mapping[str, Blob]
    """The files of the project's last commit."""
    old: Base
    generated: Mapping[str, File]
    """All files that the kit generates now."""
    repository: str
    ref: str

    def differs(self, path: str) -> bool:
        """Return whether the new version of the kit generates another text for a path than the old one."""
        return path in self.generated and self._text(path, self.generated[path]) != self._text(
            path, self.old.files[path]
        )

    def trees(self, without: Sequence[str] = ()) -> tuple[str, str]:
        """Return the trees of the old files and of the new ones; `without` names files that neither has."""
        new = {path: file for path, file in self.generated.items() if not base.is_lock(path)}
        untouched = self._untouched_locks()
        fresh = {path for path in self.generated if base.is_lock(path)} - {*self.old.locks, *self.present}
        new |= {path: self.generated[path] for path in untouched | fresh if path in self.generated}
        first = self._blobs(self.old.files, without) | {path: self.present[path] for path in untouched}
        return merging.write_tree(self.root, first), merging.write_tree(self.root, self._blobs(new, without))

    def kept_locks(self) -> tuple[str, ...]:
        """Return the locks that the project changed, and that the new version has otherwise."""
        wanted = {path: base.sha256(file.text.encode()) for path, file in self.generated.items() if base.is_lock(path)}
        current = self._locks()
        changed = {path for path, hash_ in wanted.items() if current.get(path, hash_) != hash_}
        return tuple(sorted(changed - self._untouched_locks()))

    def _blobs(self, files_: Mapping[str, File], without: Sequence[str]) -> dict[str, Blob]:
        contents = {path: self._text(path, file) for path, file in files_.items() if path not in without}
        return {path: Blob(files_[path].mode, name) for path, name in merging.store(self.root, contents).items()}

    def _text(self, path: str, file: File) -> bytes:
        """Return a file's content; a call of the kit names the new copy and version, so that a pin is no edit."""
        if not earlier.is_workflow(path):
            return file.text.encode()
        before = self.old.answers.callers.repository
        text = file.text.replace(f" {before}/", f" {self.repository}/")
        return pins.replaced(text, self.repository, self.ref).encode()

    def _untouched_locks(self) -> set[str]:
        return {path for path, hash_ in self._locks().items() if self.old.locks.get(path) == hash_}

    def _locks(self) -> dict[str, str]:
        """Return the locks of the project's last commit: path -> SHA-256."""
        paths = [path for path in self.present if base.is_lock(path)]
        contents = git.objects(self.root, [self.present[path].name for path in paths])
        return {path: base.sha256(content or b"") for path, content in zip(paths, contents, strict=True)}


def _stored(root: Path, present: Mapping[str, Blob], place: str, inside: str) -> Base:
    """Return what the file of the project says that the kit generated last."""
    if place not in present:
        commit = earlier.suggestion(root, inside)
        raise UsageError(
            f"The last commit has no {place}: nothing says what the kit generated for this project.",
            "Name the commit with the files as 'ml-cicd init' or 'ml-cicd adopt' wrote them. "
            + (f"That may be: ml-cicd upgrade --base {commit[:12]}" if commit else "ml-cicd upgrade --base COMMIT"),
        )
    text = (git.objects(root, [present[place].name])[0] or b"").decode("utf-8", "replace")
    return base.load(text, place)


def _check_order(old: Version, new: Version, named: Sequence[str]) -> None:
    """Refuse to go back.

    Raises:
        UsageError: the project is at a newer version already.

    """
    newest = versions.newest(versions.of_tags([old.name, *named]))
    wanted = versions.newest(versions.of_tags([new.name]))
    if newest and wanted and wanted.order < newest.order:
        raise UsageError(
            f"The project is at {newest} of the kit already, which is newer than {new}.",
            f"ml-cicd upgrade --to {newest}",
        )
