"""A deployment whose outcome was lost: its release runs, and the ledger has no entry of it.

The target knows what runs, who deployed it and when. It does not know what the tests said, so an observed entry never
accepts a release for the next stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import labels, ledger, stages
from cicd.errors import RefusedError, UnreachableError
from cicd.ledger import Entry
from cicd.oci import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.deploy.target import Running
    from cicd.ledger import Deployment

    Chains = Mapping[str, Sequence[Entry]]

REASON = (
    "The outcome of this deployment was lost. The target was asked what runs; whether the tests passed is not known."
)


def is_unrecorded(entries: Sequence[Entry], running: Running) -> bool:
    """Return whether the deployment of what runs has no entry among those of its environment.

    Where the target knows when that deployment began, an entry of the same release with another time is not its entry.
    """
    if not running.release:
        return False
    present = ledger.last_passed(entries)
    if present is None or present.deployment.release != running.release:
        return True
    known = [entry.deployment.started for entry in entries if entry.deployment.release == running.release]
    return bool(running.started) and running.started not in known


def deployment(project: str, environment: str, chains: Chains, running: Running) -> Deployment:
    """Return what the target and the ledger know of the deployment of what runs.

    Raises:
        RefusedError: the ledger has no entry that accepted this release, or nobody knows its test image.
        UnreachableError: only the registry knows which bundle is in the release, and it does not answer.

    """
    entries, release = chains.get(environment, []), running.release
    same = [entry.deployment for entry in entries if entry.deployment.release == release]
    accepted = _accepted(chains, environment, running)
    known = [entry.deployment for entry in [accepted] if entry] + same[::-1]
    test = next((other.test for other in known), running.test)
    if stages.before(environment) and not accepted:
        raise RefusedError(
            f"{release} runs in {environment}, and no entry of {stages.before(environment)} accepted it.",
            f"Nothing can be recorded of it. Deploy an accepted release: ml-cicd history {environment}",
        )
    if not (ledger.IMAGE.fullmatch(release) and test):
        raise RefusedError(
            f"{release} runs in {environment}, and neither the ledger nor the target knows its test image.",
            f"Nothing can be recorded of it. Deploy a release to {environment} through its workflow.",
        )
    bundle, data = _model(release, same) if not accepted else ("", "")
    packages = next((other for other in known if other.packages), None)
    present = ledger.last_passed(entries)
    passed_before = any(other.result == "passed" for other in same)
    observed = ledger.Deployment(
        project=project,
        environment=environment,
        action="rollback" if running.action == "rollback" or (not running.action and passed_before) else "deploy",
        result="passed",
        commit=next((other.commit for other in known), running.commit),
        release=release,
        test=test,
        bundle=bundle,
        data=data,
        others=known[0].others if known else running.other_images,
        packages=packages.packages if packages else "",
        wheels=packages.wheels if packages else {},
        replaced=present.deployment.release if present else "",
        reason=REASON,
        url=running.url,
        basis=accepted.basis if accepted else None,
        actor=running.actor,
        run=running.run,
        started=running.started,
        observed=True,
    )
    return ledger.finished(observed, "passed", "")


def lost(done: Deployment, problem: UnreachableError) -> UnreachableError:
    """Return the error of a deployment that ended, and whose outcome can't be kept for the ledger because of that."""
    ended = "passed" if done.result == "passed" else f"failed ({done.reason})"
    then = f"Then record what runs: ml-cicd record --observed --environment {done.environment}. The next deployment "
    return UnreachableError(
        f"The {done.action} of {done.commit[:12]} to {done.environment} {ended}, and its outcome is lost: "
        f"{problem.message}",
        f"{problem.hint} {f'{then}records it, too.' if done.result == 'passed' else 'Then run this again.'}",
    )


def with_unrecorded(project: str, environment: str, chains: Chains, running: Running | None) -> list[Entry]:
    """Return the entries of an environment, and at their end what runs, if its deployment has no entry.

    Raises:
        RefusedError: see `deployment`.

    """
    entries = [*chains.get(environment, [])]
    if running is None or not is_unrecorded(entries, running):
        return entries
    return [*entries, as_entry(entries, deployment(project, environment, chains, running))]


def as_entry(entries: Sequence[Entry], unrecorded: Deployment) -> Entry:
    """Return an unrecorded deployment as the entry that would follow `entries`; it has no hash yet."""
    return Entry(len(entries) + 1, "", entries[-1].sha256 if entries else "", unrecorded)


def _accepted(chains: Chains, environment: str, running: Running) -> Entry | None:
    """Return the entry of the stage before that accepted what runs: by the name that the target holds, or the newest.

    None in the first stage, where a release begins.
    """
    entries = [entry for entry in chains.get(stages.before(environment), []) if not entry.deployment.observed]
    passed = [
        entry for entry in entries if (entry.deployment.release, entry.deployment.result) == (running.release, "passed")
    ]
    named = (entry for entry in passed if entry.name == running.entry)
    return next(named, passed[-1] if passed else None)


def _model(release: str, same: Sequence[Deployment]) -> tuple[str, str]:
    """Return the model bundle of a release and the digest of its data: from an entry, or from the image's labels."""
    for other in same:
        if other.bundle:
            return other.bundle, other.data
    image_labels = registry.labels(release)
    return image_labels.get(labels.BUNDLE, ""), image_labels.get(labels.DATA, "")
