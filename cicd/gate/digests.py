"""SHA-256 of an evaluation set and of a model's answers; the order of the rows does not change it."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cicd.gate import table
from cicd.gate.record import HASH, KEPT
from cicd.gate.rows import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cicd.gate.rows import Distinct
    from cicd.gate.table import Table

_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))
"""The last steps of SplitMix64, which spread neighbouring numbers: shifts and factors."""


@dataclass(frozen=True)
class Ranked:
    """The ids of a set in an order that depends on the ids alone.

    Args:
        order: the places of the ids, by their hash; ids with equal hashes by themselves.
        sketch: the smallest hashes: sets that share ids share about the same part of these.

    """

    order: NDArray[np.intp]
    sketch: str


def ranked(ids: Sequence[str]) -> Ranked:
    """Return the order of ids. Hashes are sorted, not the ids, which takes a tenth of the time."""
    codes = np.fromiter(map(zlib.crc32, map(str.encode, ids)), np.uint64, len(ids))
    codes *= np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in _MIXING:
        codes = (codes ^ (codes >> np.uint64(shift))) * np.uint64(factor)
    order = np.argsort(codes)
    sorted_codes = codes[order]
    equal = sorted_codes[1:] == sorted_codes[:-1]
    for code in np.unique(sorted_codes[1:][equal]):
        some = slice(*(int(np.searchsorted(sorted_codes, code, side)) for side in ("left", "right")))
        order[some] = sorted(order[some].tolist(), key=ids.__getitem__)
    smallest = np.unique(sorted_codes[: 4 * KEPT])[:KEPT]  # a few may be equal
    return Ranked(order, "".join(f"{int(code):016x}"[:HASH] for code in smallest))


def of_evaluation(file: Table, rows: Distinct, order: NDArray[np.intp]) -> str:
    """Return the digest of ids, targets, groups and weights, without slices. `order` is that of `ranked`."""
    ids = "\0".join(map(rows.ids.__getitem__, order.tolist())).encode()
    return _digest([ids, *_column_parts(file, rows.first[order], ("group", "target", "weight"))])


def of_answers(file: Table, rows: Distinct, order: NDArray[np.intp]) -> str:
    """Return the digest of a model's answers. `order` is that of `ranked`."""
    if rows.row is None:
        return _digest(_column_parts(file, rows.first[order], ANSWERS))
    trial = file.labels["trial"]
    rank = np.argsort(np.argsort(np.array(trial.words)))
    return _digest(_column_parts(file, np.lexsort((rank[trial.codes], np.argsort(order)[rows.row])), ANSWERS))


def _column_parts(file: Table, order: NDArray[np.intp], names: Sequence[str]) -> list[bytes]:
    """Return the bytes of columns: numbers by value, so that `1` equals `1.0`; words by first appearance."""
    parts = []
    for name in sorted(names):
        column = file.labels.get(name)
        if name in file.numbers:
            parts += [name.encode(), (file.numbers[name][order] + 0.0).tobytes()]
        elif column is not None and all(map(table.is_number, column.words)):
            values = np.array([float(word) for word in column.words])
            parts += [name.encode(), (values[column.codes[order]] + 0.0).tobytes()]
        elif column is not None:
            used, first, places = np.unique(column.codes[order], return_index=True, return_inverse=True)
            appearance = np.argsort(first)
            words = [column.words[code] for code in used[appearance]]
            parts += [name.encode(), "\0".join(words).encode()]
            parts.append(np.argsort(appearance)[places].astype("<i4").tobytes())
    return parts


def _digest(parts: Sequence[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return f"sha256:{total.hexdigest()}"
