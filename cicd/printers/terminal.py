"""What people read: Markdown for summaries, and tables for terminals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd import ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cicd.ledger import Deployment, Entry, Trust
    from cicd.produce.checks import Outcome
    from cicd.road.promotion import Plan
    from cicd.road.status import Examined, State

SHOWN = 20


def tests(counts: Mapping[str, int]) -> str:
    """Test counts in a line."""
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "no counts"


def checks(outcomes: Sequence[Outcome]) -> str:
    """The checks as a Markdown table."""
    rows = [f"| {one.name} | {'passed' if one.passed else '**failed**'} | {one.seconds:.1f} |" for one in outcomes]
    return "\n".join(["| check | result | seconds |", "|---|---|---|", *rows])


def deployment(one: Deployment) -> str:
    """A deployment as Markdown."""
    lines = [
        f"### {one.environment}: {one.action} {one.result}",
        "",
        "| | |",
        "|---|---|",
        f"| commit | `{one.commit}` |",
        f"| release | `{one.release}` |",
        f"| replaced | `{one.replaced or 'nothing'}` |",
        f"| tests | {tests(one.tests)} |",
    ]
    if one.reason:
        lines.append(f"| reason | {one.reason} |")
    return "\n".join(lines)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for a terminal, columns aligned."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    return "\n".join(line.rstrip() for line in lines)


def status(states: Mapping[str, State]) -> str:
    """What runs where, for a terminal."""
    if not states:
        return "Nothing runs, and the ledger is empty."
    rows = [
        (
            name,
            one.commit[:12],
            one.digest[:19],
            f"#{one.entry}" if one.entry else "-",
            "healthy" if one.healthy else "NOT HEALTHY",
            one.url,
        )
        for name, one in states.items()
    ]
    problems = [f"{name}: {one.problem}" for name, one in states.items() if one.problem]
    notes = trust({name: one.trust for name, one in states.items()})
    return "\n".join([table(("environment", "commit", "digest", "entry", "health", "url"), rows), *problems, *notes])


def plan(one: Plan) -> str:
    """What a promotion would do, for a terminal."""
    lines = [
        f"{one.environment}: {one.runs[:12] or 'nothing'} -> {one.commit[:12]}",
        f"  release   {one.release}",
        f"  replaces  {one.replaces or 'nothing'}",
        f"  by        {one.who}",
    ]
    if one.missing:
        lines.append(f"  missing   {one.missing}")
    lines.append(f"  brings    {len(one.commits)} commit{'s' * (len(one.commits) != 1)}")
    lines += [f"    {line}" for line in one.commits[:SHOWN]]
    if len(one.commits) > SHOWN:
        lines.append(f"    and {len(one.commits) - SHOWN} more")
    return "\n".join(lines)


def rolled_back(outcome: Deployment, entry: Entry | None, file: Path) -> str:
    """How a rollback went and where that is written down, for a terminal."""
    said = f"{outcome.environment}: {outcome.action} {outcome.result} {outcome.url or outcome.reason}"
    if entry:
        return f"{said}\nledger: {outcome.environment} #{entry.number}"
    return f"{said}\nIt waits in {file}; the next command that writes records it, or: ml-cicd record --pending"


def trust(environments: Mapping[str, Trust | None]) -> list[str]:
    """What must be known about the signatures of environments; empty when a signature vouches for each."""
    lines = [
        f"{name}: no entry is signed by a key that counts, so none counts for a promotion."
        for name, one in environments.items()
        if one == "unsigned"
    ]
    if "unchecked" in environments.values():
        lines.append("The ledger is unsigned: whoever may write to the repository could have written it.")
    return lines


def examined(environments: Mapping[str, Examined]) -> str:
    """What was verified in the ledger, for a terminal."""
    head = ("environment", "entries", "newest", "signatures", "links", "what runs rests on")
    rows = [
        (
            name,
            str(one.entries),
            _short(one.newest) or "-",
            str(one.signatures) if one.trust == "signed" else "none",
            str(one.links),
            _short(one.running),
        )
        for name, one in environments.items()
    ]
    found = "Every hash, signature and link of the ledger holds."
    return "\n".join([table(head, rows), *trust({name: one.trust for name, one in environments.items()}), found])


def _short(text: str) -> str:
    """Entries named in `text`, with the beginning of their hashes."""
    return re.sub(r"@[0-9a-f]{64}", lambda match: match[0][:13], text)


def history(entries: Sequence[Entry]) -> str:
    """The ledger of an environment, newest first, for a terminal."""
    rows = [
        (
            f"#{entry.number}",
            entry.deployment.ended,
            entry.deployment.action,
            entry.deployment.result,
            entry.deployment.commit[:12],
            ledger.digest_of(entry.deployment.release)[:19],
            tests(entry.deployment.tests),
            entry.deployment.actor,
        )
        for entry in reversed(entries)
    ]
    notes = trust({entry.deployment.environment: entry.trust for entry in entries})
    return "\n".join([table(("entry", "ended", "action", "result", "commit", "digest", "tests", "by"), rows), *notes])
