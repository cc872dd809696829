"""Results as Markdown, for the summary of a job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd.printers import counts, gate_markdown, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.ledger import Deployment, Judgement
    from cicd.produce.bundles import Bundle
    from cicd.produce.checks import Outcome
    from cicd.produce.release_build import Release
    from cicd.road.conclusion import Conclusion


def unit_tests(numbers: Mapping[str, int] | None, coverage: str) -> str:
    """Return the counts of the unit tests, None for a project without them, and their coverage in percent."""
    tests = f"**Unit tests**: {counts.undeclared('unit') if numbers is None else counts.in_words(numbers)}"
    return f"{tests}\n\n**Coverage**: {coverage} %" if coverage else tests


def checks(outcomes: Sequence[Outcome]) -> str:
    """Return the checks as a table."""
    if not outcomes:
        return "**Checks**: no checks declared"
    rows = [
        f"| {outcome.name} | {'passed' if outcome.passed else '**failed**'} | {outcome.seconds:.1f} |"
        for outcome in outcomes
    ]
    return "\n".join(["| check | result | seconds |", "|---|---|---|", *rows])


def bundle(trained: Bundle | None) -> str:
    """Return whether the model bundle was trained, and its metadata; None for a project without a model."""
    if trained is None:
        return "**Model bundle**: no model declared"
    return f"**Model bundle**: {trained.origin}\n\n```json\n{json.dumps(trained.metadata, indent=2)}\n```"


def release(built: Release) -> str:
    """Return the images of a release, and its wheels."""
    images = [f"* release image `{built.release}`", f"* test image `{built.test}`"]
    images += [f"* {name} `{image}`" for name, image in built.others.items()]
    images += [f"* package `{file}`, SHA-256 `{digest}`" for file, digest in built.wheels.items()]
    return "\n".join([f"**Release** of `{built.commit}`", "", *images])


def deployment(outcome: Deployment) -> str:
    """Return a deployment as a table."""
    rows = {
        "commit": f"`{outcome.commit}`",
        "release": f"`{outcome.release}`",
        **{name: f"`{image}`" for name, image in outcome.others.items()},
        "replaced": f"`{outcome.replaced or 'nothing'}`",
        **({"packages": ", ".join(f"`{file}`" for file in outcome.wheels)} if outcome.wheels else {}),
        "tests": counts.of(outcome),
        **({"model gate": _verdict(outcome.gate)} if outcome.gate else {}),
        **({"reason": outcome.reason} if outcome.reason else {}),
    }
    head = [f"### {outcome.environment}: {outcome.action} {outcome.result}", "", "| | |", "|---|---|"]
    return "\n".join([*head, *(f"| {name} | {value} |" for name, value in rows.items())])


def _verdict(judged: Judgement) -> str:
    """Return the verdict, and why it is not that of the predictions, in words that may be a project's."""
    reason = f" ({gate_markdown.code(judged.reason)})" if judged.reason else ""
    return f"{judged.verdict}{reason}{verdicts.LEADS[judged.decision]}"


def conclusion(concluded: Conclusion) -> str:
    """Return the result of a run and of each of its jobs."""
    return "\n".join([f"### {concluded.result}", "", *(f"* {job}: {end}" for job, end in concluded.jobs.items())])
