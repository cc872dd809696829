"""The account of looks at evaluation sets, recomputed from what the ledger recorded."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd.gate import budget
from cicd.gate.outcomes import Verdict
from cicd.gate.record import HASH, KEPT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.gate.record import Record


@dataclass(frozen=True)
class Look:
    """An entry of the ledger with a record.

    Args:
        entry: its name, such as `integration/7`.
        record: the verdict that the entry holds.
        promoted: whether Production accepted the release by this entry.

    """

    entry: str
    record: Record
    promoted: bool = False


@dataclass(frozen=True)
class Line:
    """A look in the account.

    Args:
        look: what was recorded.
        number: the number of the look, recomputed; 0 for equal predictions.
        alpha: what the look spent on passing, recomputed; 0 for a pair that was judged before.
        spent: what all looks at the set have spent on passing, this one included, since the account began.
        rerun: whether the pair was judged before.
        begins: whether the account begins anew after this entry.

    """

    look: Look
    number: int
    alpha: float
    spent: float
    rerun: bool
    begins: bool

    @property
    def agrees(self) -> bool:
        """Whether the entry holds the number and the error rate that were recomputed."""
        record = self.look.record
        expected = budget.pass_alpha(self.number) if self.number else 0.0
        return record.look == self.number and math.isclose(record.alpha, expected)


@dataclass(frozen=True)
class Account:
    """All looks in their order, and what the promoted releases lost together.

    Args:
        lines: one for each look.
        changes: for each metric, the sum of candidate minus champion over the releases that Production accepted.
        since: the entry of the last promoted `superior` release, after which the sums begin; empty for none.

    """

    lines: Sequence[Line]
    changes: Mapping[str, float]
    since: str


@dataclass
class _Shared:
    """Evaluation sets that share rows, and the looks at them since the account began."""

    sets: list[Record] = field(default_factory=list)
    looks: int = 0
    spent: float = 0.0


class _Books:
    """The state of the account between two looks."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._shared: list[_Shared] = []

    def number(self, record: Record) -> int:
        """Return the number of this look; 0 for equal predictions. A pair that was judged before keeps its number."""
        if record.candidate == record.champion:
            return 0
        return self._numbers.get(record.pair) or 1 + sum(entry.looks for entry in self._related(record))

    def book(self, look: Look) -> Line:
        """Count a look, and return its line."""
        record, number = look.record, self.number(look.record)
        rerun = record.pair in self._numbers
        together = _Shared(spent=sum(entry.spent for entry in self._related(record)))
        alpha = budget.pass_alpha(number) if number and not rerun else 0.0
        if alpha:
            related = self._related(record)
            together.sets = [*(known for entry in related for known in entry.sets), record]
            together.looks, together.spent = number, together.spent + alpha
            self._shared = [entry for entry in self._shared if entry not in related] + [together]
            self._numbers[record.pair] = number
        begins = look.promoted and record.candidate != record.champion
        if begins:
            self._shared = []
        return Line(look, number, alpha, together.spent, rerun, begins)

    def _related(self, record: Record) -> list[_Shared]:
        return [entry for entry in self._shared if any(same_rows(known, record) for known in entry.sets)]


def account(looks: Sequence[Look]) -> Account:
    """Return the account of looks, which are in the order in which they were recorded."""
    books = _Books()
    lines = [books.book(look) for look in looks]
    changes: dict[str, float] = {}
    since = ""
    for look in looks:
        if look.promoted and look.record.verdict == Verdict.SUPERIOR:
            since, changes = look.entry, {}
        elif look.promoted:
            for name, difference in look.record.differences.items():
                changes[name] = changes.get(name, 0.0) + difference
    return Account(lines, changes, since)


def next_look(looks: Sequence[Look], record: Record) -> int:
    """Return the number of the look that judges this pair, after the looks that were recorded.

    Args:
        looks: in the order in which they were recorded.
        record: the pair and its evaluation set; its verdict, look and alpha do not count.

    """
    books = _Books()
    for look in looks:
        books.book(look)
    return books.number(record)


def same_rows(known: Record, new: Record) -> bool:
    """Whether a set has half of its rows or more from a known one, as far as sketches can tell: in doubt, it has."""
    if known.evaluation == new.evaluation:
        return True
    ours, theirs = _hashes(new), _hashes(known)
    limits = [max(hashes) for hashes in (ours, theirs) if len(hashes) == KEPT]
    comparable = {value for value in ours if not limits or value <= min(limits)}
    half = len(comparable) / 2
    doubt = math.sqrt(len(comparable)) if limits else 0.0  # two standard errors of a share of one half
    return len(comparable & theirs) >= half - doubt


def _hashes(record: Record) -> set[str]:
    return {record.sketch[start : start + HASH] for start in range(0, len(record.sketch), HASH)}
