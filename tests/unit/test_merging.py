"""Trees that are in no branch are merged by git, and what it says is read as git writes it."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

import pytest

from cicd import git
from cicd.errors import UnreachableError, UsageError
from cicd.start import applying, merging
from cicd.start.merging import Blob

if TYPE_CHECKING:
    from pathlib import Path

MODULE, OTHER, THIRD = "a" * 40, "b" * 40, "c" * 40
LINES = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository on a machine where git knows no name of the person."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        for field in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{role}_{field}", raising=False)
    git.text(tmp_path, "init", "--quiet", "--template=", "--initial-branch=main")
    git.text(tmp_path, "config", "user.useConfigOnly", "true")
    return tmp_path


def tree(root: Path, files: dict[str, str | bytes], module: str = "") -> str:
    """Return the tree with these files, and perhaps with a submodule at this commit."""
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    blobs = {path: Blob("100644", name) for path, name in merging.store(root, contents).items()}
    return merging.write_tree(root, {**blobs, **({"sub": Blob("160000", module)} if module else {})})


def committed(root: Path, files: dict[str, str | bytes]) -> str:
    """Let the branch be a commit of these files; return it."""
    words = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit-tree", tree(root, files), "-m", "work")
    commit = git.text(root, *words)
    git.text(root, "reset", "--quiet", "--hard", commit)
    return commit


def test_contents_are_stored_as_they_are(root: Path) -> None:
    """Whatever line ends the project lets git write."""
    (root / ".gitattributes").write_text("* text eol=lf\n")
    git.text(root, "config", "core.autocrlf", "input")
    stored = merging.store(root, {"a": b"one\r\ntwo\r\n", "b": b"\xff"})
    assert [git.output(root, "cat-file", "blob", stored[key]) for key in "ab"] == [b"one\r\ntwo\r\n", b"\xff"]


def test_listing_is_that_of_the_whole_tree(root: Path) -> None:
    files = tree(root, {"a.txt": "a", "docs/b.txt": "b"}, MODULE)
    (root / "docs").mkdir()
    listing = merging.listing(root / "docs", files)
    assert {path: blob.mode for path, blob in listing.items()} == {
        "a.txt": "100644", "docs/b.txt": "100644", "sub": "160000"
    }  # fmt: skip


@pytest.mark.linux("file names of any bytes")
def test_paths_that_are_no_text_are_read_and_written_as_they_are(root: Path) -> None:
    path = os.fsdecode(b"gr\xfc\xdfe")
    base, yours, theirs = (tree(root, {path: text}) for text in ("old\n", "ours\n", "theirs\n"))
    assert list(merging.listing(root, base)) == [path]
    assert merging.merge(root, base, yours, theirs, ("yours", "theirs")).conflicts == [path]
    committed(root, {path: "old\n"})
    assert merging.changed(root, yours) == [("M", path)]
    assert merging.renamed(root, base, tree(root, {})) == ({}, [path])


def test_files_that_moved_and_that_went_are_told_apart(root: Path) -> None:
    old = tree(root, {"a": LINES, "b": LINES * 2, "c": "gone\n", "d": "gone, too\n", "e": "stays\n"})
    new = tree(root, {"x": LINES, "y": LINES * 2, "e": "stays\n", "f": "comes\n"})
    assert merging.renamed(root, old, new) == ({"a": "x", "b": "y"}, ["c", "d"])


def test_changes_since_the_last_commit_are_one_row_a_file(root: Path) -> None:
    for _ in range(2):
        committed(root, {"a": LINES, "docs/b": "old\n", "c": "gone\n", "docs/e": "stays\n"})
    new = tree(root, {"x": LINES, "docs/b": "new\n", "docs/e": "stays\n", "f": "comes\n"})
    rows = merging.changed(root, new)
    assert sorted(rows) == [("A", "f"), ("D", "c"), ("M", "docs/b"), ("R", "a", "x")]
    assert merging.changed(root, "HEAD") == []


def test_conflicts_name_both_sides_and_nothing_else_is_said(root: Path) -> None:
    base = tree(root, {"a": LINES, "b": b"gr\xfc\xdfe\n", "c": "old\n", "d": LINES})
    yours = tree(root, {"a": LINES + "ours\n", "b": b"gr\xfc\xdfe, ours\n", "d": f"ours\n{LINES}"})
    theirs = tree(root, {"a": LINES + "theirs\n", "b": b"gr\xfc\xdfe, theirs\n", "c": "new\n", "d": f"{LINES}theirs\n"})
    merged = merging.merge(root, base, yours, theirs, ("yours", "ml-cicd v2"))
    assert merged.conflicts == ["a", "b", "c"]
    assert [message.partition(":")[0] for message in merged.messages] == [
        "CONFLICT (content)", "CONFLICT (content)", "CONFLICT (modify/delete)"
    ]  # fmt: skip
    assert "c deleted in yours and modified in ml-cicd v2." in merged.messages[2]
    content = git.output(root, "cat-file", "blob", f"{merged.tree}:b")
    assert content == b"<<<<<<< yours\ngr\xfc\xdfe, ours\n=======\ngr\xfc\xdfe, theirs\n>>>>>>> ml-cicd v2\n"
    assert git.text(root, "cat-file", "blob", f"{merged.tree}:d").split("\n")[::21] == ["ours", "theirs"]


def test_trees_that_fit_together_have_no_conflict(root: Path) -> None:
    base = tree(root, {"a": LINES})
    yours, theirs = tree(root, {"a": f"ours\n{LINES}"}), tree(root, {"a": f"{LINES}theirs\n"})
    merged = merging.merge(root, base, yours, theirs, ("yours", "theirs"))
    assert (merged.conflicts, merged.messages) == ([], ())
    assert merged.tree == tree(root, {"a": f"ours\n{LINES}theirs\n"})


def test_merge_writes_the_same_objects_whenever_it_runs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base, yours, theirs = (tree(root, {"a": text}) for text in (LINES, f"ours\n{LINES}", f"{LINES}theirs\n"))
    counts = set()
    for year in (2001, 2002):
        for role in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{role}_DATE", f"{year}-01-01T00:00:00Z")
        merging.merge(root, base, yours, theirs, ("yours", "theirs"))
        counts.add(git.text(root, "count-objects").partition(",")[0])
    assert len(counts) == 1


def test_files_that_git_can_not_merge_are_told_in_its_words(root: Path) -> None:
    base, yours, theirs = (tree(root, {"a": text}) for text in (LINES, f"ours\n{LINES}", f"{LINES}theirs\n"))
    lost = merging.listing(root, theirs)["a"].name
    (root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(UsageError, match=f"git can't merge the files of the kit: .*{lost}"):
        merging.merge(root, base, yours, theirs, ("yours", "theirs"))


@pytest.mark.parametrize(
    ("version", "fits"), [("2.37.9", False), ("2.38.0", True), ("2.38.rc1", True), ("2.40", True), ("3.0.0", True)]
)
def test_git_merges_trees_since_2_38(root: Path, monkeypatch: pytest.MonkeyPatch, version: str, *, fits: bool) -> None:
    monkeypatch.setattr(git, "text", lambda *_: f"git version {version} (vendor)")
    with contextlib.nullcontext() if fits else pytest.raises(UnreachableError, match=re.escape(version)):
        merging.check_git(root)


def test_submodule_in_conflict_stays_a_submodule(root: Path) -> None:
    base, yours, theirs = (tree(root, {"a": "a\n"}, module) for module in (MODULE, OTHER, THIRD))
    merged = merging.merge(root, base, yours, theirs, ("yours", "theirs"))
    assert merged.conflicts == ["sub"]
    assert merging.listing(root, merged.tree)["sub"].mode == "160000"
    assert merging.listing(root, merged.tree)["sub"].name in {OTHER, THIRD}


def test_file_that_was_only_touched_is_no_change(root: Path) -> None:
    committed(root, {"a": "old\n"})
    os.utime(root / "a", (1, 1))
    applying.apply(root, merging.Merge(tree(root, {"a": "new\n"})), "a message\n")
    assert (root / "a").read_text() == "new\n"
    assert git.text(root, "status", "--porcelain") == "M  a"
