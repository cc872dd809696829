"""What judges a release that came up in an environment: the suite of the stage, then the model gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import CheckFailedError, UsageError
from cicd.oci.reference import digest_of
from cicd.produce import suites
from cicd.road import judging

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.config import Config
    from cicd.deploy.target import Target
    from cicd.road.model_gate import Judged
    from cicd.road.verification import Candidate
    from cicd.stages import Stage


@dataclass
class Trial:
    """The judgement of one release, and what came of it."""

    target: Target
    config: Config
    stage: Stage
    candidate: Candidate
    check_lock: Callable[[], None]
    gate: Callable[[], Judged] | None = None
    """Judges the model; None if nothing does."""
    counts: dict[str, int] = field(default_factory=dict)
    judged: Judged | None = None

    def accept(self, url: str, network: str) -> None:
        """Run the tests against the release at `url` on `network`, and judge its model.

        Raises:
            CheckFailedError: a test failed, or the model gate lets the release go no further.
            RefusedError: the lock was removed meanwhile.

        """
        if self.stage.suite in self.config.tests:
            environment = {variables.EXPECTED_DIGEST: digest_of(self.candidate.release)}
            environment |= {variables.SERVICE_URL: url} if url else {}
            for variable, values in (
                (variables.SERVICE_URL, self.target.addresses()),
                (variables.JOB_OUTPUT, self.target.outputs()),
            ):
                environment |= {_named(variable, name): value for name, value in values.items()}
            try:
                runner = self.target.runner(network)
                self.counts |= suites.run(runner, self.config, self.stage.suite, self.candidate.test, environment)
            except UsageError as error:  # the release is up by now, so that this is no longer "nothing was changed"
                raise CheckFailedError(error.message, error.hint) from error
        self.judge()
        self.check_lock()

    def judge(self) -> None:
        """Judge the model, unless that was done: a release that serves already is not brought up again.

        Raises:
            CheckFailedError: the release goes no further.

        """
        if self.gate is None or self.judged:
            return
        try:
            self.judged = self.gate()
        except UsageError as error:
            raise CheckFailedError(error.message, error.hint) from error
        if refusal := judging.refusal(self.judged.judgement):
            raise refusal


def _named(variable: str, name: str) -> str:
    """Return the environment variable of a deliverable; the first one has no name."""
    return "_".join(filter(None, (variable, name.upper().replace("-", "_"))))
