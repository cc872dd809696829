"""A CSV file of flights to predict. A file with a mistake is refused as a whole, with one message."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from flights.errors import BadDataError, UnreadableSourceError
from flights.flight import Flight

FIRST = 3
FIELDS = Flight.model_fields
REQUIRED = [name for name, field in FIELDS.items() if field.is_required()]


@dataclass(frozen=True)
class FlightsFile:
    """The header, the cells of each row, and the flights that they describe."""

    header: list[str]
    rows: list[list[str]]
    flights: list[Flight]


@dataclass(frozen=True)
class Mistake:
    """A rule that a value breaks; the header is line 1."""

    line: int
    rule: str
    value: str


def read(path: Path) -> FlightsFile:
    """Return the flights of a file in UTF-8, with or without a byte order mark; blank lines are skipped.

    Raises:
        BadDataError: the header or rows are wrong; says how many, and names the first.
        OSError: the file is missing, or is a folder.
        UnreadableSourceError: the file is no CSV file in UTF-8.

    """
    lines, rows, before = [], [], 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            for cells in reader:
                if cells:
                    lines.append(before + 1)
                    rows.append(cells)
                before = reader.line_num
    except UnicodeDecodeError as error:
        raise UnreadableSourceError(f"{path} is not in UTF-8: save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise UnreadableSourceError(f"{path} is no CSV file: line {before + 1}: {error}.") from error
    if not rows:
        raise BadDataError(f"{path} is empty: the first line must name the columns {', '.join(FIELDS)}.")
    header = rows[0]
    if problems := _problems(header):
        raise BadDataError(f"{path} was not used: {'; '.join(problems)}.")
    flights, mistakes = _flights(header, lines[1:], rows[1:])
    if mistakes:
        raise BadDataError(explain(str(path), len(rows) - 1, mistakes))
    return FlightsFile(header, rows[1:], flights)


def explain(name: str, rows: int, mistakes: Iterable[Mistake]) -> str:
    """Return a line for the file, then one per rule with the first lines that break it."""
    by_rule = defaultdict(list)
    for mistake in sorted(mistakes, key=attrgetter("line")):
        by_rule[mistake.rule].append(mistake)
    bad = {mistake.line for broken in by_rule.values() for mistake in broken}
    lines = [f"{name} was not used: {len(bad)} of {rows} rows are bad."]
    for rule, broken in by_rule.items():
        first = ", ".join(f"line {mistake.line} has {mistake.value}" for mistake in broken[:FIRST])
        more = f", and {len(broken) - FIRST} lines more" if len(broken) > FIRST else ""
        lines.append(f"  {rule}: {first}{more}")
    return "\n".join(lines)


def _problems(header: Sequence[str]) -> list[str]:
    problems = {
        "it lacks the columns": [name for name in REQUIRED if name not in header],
        "it must not have the columns": [repr(name) for name in dict.fromkeys(header) if name not in FIELDS],
        "it has more than once the columns": [repr(name) for name, times in Counter(header).items() if times > 1],
    }
    return [f"{problem} {', '.join(names)}" for problem, names in problems.items() if names]


def _flights(
    header: Sequence[str], lines: Sequence[int], rows: Sequence[Sequence[str]]
) -> tuple[list[Flight], list[Mistake]]:
    """Return the flights of the rows with a cell for each column, and the mistakes of all rows."""
    cells = f"there must be {len(header)} cells, as in the header"
    whole, mistakes = [], []
    for line, row in zip(lines, rows, strict=True):
        if len(row) == len(header):
            whole.append((line, {name: value for name, value in zip(header, row, strict=True) if value}))
        else:
            mistakes.append(Mistake(line, cells, str(len(row))))
    try:
        return TypeAdapter(list[Flight]).validate_python([given for _, given in whole]), mistakes
    except ValidationError as error:
        return [], mistakes + [
            Mistake(
                whole[int(mistake["loc"][0])][0],
                f"{mistake['loc'][1]} {_must(mistake['msg'])}",
                "nothing" if mistake["type"] == "missing" else repr(mistake["input"]),
            )
            for mistake in error.errors(include_url=False, include_context=False)
        ]


def _must(message: str) -> str:
    """Return pydantic's message as the rest of a sentence that begins with the column."""
    return {"Field required": "must be there"}.get(message) or (
        message.replace("Input should", "must").replace("String should", "must")
    )
