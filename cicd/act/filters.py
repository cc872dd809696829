"""Apply the filters of `on: push` as GitHub documents them.

In a pattern, `*` matches any characters except a slash, `**` matches slashes too (and `**/` also matches no folder),
`?` and `+` repeat the character before them, `[]` lists letters and digits, and a backslash escapes the next
character. In a list of patterns the last match decides; a pattern with `!` excludes.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Patterns = tuple[str, ...] | None
BRANCH, TAG = "refs/heads/", "refs/tags/"


class PatternError(ValueError):
    """A pattern that GitHub does not accept."""


@dataclass(frozen=True)
class PushFilter:
    """The filters under `on: push`; None for a filter that the workflow does not have."""

    branches: Patterns = None
    branches_ignore: Patterns = None
    tags: Patterns = None
    tags_ignore: Patterns = None
    paths: Patterns = None
    paths_ignore: Patterns = None

    def accepts(self, ref: str, changed: Callable[[], Sequence[str] | None]) -> bool:
        """Return whether a push to `ref` triggers the workflow.

        `changed` returns the changed paths, or None if there are too many to compare: then the push triggers the
        workflow. It is called only for path filters.
        """
        branch_filter = self.branches is not None or self.branches_ignore is not None
        tag_filter = self.tags is not None or self.tags_ignore is not None
        if ref.startswith(TAG):
            only_branches = branch_filter and not tag_filter
            return not only_branches and _passes(self.tags, self.tags_ignore, [ref.removeprefix(TAG)])
        if not ref.startswith(BRANCH) or (tag_filter and not branch_filter):
            return False
        if not _passes(self.branches, self.branches_ignore, [ref.removeprefix(BRANCH)]):
            return False
        if self.paths is None and self.paths_ignore is None:
            return True
        paths = changed()
        return paths is None or _passes(self.paths, self.paths_ignore, paths)

    def patterns(self) -> list[str]:
        """Return the patterns of all filters."""
        lists = (self.branches, self.branches_ignore, self.tags, self.tags_ignore, self.paths, self.paths_ignore)
        return [pattern for patterns in lists for pattern in patterns or ()]


def _passes(include: Patterns, ignore: Patterns, names: Sequence[str]) -> bool:
    """Return whether at least one name is included, or at least one is not ignored."""
    if include is not None:
        return any(selects(include, name) for name in names)
    return ignore is None or any(not selects(ignore, name) for name in names)


def selects(patterns: Sequence[str], name: str) -> bool:
    """Return whether a list of patterns selects the name: the last pattern that matches decides."""
    selected = False
    for pattern in patterns:
        negative = pattern.startswith("!")
        if selected == negative and compiled(pattern[negative:]).fullmatch(name):
            selected = not negative
    return selected


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern, which is given without its leading `!`.

    Raises:
        PatternError: GitHub does not accept the pattern.

    """
    parts: list[str] = []
    repeatable = False
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if pattern.startswith("**/", position) and (position == 0 or pattern[position - 1] == "/"):
            parts.append("(?:.*/)?")
            position, repeatable = position + 3, False
        elif pattern.startswith("**", position):
            parts.append(".*")
            position, repeatable = position + 2, False
        elif character == "*":
            parts.append("[^/]*")
            position, repeatable = position + 1, False
        elif character in "?+" and position > 0:
            if not repeatable:
                raise PatternError(f"'{pattern}': there is no character before '{character}' to repeat")
            parts.append(character)
            position, repeatable = position + 1, False
        elif character == "[":
            end = pattern.find("]", position)
            parts.append(_characters(pattern, position, end))
            position, repeatable = end + 1, True
        else:
            if character == "\\":
                position += 1
            if position == len(pattern):
                raise PatternError(f"'{pattern}': there is no character after the last backslash")
            parts.append(re.escape(pattern[position]))
            position, repeatable = position + 1, True
    return re.compile("".join(parts), re.DOTALL)


def _characters(pattern: str, start: int, end: int) -> str:
    content = pattern[start + 1 : end]
    if end < 0 or not re.fullmatch("(?:[0-9]-[0-9]|[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9a-zA-Z])+", content):
        raise PatternError(
            f"'{pattern}': brackets may contain only letters, digits, and ranges such as a-z, A-Z and 0-9"
        )
    try:
        re.compile(f"[{content}]")
    except re.error as error:
        raise PatternError(f"'{pattern}': {error}") from error
    return f"[{content}]"
