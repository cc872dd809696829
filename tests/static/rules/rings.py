"""The trust rings: a job's ring is derived from its grants and commands, never from its name.

A ring says what a job may do; `findings` holds the whole graph of workflows against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tests.static.support.capabilities import CAPABILITIES, THIRD_PARTY, UPLOAD, VALIDATED, Runs
from tests.static.support.kit import Finding, expressions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.static.support.kit import Job, Kit, Step, Workflow

LEDGER, SIGNING_KEY = "ledger", "LEDGER_KEY"
RELEASE, RELEASING = ".release.yml", "release"
"""The workflow that releases the kit, and its environment."""
TRAINING = "${{ inputs.training-environment }}"
"""The environment with the secrets of training, which a caller may name; it has no reviewer."""
USE_CACHE = "use-cache"
ALL_SECRETS = "(all of them)"
NEEDED = re.compile(r"^needs\.([\w-]+)\.outputs\.([\w-]+)$")
MADE = re.compile(r"^\$\{\{ steps\.([\w-]+)\.outputs\.([\w-]+) \}\}$")
RANK = {"none": 0, "read": 1, "write": 2}


class Ring(Enum):
    """The rings, each with its name for people."""

    READ = "none: reads only, runs no code of the project"
    PULL_REQUEST = "0: code that nobody has reviewed"
    BRANCH = "0T: the same, with secrets of builds and training on branches of the repository alone"
    COMMENT = "C: comment"
    BUILD = "1: release build"
    RECORD = "2: record and promote"
    DEPLOY = "3: deploy"
    KIT = "K: the kit's own release"


@dataclass(frozen=True)
class Policy:
    """What the jobs of a ring may do."""

    runs: frozenset[Runs]
    secrets: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    checkout: bool = False
    shell: bool = False
    environment: bool = False
    identity: bool = False
    """Whether they may ask for identity tokens, which GitHub signs and clouds exchange for credentials."""
    uploads: bool = False
    """Whether they may leave an artifact, which only ring C takes."""
    uses: frozenset[str] = frozenset()
    """Actions of others that they may use beside these."""


TRUSTED = (Ring.BUILD, Ring.RECORD, Ring.DEPLOY)
UNREVIEWED = (Ring.PULL_REQUEST, Ring.BRANCH)
COMMENTS = "pull-requests"
"""The scope of the token that writes comments."""
IDENTITY = "id-token"
"""The scope of identity tokens: it writes nothing."""
REGISTRY = frozenset({"REGISTRY_TOKEN"})
OF_BUILDS, OF_TRAINING = frozenset({"BUILD_SECRETS"}), frozenset({"TRAIN_SECRETS"})
FROM_REPOSITORY = "!github.event.pull_request || github.event.pull_request.head.repo.full_name == github.repository"
"""True unless the run is of a pull request from a fork, whatever the event's name."""
POLICIES = {
    Ring.READ: Policy(frozenset({Runs.NOTHING}), REGISTRY, identity=True, uploads=True),
    Ring.COMMENT: Policy(frozenset({Runs.NOTHING}), writes=frozenset({COMMENTS})),
    Ring.PULL_REQUEST: Policy(frozenset({Runs.SOURCE, Runs.NOTHING}), checkout=True, shell=True),
    Ring.BRANCH: Policy(frozenset({Runs.SOURCE}), OF_BUILDS | OF_TRAINING, checkout=True, environment=True),
    Ring.BUILD: Policy(
        frozenset({Runs.SOURCE}),
        REGISTRY | OF_BUILDS | OF_TRAINING,
        frozenset({"packages"}),
        checkout=True,
        identity=True,
    ),
    Ring.RECORD: Policy(
        frozenset({Runs.NOTHING}),
        REGISTRY | {SIGNING_KEY},
        frozenset({"actions", "contents", "packages"}),
        environment=True,
        identity=True,
    ),
    Ring.DEPLOY: Policy(
        frozenset({Runs.DIGEST}),
        REGISTRY | {"DEPLOY_SSH_KEY", "KUBECONFIG", "APP_SECRETS"},
        environment=True,
        identity=True,
    ),
    Ring.KIT: Policy(
        frozenset(),
        frozenset({"RELEASE_APP_KEY"}),
        frozenset({"attestations"}),
        checkout=True,
        shell=True,
        environment=True,
        identity=True,
        uses=frozenset({"actions/create-github-app-token", "actions/attest"}),
    ),
}


