"""Which release may go where: derived from the ledger and from git alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import github, labels, ledger, stages
from cicd.deploy.target import Order, releases_on
from cicd.errors import CicdError, RefusedError, UnreachableError
from cicd.ledger import anchors
from cicd.oci import registry
from cicd.road import agreement, observed, people, release_labels, rules, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config
    from cicd.deploy.target import Running, Target
    from cicd.ledger import Action, Basis, Deployment, Entry
    from cicd.repository import Repository
    from cicd.road.request import Built, Request


class SupersededError(Exception):
    """The trigger tag is at a newer commit, whose own run also brings this commit."""


@dataclass(frozen=True)
class Candidate:
    """A release that may go to an environment, and the entry that accepted it."""

    environment: str
    commit: str
    release: str
    test: str
    basis: Basis | None
    action: Action
    after: str = ""
    """The name of the newest entry of the environment itself; empty when there is none."""
    reason: str = ""
    bundle: str = ""
    data: str = ""
    packages: str = ""
    """The image with the wheels of the release; empty for none."""
    wheels: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    """The images of the services beside the first one, by name."""

    @property
    def order(self) -> Order:
        """Return what a target is asked to bring."""
        entry = self.basis.name if self.basis else ""
        return Order(
            self.release, self.commit, entry=entry, after=self.after, actor=github.actor(), action=self.action,
            test=self.test, run=github.run_url(), others=self.others,
        )  # fmt: skip


def verify(repository: Repository, config: Config, request: Request, target: Target | None = None) -> Candidate:
    """Return the release that may go where a resolved request asks: of several of the commit, the newest.

    With the `target` of the environment, the ledger must have the entries that the running release names, and going
    back to a release that the target holds needs no registry.

    Raises:
        RefusedError: it may not go there; the message names the reason.
        SupersededError: the trigger tag is at a newer commit of main by now.
        UnreachableError: the registry does not answer.

    """
    if request.built:
        return _just_built(repository, config, request, request.built)
    environment, commit = config.environments[request.stage.name], request.commit
    main = check_on_main(repository, commit)
    _check_tag(repository, request, main)
    chains = ledger.read_all(repository, config.name)
    running = target.observe() if target else None
    if not request.offline:
        chains = anchors.compared(repository, config.name, chains)
        agreement.check_recorded(chains, environment.name, running)
    accepted = acceptance(chains, environment.name, commit, request.release)
    entries = chains.get(environment.name, [])
    action = _direction(repository, request, _present(config, request, chains, running), running)
    person = people.responsible(request, config, accepted.deployment, entries, github.actor())
    governed = rules.governing(repository, config, chains, environment.name)
    people.check_promotion(governed, accepted.deployment, entries, person)
    verdicts.check(config, chains, governed, accepted.deployment, person)
    _check_images(request, accepted.deployment, target, running)
    return Candidate(
        environment.name, commit, accepted.deployment.release, accepted.deployment.test, accepted.basis, action,
        after=entries[-1].name if entries else "", reason=request.reason,
        packages=accepted.deployment.packages, wheels=accepted.deployment.wheels,
        others=accepted.deployment.others,
    )  # fmt: skip


def _just_built(repository: Repository, config: Config, request: Request, built: Built) -> Candidate:
    """Return the release that integration has just built; nothing but its images can speak against it."""
    registry.verify(built.test)
    entries = ledger.read(repository, config.name, request.stage.name)
    image_labels = registry.labels(built.release)
    packages, files = release_labels.packages_of(image_labels)
    others = release_labels.others_of(built.release, image_labels)
    for image in filter(None, (packages, *others.values())):
        registry.verify(image)
    return Candidate(
        request.stage.name, request.commit, built.release, built.test, None, "deploy",
        after=entries[-1].name if entries else "",
        bundle=release_labels.bundle_of(config, built.release, image_labels), data=image_labels.get(labels.DATA, ""),
        packages=packages, wheels=files, others=others,
    )  # fmt: skip


def check_on_main(repository: Repository, commit: str) -> str:
    """Return the newest commit of main, which must contain `commit`.

    Raises:
        RefusedError: main does not contain it.

    """
    main = repository.main_commit
    if main is None or not repository.is_ancestor(commit, main):
        raise RefusedError(
            f"{commit[:12]} is not on {repository.main_branch}.",
            f"Merge it into the integration branch: {repository.main_branch} moves to it when its tests pass.",
        )
    return main


def _check_tag(repository: Repository, request: Request, main: str) -> None:
    """Raise unless the trigger tag, if there is one, is still at the commit."""
    commit, tag = request.commit, request.tag
    if tag is None or (tagged := repository.tag(tag)) == commit:
        return
    if tagged and repository.is_ancestor(commit, tagged) and repository.is_ancestor(tagged, main):
        raise SupersededError(
            f"{tag} has moved on to {tagged[:12]}, which contains {commit[:12]}: the run of that commit deploys both."
        )
    raise RefusedError(
        f"The tag {tag} moved meanwhile: it is at {(tagged or 'nothing')[:12]}, not at {commit[:12]}.",
        f"To deploy {commit[:12]}, move the tag back: "
        f"git tag -f {tag} {commit[:12]} && git push -f {repository.remote} {tag}",
    )


def _present(
    config: Config, request: Request, chains: Mapping[str, Sequence[Entry]], running: Running | None
) -> Entry | None:
    """Return the entry of what runs: the newest that passed, or one for a deployment that nobody recorded."""
    name = request.stage.name
    if not request.offline:
        with suppress(CicdError):  # too little is known of what runs
            return ledger.last_passed(observed.with_unrecorded(config.name, name, chains, running))
    return ledger.last_passed(chains.get(name, []))


def _direction(repository: Repository, request: Request, present: Entry | None, running: Running | None) -> Action:
    """Return whether the commit goes forwards or, where that is asked for, back.

    `running` is what the target says; None if it was not asked, so that the ledger alone names the present release.
    """
    if request.backwards and present and present.deployment.commit == request.commit:
        return present.deployment.action  # the same rollback, run again
    if present is None or repository.is_ancestor(present.deployment.commit, request.commit):
        return "deploy"
    if request.backwards:
        return "rollback"
    runs = running is not None and running.release == present.deployment.release
    raise RefusedError(
        f"{request.commit[:12]} does not descend from {present.deployment.commit[:12]}, "
        f"{'which runs in' if runs else 'the newest commit that passed by the ledger of'} {request.stage.name}.",
        "To go back to an older commit, start the workflow deploy.yml by hand, or: "
        f"ml-cicd rollback {request.stage.name} {request.commit[:12]} --reason TEXT",
    )


def _check_images(request: Request, accepted: Deployment, target: Target | None, running: Running | None) -> None:
    """Raise unless the registry serves the images unchanged, or the target can go back to the release without it."""
    if request.backwards and target and {accepted.release, *accepted.others.values()} <= releases_on(target, running):
        return
    try:
        registry.verify(accepted.release)
        registry.verify(accepted.test)
        for image in (*accepted.others.values(), *([] if request.backwards else filter(None, [accepted.packages]))):
            registry.verify(image)
    except UnreachableError as error:
        if target and request.backwards:
            raise UnreachableError(
                f"{error.message} {request.stage.name} does not retain {accepted.release} either.",
                "Wait for the registry, or go back to a retained release (ml-cicd status counts them). Somebody "
                "may have removed the others, for example with docker system prune.",
            ) from error
        if not request.backwards:
            raise
        # Whether the target holds the release is known only to the job that asks the target.
        text = f"{error.message} Only a release that {request.stage.name} has retained can come back meanwhile."
        github.annotate("warning", text, title="The registry is down")


def acceptance(
    chains: Mapping[str, Sequence[Entry]], environment: str, commit: str | None = None, release: str | None = None
) -> Entry:
    """Return the entry by which the stage before accepted a release for `environment`.

    Without a commit, the newest release that it accepted.

    Raises:
        RefusedError: there is none, or the release has failed there since, or no signature vouches for it.

    """
    stage = stages.accepted_by(environment)
    deployments = [entry for entry in chains.get(stage, []) if entry.deployment.action != "approve"]
    entries = [entry for entry in deployments if not entry.deployment.observed]  # nobody saw whether its tests passed
    passed = ledger.last_passed(entries, commit, release)
    if passed is not None:
        newest = [entry for entry in entries if entry.deployment.release == passed.deployment.release][-1]
        if newest.deployment.result == "passed":
            return _counted(newest)
        commit = passed.deployment.commit
    if commit is None:
        raise RefusedError(f"Nothing has passed {stage} yet.", _how_to_pass(stage))
    failed = any(entry.deployment.commit == commit for entry in entries)
    consequence = f", so it may not go to {environment}" if stage != environment else ""
    raise RefusedError(
        f"{commit[:12]} {'failed in' if failed else 'has not passed'} {stage}{consequence}.",
        _how_to_pass(stage, commit),
    )


def _how_to_pass(stage: str, commit: str = "") -> str:
    """Return how a commit passes a stage."""
    if stages.STAGES[stage].tag:
        return f"Deploy it there first: ml-cicd promote {stage} {commit[:12]}".rstrip()
    return "Push it to the integration branch: the run of the workflow integration records whether it passes."


def _counted(entry: Entry) -> Entry:
    if entry.trust == "unsigned":
        raise RefusedError(
            f"Entry {entry.number} of {entry.deployment.environment} does not count: "
            "the ledger is signed, but neither this entry nor a later one is.",
            f"Deploy its release to {entry.deployment.environment} again: the new entry will be signed.",
        )
    return entry
