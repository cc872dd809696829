"""The options of `ml-cicd gate`, and what they ask together with a project's `[gate]`."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import place
from cicd.commands import options
from cicd.errors import UsageError
from cicd.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cicd.config import GateSettings
    from cicd.gate.groups import Measured
    from cicd.gate.rules import Rules

MOST = 1_000_000_000
"""The largest `--look` and `--rows`."""
COLUMNS = ("id", "target", "prediction", "probability", "score", "group", "weight", "trial", "time", "latency")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--candidate", type=Path, metavar="FILE",
        help="the candidate's predictions, CSV or Parquet: columns id, target, prediction (or probability, or score), "
        "and perhaps group, weight, trial, and columns for slices",
    )  # fmt: skip
    parser.add_argument(
        "--champion", type=Path, metavar="FILE",
        help="the champion's predictions of the same rows; without it, the candidate is judged as a first model",
    )  # fmt: skip
    parser.add_argument(
        "--metric", action="append", default=[], type=options.text, metavar="NAME[:KEY=VALUE,...]",
        help="a metric, such as accuracy or mae:margin=0.5,floor=12; keys: margin, floor, direction, gain, "
        "slice-margin, quantile, depth. May be given several times",
    )  # fmt: skip
    parser.add_argument("--margin", metavar="NUMBER", help="how much worse a candidate may be, for metrics without one")
    parser.add_argument("--floor", metavar="NUMBER", help="the value that must be reached, for metrics without one")
    parser.add_argument("--direction", metavar="higher|lower", help="which direction of the metric `score` is better")
    parser.add_argument(
        "--slice", action="append", default=[], type=options.text, metavar="COLUMN[:COLUMN]",
        help="judge each value of this column, or each pair of values of two columns, on its own",
    )  # fmt: skip
    parser.add_argument(
        "--slice-margin", metavar="NUMBER", help="the margin of slices (default: 3 times the margin of the metric)"
    )
    parser.add_argument(
        "--column", action="append", default=[], metavar="NAME=COLUMN",
        help="the files' own name of a column, such as target=delay",
    )  # fmt: skip
    parser.add_argument(
        "--numbers", action="append", default=[], metavar="NAME=FILE",
        help="the candidate's numbers of a metric of your own, by group: columns group and value",
    )  # fmt: skip
    parser.add_argument(
        "--champion-numbers", action="append", default=[], metavar="NAME=FILE", help="those of the champion"
    )
    parser.add_argument("--positive", default="", metavar="LABEL", help="the positive class (default: 1 or true)")
    parser.add_argument(
        "--training", type=Path, metavar="FILE", help="ids, and perhaps times, of the rows the candidate was trained on"
    )
    parser.add_argument(
        "--look", type=int, metavar="N",
        help="how often this evaluation set has been used for a new pair of predictions, this time included",
    )  # fmt: skip
    parser.add_argument(
        "--latency", type=float, metavar="SECONDS",
        help="how long 95 of 100 rows may take, by the column latency of the candidate's file",
    )  # fmt: skip
    parser.add_argument("--image-size", metavar="SIZE", help="how large the release image may be, such as 2g")
    parser.add_argument("--measured-size", metavar="SIZE", help="how large the release image is: bytes, or such as 2g")
    parser.add_argument(
        "--skip", action="append", default=[], metavar="CODE=REASON", help="switch a check off; the report says why"
    )
    parser.add_argument(
        "--plan", action="store_true",
        help="judge nothing; say which margin how many rows decide, from two files without labels or --disagreement",
    )  # fmt: skip
    parser.add_argument("--disagreement", type=float, metavar="SHARE", help="for --plan: a guess, such as 0.06")
    parser.add_argument("--rows", type=int, metavar="N", help="for --plan: the rows of the evaluation set")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the report as Markdown, for a job's summary"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page with pictures too")
    parser.add_argument(
        "--account", action="store_true",
        help="judge nothing; recompute from the ledger which look spent what, and when the account began anew",
    )  # fmt: skip
    parser.add_argument("--explain", metavar="CODE", help="say what a check looks for, and what to do")
    options.add_common(parser)


def rules(arguments: argparse.Namespace) -> Rules:
    """Return the rules that the options and the project's `[gate]` write.

    Raises:
        UsageError: no metric is asked for, or an option is wrong.

    """
    from cicd.gate import asked  # noqa: PLC0415

    given = {"margin": arguments.margin, "floor": arguments.floor, "slice-margin": arguments.slice_margin}
    given["direction"] = arguments.direction
    written = asked.Options(
        arguments.metric, {key: value for key, value in given.items() if value is not None},
        tuple(dict.fromkeys(_slice(text) for text in arguments.slice)), arguments.positive, _exempt(arguments.skip),
        columns(arguments.column), _files(arguments.numbers), arguments.latency,
        size("--image-size", arguments.image_size),
    )  # fmt: skip
    check_count("--look", arguments.look)
    if arguments.latency is not None and not 0 < arguments.latency < math.inf:
        raise UsageError(f"ml-cicd gate: --latency is {arguments.latency:g}.", "Write seconds, above 0.")
    champion = arguments.champion is not None
    return asked.rules(settings(arguments), written, champion=champion, look=arguments.look)


def settings(arguments: argparse.Namespace) -> GateSettings | None:
    """Return the project's `[gate]`; None outside of a project, and in one without it."""
    directory: Path = arguments.directory
    if not (directory / place.FILE).is_file():
        return None
    from cicd import config  # noqa: PLC0415 -- most users of this command have no project

    return config.load(directory).gate


