"""Rules for workflows that call the kit: permissions, inputs, secrets, triggers, names of checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.static.rules.rings import RANK, TRAINING, UNREVIEWED, Ring, rings
from tests.static.rules.wording import REQUIRED_CHECK
from tests.static.support.kit import WORKFLOWS, Finding, Kit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.static.support.kit import Job, Workflow

CALL = re.compile(r"[\w-]+/ml-cicd/\.github/workflows/([\w-]+\.yml)@.+")
KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "number": (int, float), "boolean": (bool,)}


def calls(callers: Kit) -> Iterator[tuple[Workflow, Job, str]]:
    """Yield each job that calls the kit: its workflow, the job, and the file of the kit."""
    for workflow in callers.workflows.values():
        for job in workflow.jobs.values():
            if call := CALL.fullmatch(str(job.data.get("uses", ""))):
                yield workflow, job, call[1]


def snippets(page: str, text: str) -> Kit:
    """Return the YAML blocks of a page in Markdown that call the kit, as callers: whole workflows, or jobs alone."""
    blocks = re.findall(r"^```ya?ml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    called = [block for block in blocks if re.search(r"/ml-cicd/\.github/workflows/", block)]
    whole = [block if re.search(r"^jobs:", block, re.MULTILINE) else _wrapped(block) for block in called]
    return Kit({f"{WORKFLOWS}{page}, block {number}.yml": block for number, block in enumerate(whole, 1)})


def _wrapped(block: str) -> str:
    jobs = "".join(f"  {line}" for line in block.splitlines(keepends=True))
    return f"on: workflow_dispatch\npermissions: {{}}\njobs:\n{jobs}"


def snippet_findings(callers: Kit, kit: Kit) -> list[Finding]:
    """Return what is wrong with the calls in snippets, which may leave out what starts them."""
    return [
        finding
        for _, job, name in calls(callers)
        for finding in (*_ceiling(job, kit.workflows[name]), *_interface(job, kit.workflows[name]))
    ]


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
            *_by_hand(workflow, job, callee, kit),
            *_followed(callers, job, callee),
            *_checks(callers, job, callee),
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
    for name in secrets:
        if mapped.get(name) != f"${{{{ secrets.{name} }}}}":
            text = f"does not pass on the secret {name}: {name}: ${{{{ secrets.{name} }}}}"
            yield Finding(job.file, job.place, "secrets", text)
    for name in sorted(passed.keys() & inputs.keys()):
        value = passed[name]
        if "${{" not in str(value) and not isinstance(value, KINDS[inputs[name]["type"]]):
            yield Finding(job.file, job.place, "interface", f"the input {name} is a {inputs[name]['type']}")


def _trigger(workflow: Workflow, job: Job, callee: Workflow, kit: Kit) -> Iterator[Finding]:
    """Check that unreviewed code starts only jobs of ring 0, and that no run waits for approval inside a group."""
    push = workflow.on.get("push", {})
    unreviewed = {"pull_request", "merge_group"} & set(workflow.on)
    unreviewed |= {"push"} if "push" in workflow.on and not {"branches", "tags"} & set(push or {}) else set()
    trusted = _trusted(callee, kit)
    if unreviewed and trusted:
        yield Finding(job.file, job.place, "trigger", f"any branch starts the job {trusted[0]} of {callee.name}")
    if {"concurrency"} & (set(workflow.data) | set(job.data)) and any(
        inner.environment not in ("", TRAINING) for inner in callee.jobs.values()
    ):
        yield Finding(job.file, job.place, "trigger", "a run that waits for approval would hold its concurrency group")


def _trusted(callee: Workflow, kit: Kit) -> list[str]:
    """Return the jobs of rings 1 to 3.

    Whoever can push a branch could let its own workflow write a comment, so that the one of ring C gives nobody more.
    """
    ring = rings(kit)
    return [name for name in callee.jobs if ring[callee.name, name] not in (Ring.READ, Ring.COMMENT, *UNREVIEWED)]


def _by_hand(workflow: Workflow, job: Job, callee: Workflow, kit: Kit) -> Iterator[Finding]:
    """Check that by hand, where GitHub offers every branch, only the branches are built that a push builds.

    A workflow that is given a commit by hand takes its images from the ledger instead.
    """
    takes_commit = "commit" in callee.call["inputs"]
    if "workflow_dispatch" not in workflow.on or takes_commit or not _trusted(callee, kit):
        return
    branches = (workflow.on.get("push") or {}).get("branches", [])
    wanted = " || ".join(f"github.ref == 'refs/heads/{branch}'" for branch in branches)
    if job.data.get("if") != f"${{{{ {wanted} }}}}":
        yield Finding(job.file, job.place, "by-hand", f"takes another branch than {', '.join(branches)}")


def _checks(callers: Kit, job: Job, callee: Workflow) -> Iterator[Finding]:
    """Check that no other job reports under the name of the required check, `ci / ci-passed`.

    A job that calls a workflow and is skipped reports under its own name, as passed.
    """
    gates = [inner for inner in callee.jobs.values() if inner.data.get("name") == REQUIRED_CHECK]
    required = {REQUIRED_CHECK, *(f"{_shown(job)} / {REQUIRED_CHECK}" for _ in gates)}
    for other in (other for workflow in callers.workflows.values() for other in workflow.jobs.values()):
        if gates and (_shown(other) in required or "${{" in _shown(other)):
            text = f"reports as '{_shown(other)}', which may stand in for the required check {min(required)}"
            yield Finding(other.file, other.place, "checks", text)


def _shown(job: Job) -> str:
    """Return the name under which GitHub reports a job that calls no workflow, or is skipped."""
    return str(job.data.get("name", job.id))


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
