"""Tar archives in memory, as an engine takes and gives them."""

from __future__ import annotations

import io
import posixpath
import tarfile
from pathlib import PurePosixPath
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
    """Return the content of a tar without times and owners: equal content gives equal bytes.

    Files, folders, executable bits and symbolic links arrive. A hard link becomes a file of its own.

    Raises:
        ValueError: a link leads out of the archive, or a member is neither file, folder nor link; it is named.

    """
    stream = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as source, tarfile.open(fileobj=stream, mode="w") as target:
        for member in sorted(source.getmembers(), key=lambda member: member.name):
            plain = tarfile.TarInfo(member.name)
            plain.mode = 0o755 if member.isdir() or member.mode & 0o111 else 0o644
            if member.isdir():
                plain.type = tarfile.DIRTYPE
                target.addfile(plain)
            elif member.issym():
                if not _stays_inside(member):
                    raise ValueError(f"{member.name} is a link to {member.linkname}, which is outside")
                plain.type, plain.linkname, plain.mode = tarfile.SYMTYPE, member.linkname, 0o777
                target.addfile(plain)
            elif member.isfile() or member.islnk():
                content = source.extractfile(member)
                body = content.read() if content else b""
                plain.size = len(body)
                target.addfile(plain, io.BytesIO(body))
            else:
                raise ValueError(f"{member.name} is neither file, folder nor link")
    return stream.getvalue()


def _stays_inside(link: tarfile.TarInfo) -> bool:
    """Return whether a symbolic link leads to a place below the archive's first folder."""
    top = PurePosixPath(link.name).parts[0]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(link.name), link.linkname))
    return not link.linkname.startswith("/") and (path == top or path.startswith(f"{top}/"))