@dataclass(frozen=True)
class Facts:
    """What a job is granted, and what it does."""

    job: Job
    commands: tuple[str, ...]
    third_party: frozenset[str]
    secrets: frozenset[str]
    shell: bool
    layers: bool
    """Whether it takes layers from the registry, by a tag."""

    @property
    def writes(self) -> set[str]:
        """Return the scopes in which the job's token may write."""
        granted = self.job.permissions.items()
        return {scope for scope, level in granted if level not in ("read", "none", "read-all")} - {IDENTITY}

    @property
    def identity(self) -> bool:
        """Return whether the job may ask for identity tokens."""
        return self.job.permissions.get(IDENTITY) == "write"

    @property
    def checkout(self) -> bool:
        return "actions/checkout" in self.third_party

    @property
    def runs(self) -> set[Runs]:
        return {CAPABILITIES[command].runs for command in self.commands}

    @property
    def source(self) -> bool:
        """Return whether project code enters the job other than by digest."""
        return self.checkout or self.shell or Runs.SOURCE in self.runs


@dataclass(frozen=True)
class Edge:
    """A way in which something passes from one job to another."""

    source: Job
    target: Job
    kind: str


def facts_of(kit: Kit, job: Job) -> Facts:
    """Return what `job` is granted and does."""
    actions = [kit.actions[step.action] for step in job.steps if step.action in kit.actions]
    text = " ".join(expressions(dict(job.data)))
    return Facts(
        job,
        tuple(command for action in actions for command in action.commands),
        frozenset(step.third_party for step in job.steps if step.third_party),
        frozenset(name or ALL_SECRETS for name in re.findall(r"\bsecrets\b(?:\.(\w+))?", text)),
        any(step.run for step in job.steps),
        any(
            {**kit.actions[step.action].defaults, **step.inputs}.get(USE_CACHE, "false") != "false"
            for step in job.steps
            if step.action in kit.actions
        ),
    )


def rings_of(facts: Facts) -> set[Ring]:
    """Return every ring that fits the job's grants and commands; a sound job fits exactly one."""
    fitting = set()
    if facts.job.file == RELEASE and facts.job.environment == RELEASING:
        return {Ring.KIT}
    if facts.job.environment not in ("", LEDGER, TRAINING):
        fitting.add(Ring.DEPLOY)
    if facts.job.environment == LEDGER or facts.writes - {"packages", COMMENTS}:
        fitting.add(Ring.RECORD)
    if COMMENTS in facts.writes:
        fitting.add(Ring.COMMENT)
    if facts.source and "packages" in facts.writes:
        fitting.add(Ring.BUILD)
    elif facts.source:
        fitting.add(Ring.BRANCH if facts.secrets & (OF_BUILDS | OF_TRAINING) else Ring.PULL_REQUEST)
    elif not fitting:
        fitting.add(Ring.RECORD if facts.writes else Ring.READ)
    return fitting


def rings(kit: Kit) -> dict[tuple[str, str], Ring]:
    """Return the ring of every job, by file and job; of two rings, the one with more power."""
    order = list(Ring)
    return {(job.file, job.id): max(rings_of(facts_of(kit, job)), key=order.index) for job in _jobs(kit)}


def _jobs(kit: Kit) -> Iterator[Job]:
    yield from (job for job in kit.jobs() if "uses" not in job.data)


def findings(kit: Kit) -> list[Finding]:
    """Return everything that breaks a ring."""
    ring = rings(kit)
    problems: list[Finding] = []
    for workflow in kit.workflows.values():
        problems += _workflow(workflow)
        for job in workflow.jobs.values():
            if "uses" in job.data:
                continue
            facts = facts_of(kit, job)
            problems += _one_ring(facts)
            problems += _least(facts)
            problems += _may(facts, ring[job.file, job.id])
            if ring[job.file, job.id] in (Ring.COMMENT, Ring.RECORD, Ring.DEPLOY):
                problems += _taken(kit, workflow, job)
    problems += _flows(kit, ring)
    return sorted(set(problems))


