"""Take the one file out of an artifact's ZIP file, which whoever opens a pull request may have made."""

from __future__ import annotations

import io
import zipfile
import zlib

from cicd.comment.data import FILE, MOST_BYTES
from cicd.errors import RefusedError

MOST_PACKED = 2 * MOST_BYTES
"""How many bytes the ZIP file may have."""
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def content(packed: bytes) -> bytes:
    """Return the content of the only file in a ZIP file. Nothing is written to a disk.

    Raises:
        RefusedError: it is no ZIP file of that one file, or the file is too long.

    """
    if len(packed) > MOST_PACKED:
        raise _refused(f"it has more than {MOST_PACKED:,} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
            if [entry.filename for entry in entries] != [FILE]:
                raise _refused(f"it holds {len(entries)} files, and not {FILE} alone")
            if entries[0].compress_type not in _PLAIN:
                raise _refused("it is packed in an unusual way")
            with archive.open(entries[0]) as stream:  # the entry's own size may be a lie
                unpacked = stream.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError, OSError) as error:
        raise _refused(f"it can't be read ({type(error).__name__})") from error
    if len(unpacked) > MOST_BYTES:
        raise _refused(f"{FILE} has more than {MOST_BYTES:,} bytes")
    return unpacked


def _refused(reason: str) -> RefusedError:
    return RefusedError(
        f"An artifact is not what a run leaves for the comment: {reason}.",
        "The comment leaves that run out. Its workflow must end with the kit's action `conclude`.",
    )
