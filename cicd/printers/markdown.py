"""Results as Markdown, for the summary of a job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd.printers import counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.ledger import Deployment
    from cicd.produce.bundles import Bundle
    from cicd.produce.checks import Outcome
    from cicd.produce.release_build import Release
    from cicd.road.conclusion import Conclusion


def unit_tests(numbers: Mapping[str, int]) -> str:
    """Return the counts of the unit tests."""
    return f"**Unit tests**: {counts.in_words(numbers)}"


def checks(outcomes: Sequence[Outcome]) -> str:
    """Return the checks as a table."""
    rows = [
        f"| {outcome.name} | {'passed' if outcome.passed else '**failed**'} | {outcome.seconds:.1f} |"
        for outcome in outcomes
    ]
    return "\n".join(["| check | result | seconds |", "|---|---|---|", *rows])


def bundle(trained: Bundle) -> str:
    """Return whether the model bundle was trained, and its metadata."""
    return f"**Model bundle**: {trained.origin}\n\n```json\n{json.dumps(trained.metadata, indent=2)}\n```"


def release(built: Release) -> str:
    """Return the two images of a release."""
    images = [f"* release image `{built.release}`", f"* test image `{built.test}`"]
    return "\n".join([f"**Release** of `{built.commit}`", "", *images])


def deployment(outcome: Deployment) -> str:
    """Return a deployment as a table."""
    rows = {
        "commit": f"`{outcome.commit}`",
        "release": f"`{outcome.release}`",
        "replaced": f"`{outcome.replaced or 'nothing'}`",
        "tests": counts.in_words(outcome.tests),
        **({"reason": outcome.reason} if outcome.reason else {}),
    }
    head = [f"### {outcome.environment}: {outcome.action} {outcome.result}", "", "| | |", "|---|---|"]
    return "\n".join([*head, *(f"| {name} | {value} |" for name, value in rows.items())])


def conclusion(concluded: Conclusion) -> str:
    """Return the result of a run and of each of its jobs."""
    return "\n".join([f"### {concluded.result}", "", *(f"* {job}: {end}" for job, end in concluded.jobs.items())])
