"""Rules for what `act` ignores: a local run is green whatever the YAML says there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.act.filters import PushFilter
from cicd.stages import STAGES
from tests.static.rules.callers import CALL, calls
from tests.static.rules.rings import LEDGER, RELEASE, RELEASING, TRAINING
from tests.static.support.kit import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.static.support.kit import Job, Kit, Workflow

HOSTED_JOB = 6 * 60
OF_COMMIT = "comment-${{ github.event.workflow_run.head_sha || github.event.pull_request.head.sha }}"
STATUS = re.compile(r"always\(\)|failure\(\)|cancelled\(\)")
OUTPUT = re.compile(r"\bneeds\.([\w-]+)\.outputs\b")


def environments(_callers: Kit, kit: Kit) -> Iterator[Finding]:
    """A job deploys to the environment that it names, and shows that environment's URL.

    One that trains a branch takes the environment of its secrets from the caller; by default there is none.
    """
    for job in kit.jobs():
        if any(step.action == "rehearse" for step in job.steps) and job.environment != TRAINING:
            yield Finding(job.file, job.place, "environments", "does not take the environment of training")
        if job.environment == TRAINING:
            if default := kit.workflows[job.file].call["inputs"]["training-environment"].get("default"):
                yield Finding(job.file, job.place, "environments", f"names {default} if its caller names none")
        elif job.environment not in ("", LEDGER) and (job.file, job.environment) != (RELEASE, RELEASING):
            deploying = [step for step in job.steps if step.inputs.get("environment") == job.environment]
            declared = job.data["environment"]
            url = declared.get("url") if isinstance(declared, dict) else None
            if not deploying:
                yield Finding(job.file, job.place, "environments", f"does not deploy to {job.environment}")
            elif url != f"${{{{ steps.{deploying[0].id}.outputs.url }}}}":
                yield Finding(job.file, job.place, "environments", f"shows another address: {url}")


def concurrency(callers: Kit, kit: Kit) -> Iterator[Finding]:
    """A concurrency group belongs to one workflow, event and ref, and a newer run ends the older one.

    A release of the kit is not ended by a newer one. A single job of a caller may wait for others of its name: none
    ends one that is under way, but of those that wait GitHub keeps the newest alone, so that a job of another kind
    would be lost. The comments of a commit are such jobs.
    """
    for workflow in (*kit.workflows.values(), *callers.workflows.values()):
        group = workflow.data.get("concurrency")
        name = f"{workflow.data['name']}-${{{{ github.event_name }}}}-${{{{ github.ref }}}}"
        wanted = {"group": name, "cancel-in-progress": workflow.name != RELEASE}
        if group is not None and group != wanted:
            yield Finding(workflow.file, "concurrency", "concurrency", f"is {group}")
        for name, job in workflow.jobs.items():
            alone = {"group": OF_COMMIT if _comments(job) else name, "cancel-in-progress": False}
            if job.data.get("concurrency", alone) != alone:
                yield Finding(job.file, job.place, "concurrency", f"may be ended by another: {job.data['concurrency']}")
            if _comments(job) and "concurrency" not in job.data:
                yield Finding(job.file, job.place, "concurrency", "two at once would write two comments")


def _comments(job: Job) -> bool:
    """Return whether a caller's job writes comments."""
    return bool((call := CALL.fullmatch(str(job.data.get("uses", "")))) and call[1] == "comment.yml")


def time_limits(_callers: Kit, kit: Kit) -> Iterator[Finding]:
    """A job's limit is a whole number of minutes that a hosted runner allows, or the input of that name."""
    for job in kit.jobs():
        limit = job.data.get("timeout-minutes")
        if limit == "${{ inputs.timeout-minutes }}":
            declared = kit.workflows[job.file].call["inputs"]["timeout-minutes"]
            limit = declared["default"] if declared["type"] == "number" else declared["type"]
        if "uses" not in job.data and not (isinstance(limit, int) and 0 < limit <= HOSTED_JOB):
            yield Finding(job.file, job.place, "time-limits", f"is limited to {limit}")


