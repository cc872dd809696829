"""What is unpacked stays in its folder."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from cicd.errors import CheckFailedError
from cicd.oci import archives

if TYPE_CHECKING:
    from pathlib import Path


def packed(*members: tuple[str, str]) -> bytes:
    """An archive of files with these names, or of links where there is a second name."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, target in members:
            member = tarfile.TarInfo(name)
            member.linkname, member.type = target, tarfile.SYMTYPE if target else tarfile.REGTYPE
            member.size = 0 if target else 5
            tar.addfile(member, None if target else io.BytesIO(b"hello"))
    return stream.getvalue()


def test_files_and_links_within_are_unpacked(tmp_path: Path) -> None:
    archives.unpack(packed(("a/b.txt", ""), ("a/c.txt", "b.txt")), tmp_path)
    assert (tmp_path / "a" / "c.txt").read_text() == "hello"


@pytest.mark.parametrize(
    "members",
    [[("../evil.txt", "")], [("out", ".."), ("out/evil.txt", "")], [("out", "{up}"), ("out/evil.txt", "")]],
    ids=["a way up", "a link up", "an absolute link"],
)
def test_nothing_is_written_outside(tmp_path: Path, members: list[tuple[str, str]]) -> None:
    (folder := tmp_path / "folder").mkdir()
    with pytest.raises(CheckFailedError, match="can't be unpacked"):
        archives.unpack(packed(*((name, target.format(up=tmp_path)) for name, target in members)), folder)
    assert not (tmp_path / "evil.txt").exists()


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckFailedError, match="can't be unpacked"):
        archives.unpack(b"hello" * 300, tmp_path)
