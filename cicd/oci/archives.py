"""Tar archives, as an engine takes and gives them."""

from __future__ import annotations

import io
import posixpath
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


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


def neutral(source: Path, target: Path, written: Mapping[str, bytes] | None = None) -> int:
    """Write the content of the tar `source` as the tar `target`, without times and owners: equal content, equal bytes.

    `written` are files (path -> content) that stand in `target` in place of those of the same path. Returns the number
    of the other files and links.

    Files, folders, executable bits and symbolic links arrive. A hard link becomes a file of its own. Memory does not
    depend on the size of the files.

    Raises:
        ValueError: a link leads out of the archive, or a member is neither file, folder nor link; it is named.
        tarfile.TarError: `source` is no tar.

    """
    with tarfile.open(source) as packed, tarfile.open(target, mode="w") as plain:
        members = {member.name: member for member in packed.getmembers() if member.name not in (written or {})}
        for name in sorted({*members, *(written or {})}):
            if name in members:
                _add(plain, members[name], packed)
            else:
                _write(plain, name, (written or {})[name])
        return sum(not member.isdir() for member in members.values())


def _write(target: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    target.addfile(member, io.BytesIO(content))


def _add(target: tarfile.TarFile, member: tarfile.TarInfo, source: tarfile.TarFile) -> None:
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
        linked = _linked(source, member)
        plain.size = linked.size
        target.addfile(plain, source.extractfile(linked))
    else:
        raise ValueError(f"{member.name} is neither file, folder nor link")


def _linked(source: tarfile.TarFile, member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return the file that holds the content of a member: the member itself, unless it is a hard link."""
    linked, seen = member, set[str]()
    while linked.islnk() and linked.name not in seen:
        seen.add(linked.name)
        linked = next((other for other in source.getmembers() if other.name == linked.linkname), linked)
    if not linked.isfile():
        raise ValueError(f"{member.name} is a hard link to {member.linkname}, which is no file of the archive")
    return linked


def read(archive: Path, name: str, limit: int) -> bytes | None:
    """Return the content of a plain file in a tar; None when the tar has no such file.

    Raises:
        ValueError: the file is larger than `limit` bytes.
        tarfile.TarError: it is no tar.

    """
    with tarfile.open(archive) as tar:
        try:
            member = tar.getmember(name)
        except KeyError:
            return None
        if member.size > limit:
            raise ValueError(f"{name} has {member.size} bytes; at most {limit} are read")
        content = tar.extractfile(member) if member.isfile() else None
        return content.read() if content else None


def _stays_inside(link: tarfile.TarInfo) -> bool:
    """Return whether a symbolic link leads to a place below the archive's first folder."""
    top = PurePosixPath(link.name).parts[0]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(link.name), link.linkname))
    return not link.linkname.startswith("/") and (path == top or path.startswith(f"{top}/"))
