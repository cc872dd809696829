"""Run a project's own metrics in one of its images: the rows of a group become one number.

The image's Python gets the text of this file, so it imports nothing but the standard library.
"""

from __future__ import annotations

import csv
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def main(root: str, identity: str, group: str, *functions: str) -> None:
    """Write `numbers/INDEX-MODEL.csv` for each function, `module:function`, and each file in the folder `models`.

    `identity` and `group` are columns. Without the column `group`, each row is a group.
    """
    for file in sorted(Path(root, "models").iterdir()):
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in _rows(file):
            groups.setdefault(str(row.get(group, row[identity])), []).append(row)
        for index, function in enumerate(functions):
            module, _, name = function.partition(":")
            compute = getattr(importlib.import_module(module), name)
            with Path(root, "numbers", f"{index}-{file.stem}.csv").open("w", encoding="utf-8", newline="") as target:
                writer = csv.writer(target)
                writer.writerow(["group", "value"])
                writer.writerows([key, float(compute(rows))] for key, rows in groups.items())


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file: texts from CSV, values from Parquet."""
    if file.suffix == ".parquet":
        yield from importlib.import_module("pyarrow.parquet").read_table(file).to_pylist()
        return
    with file.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


if __name__ == "__main__":
    main(*sys.argv[1:])
