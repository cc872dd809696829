"""`ml-cicd deploy`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd import github, repository, stages
from cicd.commands import options
from cicd.errors import UsageError
from cicd.oci.reference import ImageReference
from cicd.printers import terminal
from cicd.road import deployment, verification

if TYPE_CHECKING:
    import argparse

    from cicd.config import Config
    from cicd.deploy.target import Target
    from cicd.repository import Repository
    from cicd.road.verification import Candidate


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_directory(parser)
    options.add_remote(parser)
    options.add_json(parser)
    options.add_environment(parser)
    options.add_promotion(parser)
    options.add_lock_wait(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, step by step, and do nothing")
    parser.add_argument("--release", help="integration only: the release image just built, as repository@sha256:...")
    parser.add_argument("--test", help="integration only: the test image just built, as repository@sha256:...")


def run(arguments: argparse.Namespace) -> int:
    with repository.here(arguments.directory, arguments.remote) as found:
        commit, project = deployment.meant(
            found, arguments.environment, arguments.commit, backwards=arguments.backwards
        )
        environment = project.environment(arguments.environment)

        def verify(target: Target) -> Candidate:
            found.fetch()
            return _candidate(arguments, found, project, commit, target)

        if arguments.dry_run:
            lines = deployment.plan(project, environment, verify, repository=found)
            if arguments.json:
                options.print_json({"plan": lines})
            else:
                sys.stdout.write("".join(f"{line}\n" for line in lines or ["nothing is to be done"]))
            return 0
        outcome, result = None, "superseded"
        try:
            _candidate(arguments, found, project, commit)
            outcome = deployment.deploy(project, environment, verify, repository=found, wait=arguments.lock_wait)
            result = outcome.result
        except verification.SupersededError as newer:
            github.annotate("notice", str(newer), title="Superseded")
    told, url = (outcome.to_json(), outcome.url) if outcome else ("", "")
    github.set_outputs({"outcome": told, "result": result, "url": url})
    if outcome is None:
        return 0
    github.add_summary(terminal.deployment(outcome))
    if arguments.json:
        options.print_json(outcome)
    else:
        sys.stdout.write(f"{outcome.environment}: {outcome.action} {outcome.result} {outcome.url}\n")
    if outcome.result == "failed":
        github.annotate("error", outcome.reason, title=f"The deployment to {outcome.environment} failed")
    return 0 if outcome.result == "passed" else 1


def _candidate(
    arguments: argparse.Namespace, found: Repository, project: Config, commit: str, target: Target | None = None
) -> Candidate:
    given = [name for name in ("release", "test") if getattr(arguments, name)]
    if not given:
        tag, backwards = arguments.tag, arguments.backwards
        return deployment.verified(
            found, project, arguments.environment, commit, tag=tag, backwards=backwards, target=target
        )
    if arguments.environment != stages.INTEGRATION.name or len(given) == 1:
        raise UsageError(
            "--release and --test belong together, and to integration alone.",
            "Every other environment takes its digests from the ledger.",
        )
    for image in (arguments.release, arguments.test):
        ImageReference.parse(image)
    return deployment.built(found, project, commit, arguments.release, arguments.test)
