"""Write docs/cases.md: how many cases each workflow and action has, by outcome or kind of input.

`python -m tests.tools.cases_page` writes the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.act.support import action_cases, workflow_cases
from tests.act.support.case import ROOT
from tests.tools import mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.act.support.case import Case

PAGE = ROOT / "docs" / "cases.md"
CASES = (*workflow_cases.CASES, *action_cases.CASES, *action_cases.MISSING, *action_cases.WRONG)
SUCCEEDS, GATE, REFUSED, UNREACHABLE = "succeeds", "a gate fails", "refused", "unreachable"
UNTRAINED, SUPERSEDED, SKIPPED = "nothing to train", "superseded", "stage skipped"
CANCELLED, AGAIN, INPUTS, HOSTILE = "cancelled", "run again", "inputs", "hostile inputs"
OUTCOMES = {
    SUCCEEDS: ("passes", "passes without a model gate", "passes and trains thinly"),
    GATE: (
        "the image does not build", "a unit test fails", "a unit test fails, the checks still run", "a check fails",
        "a unit test and a check fail", "the training fails", "the thin training fails",
        "a check fails, so that nothing is trained", "the release does not build",
        "the deployment fails, is recorded, and goes no further",
        "the deployment fails and is recorded",
    ),
    REFUSED: (
        "the release is refused", "the deployment is refused before anything changed", "advancing is refused",
        "refused", "refused when it is verified again",
    ),
    UNREACHABLE: (
        "no engine answers", "no engine answers the deployment", "neither ledger nor registry answers",
        "the ledger can't be written, so nothing advances", "the ledger can't be written",
        "no registry takes the images", "the deployment fails and can't be recorded", "staging can't be started",
        "the deployment ends before it says how", "the outcome does not arrive", "GitHub does not answer",
    ),
    UNTRAINED: ("passes with a model that did not change",),
    SUPERSEDED: ("superseded by a newer run", "superseded while it waited"),
    SKIPPED: (),
    CANCELLED: tuple(
        f"cancelled during {one}"
        for one in ("test", "train", "verify", "deploy", "record", "advance", "approve", "comment")
    ),
    AGAIN: ("run again",),
    INPUTS: ("every input", "no trigger tag", "the release before"),
    HOSTILE: ("hostile inputs",),
}  # fmt: skip
DEFAULTS, OPTIONS, MISSING, WRONG, FAILS = "defaults", "every option", "missing", "wrong type", "fails"
CLASSES = {
    DEFAULTS: (
        "what must be given",
        "all succeeded",
        "the rest is left to a newer run",
        "counts are handed on, encoded or not",
    ),
    OPTIONS: ("every input",),
    MISSING: ("nothing given", "needs nothing"),
    WRONG: ("neither true nor false", "no such directory", "not JSON", "not an outcome"),
    HOSTILE: ("hostile inputs",),
    FAILS: ("fails", "one was skipped", "a failure is no newer run's business"),
    REFUSED: ("is refused",),
}
TRAINS_NOTHING = "it does not train"
MOVES_NOTHING = "no branch moves"
PROMOTIONS = ("staging", "production", "deploy")
ABSENT = {
    ("ci", REFUSED): "no command in it refuses anything",
    ("ci", UNTRAINED): "what it trains is never used again, so that nothing stands in for it",
    ("ci", SUPERSEDED): MOVES_NOTHING,
    ("ci", SKIPPED): "it does not start a stage",
    (
        "integration",
        SKIPPED,
    ): "with `staging.auto = false`, `advance` outputs `advanced` too, which is the case `passes`",
    **{(name, UNTRAINED): TRAINS_NOTHING for name in PROMOTIONS},
    ("deploy", SUPERSEDED): "a tag does not start it",
    **{(name, SKIPPED): "it does not start a stage" for name in PROMOTIONS},
    ("approve", GATE): "it runs no tests",
    ("approve", UNTRAINED): TRAINS_NOTHING,
    ("approve", SUPERSEDED): MOVES_NOTHING,
    ("approve", SKIPPED): "it does not start a stage",
    ("comment", GATE): "it runs no tests",
    ("comment", UNTRAINED): TRAINS_NOTHING,
    ("comment", SUPERSEDED): MOVES_NOTHING,
    ("comment", SKIPPED): "it does not start a stage",
    ("comment", HOSTILE): "its only input is the runner",
    ("actions/comment", MISSING): "none of its inputs is required",
    **{("actions/comment", kind): "its only input is the token" for kind in (WRONG, HOSTILE)},
    ("actions/build-image", MISSING): "none of its inputs is required",
    ("actions/conclude", REFUSED): "it never refuses",
}
"""Why there is no case: of that workflow or action, for that outcome."""
UNSEEN = """\
* Cancelled: a case interrupts `act` while a command runs. The job fails, later jobs start and skip all their steps,
  and no further command is called. On GitHub the job is `cancelled`, and steps with `always()` still run. Under
  `act`, `cancelled()` is false in a job's condition.
