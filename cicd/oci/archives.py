"""Tar archives in memory, as an engine takes and gives them."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def single_file(data: bytes) -> bytes:
    """Return the content of the only file in a tar.

    Raises:
        tarfile.TarError: it is no tar, or holds no plain file.

    """
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = tar.getmembers()
        if not members or not members[0].isfile():
            raise tarfile.TarError("no plain file")
        content = tar.extractfile(members[0])
        return content.read() if content else b""


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a tar with these files (path -> content), which every user may read."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o444
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def neutral(data: bytes) -> bytes:
    """Return the plain files and folders of a tar without times, owners and links: equal content gives equal bytes."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as source, tarfile.open(fileobj=stream, mode="w") as target:
        for member in sorted(source.getmembers(), key=lambda member: member.name):
            if member.isdir() or member.isfile():
                plain = tarfile.TarInfo(member.name)
                plain.type, plain.size = member.type, member.size
                plain.mode = 0o755 if member.isdir() else 0o644
                target.addfile(plain, source.extractfile(member))
    return stream.getvalue()
