"""`ml-cicd adopt --check`: build the project's image on this machine, and run its unit tests and checks in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import config
from cicd.errors import CheckFailedError, UsageError
from cicd.produce import build_image, checks, suites

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Step:
    """A step of the trial, and how it ended."""

    name: str
    passed: bool
    text: str = ""
    """What failed, or how many tests passed."""
    hint: str = ""


@dataclass(frozen=True)
class Trial:
    """The steps of the trial, until the first that made the next ones impossible."""

    steps: tuple[Step, ...]

    @property
    def passed(self) -> bool:
        """Whether every step passed."""
        return all(step.passed for step in self.steps)


def run(directory: Path) -> Trial:
    """Build and test the project in `directory`; what fails is a step of the result.

    Raises:
        UnreachableError: no engine answers, or the network does not.

    """
    settings = config.load(directory)
    image = ""

    def build() -> str:
        nonlocal image
        image = build_image.build(settings, directory)
        return image

    def test() -> str:
        passed = suites.run_unit(settings, image)
        return (
            "no unit tests declared"
            if passed is None
            else ", ".join(f"{count} {name}" for name, count in passed.counts.items())
        )

    steps = [_step("build", build)]
    if image:
        steps.append(_step("unit tests", test))
        steps += [
            Step(f"check {outcome.name}", outcome.passed, "" if outcome.passed else outcome.log[-2000:], outcome.hint)
            for outcome in checks.run(settings, image)
        ]
    return Trial(tuple(steps))


def _step(name: str, action: Callable[[], str]) -> Step:
    try:
        return Step(name, passed=True, text=action())
    except (CheckFailedError, UsageError) as error:
        return Step(name, passed=False, text=error.message, hint=error.hint)
