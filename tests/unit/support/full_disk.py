"""A disk without room for some files, on any system."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def fill(patch: pytest.MonkeyPatch, part: str) -> None:
    """Let no file be written any more whose path contains `part`."""
    write = Path.open

    def opened(path: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        if part in str(path) and not mode.startswith("r"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, mode, *more, **options)

    patch.setattr(Path, "open", opened)