def metric_names(arguments: argparse.Namespace) -> list[str]:
    """Return the metrics that the options name, or else those of the project's `[gate]`.

    Raises:
        UsageError: an option names no metric.

    """
    from cicd.gate.rules import read  # noqa: PLC0415

    table = settings(arguments)
    written = [] if table is None else [metric.name for metric in table.metrics]
    return [read(text, written)[0] for text in arguments.metric] or written


def columns(texts: Sequence[str]) -> dict[str, str]:
    """Return the files' names of columns, by the kit's.

    Raises:
        UsageError: the kit has no such column, or two have one name.

    """
    names = dict(_pair("--column", text, "target=delay") for text in texts)
    for name, written in names.items():
        if name not in COLUMNS:
            raise UsageError(
                f"ml-cicd gate: --column {name}={written} names no column of the kit.",
                f"They are: {', '.join(COLUMNS)}.",
            )
    if len(set(names.values())) < len(names):
        raise UsageError(f"ml-cicd gate: --column names {written} twice.", "Give each column one use.")
    return names


def _files(texts: Sequence[str]) -> dict[str, Path]:
    """Return the file of each metric of the project."""
    files = {}
    for text in texts:
        name, file = _pair("--numbers", text, "cost=cost.csv")
        if not re.fullmatch("[a-z][a-z0-9_]{0,39}", name):
            raise UsageError(
                f"ml-cicd gate: --numbers {visible(text, 60)} has no name of a metric.",
                "Use lower-case letters, digits and underscores; begin with a letter.",
            )
        files[name] = Path(file)
    return files


def _pair(option: str, text: str, example: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name or not value:
        raise UsageError(f"ml-cicd gate: {option} is '{text}'.", f"Write, for example: {option} {example}")
    return name, value


def size(option: str, text: str | None) -> int | None:
    """Return a size in bytes.

    Raises:
        UsageError: it is no size.

    """
    if text is None:
        return None
    from cicd.config.gate import UNITS  # noqa: PLC0415

    number, unit = (text[:-1], UNITS[text[-1]]) if text[-1:] in UNITS else (text, 1)
    if not (number.isascii() and number.isdigit()):
        raise UsageError(f"ml-cicd gate: {option} is '{text}'.", "Write a whole number, and k, m or g behind it.")
    return int(number) * unit


def measured(arguments: argparse.Namespace) -> dict[str, Measured]:
    """Return the numbers of each metric of the project.

    Raises:
        UsageError: a file is wrong, or one of the models has none.

    """
    from cicd.gate import groups  # noqa: PLC0415

    ours, theirs = _files(arguments.numbers), _files(arguments.champion_numbers)
    if arguments.champion is not None and (lonely := sorted(set(ours) ^ set(theirs))):
        raise UsageError(
            f"ml-cicd gate: there are numbers of {lonely[0]} for one of the models alone.",
            "Give --numbers and --champion-numbers for the same metrics.",
        )
    return {
        name: groups.Measured(groups.read(file), groups.read(theirs[name]) if name in theirs else None)
        for name, file in ours.items()
    }


def check_count(option: str, count: int | None) -> None:
    """Raise for a number that counts nothing.

    Raises:
        UsageError: it is below 1 or too large.

    """
    if count is not None and not 1 <= count <= MOST:
        raise UsageError(f"ml-cicd gate: {option} is {count}.", f"Write a whole number from 1 to {MOST:,}.")


def _slice(text: str) -> tuple[str, ...]:
    columns = tuple(text.split(":"))
    if not all(columns) or len(columns) > 2 or len(set(columns)) < len(columns):  # noqa: PLR2004
        raise UsageError(f"ml-cicd gate: --slice is '{text}'.", "Write COLUMN or COLUMN:COLUMN.")
    return columns


def _exempt(texts: Sequence[str]) -> dict[str, str]:
    """Return the reason for each check that is switched off, by its code."""
    from cicd.gate import checks  # noqa: PLC0415

    reasons: dict[str, str] = {}
    for text in texts:
        written, _, reason = text.partition("=")
        if not reason.strip():
            raise UsageError(
                f"ml-cicd gate: --skip {text} gives no reason.", f"Write: --skip {written or 'G001'}='why'"
            )
        code = checks.explain(written).code
        if code in reasons:
            raise UsageError(f"ml-cicd gate: --skip {code} is given twice.", "Leave one of them out.")
        reasons[code] = reason.strip()
    return reasons
