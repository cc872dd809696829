"""The ids and times of the rows that a model was trained on, hashed: the bundle shows nobody which rows these were.

Training may write the file `ml_cicd_training_rows.csv` with the column `id`, and perhaps `time`, into the bundle. The
bundle gets it with a hash of each id instead of the id, and with the latest time in every row. The model gate compares
it with the evaluation set.
"""

from __future__ import annotations

import csv
import io
import math
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from cicd.errors import CheckFailedError
from cicd.gate import training_ids
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "ml_cicd_training_rows.csv"
LIMIT = 256 << 20
"""The bytes that the file may have."""


def hashed(content: bytes) -> bytes:
    """Return the file with hashes instead of ids. Ids that are hashes already stay.

    Raises:
        CheckFailedError: it has no column `id`, a row of another length, or a time that is none.

    """
    rows = _rows(content)
    header = next(rows, [])
    if "id" not in header:
        raise _wrong("it has no column id")
    place = header.index("id")
    time = header.index("time") if "time" in header else None
    ids: set[str] = set()
    latest = ("", -math.inf)
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise _wrong(f"row {number} has {len(row)} values; the header has {len(header)}")
        if not row[place]:
            raise _wrong(f"row {number} has no id")
        ids.add(training_ids.hashed(row[place]))
        if time is not None and row[time] != latest[0]:
            latest = max(latest, (row[time], _moment(row[time], number)), key=lambda entry: entry[1])
    if not ids:
        raise _wrong("it has no rows")
    end = "" if time is None else f",{latest[0]}"
    lines = ["id" if time is None else "id,time", *(f"{name}{end}" for name in sorted(ids))]
    return ("\n".join(lines) + "\n").encode()


def _moment(word: str, row: int) -> float:
    """Return a time as a number: seconds for ISO 8601, else the number itself."""
    for read in (float, lambda text: datetime.fromisoformat(text).timestamp()):
        with suppress(OverflowError, ValueError):
            if math.isfinite(moment := read(word)) and "_" not in word:
                return moment
    raise _wrong(f"row {row} has the time '{visible(word, 60)}', which is neither ISO 8601 nor a number")


def _rows(content: bytes) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _wrong(f"it is no CSV in UTF-8: {error}") from error


def _wrong(reason: str) -> CheckFailedError:
    return CheckFailedError(
        f"The bundle's {FILE} can't be used: {reason}.",
        "Let the [train] command write CSV with the column id, and perhaps time, or leave the file out.",
    )
