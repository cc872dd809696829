"""The versions of the kit: `vX.Y.Z`, or `vX.Y.Z-rc.N` for a release candidate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = "(0|[1-9][0-9]{0,8})"
_GRAMMAR = re.compile(rf"v{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-rc\.([1-9][0-9]{{0,8}}))?")
MOVING = re.compile(r"v(0|[1-9][0-9]{0,8})")
"""A tag that follows the newest version of a major version, such as `v1`."""


@dataclass(frozen=True)
class Version:
    """A version. `candidate` is the N of `-rc.N`, and 0 for a final version."""

    major: int
    minor: int
    patch: int
    candidate: int = 0

    @property
    def final(self) -> bool:
        """Whether this is no release candidate."""
        return self.candidate == 0

    @property
    def number(self) -> str:
        """The version as the changelog names it: without the `v`."""
        suffix = f"-rc.{self.candidate}" if self.candidate else ""
        return f"{self.major}.{self.minor}.{self.patch}{suffix}"

    @property
    def package(self) -> str:
        """The version as Python packages write it, without `.` and `-` before a candidate."""
        return self.number.replace("-rc.", "rc")

    @property
    def moving(self) -> str:
        """The tag that follows the newest final version of this major version."""
        return f"v{self.major}"

    @property
    def order(self) -> tuple[int, int, int, bool, int]:
        """The key by which versions are sorted: candidates come before their final version."""
        return (self.major, self.minor, self.patch, self.final, self.candidate)

    def __str__(self) -> str:
        """Return the tag."""
        return f"v{self.number}"


def parse(tag: str) -> Version:
    """Return the version that a tag names.

    Raises:
        UsageError: the tag is no version.

    """
    if not (match := _GRAMMAR.fullmatch(tag)):
        raise UsageError(f"'{tag}' is no version.", "Write vX.Y.Z, or vX.Y.Z-rc.N for a release candidate: v1.0.0-rc.1")
    return Version(*(int(number or 0) for number in match.groups()))


def of_tags(tags: Iterable[str]) -> list[Version]:
    """Return the versions among tags, the oldest first; other tags are left out."""
    found = (parse(tag) for tag in tags if _GRAMMAR.fullmatch(tag))
    return sorted(found, key=lambda version: version.order)


def newest(versions: Iterable[Version], major: int | None = None, *, final: bool = False) -> Version | None:
    """Return the newest version; of one major version if `major` is given, and without candidates if `final`."""
    fitting = [one for one in versions if major in (None, one.major) and (one.final or not final)]
    return max(fitting, key=lambda version: version.order, default=None)