* Run again: a case runs all jobs as attempt 2. GitHub can run only the failed jobs, with the outputs of the first
  attempt; `act` can't. The road tier shows with the real commands that a finished step changes nothing the second
  time.
* An input of a workflow that has a wrong type, or is required and missing: GitHub refuses before any job starts,
  `act` does not check. The static tier compares callers and interfaces.
"""
INTRODUCTION = """\
# Cases of the workflows and actions

<!-- written by `python -m tests.tools.cases_page` -->

Every workflow and action runs under `act`, in each of its outcomes and with each kind of input. A case states which
jobs and steps must run and with which result, every call of `ml-cicd` with its arguments and tokens, and the outputs.
Numbers count cases. A dash means none; the reason is below.
"""
FAULTS = """\
## Faults

`make mutants` makes every kind of fault at every place of the YAML and names the test that sees it: a `needs`,
condition, output, step, permission or input dropped or changed, a value swapped, a quote lost. No test sees these:
"""


def what(case: Case) -> str:
    """Return the case's name without its workflow or action."""
    return case.name.split(": ", 1)[1]


def cells(of: str) -> dict[str, list[Case]]:
    """Return the cases of a workflow or action, by outcome or kind of input."""
    columns = CLASSES if of.startswith("actions/") else OUTCOMES
    return {
        column: [case for case in CASES if case.of == of and what(case) in names] for column, names in columns.items()
    }


def subjects() -> tuple[list[str], list[str]]:
    """Return the workflows, and the actions."""
    all_subjects = list(dict.fromkeys(case.of for case in CASES))
    actions = [of for of in all_subjects if of.startswith("actions/")]
    return [of for of in all_subjects if of not in actions], actions


def lines() -> Iterator[str]:
    """Yield the counts as aligned text for a terminal."""
    for group, columns in zip(subjects(), (OUTCOMES, CLASSES), strict=True):
        yield " " * 20 + "  ".join(columns)
        for of in group:
            counts = cells(of)
            yield f"{of:20}" + "  ".join(f"{len(counts[column]) or '-':>{len(column)}}" for column in columns)
    yield f"{len(CASES)} cases"


def page() -> str:
    """Return the text of docs/cases.md."""
    return "\n".join([*_page(), ""])


def _page() -> Iterator[str]:
    yield INTRODUCTION
    for title, group, columns in zip(("workflow", "action"), subjects(), (OUTCOMES, CLASSES), strict=True):
        yield from _table([title, *columns], [[f"`{of}`", *_counts(of)] for of in group])
    yield from [
        "`actions/setup` runs with the real bootstrap, from an empty machine on: `tests/road/test_setup.py`.",
        "",
    ]
    yield from ["## Why there is no case", ""]
    for column, reason in dict.fromkeys((column, reason) for (_, column), reason in ABSENT.items()):
        names = [f"`{of}`" for (of, other), why in ABSENT.items() if (other, why) == (column, reason)]
        yield f"* {', '.join(names)}: {column}: {reason}."
    yield from ["", "## What `act` can't show", "", UNSEEN]
    for of in (of for group in subjects() for of in group):
        listed = [f"* {column}: {what(case)}" for column, cases in cells(of).items() for case in cases]
        yield from [f"## {of}", "", *listed, ""]
    yield FAULTS
    yield from [f"* `{place}`: {reason}." for place, reason in mutants.EXPECTED.items()] or ["* none"]


def _counts(of: str) -> list[str]:
    return [str(len(cases) or "-") for cases in cells(of).values()]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)] + [""]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
