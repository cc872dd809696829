"""Results as lines and tables, for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicd.oci.reference import digest_of
from cicd.printers import counts
from cicd.stages import STAGING
from cicd.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cicd.deploy.holder import Holder
    from cicd.ledger import Deployment, Entry, Trust
    from cicd.produce.bundles import Bundle
    from cicd.produce.checks import Outcome
    from cicd.produce.release_build import Release
    from cicd.road.advance import Advance
    from cicd.road.checkout import Checkout
    from cicd.road.conclusion import Conclusion
    from cicd.road.promotion import Arrival, Plan
    from cicd.road.rollback import Plan as RollbackPlan
    from cicd.road.status import Examined, State
    from cicd.road.verification import Candidate

SHOWN = 20
"""How many of the commits that a promotion brings are listed."""
_DATA = {
    "brought back": "as for the release, from {stages}",
    "locked": "not made yet: install DVC and run `dvc repro --single-item {stages}` in that folder",
    "not locked": "the bundle holds no lock of the data",
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with aligned columns."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    return "\n".join(line.rstrip() for line in lines)


def unit_tests(numbers: Mapping[str, int] | None, coverage: str) -> str:
    """Return the counts of the unit tests, None for a project without them, and their coverage in percent."""
    tests = f"unit tests: {counts.undeclared('unit') if numbers is None else counts.in_words(numbers)}"
    return f"{tests}, coverage {coverage} %" if coverage else tests


def check(outcome: Outcome) -> str:
    """Return how a check ended."""
    return f"{outcome.name}: {'passed' if outcome.passed else 'FAILED'} ({outcome.seconds:.1f} s)"


def bundle(trained: Bundle | None) -> str:
    """Return the model bundle, and whether it was trained; None for a project without a model."""
    if trained is None:
        return "model bundle: no model declared"
    return f"model bundle: {trained.image}, {trained.origin}"


def release(built: Release) -> str:
    """Return the images of a release, and its wheels."""
    lines = [f"release image: {built.release}", f"test image:    {built.test}"]
    lines += [f"{name + ':':<14} {image}" for name, image in built.others.items()]
    if built.packages:
        lines += [
            f"packages:      {built.packages}",
            *(f"  {file} sha256:{digest}" for file, digest in built.wheels.items()),
        ]
    return "\n".join(lines)


def verified(candidate: Candidate) -> str:
    """Return which release may go where."""
    return f"{candidate.commit[:12]} may go to {candidate.environment}: {candidate.release}"


def deployment(outcome: Deployment) -> str:
    """Return how a deployment went."""
    line = f"{outcome.environment}: {outcome.action} {outcome.result} {outcome.url or outcome.reason}".rstrip()
    return f"{line}, {counts.of(outcome)}" if outcome.undeclared and outcome.result == "passed" else line


def steps(lines: Sequence[str]) -> str:
    """Return what a deployment would change."""
    return "\n".join(lines) or "nothing to do"


def approval(done: Deployment) -> str:
    """Return what was approved, by whom and why."""
    return f"{done.commit[:12]} approved by {done.actor}: {done.reason}"


def entry(written: Entry) -> str:
    """Return an entry that was written into the ledger."""
    done = written.deployment
    if done.action == "approve":
        return f"ledger: {done.environment} #{written.number}, {approval(done)}"
    return f"ledger: {done.environment} #{written.number} {done.result}"


def advanced(result: Advance, branch: str, commit: str) -> str:
    """Return which branch and tag moved."""
    moved = f", {STAGING.tag} moved to it" if result.staging else ""
    return f"{branch} is at {commit[:12]}{moved}"


def conclusion(concluded: Conclusion) -> str:
    """Return the result of each job of a run."""
    return "\n".join(f"{job}: {result}" for job, result in concluded.jobs.items())


def checkout(result: Checkout) -> str:
    """Return what of a release was brought back, and where it is."""
    data = _DATA[result.data].format(stages=" ".join(result.stages))
    return "\n".join(
        [
            f"{result.project}, entry {result.entry} of {result.environment}, in {result.folder}",
            f"code   {result.commit}",
            f"model  {result.bundle}, in the folder bundle" if result.bundle else "model  -",
            f"data   {result.digest or '-'}, {data}",
        ]
    )


def keys(secret: str, private: str, public: str) -> str:
    """Return a key pair, and where each half belongs."""
    return "\n".join(
        [
            f"The private key, for the secret {secret} of the environment `ledger`; it is stored nowhere else:",
            "",
            private,
            "The public key, for ml-cicd.toml on main, after the keys that it lists already:",
            "",
            "[ledger]",
            f'keys = ["""{public}"""]',
            "",
            "Set the secret first: entries are signed from then on, and count as signed once main lists the key.",
        ]
    )


def unlocked(environment: str, holder: Holder | None) -> str:
    """Return whose lock was removed."""
    return f"{environment}: removed the lock of {holder}" if holder else f"{environment}: nobody holds the lock"


def status(states: Mapping[str, State], waiting: int) -> str:
    """Return what runs where, what is wrong there, and how many outcomes wait to be recorded."""
    lines = ["Nothing runs, and the ledger is empty."]
    if states:
        head = ("environment", "commit", "digest", "entry", "health", "url")
        rows = [row for name, state in states.items() for row in ((name, *_state(state)), *_others(state))]
        problems = [f"{name}: {state.problem}" for name, state in states.items() if state.problem]
        notices = [f"{name}: {notice}" for name, state in states.items() for notice in state.notices]
        lines = [table(head, rows), *problems, *notices, *trust({name: state.trust for name, state in states.items()})]
    if waiting:
        lines.append(f"{waiting} to be recorded yet: ml-cicd record --pending")
    return "\n".join(lines)


def by_remote(texts: Sequence[tuple[str, str]]) -> str:
    """Return what each remote answered, below its name; a remote without an answer says so."""
    return "\n\n".join(f"remote {plain(shown)}\n{text or 'no answer, see below'}" for shown, text in texts)


def _state(state: State) -> tuple[str, ...]:
    number = f"#{state.entry}" if state.entry else "-"
    health = "healthy" if state.healthy else "NOT HEALTHY"
    return state.commit[:12], state.digest[:19], number, health, state.url


def _others(state: State) -> list[tuple[str, ...]]:
    """Return a row for each service beside the first one."""
    health = {True: "healthy", False: "NOT HEALTHY"}
    return [
        (f"  {name}", "", str(other["digest"])[:19], "", health[bool(other["healthy"])], str(other["url"]))
        for name, other in state.others.items()
    ]


def plan(planned: Plan) -> str:
    """Return what a promotion would do."""
    lines = [
        f"{planned.environment}: {planned.runs[:12] or 'nothing'} -> {planned.commit[:12]}",
        f"  release   {planned.release}",
        f"  replaces  {planned.replaces or 'nothing'}",
        f"  by        {planned.who}",
    ]
    if planned.wheels:
        lines.append(f"  packages  {', '.join(planned.wheels)}")
    if planned.missing:
        lines.append(f"  missing   {planned.missing}")
    lines += [f"  changes   {line}, from the next promotion on" for line in planned.rules]
    lines.append(f"  brings    {len(planned.commits)} commit{'s' * (len(planned.commits) != 1)}")
    lines += [f"    {line}" for line in planned.commits[:SHOWN]]
    if len(planned.commits) > SHOWN:
        lines.append(f"    and {len(planned.commits) - SHOWN} more")
    return "\n".join(lines)


def arrival(planned: Plan, arrived: Arrival, remote: str | None, *, pushed: bool) -> str:
    """Return where the tag of a promotion is, and what the ledger says of the release.

    `remote` is the git remote that the person named.
    """
    tag, commit, name = planned.tag, planned.commit[:12], planned.environment
    written, newer, runs = arrived.entry, arrived.replaced_by, arrived.runs
    moved = f"{tag} moved to {commit}" if pushed else f"{tag} is at {commit} already"
    if pushed and planned.there:
        moved = f"{tag} stands on {commit} as a new tag"
    if pushed and not arrived.local:
        return f"{moved}: the push started the workflow {name}. See {runs}"
    if written is None and pushed:
        return f"{moved}, but its run has not recorded anything. See {runs}"
    if written is None:
        waits = "If that run still goes on, or waits for an approval, do not start another one."
        return f"{moved}, but its run has not recorded anything yet. See {runs}\n{waits}"
    number = f"entry #{written.number}"
    if written.deployment.result == "failed":
        return f"{moved}, but its deployment failed ({number}): {written.deployment.reason}\nSee {runs}"
    if newer:
        back = f"To bring it back: ml-cicd rollback {name} {commit} --reason TEXT{_option(remote)}"
        return f"{moved}: it passed ({number}), and entry #{newer.number} has replaced it since.\n{back}"
    return f"{moved}, and its release runs there since {number} ({written.deployment.ended})."


def rollback_plan(planned: RollbackPlan) -> str:
    """Return what runs now, and which release a rollback brings back."""
    name, candidate = planned.candidate.environment, planned.candidate
    line = f"{name}: {planned.runs[:12] or 'nothing'} -> {candidate.commit[:12]}, {candidate.release}"
    if planned.nothing_to_do:
        return f"{line}\nIt runs already. To go further back, name an entry: ml-cicd history {name}"
    if not planned.runs:
        return f"{line}\nNothing runs there: does this machine reach the target that carries {name}?"
    return line


def rolled_back(outcome: Deployment, recorded: Entry | None, file: Path, remote: str | None) -> str:
    """Return how a rollback went, and where that is recorded. `remote` is the git remote that the person named."""
    if recorded:
        return f"{deployment(outcome)}\nledger: {outcome.environment} #{recorded.number}"
    waits = f"Not recorded yet: the outcome waits in {file}."
    command = f"ml-cicd record --pending{_option(remote)}"
    return f"{deployment(outcome)}\n{waits} The next command that writes records it, or: {command}"


def _option(remote: str | None) -> str:
    """Return the option that names the same git remote; empty if the person named none."""
    return f" --remote {remote}" if remote else ""


def trust(environments: Mapping[str, Trust | None]) -> list[str]:
    """Return a line about each ledger that no signature vouches for; empty if all are signed."""
    lines = [
        f"{name}: no entry is signed by a key of [ledger] keys, so none counts for a promotion."
        for name, state in environments.items()
        if state == "unsigned"
    ]
    if "unchecked" in environments.values():
        lines.append("The ledger is unsigned: whoever may write to the repository could have written it.")
    return lines


def examined(environments: Mapping[str, Examined]) -> str:
    """Return what was verified in the ledger."""
    head = ("environment", "entries", "newest", "signatures", "links", "in registry", "what runs rests on")
    rows = [
        (
            name,
            str(result.entries),
            _short(result.newest) or "-",
            str(result.signatures) if result.trust == "signed" else "none",
            str(result.links),
            result.anchor,
            _short(result.running),
        )
        for name, result in environments.items()
    ]
    notes = trust({name: result.trust for name, result in environments.items()})
    return "\n".join([table(head, rows), *notes, "Every hash, signature and link of the ledger holds."])


def _short(text: str) -> str:
    """Return a text in which the hashes of entries are cut to their beginning."""
    return re.sub(r"@[0-9a-f]{64}", lambda match: match[0][:13], text)


def history(entries: Sequence[Entry]) -> str:
    """Return the ledger of an environment, newest entry first, and why the newest deployment failed, if it did."""
    if not entries:
        return "The ledger has no entry of this environment yet."
    head = ("entry", "ended", "action", "result", "commit", "digest", "tests", "by")
    rows = [(f"#{written.number}", *_history(written.deployment)) for written in reversed(entries)]
    newest = entries[-1]
    failed = [f"#{newest.number} failed: {newest.deployment.reason}"] if newest.deployment.result == "failed" else []
    notes = trust({written.deployment.environment: written.trust for written in entries})
    return "\n".join([table(head, rows), *failed, *notes])


def _history(done: Deployment) -> tuple[str, ...]:
    digest = digest_of(done.release)[:19]
    numbers = counts.of(done)
    return done.ended, done.action, done.result, done.commit[:12], digest, numbers, done.actor
