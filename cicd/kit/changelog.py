"""The sections of the kit's changelog."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from cicd.kit.versions import Version

FILE = "CHANGELOG.md"
_HEADING = re.compile(r"^## \[?(?P<name>[^\]\s]+)\]?.*$", re.MULTILINE)


def between(text: str, since: str, until: str) -> str:
    """Return the sections after the version `since` up to `until`, both without `v`, for the message of a commit.

    If `until` has no section, they begin with the newest one; if `since` has none, one section is all. Headings become
    bold: git takes a line that begins with `#` for a comment.
    """
    headings = list(_HEADING.finditer(text))
    names = [heading["name"].removeprefix("v") for heading in headings]
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    first = names.index(until) if until in names else 0
    last = names.index(since) if since in names else first + 1
    bodies = [text[heading.end() : end].strip() for heading, end in zip(headings, ends, strict=True)]
    shown = [f"**{name}**\n\n{body}" for name, body in zip(names[first:last], bodies[first:last], strict=True) if body]
    return re.sub(r"^#+ +(.*)$", r"**\1**", "\n\n".join(shown), flags=re.MULTILINE)


def section(text: str, version: Version) -> str:
    """Return the section of a version in the changelog, without its heading.

    Raises:
        UsageError: the changelog has no such section, or an empty one.

    """
    headings = list(_HEADING.finditer(text))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if heading["name"] == version.number:
            if body := text[heading.end() : following.start() if following else len(text)].strip():
                return body
            raise UsageError(
                f"The section '## [{version.number}]' of {FILE} is empty.",
                "Say what it changes, and merge that.",
            )
    raise UsageError(
        f"{FILE} has no section for {version}.",
        f"Rename '## [Unreleased]' to '## [{version.number}] - YYYY-MM-DD', begin a new one above it, and merge that.",
    )
