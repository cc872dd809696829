"""Name the test that sees each fault in the Python that decides: `python -m tests.tools.python_faults`.

All faults of the modules that need no engine, and a sample of those that work on an engine or a cluster. `--write`
notes the figures of these modules for docs/planted-faults.md, and which tests saw the faults of each function; the
sample in the tests runs those first.
"""

from __future__ import annotations

import argparse
import datetime
import math
import sys
from typing import TYPE_CHECKING

from tests.tools.python_faults import figures, planted, survey, survivors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.tools.python_faults.survey import Verdict

LEAST = 0.95


def report(verdicts: Sequence[Verdict], known: Sequence[survivors.Survivor], *, whole: bool) -> Iterator[str]:
    """Yield what is wrong: survivors that the list lacks, and, after a whole run, entries that are wrong."""
    reasons = {survivor.name: survivor for survivor in known}
    for verdict in verdicts:
        if not verdict.test and verdict.why != survey.ELSEWHERE and verdict.fault.name not in reasons:
            yield f"survives {verdict.reached} tests: {verdict.fault.name} -> {verdict.fault.text!r}"
        if verdict.test and verdict.fault.name in reasons:
            yield f"{survivors.FILE.name} lists a fault that {verdict.test} sees: {verdict.fault.name}"
    if whole:
        names = {verdict.fault.name for verdict in verdicts}
        yield from (f"{survivors.FILE.name} lists what is no fault: {name}" for name in reasons if name not in names)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.python_faults", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="only these modules, all their faults")
    parser.add_argument(
        "--stale",
        action="store_true",
        help="take for granted what was measured earlier, what a test saw or did not see, and the list",
    )
    parser.add_argument("--most", type=int, default=60, metavar="N", help="run at most so many tests against a fault")
    parser.add_argument(
        "--seconds", type=float, default=math.inf, metavar="N", help="run tests of so many seconds against a fault"
    )
    parser.add_argument("--first", nargs="*", default=[], metavar="FILE", help="begin with the tests in these files")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="make only one in N faults (default: 1)")
    parser.add_argument(
        "--processes", type=int, default=survey.PROCESSES, metavar="N", help=f"default: {survey.PROCESSES}"
    )
    parser.add_argument("--write", action="store_true", help="write the figures, and the page that shows them")
    arguments = parser.parse_args()
    modules, every = arguments.modules, arguments.every
    samples = [survey.Sample(modules, every)] if modules else survey.samples(every)
    whole = not modules and every == 1
    reached = survey.reach(survey.modules("cicd"), arguments.processes, again=not arguments.stale)
    faults = [fault for sample in samples for fault in sample.faults()]
    known = survivors.read()
    verdicts = survey.survey(
        faults, reached, survey.read_seen(), survey.Cost(arguments.most, arguments.seconds), arguments.processes,
        again=not arguments.stale, first=arguments.first, listed={survivor.name for survivor in known},
    )  # fmt: skip
    missed = planted.missed() if whole else []
    problems = [*report(verdicts, known, whole=whole), *missed]
    sys.stdout.writelines(f"{line}\n" for line in problems)
    shares = {module: sample.every for sample in samples for module in sample.modules}
    rows = figures.rows(verdicts, known, shares, datetime.datetime.now(datetime.UTC).date().isoformat())
    sys.stdout.writelines(f"{line}\n" for line in figures.table(rows))
    if arguments.write:
        survey.write_seen(verdicts)
        kept = [] if whole else [row for row in figures.read() if row.module not in shares]
        figures.write(figures.merged(kept, rows, survey.modules("cicd")))
    return int(bool(problems) or figures.score(rows) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
