"""The commands that the README prints for a new project."""

from __future__ import annotations

import re
import shlex

from tests.road.support.project import KIT


def commands() -> list[list[str]]:
    """Return the words of each command, in their order."""
    (block,) = re.findall(r"\*\*A new project\.\*\*[^`]*```bash\n(.*?)```", (KIT / "README.md").read_text(), re.DOTALL)
    return [shlex.split(command, comments=True) for line in block.splitlines() for command in line.split(" && ")]
