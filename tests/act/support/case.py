"""A case: a workflow, the event that starts it, the reply of each command, and everything that must be seen."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import testing
from cicd.testing.run import JOB_TOKEN
from tests.static.support.capabilities import CAPABILITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cicd.testing import Call, Event, Kit, Project, Reply, Run

ROOT = Path(__file__).resolve().parents[3]
PUSHED = "c5e73789fe7d5fd80fb7f7b22a56b007fb6a1492"
"""The commit of the project: the same every time."""
GITHUB_TOKEN = JOB_TOKEN
SECRETS = {
    name: f"the {name} of the caller"
    for name in (
        "REGISTRY_TOKEN",
        "DEPLOY_SSH_KEY",
        "KUBECONFIG",
        "APP_SECRETS",
        "BUILD_SECRETS",
        "TRAIN_SECRETS",
        "LEDGER_KEY",
    )
}
CONFIG = b"""name = "app"
[tests]
unit = ["pytest"]
[train]
command = ["train"]
inputs = ["src"]
"""
FOLLOWING = "following"
PLANTED = "planted"
HOSTILE = (
    f"""a$(touch "$ML_CICD_TEST/{PLANTED}")`touch $ML_CICD_TEST/{PLANTED}`'"\n; touch $ML_CICD_TEST/{PLANTED} #*"""
)
"""Whatever a shell makes of it, it leaves a file behind."""


@dataclass(frozen=True)
class Ended:
    """The expected end of a job: which of its steps succeed, fail and are skipped."""

    result: str
    failed: str = ""
    still: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    too: tuple[str, ...] = ()
    """Steps that fail after the first that does."""

    def steps(self, job: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return the expected result of each step of `job`, in order."""
        if self.result == "skipped":
            return []
        results, after = [], False
        for step in job["steps"]:
            name = step["name"]
            skipped = name in self.without or (after and name not in self.still)
            fails = name == self.failed or name in self.too
            results.append((name, "failure" if fails else "skipped" if skipped else "success"))
            after = after or name == self.failed
        return results


SKIPPED = Ended("skipped")


def green(*, without: Sequence[str] = ()) -> Ended:
    """Return the end of a job in which every step succeeds, except those in `without`."""
    return Ended("success", without=tuple(without))


def red(step: str, *, still: Sequence[str] = (), too: Sequence[str] = ()) -> Ended:
    """Return the end of a job that `step` fails; steps in `still` run all the same, and those in `too` fail as well."""
    return Ended("failure", step, tuple(still), too=tuple(too))


@dataclass(frozen=True)
class Case:
    """One run, and what must be seen of it."""

    name: str
    workflow: Mapping[str, Any]
    event: Callable[[Project], Event]
    ended: Mapping[str, Ended]
    """Every job."""
    calls: Sequence[str]
    """Every call of `ml-cicd`, in order."""
    jobs: Mapping[str, Any]
    """The jobs as written, to know their steps."""
    replies: Mapping[str, Reply] = field(default_factory=dict)
    says: str = ""
    """What an annotation says."""
    outputs: Mapping[str, str] | None = None
    """What reaches the following job or step; None when there is none."""
    tokens: Mapping[str, str] = field(default_factory=lambda: {"GITHUB_TOKEN": GITHUB_TOKEN})
    """The tokens that are given to the commands that need them."""
    withheld: frozenset[tuple[str, str]] = frozenset()
    """Commands and tokens that a workflow does not give them, although an action could."""
    labels: frozenset[str] = frozenset()
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Contexts that differ."""
    cancel: bool = False
    """Whether it is interrupted when a reply waits."""
    sound: bool = True
    """Whether the real command would understand every call."""
    of: str = ""
    """The workflow or action of the kit that it is about."""
    sets: frozenset[str] = frozenset()
    """The inputs that it sets."""

    def start(self, kit: Kit, project: Project, folder: Path) -> Run:
        """Run the workflow."""
        return testing.run(
            kit, project, folder, json.dumps(self.workflow), event=self.event(project), replies=self.replies,
            secrets=SECRETS, labels=self.labels, overrides=self.overrides,
            cancel=self.cancel, sound=self.sound,
        )  # fmt: skip

    def check(self, run: Run) -> None:
        """Compare the run with what is expected."""
        assert run.results == {job: ended.result for job, ended in self.ended.items()}
        for job, ended in self.ended.items():
            assert list(run.steps(job).items()) == ended.steps(self.jobs[job]), job
        assert [shown(call) for call in run.calls] == list(self.calls)
        for call in run.calls:
            assert call.tokens == self._tokens(call.command), call.command
        assert run.exit_code == any(ended.result == "failure" for ended in self.ended.values())
        assert any(self.says in annotation.message for annotation in run.annotations) or not self.says
        if self.outputs is not None:
            assert outputs(run) == self.outputs
        assert not (run.folder / PLANTED).exists(), "an input was run as shell code"

    def _tokens(self, command: str) -> dict[str, str]:
        needed = {name for name in CAPABILITIES[command].tokens if (command, name) not in self.withheld}
        return {name: value for name, value in self.tokens.items() if name in needed}


def outputs(run: Run) -> dict[str, str]:
    """Return the outputs that reached the caller's next job or step."""
    content: dict[str, str] = json.loads((run.folder / "outputs.json").read_text("utf-8"))
    return content


def shown(call: Call) -> str:
    """Return a call as cases write it; for `conclude`, the results of the jobs instead of the long JSON.

    Its other options follow unless they have their defaults.
    """
    try:
        results = json.loads(call.arguments[1]) if call.command == "conclude" else None
    except ValueError:
        results = None
    if results is None:
        return str(call)
    others = zip(call.arguments[2::2], call.arguments[3::2], strict=True)
    words = [f"{job}={value['result']}" for job, value in sorted(results.items())]
    words += [f"model={model}" for value in results.values() if (model := value.get("outputs", {}).get("model"))]
    words += [f"{name.removeprefix('--')}={value}" for name, value in others if value not in ("", ".")]
    return " ".join(["conclude", *words])


def call(command: str, **options: str) -> str:
    """Return a command and its options as cases write them."""
    words = [word for name, value in options.items() for word in ("--" + name.replace("_", "-"), value)]
    return shlex.join([command, *words])


ALL_TOKENS = {"GITHUB_TOKEN": GITHUB_TOKEN} | {
    {"KUBECONFIG": "KUBECONFIG_TEXT"}.get(name, name): value for name, value in SECRETS.items()
}
"""What the commands are given when the caller passes every secret on."""
