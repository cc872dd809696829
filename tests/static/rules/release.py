"""The rule for the workflow that releases the kit: its token may push workflows, so all that it does stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.static.rules.rings import RELEASE, RELEASING
from tests.static.support.kit import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.static.support.kit import Job, Kit, Step

CHECKOUT = {"uses": "actions/checkout", "with": {"persist-credentials": False}}
INSTALL = {"run": "python3 cicd/bootstrap.py freeze"}
VERSION, COMMIT, TOKEN = "${{ inputs.version }}", "${{ github.sha }}", "${{ steps.app.outputs.token }}"
CHECK = {
    "env": {"GITHUB_TOKEN": "${{ github.token }}", "VERSION": VERSION, "COMMIT": COMMIT},
    "run": 'exec ml-cicd freeze --release "$VERSION" --commit "$COMMIT" --dry-run',
}
APP = {
    "id": "app",
    "uses": "actions/create-github-app-token",
    "with": {
        "client-id": "${{ vars.RELEASE_APP }}", "private-key": "${{ secrets.RELEASE_APP_KEY }}",
        "permission-contents": "write", "permission-workflows": "write",
    },
}  # fmt: skip
TAG = {
    "id": "tag",
    "env": {
        "GITHUB_TOKEN": TOKEN, "VERSION": VERSION, "COMMIT": COMMIT,
        "ATTESTATIONS": "${{ vars.RELEASE_ATTESTATIONS }}",
    },
    "run": 'exec ml-cicd freeze --release "$VERSION" --commit "$COMMIT" --attestations "$ATTESTATIONS"',
}  # fmt: skip
ATTEST = {
    "if": "${{ steps.tag.outputs.attests == 'true' }}",
    "uses": "actions/attest",
    "with": {"subject-path": "${{ steps.tag.outputs.record }}"},
}
PUBLISH = {
    "env": {"GITHUB_TOKEN": TOKEN, "VERSION": VERSION},
    "run": 'exec ml-cicd freeze --publish "$VERSION"',
}
STEPS: dict[str, list[dict[str, Any]]] = {
    "check": [CHECKOUT, INSTALL, CHECK],
    "release": [CHECKOUT, INSTALL, APP, TAG, ATTEST, PUBLISH],
}
INPUT = {"version": ("string", True)}


def release(kit: Kit) -> Iterator[Finding]:
    """The kit is released by hand alone, after a check without rights, by these steps and no others."""
    for workflow in kit.workflows.values():
        if workflow.name != RELEASE:
            continue
        by_hand = (workflow.on.get("workflow_dispatch") or {}).get("inputs") or {}
        inputs = {name: (data.get("type"), data.get("required")) for name, data in by_hand.items()}
        if workflow.on.keys() != {"workflow_dispatch"} or inputs != INPUT:
            yield Finding(workflow.file, "on", "release", "is started otherwise than by hand with a version")
        if workflow.jobs.keys() != STEPS.keys():
            yield Finding(workflow.file, "jobs", "release", f"are {', '.join(workflow.jobs)}")
        for job in workflow.jobs.values():
            yield from _job(job)


def _job(job: Job) -> Iterator[Finding]:
    place = (job.needs, job.environment, job.data.get("if"), job.data.get("runs-on"))
    needs, environment = (["check"], RELEASING) if job.id == "release" else ([], "")
    if place != (needs, environment, None, "ubuntu-24.04"):
        yield Finding(job.file, job.place, "release", f"runs at another time or place: {place}")
    wanted = STEPS.get(job.id, [])
    if len(job.steps) != len(wanted):
        yield Finding(job.file, job.place, "release", f"has {len(job.steps)} steps, not {len(wanted)}")
    for step, expected in zip(job.steps, wanted, strict=False):
        if (does := _without_words(step)) != expected:
            yield Finding(job.file, job.place, "release", f"the step {step.name!r} does {does}, not {expected}")


def _without_words(step: Step) -> dict[str, Any]:
    """Return what a step does, without its name and the version of its action."""
    data = {key: value for key, value in step.data.items() if key != "name"}
    return {**data, **({"uses": step.third_party} if step.uses else {})}


RULES = (release,)
