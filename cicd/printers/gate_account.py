"""The account of looks at evaluation sets, for terminals and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cicd.printers import gate_words
from cicd.printers.terminal import table

if TYPE_CHECKING:
    from cicd.gate.account import Account, Line


def account(computed: Account) -> str:
    """Return the account as text for a terminal."""
    if not computed.lines:
        return "The ledger holds no verdict of the model gate yet."
    rows = [_row(line) for line in computed.lines]
    head = ("entry", "set", "rows", "verdict", "look", "passing may err in", "all looks", "")
    last = computed.lines[-1]
    lines = [table(head, rows), ""]
    if last.begins:
        lines.append("The newest release is in production: the next candidate begins a new account.")
    else:
        lines.append(f"The newest look and those before it have spent {last.spent:.3%} on passing.")
    if changes := gate_words.changes(computed):
        lines.append(changes)
    lines += [
        f"{line.look.entry} holds other numbers: look {line.look.record.look}, {line.look.record.alpha:.3%}."
        for line in computed.lines
        if not line.agrees
    ]
    return "\n".join(lines)


def _row(line: Line) -> tuple[str, ...]:
    record = line.look.record
    note = "in production: the account begins anew" if line.begins else "judged before" if line.rerun else ""
    return (
        line.look.entry, record.evaluation[:19], f"{record.rows:,}", record.verdict, str(line.number or "-"),
        f"{line.alpha:.3%}" if line.alpha else "-", f"{line.spent:.3%}" if line.number else "-",
        note if line.agrees else "NOT AS RECORDED",
    )  # fmt: skip


def as_json(computed: Account) -> dict[str, Any]:
    """Return the account for programs."""
    return {
        "looks": [
            {
                "entry": line.look.entry,
                **{name: value for name, value in line.look.record.to_data().items() if name != "sketch"},
                "look": line.number,
                "alpha": line.alpha,
                "spent": line.spent,
                "rerun": line.rerun,
                "begins": line.begins,
                "agrees": line.agrees,
            }
            for line in computed.lines
        ],
        "changes": dict(computed.changes),
        "since": computed.since,
    }
