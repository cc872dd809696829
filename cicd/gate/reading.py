"""Predictions from a CSV or Parquet file."""

from __future__ import annotations

import csv
import gc
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from cicd.errors import UsageError
from cicd.gate import table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from cicd.gate.table import Table, Wanted

_ROWS_AT_ONCE = 2_000
_REPLACED = "\N{REPLACEMENT CHARACTER}"


def read(file: Path, wanted: Wanted) -> Table:
    """Return the columns of a file: Parquet if its name ends in `.parquet`, else CSV in UTF-8 with commas and a header.

    Raises:
        UsageError: the file can't be read, or a column or a value is missing or wrong.

    """
    try:
        if file.suffix == ".parquet":
            from cicd.gate import parquet  # noqa: PLC0415 -- an extra of its own

            return parquet.read(file, wanted)
        with _uncollected():
            return _read_csv(file, wanted)
    except OSError as error:
        raise UsageError(
            f"{file} can't be read: {error.strerror or error}.", "Check the path and the rights of the file."
        ) from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the garbage collector rest: lists of rows have no circles, and looking for them takes as long as reading."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read_csv(file: Path, wanted: Wanted) -> Table:
    ids: list[str] = []
    parts: dict[str, list[NDArray[np.float64]]] = {}
    codings: dict[str, table.Coding] = {}
    chosen: dict[str, tuple[str, str]] = {}
    row = table.FIRST_ROW
    for header, chunk in _chunks(file):
        if not chosen:
            chosen = wanted.chosen(file, header)
            parts = {name: [] for name, (_, kind) in chosen.items() if kind == table.NUMBER}
            codings = {name: table.Coding() for name, (_, kind) in chosen.items() if kind == table.LABEL}
        columns = list(zip(*chunk, strict=True)) or [()] * len(header)
        for name, (written, kind) in chosen.items():
            words = columns[header.index(written)]
            if kind == table.NUMBER:
                if "" in words:
                    table.check_words(words, file, row, written)
                parts[name].append(table.numbers(words, file, row, written))
            elif kind == table.LABEL:
                table.check_new(codings[name].add(words), words, file, row, written)
            else:
                if "" in words:
                    table.check_words(words, file, row, written)
                ids.extend(words)
        row += len(chunk)
    if row == table.FIRST_ROW:
        raise UsageError(f"{file} has no rows.", "Write at least a header and one row of data.")
    return table.Table(
        file, ids, {name: np.concatenate(values) for name, values in parts.items()},
        {name: coding.column() for name, coding in codings.items()}, names=wanted.names,
    )  # fmt: skip


def _chunks(file: Path) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Yield the header and some rows, again and again; each row is as long as the header."""
    row = 1
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            names = next(reader, [])
            row = table.FIRST_ROW
            blank = 0
            while lines := list(islice(reader, _ROWS_AT_ONCE)):
                chunk = lines
                if blank or [] in lines:
                    chunk, blank = _without_blank_end(file, lines, row, blank)
                if set(map(len, chunk)) - {len(names)}:
                    number, line = next(entry for entry in enumerate(chunk, row) if len(entry[1]) != len(names))
                    raise UsageError(
                        f"{file}, row {number} has {len(line)} values; the header has {len(names)}.",
                        "Quote values that contain commas.",
                    )
                yield names, chunk
                row += len(lines)
            yield names, []
    except UnicodeDecodeError as error:
        raise UsageError(_undecodable(file), "Write the file in UTF-8.") from error
    except csv.Error as error:
        raise UsageError(
            f"{file} is not valid CSV at or after row {row}: {error}.", "Write it with a CSV library."
        ) from error


def _without_blank_end(file: Path, lines: list[list[str]], row: int, blank: int) -> tuple[list[list[str]], int]:
    """Return lines without blank ones at the end, and the row of the first blank one.

    `blank` is the row of a blank line before these; 0 for none.

    Raises:
        UsageError: a row follows a blank line.

    """
    blank = blank or row + lines.index([])
    filled = lines[: max(0, blank - row)]
    if any(lines[len(filled) :]):
        raise UsageError(f"{file}, row {blank} is blank, and more rows follow.", "Remove the blank line.")
    return filled, blank


def _undecodable(file: Path) -> str:
    """Return a message that names the place of the first bytes that are not UTF-8."""
    names: list[str] = []
    with suppress(csv.Error), file.open("rb") as stream:
        for row, line in enumerate(stream, 1):
            values = next(csv.reader([line.decode("utf-8", "replace")]))
            names = names or values
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                column = next(index for index, value in enumerate(values) if _REPLACED in value)
                name = names[column] if row > 1 and column < len(names) else str(column + 1)
                return f"{table.place(file, row, name)} is not UTF-8."
    return f"{file} is not UTF-8."