def choices(callers: Kit, kit: Kit) -> Iterator[Finding]:
    """Starting a workflow by hand asks for every required input, and offers the environments that its input names."""
    for workflow, job, name in calls(callers):
        if name not in kit.workflows:
            continue
        inputs = kit.workflows[name].call["inputs"]
        needed = {key for key, data in inputs.items() if data["required"]}
        by_hand = (workflow.on.get("workflow_dispatch") or {}).get("inputs") or {}
        for key, data in by_hand.items():
            if key in needed and data.get("required") is not True:
                yield Finding(job.file, job.place, "choices", f"{key} can be left out by hand")
            named = {stage for stage in STAGES if stage in str(inputs.get(key, {}).get("description"))}
            if key == "environment" and set(data.get("options", ())) != named:
                yield Finding(job.file, job.place, "choices", f"{key} is one of {data.get('options')}")


def skipped(_callers: Kit, kit: Kit) -> Iterator[Finding]:
    """A condition that reads a job's output first asks whether the job was skipped.

    A job whose condition asks for no status need not, nor need its steps: it runs only where every job that it needs
    has succeeded.
    """
    for job in kit.jobs():
        if not STATUS.search(str(job.data.get("if", ""))):
            continue
        for condition in _conditions(job):
            for name in sorted(set(OUTPUT.findall(condition))):
                before = condition.partition(f"needs.{name}.outputs")[0]
                if f"needs.{name}.result != 'skipped' &&" not in before:
                    yield Finding(job.file, job.place, "skipped", f"may take an output of {name} that there is not")


def _conditions(job: Job) -> list[str]:
    return [str(part.get("if", "")) for part in (job.data, *(step.data for step in job.steps))]


def cancelled(_callers: Kit, kit: Kit) -> Iterator[Finding]:
    """In a cancelled run only the last job runs: any other job that runs after a failure asks for that first."""
    for workflow in kit.workflows.values():
        *others, _last = workflow.jobs.values()
        for job in others:
            condition = str(job.data.get("if", ""))
            if STATUS.search(condition.replace("!cancelled() && ", "", 1)):
                yield Finding(job.file, job.place, "cancelled", f"runs in a cancelled run: {condition}")


def after_calls(callers: Kit, _kit: Kit) -> Iterator[Finding]:
    """A job after a call of the kit runs only if the call succeeded: after a failure `act` would not run it."""
    for workflow in callers.workflows.values():
        for job in workflow.jobs.values():
            condition = str(job.data.get("if", ""))
            if job.data.get("needs") and STATUS.search(condition):
                yield Finding(job.file, job.place, "after-calls", f"also runs after a failure: {condition}")


def following(callers: Kit, _kit: Kit) -> Iterator[Finding]:
    """A workflow that runs after others names workflows that exist, and waits until they have ended."""
    names = {workflow.data.get("name") for workflow in callers.workflows.values()}
    for workflow in callers.workflows.values():
        event = workflow.on.get("workflow_run")
        if event is None:
            continue
        for name in sorted(set(event.get("workflows", ())) - names):
            yield Finding(workflow.file, "on", "following", f"runs after {name}, which no workflow is called")
        if event.get("types") != ["completed"]:
            yield Finding(workflow.file, "on", "following", f"does not wait for an end: {event.get('types')}")


def opened(callers: Kit, _kit: Kit) -> Iterator[Finding]:
    """A comment is written when a pull request is opened, too: the run of its commit may have ended before."""
    for workflow in callers.workflows.values():
        types = (workflow.on.get("pull_request") or {}).get("types")
        if not any(_comments(job) for job in workflow.jobs.values()):
            if types is not None:
                yield Finding(workflow.file, "on", "opened", "is not started by every push to a pull request")
        elif types != ["opened"] or "workflow_run" not in workflow.on:
            yield Finding(workflow.file, "on", "opened", f"is started by {sorted(workflow.on)}, of these {types}")


def started(callers: Kit, ref: str) -> set[str]:
    """Return the callers that a push to `ref` starts."""
    return {file for file, workflow in callers.workflows.items() if _starts(workflow, ref)}


def _starts(workflow: Workflow, ref: str) -> bool:
    filters = workflow.on.get("push") or {}
    push = PushFilter(**{key.replace("-", "_"): tuple(patterns) for key, patterns in filters.items()})
    return "push" in workflow.on and push.accepts(ref, lambda: ["README.md"])


RULES = (environments, concurrency, time_limits, choices, skipped, cancelled, after_calls, following, opened)
