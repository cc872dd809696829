"""Predictions from a Parquet file: the only module that imports pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as arrow
from pyarrow import parquet

from cicd.errors import UsageError
from cicd.gate import table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_FIRST_ROW = 1


def read(file: Path, wanted: table.Wanted) -> table.Table:
    """Return the columns of a Parquet file.

    Raises:
        UsageError: the file is no Parquet file, or a column or a value is missing or wrong.

    """
    try:
        with parquet.ParquetFile(file) as opened:
            chosen = wanted.chosen(file, list(opened.schema_arrow.names))
            columns = opened.read(columns=[written for written, _ in chosen.values()])
    except arrow.ArrowException as error:
        raise UsageError(
            f"{file} is not a valid Parquet file: {str(error).rstrip('.')}.", "Write it again, or give a CSV file."
        ) from error
    if not columns.num_rows:
        raise UsageError(f"{file} has no rows.", "Write at least one row of data.")
    ids: list[str] = []
    number_columns, label_columns = {}, {}
    for name, (written, kind) in chosen.items():
        column = columns[written]
        if column.null_count:
            row = column.is_null().to_pylist().index(True) + _FIRST_ROW
            raise UsageError(
                f"{table.place(file, row, written)} is empty.", "Fill the value in, or leave the row out of both files."
            )
        if kind == table.NUMBER:
            number_columns[name] = _numbers(column, file, written)
            continue
        words = [word if isinstance(word, str) else str(word) for word in column.to_pylist()]
        if kind == table.LABEL:
            coding = table.Coding()
            table.check_new(coding.add(words), words, file, _FIRST_ROW, written)
            label_columns[name] = coding.column()
        else:
            table.check_words(words, file, _FIRST_ROW, written)
            ids = words
    return table.Table(file, ids, number_columns, label_columns, _FIRST_ROW, wanted.names)


def _numbers(column: Any, file: Path, name: str) -> NDArray[np.float64]:
    if not (arrow.types.is_integer(column.type) or arrow.types.is_floating(column.type)):
        return table.numbers([str(word) for word in column.to_pylist()], file, _FIRST_ROW, name)
    values: NDArray[np.float64] = column.to_numpy().astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        raise UsageError(
            f"{table.place(file, int(wrong[0]) + _FIRST_ROW, name)}: '{values[wrong[0]]}' is not a finite number.",
            "Correct the value, or leave the row out of both files.",
        )
    return values
