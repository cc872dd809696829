"""What `upgrade` says to a person, and to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cicd.start.upgrading import Upgrade

SHOWN = 20
"""Lines of the changelog on a terminal."""
_WORDS = {"A": "added", "M": "updated", "D": "removed", "R": "renamed", "T": "updated"}


def text(upgrade: Upgrade, *, written: bool) -> str:
    """Return what changes, what is in conflict, and what comes next."""
    if not upgrade.needed:
        return f"nothing to upgrade: the files of the project are those of ml-cicd {upgrade.until}"
    conflicts = upgrade.merged.conflicts
    lines = [_line(row) for row in upgrade.changes if row[-1] not in conflicts]
    lines += [f"conflict: {path}" for path in conflicts]
    lines += [f"          {message}" for message in upgrade.merged.messages]
    lines += [f"stays removed, changed in the kit: {path}" for path in upgrade.removed]
    lines += [f"kept, since the project locked its own packages: {path}" for path in upgrade.locks]
    title, _, rest = upgrade.message.partition("\n")
    parts = [title if written else f"Would do: {title}", "\n".join(lines)]
    if rest.strip():
        parts.append(_changelog(rest.strip().split("\n")))
    return "\n\n".join((*parts, _next(upgrade, written=written)))


def data(upgrade: Upgrade, *, written: bool) -> dict[str, Any]:
    """Return the same as data."""
    return {
        "needed": upgrade.needed, "written": written, "from": str(upgrade.since), "to": str(upgrade.until),
        "ref": upgrade.ref, "conflicts": upgrade.merged.conflicts, "removed": list(upgrade.removed),
        "locks": list(upgrade.locks), "message": upgrade.message,
        "changes": [
            {"change": _WORDS[row[0]], "path": row[-1], **({"from": row[1]} if len(row) > 2 else {})}  # noqa: PLR2004
            for row in upgrade.changes
        ],
    }  # fmt: skip


def _changelog(lines: list[str]) -> str:
    more = f"\n... {len(lines) - SHOWN} more lines, in the message" if len(lines) > SHOWN else ""
    return "changelog:\n" + "\n".join(f"  {line}".rstrip() for line in lines[:SHOWN]) + more


def _line(row: tuple[str, ...]) -> str:
    return f"{_WORDS[row[0]]}: {' -> '.join(row[1:])}"


def _next(upgrade: Upgrade, *, written: bool) -> str:
    if not written:
        return "To do it: the same command without --check"
    steps = ["resolve each conflict, then git add its file"] if upgrade.merged.conflicts else []
    if upgrade.locks:
        steps.append("requirements/lock.sh, if a requirements/*.in changed")
    steps += ["git commit (the message is prepared)", "git push, then a pull request with the same text"]
    return "next:\n" + "\n".join(f"  {step}" for step in steps) + "\n  to drop it all: git reset --hard"
