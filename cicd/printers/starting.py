"""What `init` and `adopt` say to a person."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd.config import FILE
from cicd.start.note import Kind

if TYPE_CHECKING:
    from cicd.start.adoption import Adoption
    from cicd.start.note import Note
    from cicd.start.record import Undone
    from cicd.start.trial import Trial

_TITLES = {Kind.FOUND: "found", Kind.ASSUMED: "assumed", Kind.UNDECIDED: "not decided"}
_DECIDES = {Kind.ASSUMED: "otherwise: ", Kind.UNDECIDED: "decide it: "}


def adoption(adopted: Adoption, *, written: bool) -> str:
    """Return what was found, assumed and left open, the files, and what comes next."""
    parts = [_notes(adopted, kind) for kind in Kind]
    if adopted.configuration:
        parts.append(f"{FILE}:\n" + "".join(f"  {line}\n" for line in adopted.configuration.rstrip().split("\n")))
    names = [*adopted.texts, *adopted.replacing]
    verb = "written" if written else "would write"
    listed = [f"{verb}: {path}" for path in names] or ["nothing to write: every file is there"]
    listed += [f"kept as it is: {path}" for path in adopted.kept]
    parts.append("\n".join(listed) + "\n")
    if written and names:
        parts.append(_next(adopted, names))
    return "\n".join(filter(None, parts)).rstrip()


def adoption_data(adopted: Adoption, tried: Trial | None, *, written: bool) -> dict[str, Any]:
    """Return the same as data."""
    notes = {kind.value: [_data(note) for note in adopted.notes if note.kind is kind] for kind in Kind}
    result: dict[str, Any] = {
        "name": adopted.name, **notes, "configuration": adopted.configuration,
        "files": [*adopted.texts, *adopted.replacing], "kept": list(adopted.kept), "written": written,
    }  # fmt: skip
    if tried is not None:
        result["check"] = {"passed": tried.passed, "steps": [asdict(step) for step in tried.steps]}
    return result


def trial(tried: Trial) -> str:
    """Return how each step of the trial ended, and what to do."""
    lines = []
    for step in tried.steps:
        lines.append(f"{'ok    ' if step.passed else 'FAILED'}  {step.name}{': ' + step.text if step.text else ''}")
        if step.hint and not step.passed:
            lines.append(f"        {step.hint}")
    last = "The project builds and its tests pass here." if tried.passed else "Mend that, then: ml-cicd adopt --check"
    return "\n".join((*lines, last))


def undone(result: Undone) -> str:
    """Return which files were removed, and which stay."""
    lines = [
        *(f"removed: {path}" for path in result.removed),
        *(f"kept, since it was changed: {path}" for path in result.edited),
        *(f"kept, since other workflows call the kit, too: {path}" for path in result.shared),
    ]
    return "\n".join(lines or ["nothing to undo: adopt wrote nothing in this clone"])


def new_project(directory: Path, files: list[str], branches: list[str], *, forge: bool) -> str:
    """Return what `init` made, and what comes next."""
    names = " and ".join(branches)
    steps = [
        f"cd {directory}",
        *([] if forge else ["ml-cicd local up"]),
        f"git push local {' '.join(branches)}",
        "ml-cicd promote production --remote local",
    ]
    made = f"made: {directory}, {len(files)} files, committed on {names}"
    lines = (made, "", "To Production on this machine:", *(f"  {step}" for step in steps))
    return "\n".join(lines)


def _notes(adopted: Adoption, kind: Kind) -> str:
    notes = [note for note in adopted.notes if note.kind is kind]
    if not notes:
        return ""
    width = max(len(note.subject) for note in notes)
    lines = []
    for note in notes:
        lines.append(f"  {note.subject.ljust(width)}  {note.text}")
        if note.decide:
            lines.append(f"  {' ' * width}  {_DECIDES[kind]}{note.decide}")
    return f"{_TITLES[kind]}:\n" + "\n".join(lines) + "\n"


def _data(note: Note) -> dict[str, str]:
    return {"subject": note.subject, "text": note.text, **({"decide": note.decide} if note.decide else {})}


def _next(adopted: Adoption, names: list[str]) -> str:
    tops = dict.fromkeys(str(Path(*Path(name).parts[:2])) if name.startswith(".github") else name for name in names)
    inside = next((name.rpartition("/")[0] for name in names if name.endswith(f"/{FILE}")), "")
    here = f" --directory {inside}" if inside else ""
    steps = [
        f"ml-cicd adopt --check{here}",
        f"git add {' '.join(tops)}",
        "git commit --message 'Bring the project on the road'",
        "ml-cicd local up",
        f"git push local {adopted.branch}",
    ]
    return "next:\n" + "\n".join(f"  {step}" for step in steps) + f"\n  to remove it all: ml-cicd adopt --undo{here}\n"
