"""Folders copied from one container to another, on the same engine or not."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import scratch
from cicd.errors import CheckFailedError
from cicd.oci import containers
from cicd.oci.errors import engine_errors

if TYPE_CHECKING:
    from cicd.oci.engine import Container

PLACE = "/tmp"  # noqa: S108 -- in the container


def copy(source: Container, path: str, target: Container, name: str) -> None:
    """Copy a folder into `/tmp/<name>` of a container that has not started, where every user may read it.

    Files, folders and links arrive. Without such a folder in `source` nothing is copied.

    Raises:
        CheckFailedError: the image of `target` has no folder /tmp.

    """
    with scratch.folder("copy") as folder:
        packed, renamed = Path(folder, "packed"), Path(folder, "renamed")
        if not containers.save(source, path, packed):
            return
        with tarfile.open(packed, "r|") as tar, tarfile.open(renamed, "w|") as copied:
            for member in tar:
                if member.isfile() or member.isdir() or member.islnk() or member.issym():
                    copied.addfile(_renamed(member, name), tar.extractfile(member) if member.isfile() else None)
        hint = f"The image of the tests needs the folder {PLACE}."
        with renamed.open("rb") as stream, engine_errors(f"copy {path} to {PLACE}", CheckFailedError, hint):
            target.put_archive(PLACE, stream)


def _renamed(member: tarfile.TarInfo, name: str) -> tarfile.TarInfo:
    """Return a member with `name` in place of the archive's first folder, which every user may read."""
    member.name = "/".join([name, *member.name.split("/")[1:]])
    if member.islnk():
        member.linkname = "/".join([name, *member.linkname.split("/")[1:]])
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode |= 0o555 if member.isdir() else 0o444
    return member