def _flows(kit: Kit, ring: Mapping[tuple[str, str], Ring]) -> Iterator[Finding]:
    """Yield everything that passes from rings 0 and 0T to rings 1-3, also through jobs without a ring."""
    all_edges = edges(kit)
    reached = [job for job in _jobs(kit) if ring[job.file, job.id] in UNREVIEWED]
    for source in reached:
        for edge in (edge for edge in all_edges if edge.source == source):
            target = edge.target
            if ring[target.file, target.id] in TRUSTED:
                text = f"takes {edge.kind} from {source.file}: {source.place}, which is in ring 0 or takes from it"
                yield Finding(target.file, target.place, "edge", text)
            elif target not in reached:
                reached.append(target)


def _workflow(workflow: Workflow) -> Iterator[Finding]:
    file = workflow.name
    naming = [job for job in workflow.jobs.values() if job.environment not in ("", LEDGER)]
    for job in naming[1:]:
        text = f"{naming[0].place} names an environment already; each such job would ask for an approval of its own"
        yield Finding(file, job.place, "one-environment", text)
    for event in sorted({"pull_request_target"} & set(workflow.on)):
        yield Finding(file, "on", "trigger", f"{event} gives code of a pull request the rights of the repository")
    for job in workflow.jobs.values():
        if job.data.get("secrets") == "inherit":
            yield Finding(file, job.place, "inherit", "secrets are mapped by name, never inherited")


def _one_ring(facts: Facts) -> Iterator[Finding]:
    fitting = rings_of(facts)
    if len(fitting) > 1:
        names = " and ".join(sorted(ring.value.partition(":")[0] for ring in fitting))
        yield Finding(facts.job.file, facts.job.place, "one-ring", f"is in the rings {names} at once")


def _least(facts: Facts) -> Iterator[Finding]:
    """Check that the job's token may do what its steps need, and no more."""
    needed: dict[str, str] = {}
    sources = [CAPABILITIES[command].permissions for command in facts.commands]
    sources += [THIRD_PARTY.get(name, {}) for name in facts.third_party]
    for permissions in sources:
        for scope, level in permissions.items():
            needed[scope] = max(level, needed.get(scope, "none"), key=RANK.__getitem__)
    for scope in sorted(needed.keys() | facts.job.permissions.keys()):
        granted, least = facts.job.permissions.get(scope, "none"), needed.get(scope, "none")
        if granted != least:
            text = f"{scope}: {granted} is granted, and {least} is what its steps need"
            yield Finding(facts.job.file, facts.job.place, "least-permissions", text)


def _may(facts: Facts, ring: Ring) -> Iterator[Finding]:
    policy, job = POLICIES[ring], facts.job
    forbidden = [
        *(
            f"may not use {name}: between jobs go outputs and digests, no caches and no artifacts"
            for name in sorted(
                facts.third_party - {"actions/checkout", *policy.uses, *([UPLOAD] if policy.uploads else ())}
            )
        ),
        *(f"may not have the secret {name}" for name in sorted(facts.secrets - policy.secrets)),
        *(f"may not have {scope}: write" for scope in sorted(facts.writes - policy.writes)),
        *(
            f"may not run `ml-cicd {command}`, which runs {CAPABILITIES[command].runs.value}"
            for command in facts.commands
            if CAPABILITIES[command].runs not in policy.runs
        ),
    ]
    for does, allowed, text in (
        (facts.checkout, policy.checkout, "may not check out the project"),
        (facts.shell, policy.shell, "may not have a `run` step of its own"),
        (bool(job.environment), policy.environment, f"may not name the environment {job.environment}"),
        (facts.identity, policy.identity, f"may not have {IDENTITY}: write"),
        (bool({"container", "services"} & set(job.data)), False, "may not run in or beside images of others"),
        (
            SIGNING_KEY in facts.secrets,
            job.environment == LEDGER,
            f"may have {SIGNING_KEY} in the environment ledger only",
        ),
        (
            _reads_layers(facts),
            ring in UNREVIEWED,
            "may not take layers by a tag, which any branch's workflow could move: a release is built from nothing",
        ),
        (
            ring is Ring.BRANCH and _unguarded(job),
            False,
            f"may have a secret as `FROM_REPOSITORY && secrets.NAME || ''` alone, with ({FROM_REPOSITORY})",
        ),
        (ring is Ring.DEPLOY and facts.commands != ("deploy",), False, "runs the command `ml-cicd deploy` alone"),
        (ring is Ring.COMMENT and facts.commands != ("comment",), False, "runs the command `ml-cicd comment` alone"),
    ):
        if does and not allowed:
            forbidden.append(text)
    yield from (Finding(job.file, job.place, f"ring {ring.value.partition(':')[0]}", text) for text in forbidden)


