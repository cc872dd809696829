"""The example project's callers fit the workflows that they call, and each misfit is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.static.rules.callers import calls, findings

if TYPE_CHECKING:
    from tests.static.support.kit import Kit

CI, INTEGRATION, STAGING, PRODUCTION = (
    f".github/workflows/{name}.yml" for name in ("ci", "integration", "staging", "production")
)


def test_callers_fit_the_kit(callers: Kit, kit: Kit) -> None:
    assert [str(finding) for finding in findings(callers, kit)] == []


def test_example_calls_every_workflow(callers: Kit, kit: Kit) -> None:
    offered = {name for name, workflow in kit.workflows.items() if workflow.callable}
    assert {name for _, _, name in calls(callers)} == offered


def test_callers_to_copy_hold_nothing_but_the_call(callers: Kit) -> None:
    others = {
        file
        for file, workflow in callers.workflows.items()
        if any("uses" not in job.data for job in workflow.jobs.values())
    }
    assert others == {"tracking.yml"}


def test_tag_starts_stage_of_its_name(callers: Kit, kit: Kit) -> None:
    for file in ("staging.yml", "production.yml"):
        tag = kit.workflows[file].call["inputs"]["tag"]["default"]
        assert callers.workflows[file].on["push"]["tags"] == [tag]


MISFITS = {
    "too little is granted": (PRODUCTION, ("contents: write", "contents: read"), "ceiling: contents: read is granted"),
    "too much is granted": (CI, ("contents: read", "contents: write"), "ceiling: contents: write is granted"),
    "a required input is missing": (PRODUCTION, ("      commit: ${{ github.sha }}\n", ""), "requires the input commit"),
    "an input is unknown": (PRODUCTION, ("      commit:", "      comit:"), "has no input comit"),
    "an input has another type": (
        PRODUCTION,
        ("    with:\n", "    with:\n      timeout-minutes: long\n"),
        "the input timeout-minutes is a number",
    ),
    "secrets are inherited": (PRODUCTION, ("    with:\n", "    secrets: inherit\n    with:\n"), "never inherited"),
    "a secret is unknown": (
        PRODUCTION,
        ("    with:\n", "    secrets:\n      TOKEN: x\n    with:\n"),
        "has no secret TOKEN",
    ),
    "an input is described in other words": (
        STAGING,
        ("Commit of the release", "The commit"),
        "the input commit is not described as in staging.yml",
    ),
    "the workflow is unknown": (CI, ("workflows/ci.yml", "workflows/cd.yml"), "the kit has no workflow cd.yml"),
    "any branch deploys": (PRODUCTION, ("  push:\n    tags: [Production]\n", "  push:\n"), "any branch starts the job"),
    "a pull request integrates": (INTEGRATION, ("on:\n", "on:\n  pull_request:\n"), "any branch starts the job build"),
    "production is in a group": (
        PRODUCTION,
        ("\njobs:\n", "\nconcurrency: x\njobs:\n"),
        "a run that waits for approval",
    ),
    "staging can't be started": (
        STAGING,
        ("  workflow_dispatch:\n", "  workflow_call:\n"),
        "staging.yml can't be started",
    ),
}


@pytest.mark.parametrize(("file", "edit", "says"), MISFITS.values(), ids=MISFITS)
def test_misfit_is_found(callers: Kit, kit: Kit, file: str, edit: tuple[str, str], says: str) -> None:
    problems = [str(finding) for finding in findings(callers.edited(file, *edit), kit)]
    assert any(says in one for one in problems), problems
