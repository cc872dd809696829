"""The configuration of Dependabot, which all projects of a repository share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.start import callers, generated

if TYPE_CHECKING:
    from cicd.start.callers import Choices
    from cicd.start.record import Store


def lack(text: str, choices: Choices) -> str:
    """Return in words what the repository's configuration of Dependabot lacks for the callers; empty for nothing.

    Of a file that `adopt` wrote for another project of the repository, branch and copy of the kit are known.
    """
    wanted = generated.dependabot(choices)
    if "github-actions" not in text:
        return "does not update the kit's version in the callers"
    if text.partition("\n")[0] != wanted.partition("\n")[0] or text == wanted:
        return ""
    branch = choices.branches.integration
    if f"target-branch: {callers.scalar(branch)}\n" not in text:
        return f"updates no callers on the branch {branch}: add an entry with target-branch: {branch}"
    if f'"{choices.repository}*"' not in text:
        return f"names another copy of the kit than {choices.repository}: add a group for it"
    return ""


def needed_by_others(place: Store) -> tuple[str, ...]:
    """Return the files of an adoption that other workflows of the repository need, if any of them calls the kit."""
    folder, own = place.root / callers.FOLDER, place.read().hashes
    others = [path for path in folder.glob("*.y*ml") if path.relative_to(place.root).as_posix() not in own]
    texts = [path.read_text("utf-8", "replace") for path in others]
    called = any(match["file"] in callers.ALL for text in texts for match in callers.CALL.finditer(text))
    return (generated.DEPENDABOT,) if called else ()