def _unguarded(job: Job) -> bool:
    """Return whether a run of a pull request from a fork could get a secret."""
    guarded = re.compile(rf"\({re.escape(FROM_REPOSITORY)}\) && secrets\.\w+ \|\| ''")
    return any("secrets" in text and not guarded.fullmatch(" ".join(text.split())) for text in expressions(job.data))


def _taken(kit: Kit, workflow: Workflow, job: Job) -> Iterator[Finding]:
    """Check what rings 2 and 3 get: inputs of the caller, secrets by name, and validated outputs."""
    for step in job.steps:
        for name, value in (step.inputs | step.env).items():
            for expression in expressions(value):
                if not re.fullmatch(r"(inputs|secrets)\.[\w-]+", expression) and not _validated(
                    kit, workflow, expression
                ):
                    text = f"`{name}` takes {expression}, which no command has made and validated"
                    yield Finding(job.file, job.place, "taken", text)


def _validated(kit: Kit, workflow: Workflow, expression: str) -> bool:
    """Return whether an expression is an output of a command of the kit whose form the receiver checks."""
    if not (needed := NEEDED.match(expression)) or needed[1] not in workflow.jobs:
        return False
    job = workflow.jobs[needed[1]]
    source = MADE.match(job.outputs.get(needed[2], ""))
    step = _step(job, source[1]) if source else None
    return bool(source and step and step.action in kit.actions and source[2] in VALIDATED)


def _step(job: Job, name: str) -> Step | None:
    return next((step for step in job.steps if step.id == name), None)


def edges(kit: Kit) -> list[Edge]:
    """Return the ways from job to job: `needs`, and caches and artifacts, which all workflows share."""
    ways: list[Edge] = []
    for workflow in kit.workflows.values():
        jobs = {name: job for name, job in workflow.jobs.items() if "uses" not in job.data}
        ways += [
            Edge(jobs[name], job, "outputs (needs)") for job in jobs.values() for name in job.needs if name in jobs
        ]
    all_facts = [facts_of(kit, job) for job in _jobs(kit)]
    for kind, leaving, entering in (
        ("a cache", _caches, _caches),
        ("an artifact", _uploads, _downloads),
        ("an image", _pushes, _pulls),
        ("the layer cache", _writes_layers, _reads_layers),
    ):
        for source in filter(leaving, all_facts):
            ways += [Edge(source.job, target.job, kind) for target in filter(entering, all_facts) if source != target]
    return ways


def _caches(facts: Facts) -> bool:
    return any(name.startswith(("actions/cache", "actions/setup-")) for name in facts.third_party)


def _uploads(facts: Facts) -> bool:
    return UPLOAD in facts.third_party


def _downloads(facts: Facts) -> bool:
    return "actions/download-artifact" in facts.third_party or "comment" in facts.commands


def _writes_layers(facts: Facts) -> bool:
    return "release" in facts.commands


def _reads_layers(facts: Facts) -> bool:
    return facts.layers


def _pushes(facts: Facts) -> bool:
    return "packages" in facts.writes


def _pulls(facts: Facts) -> bool:
    return facts.job.permissions.get("packages") in ("read", "write")
