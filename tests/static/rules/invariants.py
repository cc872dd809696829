"""Rules for how workflows and actions are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.static.rules.rings import FROM_REPOSITORY, RELEASE
from tests.static.support.capabilities import UPLOAD
from tests.static.support.kit import SIBLING, Finding, Step, expressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.static.support.kit import Job, Kit, Workflow

PINNED = re.compile(r"uses: (actions/[\w-]+)@[0-9a-f]{40} # v\d+(\.\d+)*$", re.MULTILINE)
USES = re.compile(r"^ *(?:- )?uses: (?!\$/).*$", re.MULTILINE)
OWN_TESTS = {".ci/run", "make test-fast", "make cluster CLUSTER=tests/tools/kind"}
HIDDEN = {"env", "defaults", "container", "services"}
SENTENCE = re.compile(r"[A-Z][a-z]+(-[a-z]+)?,?( [\w'-]+,?){2,}")
GRANT = re.compile(
    r"^ +(actions|attestations|contents|id-token|packages|pull-requests|\w+): (read|write)\b(?! # \w)", re.MULTILINE
)


def siblings(kit: Kit) -> Iterator[Finding]:
    """A sibling is named `$/` and exists; any other action is one of GitHub's own, pinned by full SHA."""
    existing = {f"{SIBLING}actions/{name}" for name in kit.actions}
    for file, text in kit.files.items():
        for line in USES.findall(text):
            if not PINNED.search(line):
                yield Finding(file, line.strip(), "siblings", "is neither `$/...` nor `actions/*@SHA # vX.Y.Z`")
    for uses in (step.uses for job in kit.jobs() for step in job.steps):
        if uses.startswith(SIBLING) and uses not in existing:
            yield Finding("kit", uses, "siblings", "does not exist")


def one_level(kit: Kit) -> Iterator[Finding]:
    """No callable workflow calls another, and no composite action uses another."""
    for job in _callable_jobs(kit):
        if "uses" in job.data:
            yield Finding(job.file, job.place, "one-level", f"calls {job.data['uses']}")
    for action in kit.actions.values():
        for step in action.steps:
            if step.uses:
                yield Finding(action.file, step.name, "one-level", f"uses {step.uses}")
        if action.data["runs"]["using"] != "composite":
            yield Finding(action.file, "runs", "one-level", "is no composite action")


def scripts(kit: Kit) -> Iterator[Finding]:
    """No script contains an expression, and a callable workflow has no script."""
    steps = [(job.file, step) for job in kit.jobs() for step in job.steps]
    steps += [(action.file, step) for action in kit.actions.values() for step in action.steps]
    for file, step in steps:
        if "${{" in step.run:
            yield Finding(file, step.name, "scripts", "has an expression in `run`; pass it through `env`")
    for job in _callable_jobs(kit):
        for step in job.steps:
            if step.run:
                yield Finding(job.file, job.place, "scripts", f"has the script {step.run!r}; an action runs a command")


def jobs(kit: Kit) -> Iterator[Finding]:
    """A job has a name, a time limit and permissions; a workflow grants none and has no concurrency group."""
    for job in kit.jobs():
        for key in ("name", "timeout-minutes", "permissions"):
            if key not in job.data and not ("uses" in job.data and key == "timeout-minutes"):
                yield Finding(job.file, job.place, "jobs", f"has no {key}")
        if "concurrency" in job.data:
            yield Finding(job.file, job.place, "jobs", "has a concurrency group; the target's lock is the mutex")
        if job.data.get("continue-on-error"):
            yield Finding(job.file, job.place, "jobs", "continues on error")
    for workflow in kit.workflows.values():
        if workflow.data.get("permissions") != {}:
            yield Finding(workflow.file, "permissions", "jobs", "are not {} at the top")
        if workflow.callable and "concurrency" in workflow.data:
            text = "a run that waits for approval would hold it, and later ones are dropped"
            yield Finding(workflow.file, "concurrency", "jobs", text)


def hidden(kit: Kit) -> Iterator[Finding]:
    """A step gets only what it is given by name."""
    for workflow in kit.workflows.values():
        for key in sorted(HIDDEN & set(workflow.data)):
            yield Finding(workflow.file, key, "hidden", "reaches every job")
    for job in kit.jobs():
        for key in sorted(HIDDEN & set(job.data)):
            yield Finding(job.file, job.place, "hidden", f"{key} reaches every step")


def reasons(kit: Kit) -> Iterator[Finding]:
    """Every permission has a comment that says why."""
    for workflow in kit.workflows.values():
        for scope, level in GRANT.findall(workflow.text):
            yield Finding(workflow.file, f"{scope}: {level}", "reasons", "has no comment that says what it is for")


def steps(kit: Kit) -> Iterator[Finding]:
    """A step has a sentence as name and an id of its own, and its failure fails the job, unless it only uploads."""
    for workflow in kit.workflows.values():
        all_steps = [step for job in workflow.jobs.values() for step in job.steps]
        yield from _sentences(workflow.name, all_steps)
        ids = [step.id for step in all_steps if step.id]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield Finding(workflow.file, f"step {name}", "steps", "has the id of another step")
    for action in kit.actions.values():
        yield from _sentences(action.file, action.steps)


