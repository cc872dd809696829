"""Files are written whole, and what is unpacked stays in its folder."""

from __future__ import annotations

import errno
import io
import os
import tarfile
from pathlib import Path

import pytest

from cicd import files
from cicd.errors import CheckFailedError, UnreachableError


def packed(*members: tuple[str, str]) -> bytes:
    """Return an archive of files with these names, or of links where a second name is given."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, target in members:
            member = tarfile.TarInfo(name)
            member.linkname, member.type = target, tarfile.SYMTYPE if target else tarfile.REGTYPE
            member.size = 0 if target else 5
            tar.addfile(member, None if target else io.BytesIO(b"hello"))
    return stream.getvalue()


def test_files_and_inner_links_are_unpacked(tmp_path: Path) -> None:
    files.unpack(packed(("a/b.txt", ""), ("a/c.txt", "b.txt")), tmp_path)
    assert (tmp_path / "a" / "c.txt").read_text() == "hello"


@pytest.mark.parametrize(
    "members",
    [[("../evil.txt", "")], [("out", ".."), ("out/evil.txt", "")], [("out", "{up}"), ("out/evil.txt", "")]],
    ids=["a way up", "a link up", "an absolute link"],
)
def test_unpacking_stays_in_its_folder(tmp_path: Path, members: list[tuple[str, str]]) -> None:
    (folder := tmp_path / "folder").mkdir()
    with pytest.raises(CheckFailedError, match="Could not unpack"):
        files.unpack(packed(*((name, target.format(up=tmp_path)) for name, target in members)), folder)
    assert not (tmp_path / "evil.txt").exists()


def test_damaged_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckFailedError, match="Could not unpack"):
        files.unpack(b"hello" * 300, tmp_path)


def test_full_disk_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "tar"
    script.write_text(
        '#!/bin/sh\nfor n in 1 2; do echo "tar: file$n: Cannot write: No space left on device" >&2; done; exit 2\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        UnreachableError, match=r"into .*: tar: file1: Cannot write: No space left on device$"
    ) as caught:
        files.unpack(b"", tmp_path)
    assert "Free space" in caught.value.hint


def test_missing_tar_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreachableError, match="tar is not installed"):
        files.unpack(b"", tmp_path)


def test_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    files.replace(file, "old")
    files.replace(file, "new")
    assert ([path.name for path in tmp_path.iterdir()], file.read_text()) == (["state.json"], "new")


@pytest.mark.parametrize(
    ("number", "hint"),
    [(errno.ENOSPC, "Free space"), (errno.EROFS, "read-only"), (errno.EACCES, "write access"), (errno.EIO, "")],
)
def test_failing_disk_is_unreachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str) -> None:
    file = tmp_path / "state.json"
    files.replace(file, "old")

    def half(path: Path, text: str, _: str) -> int:
        path.write_bytes(text.encode()[:1])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(UnreachableError, match=str(file)) as caught:
        files.replace(file, "new")
    assert os.strerror(number) in caught.value.message
    assert hint in caught.value.hint
    assert ([path.name for path in tmp_path.iterdir()], file.read_text()) == (["state.json"], "old")


def test_missing_folder_is_no_disk_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.replace(tmp_path / "gone" / "state.json", "new")
