"""The pins of a project: the versions of the kit that its workflows name."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from cicd import freeze
from cicd.kit import versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.start.base import Version

_PIN = re.compile(
    r"(?P<before>\buses:[ \t]*[\"']?(?P<repository>[\w.-]+/[\w.-]+)/(?:\.github/workflows|actions)/[\w.-]+@)"
    r"(?P<ref>[^\s\"'#]+)(?P<quote>[\"']?)(?P<comment>[ \t]+#[ \t]*v\d\S*)?"
)
_SHA = re.compile(r"[0-9a-f]{40}")


def named(texts: Iterable[str], repository: str) -> list[str]:
    """Return the versions that workflows name, the most frequent first: tags and commits; a commit's comment if any."""
    found = [match for text in texts for match in _PIN.finditer(text) if _of_kit(match, repository)]
    words = [
        match["comment"].strip(" \t#") if _SHA.fullmatch(match["ref"]) and match["comment"] else match["ref"]
        for match in found
    ]
    return [word for word, _ in Counter(words).most_common()]


def style(texts: Iterable[str], repository: str, default: str) -> str:
    """Return the ref by which most calls name the kit, without a comment."""
    refs = Counter(match["ref"] for text in texts for match in _PIN.finditer(text) if _of_kit(match, repository))
    return next((ref for ref, _ in refs.most_common(1)), default)


def repository(texts: Iterable[str], default: str) -> str:
    """Return the repository by which most calls name the kit; `default` where none does."""
    names = Counter(match["repository"] for text in texts for match in _PIN.finditer(text) if _of_kit(match, default))
    return next((name for name, _ in names.most_common(1)), default)


def moved(current: str, version: Version) -> str:
    """Return the ref that names a version as the current one does: by commit, by tag, or by the tag of its major.

    No tag of a major names a candidate. A ref stays that names a branch, and every ref where the version is no release.
    """
    ref = current.partition(" ")[0]
    release = versions.newest(versions.of_tags([version.name]))
    if not release:
        return current
    if _SHA.fullmatch(ref):
        return f"{version.commit} # {release}"
    if versions.MOVING.fullmatch(ref) and release.final:
        return release.moving
    return str(release) if versions.MOVING.fullmatch(ref) or versions.of_tags([ref]) else current


def replaced(text: str, repository: str, ref: str) -> str:
    """Return the text of a workflow in which each call of the kit names another ref."""
    name, _, comment = ref.partition(" ")

    def replace(match: re.Match[str]) -> str:
        if not _of_kit(match, repository):
            return match[0]
        kept = match["comment"] or "" if not _SHA.fullmatch(match["ref"]) and not comment else ""
        return f"{match['before']}{name}{match['quote']}{f' {comment}' if comment else kept}"

    return _PIN.sub(replace, text)


def _of_kit(match: re.Match[str], repository: str) -> bool:
    return freeze.is_kit(match["repository"], {repository})
