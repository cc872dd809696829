"""Rules for workflows that call the kit: permissions, inputs, secrets, triggers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.static.rules.rings import RANK, Ring, rings
from tests.static.support.kit import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.static.support.kit import Job, Kit, Workflow

CALL = re.compile(r"[\w-]+/ml-cicd/\.github/workflows/([\w-]+\.yml)@.+")
KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "number": (int, float), "boolean": (bool,)}


def calls(callers: Kit) -> Iterator[tuple[Workflow, Job, str]]:
    """Yield each job that calls the kit: its workflow, the job, and the file of the kit."""
    for workflow in callers.workflows.values():
        for job in workflow.jobs.values():
            if call := CALL.fullmatch(str(job.data.get("uses", ""))):
                yield workflow, job, call[1]


def findings(callers: Kit, kit: Kit) -> list[Finding]:
    """Return everything in the callers that GitHub would refuse, or that grants more than the kit needs."""
    problems: list[Finding] = []
    for workflow in callers.workflows.values():
        problems += [
            Finding(job.file, job.place, "call", f"{job.data['uses']} is no workflow of the kit")
            for job in workflow.jobs.values()
            if "uses" in job.data and not CALL.fullmatch(str(job.data["uses"]))
        ]
        if workflow.data.get("permissions") != {}:
            problems.append(Finding(workflow.file, "permissions", "call", "are not {} at the top"))
    for workflow, job, name in calls(callers):
        if name not in kit.workflows:
            problems.append(Finding(job.file, job.place, "call", f"the kit has no workflow {name}"))
            continue
        callee = kit.workflows[name]
        problems += [
            *_ceiling(job, callee),
            *_interface(job, callee),
            *_trigger(workflow, job, callee, kit),
            *_followed(callers, job, callee),
            *_described(workflow, job, callee),
        ]
    return problems


def _ceiling(job: Job, callee: Workflow) -> Iterator[Finding]:
    """Compare the caller's permissions with what the called jobs need: with less, GitHub starts nothing."""
    scopes = {scope for inner in callee.jobs.values() for scope in inner.permissions} | job.permissions.keys()
    for scope in sorted(scopes):
        levels = [inner.permissions.get(scope, "none") for inner in callee.jobs.values()]
        needed, granted = max(levels, key=RANK.__getitem__), job.permissions.get(scope, "none")
        if needed != granted:
            yield Finding(
                job.file, job.place, "ceiling", f"{scope}: {granted} is granted, the called jobs need {needed}"
            )


def _interface(job: Job, callee: Workflow) -> Iterator[Finding]:
    inputs, secrets = callee.call["inputs"], callee.call["secrets"]
    passed, mapped = job.data.get("with") or {}, job.data.get("secrets") or {}
    if not isinstance(mapped, dict):
        yield Finding(job.file, job.place, "interface", "secrets are mapped by name, never inherited")
        mapped = {}
    for kind, names, declared in (("input", passed, inputs), ("secret", mapped, secrets)):
        for name in sorted(names.keys() - declared.keys()):
            yield Finding(job.file, job.place, "interface", f"the called workflow has no {kind} {name}")
        for name in sorted({name for name, data in declared.items() if data["required"]} - names.keys()):
            yield Finding(job.file, job.place, "interface", f"the called workflow requires the {kind} {name}")
    for name in sorted(passed.keys() & inputs.keys()):
        value = passed[name]
        if "${{" not in str(value) and not isinstance(value, KINDS[inputs[name]["type"]]):
            yield Finding(job.file, job.place, "interface", f"the input {name} is a {inputs[name]['type']}")


def _trigger(workflow: Workflow, job: Job, callee: Workflow, kit: Kit) -> Iterator[Finding]:
    """Check that unreviewed code starts only jobs of ring 0, and that no run waits for approval inside a group."""
    push = workflow.on.get("push", {})
    unreviewed = "pull_request" in workflow.on or ("push" in workflow.on and not {"branches", "tags"} & set(push or {}))
    ring = rings(kit)
    trusted = [name for name in callee.jobs if ring[callee.name, name] not in (Ring.READ, Ring.PULL_REQUEST)]
    if unreviewed and trusted:
        yield Finding(job.file, job.place, "trigger", f"any branch starts the job {trusted[0]} of {callee.name}")
    if {"concurrency"} & (set(workflow.data) | set(job.data)) and any(
        inner.environment for inner in callee.jobs.values()
    ):
        yield Finding(job.file, job.place, "trigger", "a run that waits for approval would hold its concurrency group")


def _followed(callers: Kit, job: Job, callee: Workflow) -> Iterator[Finding]:
    """Check that the workflow which integration starts for staging exists and takes a commit."""
    started = callee.call["inputs"].get("staging-workflow")
    if not started:
        return
    name = (job.data.get("with") or {}).get("staging-workflow", started["default"])
    workflow = callers.workflows.get(name)
    by_hand = workflow.on.get("workflow_dispatch") if workflow else None
    if "commit" not in ((by_hand or {}).get("inputs") or {}):
        yield Finding(job.file, job.place, "followed", f"{name} can't be started with an input `commit`")


def _described(workflow: Workflow, job: Job, callee: Workflow) -> Iterator[Finding]:
    """Check that an input by hand has the description of the input that it is passed to."""
    by_hand = (workflow.on.get("workflow_dispatch") or {}).get("inputs") or {}
    for name in by_hand.keys() & callee.call["inputs"].keys():
        if by_hand[name].get("description") != callee.call["inputs"][name]["description"]:
            yield Finding(job.file, job.place, "described", f"the input {name} is not described as in {callee.name}")
