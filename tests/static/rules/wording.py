"""What people read of workflows and actions: descriptions that say something, and names that logs do not repeat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tests.static.rules.interface import callable_workflows
from tests.static.rules.invariants import SENTENCE
from tests.static.support.kit import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.static.support.kit import Kit

LEAST_WORDS = 6
EMPTY = re.compile(r" If empty, .*\.$")
REQUIRED_CHECK = "ci-passed"
"""The one job that is not named by a sentence: branch protection rules name it."""
VARIANTS = {
    ("input", "environment"): 2,  # an approval is for staging or production only
    ("output", "result"): 3,  # the action verify accepts a promotion; not every run can be superseded
}
"""Names that have more than one description, and how many."""


class Described(NamedTuple):
    """An input, output or secret of a workflow or an action."""

    file: str
    kind: str
    name: str
    data: Mapping[str, object]

    @property
    def text(self) -> str:
        """The whole description."""
        return str(self.data.get("description", ""))

    @property
    def core(self) -> str:
        """The description without the sentence about an empty value."""
        return EMPTY.sub("", self.text)

    def finding(self, rule: str, text: str) -> Finding:
        """Report a problem of this description."""
        return Finding(self.file, f"{self.kind} {self.name}", rule, text)


def described(kit: Kit) -> list[Described]:
    """Return every input, output and secret of the kit."""
    items = [
        Described(workflow.file, kind[:-1], name, data)
        for workflow in callable_workflows(kit)
        for kind, interface in workflow.call.items()
        for name, data in interface.items()
    ]
    for action in kit.actions.values():
        items += [Described(action.file, "input", name, data) for name, data in action.inputs.items()]
        items += [Described(action.file, "output", name, data) for name, data in action.outputs.items()]
    return items


def descriptions(kit: Kit) -> Iterator[Finding]:
    """A description has enough words, belongs to one name, and says what an empty value means."""
    names: dict[tuple[str, str], str] = {}
    for item in described(kit):
        if len(item.text.split()) < LEAST_WORDS:
            yield item.finding("descriptions", f"has fewer than {LEAST_WORDS} words: {item.text!r}")
        if (other := names.setdefault((item.kind, item.core), item.name)) != item.name:
            yield item.finding("descriptions", f"has the description of {other}")
        optional_secret = item.kind == "secret" and not item.data.get("required")
        if (optional_secret or item.data.get("default") == "") and not EMPTY.search(item.text):
            yield item.finding("descriptions", "does not say what an empty value means: If empty, ...")


def same_descriptions(kit: Kit) -> Iterator[Finding]:
    """A name has the same description everywhere, but for the names in `VARIANTS`."""
    texts: dict[tuple[str, str], dict[str, Described]] = {}
    for item in described(kit):
        texts.setdefault((item.kind, item.name), {}).setdefault(item.core, item)
    for key, variants in texts.items():
        if len(variants) != VARIANTS.get(key, 1):
            item = list(variants.values())[-1]
            yield item.finding("same-descriptions", f"{len(variants)} descriptions: {', '.join(map(repr, variants))}")


def job_names(kit: Kit) -> Iterator[Finding]:
    """A job is named by a sentence."""
    for job in kit.jobs():
        name = str(job.data.get("name", ""))
        if name != REQUIRED_CHECK and not SENTENCE.fullmatch(name):
            yield Finding(job.file, job.place, "job-names", f"is named {name!r}: say what it does to what")


def step_names(kit: Kit) -> Iterator[Finding]:
    """A step of an action names its command, so that a log does not show the name of the workflow's step twice."""
    for action in kit.actions.values():
        for step in action.steps[1:]:
            name = f"Run the command ml-cicd {step.command}"
            if step.name != name:
                yield Finding(action.file, f"step {step.name!r}", "step-names", f"is not {name!r}")
    inner = {step.name for action in kit.actions.values() for step in action.steps}
    for job in kit.jobs():
        for step in job.steps:
            if step.name in inner:
                yield Finding(job.file, job.place, "step-names", f"an action has a step {step.name!r}, too")


RULES = (descriptions, same_descriptions, job_names, step_names)
