"""One deployment of all services and jobs of an environment on a Docker engine: the planned steps are those taken.

Every new container is healthy, every job has run, and all are tested before the first switch. If a switch fails, the
earlier ones are undone. The first service or job comes last: its release counts as that of the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cicd import failpoints, github
from cicd.deploy.docker.swap import Phase, Step
from cicd.deploy.target import FINISH, nothing
from cicd.errors import CicdError
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cicd.deploy.docker.site import Site
    from cicd.deploy.target import Accept, Finish

FOR_GOOD = (Phase.SWITCH, Phase.HOLD)
"""The phases after which users reach the new release."""
LEFT_OVER = "The release serves, but something is left over"


class Part(Protocol):
    """Bringing a release to one service or job of an environment: a `Swap` or a `Proof`."""

    made: set[str]
    notice: str
    """When users were not served before this deployment, as a warning; empty if they always were."""
    switching: bool
    """Whether users may reach the new release, or the environment holds it."""

    @property
    def site(self) -> Site:
        """Where the service or job runs."""

    @property
    def network(self) -> str:
        """The network on which the tests reach it."""

    def steps(self) -> list[Step]:
        """Return what is to be done, in order."""

    def take(self, step: Step) -> None:
        """Take a step."""

    def inner_url(self) -> str:
        """Return the URL for the tests; empty for a job."""

    def undo(self) -> None:
        """Undo the switch."""

    def take_away(self) -> None:
        """Take the new release away, unless users may reach it."""


@dataclass
class Rollout:
    """Bringing a release to all services and jobs of an environment."""

    parts: Sequence[Part]
    """One for each service and job, the first of the project first."""
    accept: Accept
    finish: Finish = nothing
    retirement: Callable[[], Sequence[Step]] = list
    """Returns the steps that stop the services which the release no longer has."""
    done: bool = field(default=False, init=False)
    """Whether users reach the new release of every service, for good."""
    judged: bool = field(default=False, init=False)
    """Whether a release came up, so that the tests ran."""

    @property
    def first(self) -> Part:
        """The deployment of the first service or job."""
        return self.parts[0]

    @property
    def switching(self) -> bool:
        """Whether requests may reach a new release."""
        return any(part.switching for part in self.parts)

    def run(self) -> None:
        """Take all steps. A failure before the end of the last switch takes the new releases away again.

        Raises:
            CheckFailedError: a new release is bad; the old ones serve.

        """
        try:
            planned = self._planned()
            for part in self.parts:
                if part.notice:
                    github.annotate("warning", part.notice, title=f"{part.site.environment.name} was interrupted")
            last = max((number for number, (_, step) in enumerate(planned) if step.phase in FOR_GOOD), default=-1)
            for number, (part, step) in enumerate(planned):
                say(step.text)
                try:
                    part.made |= {step.name} & {"create-network", "create-proxy"}
                    with failpoints.change("-".join(filter(None, (f"docker.{step.name}", part.site.deliverable)))):
                        part.take(step)
                except CicdError as error:
                    if step.phase is not Phase.AFTERWARDS:
                        raise
                    github.annotate("warning", f"{error.message} The next deployment does it.", title=LEFT_OVER)
                self.done = self.done or number == last
        except BaseException:
            self._give_up()
            raise

    def steps(self) -> list[Step]:
        """Return what is to be done, in order; empty when the release serves already.

        Raises:
            UsageError: the environment's secrets were not given.

        """
        return [step for _, step in self._planned()]

    def _planned(self) -> list[tuple[Part, Step]]:
        """Return the steps, each with the service or job that it belongs to."""
        planned = [(part, step) for part in self.parts for step in part.steps()]
        up, switch, hold, after = (
            [(part, step) for part, step in planned if step.phase is phase]
            for phase in (Phase.BRING_UP, Phase.SWITCH, Phase.HOLD, Phase.AFTERWARDS)
        )
        for steps in (switch, hold):
            steps.sort(key=lambda pair: pair[0] is self.first)
        needed = bool(switch or hold)
        return [*up, *self._judgement(needed), *switch, *self._end(needed), *hold, *after, *self._retired()]

    def _judgement(self, needed: bool) -> Iterator[tuple[Part, Step]]:
        if needed:
            name, them = self.first.site.environment.name, "it" if len(self.parts) == 1 else "them"
            yield self.first, Step("judge", f"run the tests of {name} against {them}", self._judge, Phase.SWITCH)

    def _end(self, needed: bool) -> Iterator[tuple[Part, Step]]:
        if needed and self.finish is not nothing:
            yield self.first, Step("finish", FINISH, self.finish, Phase.SWITCH)

    def _retired(self) -> Iterator[tuple[Part, Step]]:
        yield from ((self.first, step) for step in self.retirement())

    def _judge(self) -> None:
        self.judged = True
        self.accept(self.first.inner_url(), self.first.network)

    def _give_up(self) -> None:
        """Undo the switches, and take the new releases away; what failed before is what people need to know."""
        for part in [] if self.done else self.parts:
            try:
                part.undo()
            except CicdError as error:
                say(error.message)
        for part in reversed(self.parts):  # the first one made the network of all
            part.take_away()
