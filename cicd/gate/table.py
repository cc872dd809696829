"""The columns of a file of predictions. A wrong value is an error that names row and column."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from cicd.errors import UsageError
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

NUMBER, LABEL, ID = "number", "label", "id"
"""How a column is read: as finite numbers, as labels, or as the ids of the rows."""
FIRST_ROW = 2
"""The header of a CSV file is row 1, as an editor or a spreadsheet counts."""
_NO_VALUE = ("nan", "inf", "infinity")


@dataclass(frozen=True)
class Labels:
    """A column of words: `words[codes[i]]` is the word of row i."""

    codes: NDArray[np.int32]
    words: tuple[str, ...]

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Labels:
        """Return the column of these rows."""
        return Labels(self.codes[rows], self.words)


@dataclass(frozen=True)
class Table:
    """The columns of a file.

    Args:
        file: the file.
        ids: the column of ids.
        numbers: columns of numbers, by the kit's name.
        labels: columns of words, by the kit's name.
        first_row: the number of the first row of data.
        names: the file's names of columns, by the kit's, where the two differ.

    """

    file: Path
    ids: list[str]
    numbers: Mapping[str, NDArray[np.float64]]
    labels: Mapping[str, Labels]
    first_row: int = FIRST_ROW
    names: Mapping[str, str] = field(default_factory=dict)

    def without(self, *columns: str) -> Table:
        """Return the table without some columns."""
        labels = {name: column for name, column in self.labels.items() if name not in columns}
        return replace(self, labels=labels, numbers={n: v for n, v in self.numbers.items() if n not in columns})

    def place(self, row: int, column: str) -> str:
        """Return the place of a value for a message; `row` counts from 0."""
        return place(self.file, row + self.first_row, self.named(column))

    def named(self, column: str) -> str:
        """Return the file's name of a column."""
        return self.names.get(column, column)


def place(file: Path, row: int, column: str) -> str:
    """Return the place of a value for a message; `row` is the number to show."""
    return f"{file}, row {row}, column '{visible(column)}'"


@dataclass(frozen=True)
class Wanted:
    """The columns to read, by the kit's name.

    Args:
        kinds: how to read each column that must exist: `NUMBER`, `LABEL` or `ID`.
        optional: how to read each column that may exist.
        names: the file's names of columns, where they differ.

    """

    kinds: Mapping[str, str]
    optional: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def chosen(self, file: Path, header: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return the file's name of each column that it has and that is asked for, and how to read it.

        Raises:
            UsageError: a column is missing, or two have one name.

        """
        twice = sorted({name for name in header if header.count(name) > 1})
        if twice:
            raise UsageError(
                f"{file} has several columns named '{visible(twice[0])}'.", "Give each column its own name."
            )
        chosen = {
            name: (self.names.get(name, name), kind)
            for name, kind in {**self.kinds, **self.optional}.items()
            if name in self.kinds or self.names.get(name, name) in header
        }
        missing = [written for written, _ in chosen.values() if written not in header]
        if missing:
            hint = f"It has: {', '.join(map(visible, header)) or 'no column'}."
            if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
                hint = "Separate the columns with commas."
            raise UsageError(f"{file} has no column '{visible(missing[0])}'.", hint)
        return chosen


def numbers(words: Sequence[str], file: Path, first: int, column: str) -> NDArray[np.float64]:
    """Return words as finite numbers; the first word stands in row `first`.

    Raises:
        UsageError: a word is no finite number.

    """
    try:
        values = np.fromiter(map(float, words), np.float64, len(words))
        if np.isfinite(values).all() and "_" not in "".join(words):
            return values
    except ValueError:
        pass
    for row, word in enumerate(words, first):
        if not is_number(word):
            raise UsageError(
                f"{place(file, row, column)}: '{visible(word)}' is not a finite number.",
                "Correct the value, or leave the row out of both files.",
            )
    raise AssertionError(column)


def is_number(word: str) -> bool:
    """Whether a word is a finite number; `1_000` is not, although Python reads it."""
    try:
        return math.isfinite(float(word)) and "_" not in word
    except ValueError:
        return False


def check_words(words: Iterable[str], file: Path, first: int, column: str) -> None:
    """Refuse words that are empty, NaN or infinite; the first word is in row `first`.

    Raises:
        UsageError: a word is empty, or one that a program writes for no number.

    """
    for row, word in enumerate(words, first):
        if not word.strip():
            raise UsageError(
                f"{place(file, row, column)} is empty.", "Fill the value in, or leave the row out of both files."
            )
        if word.strip("+-").lower() in _NO_VALUE:
            raise UsageError(
                f"{place(file, row, column)}: '{visible(word)}' is no value.",
                "Correct the value, or leave the row out of both files.",
            )


def check_new(new: Sequence[str], words: Sequence[str], file: Path, first: int, column: str) -> None:
    """Refuse new words that stand for no value.

    Args:
        new: the words to check.
        words: the words of the rows from `first` on, to find the row of a wrong one.
        file: the file, for the message.
        first: the number of the first row.
        column: the column, for the message.

    Raises:
        UsageError: a word is empty, or one that a program writes for no number.

    """
    for word in new:
        if not word.strip() or word.strip("+-").lower() in _NO_VALUE:
            check_words([word], file, first + words.index(word), column)


class Coding:
    """Turns words into codes, in the order in which they appear."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self._parts: list[NDArray[np.int32]] = []

    def add(self, words: Sequence[str]) -> list[str]:
        """Add the codes of more words to the column; return the words that had no code yet."""
        new = [word for word in dict.fromkeys(words) if word not in self.codes]
        self.codes.update(zip(new, range(len(self.codes), len(self.codes) + len(new)), strict=True))
        self._parts.append(np.fromiter(map(self.codes.__getitem__, words), np.int32, len(words)))
        return new

    def column(self) -> Labels:
        """Return the column of all words so far."""
        return Labels(np.concatenate(self._parts), tuple(self.codes))
