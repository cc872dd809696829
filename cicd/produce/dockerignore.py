"""The patterns of a `.dockerignore` file, as BuildKit reads them: what of a folder the builder gets."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cicd.text import lines

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Pattern:
    """One line: a path that it matches is left out, or with `again` comes back."""

    path: str
    again: bool

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The path as a regular expression."""
        return re.compile(_expression(self.path), re.DOTALL)

    def matches(self, path: str) -> bool:
        """Return whether the path, or a folder that holds it, matches."""
        parts = path.split("/")
        return any(self.expression.fullmatch("/".join(parts[: count + 1])) for count in range(len(parts)))

    def may_match_below(self, folder: str) -> bool:
        """Return whether the pattern may match something in a folder; True where that is not sure."""
        for part, name in zip(self.path.split("/"), folder.split("/"), strict=False):
            if "**" in part:
                return True
            if not re.fullmatch(_expression(part), name, re.DOTALL):
                return False
        return True


@dataclass(frozen=True)
class Ignored:
    """All patterns of a file, in their order."""

    patterns: tuple[Pattern, ...] = ()

    def leaves_out(self, path: str) -> bool:
        """Return whether the builder does not get this path: the last pattern that matches decides."""
        decided = next((pattern for pattern in reversed(self.patterns) if pattern.matches(path)), None)
        return decided is not None and not decided.again

    def leaves_out_all_of(self, folder: str) -> bool:
        """Return whether the builder gets nothing of a folder; False where that is not sure."""
        again = any(pattern.again and pattern.may_match_below(folder) for pattern in self.patterns)
        return self.leaves_out(folder) and not again


def file_for(context: Path, dockerfile: Path) -> Path:
    """Return the file that counts for a Dockerfile: the one named after it, else the one of the context."""
    named = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
    return named if named.is_file() else context / ".dockerignore"


def parse(text: str) -> Ignored:
    """Return the patterns in the text of a `.dockerignore` file."""
    patterns = []
    for line in lines(text.removeprefix("\ufeff")):
        if line.startswith("#") or not (words := line.strip()):
            continue
        again = words.startswith("!")
        path = posixpath.normpath(words.removeprefix("!").strip()).lstrip("/")
        if path not in ("", "."):
            patterns.append(Pattern(path, again))
    return Ignored(tuple(patterns))


def _expression(pattern: str) -> str:
    """Return the regular expression of a pattern: `*` and `?` stop at a slash, `**` does not."""
    expression, position = "", 0
    while position < len(pattern):
        rest = pattern[position:]
        if rest.startswith("**"):
            position += 3 if rest.startswith("**/") else 2
            expression += "(?:.*/)?" if rest.startswith("**/") else ".*"
            continue
        character = rest[0]
        group = re.match(r"\[\^?[^\]]+\]", rest)
        if group:
            expression += group[0]
            position += len(group[0]) - 1
        elif character == "\\" and len(rest) > 1:
            position += 1
            expression += re.escape(rest[1])
        else:
            expression += {"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character))
        position += 1
    return expression