def _sentences(file: str, all_steps: list[Step]) -> Iterator[Finding]:
    for step in all_steps:
        if not SENTENCE.fullmatch(step.name):
            yield Finding(file, f"step {step.name!r}", "steps", "is not named by a sentence: what it does to what")
        if step.data.get("continue-on-error") and step.third_party != UPLOAD:
            yield Finding(file, f"step {step.name!r}", "steps", "continues on error")


def checkouts(kit: Kit) -> Iterator[Finding]:
    """A checkout leaves no token behind; the caller of a workflow says whether it fetches submodules and LFS files."""
    for workflow in kit.workflows.values():
        for job in workflow.jobs.values():
            for given in (step.data.get("with", {}) for step in job.steps if step.third_party == "actions/checkout"):
                if given.get("persist-credentials") is not False:
                    yield Finding(job.file, job.place, "checkouts", "persist-credentials is not false")
                for name in ("submodules", "lfs") if workflow.callable else ():
                    if given.get(name) != f"${{{{ inputs.{name} }}}}":
                        yield Finding(job.file, job.place, "checkouts", f"{name} is not the input of that name")


def untrusted(kit: Kit) -> Iterator[Finding]:
    """No job reads what an outsider may write (titles, messages, branch names): callers pass commits.

    Whether the run is of the repository's own code is no such thing.
    """
    for job in kit.jobs():
        for expression in expressions(dict(job.data)):
            read = " ".join(expression.split()).replace(FROM_REPOSITORY, "")
            if re.search(r"github\.(event|head_ref|ref_name)", read):
                yield Finding(job.file, job.place, "untrusted", f"reads {expression}")


def undeclared(kit: Kit) -> Iterator[Finding]:
    """A job or step uses only inputs and secrets that its workflow or action declares."""
    named = [(workflow.file, workflow.data["jobs"], _declared(workflow)) for workflow in kit.workflows.values()]
    named += [(action.file, action.data["runs"], {"inputs": action.inputs}) for action in kit.actions.values()]
    for file, data, declared in named:
        text = " ".join(expressions(data))
        for kind, names in declared.items():
            for name in sorted(set(re.findall(rf"\b{kind}\.([\w-]+)", text)) - names.keys()):
                if kind in ("inputs", "secrets"):
                    yield Finding(file, f"{kind}.{name}", "undeclared", "is used and not declared")


def _declared(workflow: Workflow) -> dict[str, dict[str, Any]]:
    """Return what a workflow declares by kind: by hand, inputs alone, since it takes the repository's secrets."""
    by_hand = (workflow.on.get("workflow_dispatch") or {}).get("inputs") or {}
    return dict(workflow.call) if workflow.callable else {"inputs": by_hand}


def directories(kit: Kit) -> Iterator[Finding]:
    """A step passes the workflow's directory on to every action that takes one."""
    given = "${{ inputs.directory }}"
    for job in _callable_jobs(kit):
        for step in job.steps:
            action = kit.actions.get(step.uses.removeprefix(f"{SIBLING}actions/"))
            reports = step.action != "conclude" or "stage" in step.inputs  # or else it names no project
            if (
                action
                and reports
                and "directory" in action.inputs
                and step.data.get("with", {}).get("directory") != given
            ):
                yield Finding(job.file, job.place, "directories", f"the step {step.name!r} drops the directory")


def names_kept(kit: Kit) -> Iterator[Finding]:
    """An output keeps its name from the command to the caller; `act` does not notice swapped outputs."""
    outputs = [(job.file, job.place, job.outputs) for job in kit.jobs()]
    for action in kit.actions.values():
        values = {name: str(data.get("value")) for name, data in action.outputs.items()}
        outputs.append((action.file, "outputs", values))
    for file, place, values in outputs:
        for name, value in values.items():
            if not re.fullmatch(rf"\$\{{\{{ (steps|needs)\.[\w-]+\.outputs\.{name} \}}\}}", value):
                yield Finding(file, place, "names-kept", f"the output {name} takes {value}")


def shells(kit: Kit) -> Iterator[Finding]:
    """An action's script runs in bash, which GitHub starts so that any failure ends the script."""
    for action in kit.actions.values():
        for step in action.steps:
            if step.shell != "bash":
                yield Finding(action.file, step.name, "shells", f"runs in {step.shell or 'no shell'}")


def own_tests(kit: Kit) -> Iterator[Finding]:
    """The kit's own workflow runs every test, for each pull request, on main and by hand."""
    for workflow in kit.workflows.values():
        if not workflow.callable and workflow.name != RELEASE:
            events = workflow.on
            if {"pull_request", "push"} - events.keys() or events["push"] != {"branches": ["main"]}:
                yield Finding(workflow.file, "on", "own-tests", "is not started by each pull request and by main")
            if "workflow_dispatch" not in events:
                yield Finding(workflow.file, "on", "own-tests", "can't be started by hand")
            runs = {step.run for job in workflow.jobs.values() for step in job.steps if step.run}
            for command in OWN_TESTS - runs:
                yield Finding(workflow.file, "steps", "own-tests", f"does not run {command}")
            for command in runs - OWN_TESTS:
                yield Finding(workflow.file, "steps", "own-tests", f"runs {command!r}")


def _callable_jobs(kit: Kit) -> Iterator[Job]:
    for workflow in kit.workflows.values():
        if workflow.callable:
            yield from workflow.jobs.values()


RULES = (
    siblings, one_level, scripts, jobs, hidden, reasons, steps, checkouts, untrusted, undeclared, directories,
    names_kept, shells, own_tests,
)  # fmt: skip
