"""The example project's callers fit the workflows that they call, and each misfit is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.static.rules.callers import calls, findings, snippet_findings, snippets
from tests.static.support.kit import ROOT, tracked

if TYPE_CHECKING:
    from tests.static.support.kit import Kit

CI, INTEGRATION, STAGING, PRODUCTION = (
    f".github/workflows/{name}.yml" for name in ("ci", "integration", "staging", "production")
)

WHY = "# GitHub passes on only those that are named; an empty one is like none"


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


PAGES = {str(page.relative_to(ROOT)): page for page in tracked("*.md")}


def test_snippets_in_the_docs_fit_the_kit(kit: Kit) -> None:
    shown = {name: snippets(name, page.read_text()) for name, page in PAGES.items()}
    assert [str(finding) for callers in shown.values() for finding in snippet_findings(callers, kit)] == []
    assert {name for callers in shown.values() for _, _, name in calls(callers)} == {
        name for name, workflow in kit.workflows.items() if workflow.callable
    }


@pytest.mark.parametrize("whole", [True, False], ids=["a workflow", "a job"])
def test_snippet_that_passes_on_no_secret_is_found(kit: Kit, *, whole: bool) -> None:
    job = (
        "approve:\n  permissions:\n    contents: write\n  uses: org/ml-cicd/.github/workflows/approve.yml@v1\n"
        "  with: {environment: staging, commit: x, reason: y}\n"
    )
    indented = "".join(f"  {line}\n" for line in job.splitlines())
    text = f"Text.\n\n```yaml\n{f'on: push{chr(10)}jobs:{chr(10)}{indented}' if whole else job}```\n"
    (finding,) = snippet_findings(snippets("page.md", text), kit)
    assert "approve" in finding.place
    assert "does not pass on the secret LEDGER_KEY" in finding.text


def test_tag_starts_stage_of_its_name(callers: Kit, kit: Kit) -> None:
    for file in ("staging.yml", "production.yml"):
        tag = kit.workflows[file].call["inputs"]["tag"]["default"]
        assert callers.workflows[file].on["push"]["tags"] == [tag]


KEYS = ("REGISTRY_TOKEN", "DEPLOY_SSH_KEY", "KUBECONFIG", "APP_SECRETS", "LEDGER_KEY")
SECRETS = "".join(f"      {key}: ${{{{ secrets.{key} }}}}\n" for key in KEYS)
FIRST, LAST = SECRETS.splitlines(keepends=True)[0], SECRETS.splitlines(keepends=True)[-1]
IDENTITY_TOKEN = "      id-token: write # to log in to registry and cluster, with what ends with the job\n"
MISFITS = {
    "too little is granted": (PRODUCTION, ("contents: write", "contents: read"), "ceiling: contents: read is granted"),
    "no identity tokens are granted": (
        PRODUCTION,
        (IDENTITY_TOKEN, ""),
        "ceiling: id-token: none is granted",
    ),
    "too much is granted": (CI, ("contents: read", "contents: write"), "ceiling: contents: write is granted"),
    "a required input is missing": (PRODUCTION, ("      commit: ${{ github.sha }}\n", ""), "requires the input commit"),
    "an input is unknown": (PRODUCTION, ("      commit:", "      comit:"), "has no input comit"),
    "an input has another type": (
        PRODUCTION,
        ("    with:\n", "    with:\n      timeout-minutes: long\n"),
        "the input timeout-minutes is a number",
    ),
    "secrets are inherited": (
        PRODUCTION,
        (f"    secrets: {WHY}\n{SECRETS}", "    secrets: inherit\n"),
        "never inherited",
    ),
    "a secret is unknown": (PRODUCTION, (FIRST, f"      TOKEN: x\n{FIRST}"), "has no secret TOKEN"),
    "a secret is left out": (PRODUCTION, (LAST, ""), "does not pass on the secret LEDGER_KEY"),
    "secrets are left out": (
        PRODUCTION,
        (f"    secrets: {WHY}\n{SECRETS}", ""),
        "does not pass on the secret DEPLOY_SSH_KEY",
    ),
    "a secret gets the value of another": (
        PRODUCTION,
        (LAST, LAST.replace("secrets.LEDGER_KEY", "secrets.APP_SECRETS")),
        "does not pass on the secret LEDGER_KEY",
    ),
    "an input is described in other words": (
        STAGING,
        ("Commit of the release", "The commit"),
        "the input commit is not described as in staging.yml",
    ),
    "the workflow is unknown": (CI, ("workflows/ci.yml", "workflows/cd.yml"), "the kit has no workflow cd.yml"),
    "any branch deploys": (PRODUCTION, ("  push:\n    tags: [Production]\n", "  push:\n"), "any branch starts the job"),
    "a merge queue deploys": (PRODUCTION, ("on:\n", "on:\n  merge_group:\n"), "any branch starts the job"),
    "any branch integrates by hand": (
        INTEGRATION,
        ("    if: ${{ github.ref == 'refs/heads/develop' }} #", "    #"),
        "by-hand: takes another branch than develop",
    ),
    "a skipped caller reports as the required check": (
        CI,
        ("jobs:\n  ci:\n", "jobs:\n  ci:\n    name: ci-passed\n"),
        "checks: reports as 'ci-passed'",
    ),
    "another job reports as the required check": (
        PRODUCTION,
        ("jobs:\n  production:\n", "jobs:\n  production:\n    name: ci / ci-passed\n"),
        "checks: reports as 'ci / ci-passed'",
    ),
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
