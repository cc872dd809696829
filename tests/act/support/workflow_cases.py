"""Cases of the workflows: each workflow in every outcome that it can have."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cicd import stages
from cicd.act import workflows
from cicd.testing import Reply
from cicd.testing.replies import (
    BUNDLE,
    COMMIT,
    COUNTS,
    EVALUATION_SET,
    IMAGE,
    LINTED,
    REHEARSED,
    RELEASE_IMAGE,
    TEST_IMAGE,
    URL,
    deployed,
    linted,
    passing,
)
from cicd.testing.replies import outcome as outcome_of
from tests.act.support.case import (
    ALL_TOKENS,
    FOLLOWING,
    HOSTILE,
    PUSHED,
    ROOT,
    SKIPPED,
    Case,
    Ended,
    call,
    green,
    red,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cicd.ledger import Result
    from cicd.testing import Event, Project

CALLERS = ROOT / "example_project" / ".github" / "workflows"
CHECKOUT = "Check out the code"
BUILD = "Build the image"
TESTS = "Run the unit tests in the image"
CHECKS = "Run the checks in the image"
REHEARSE = "Train thinly and evaluate on the development set"
TRAIN = "Train the model if its inputs changed"
RELEASE = "Build the release image and push both images"
VERIFY = "Verify that the commit may be promoted"
INSTALL = "Install the packages of the model gate"
DEPLOY = "Deploy the release and test it"
RECORD = "Record the deployment in the ledger"
APPROVE = "Record the approval in the ledger"
ADVANCE = "Fast-forward main, move the tag Staging and start staging"
CONCLUDE = "Fail unless every earlier job succeeded"
LEAVE = "Leave what the run says for the comment"
COMMENT = "Write what the runs say into the comment"


LOST, DROPPED = Reply(1, {"result": "failed"}), Reply(outputs={"result": "passed", "url": URL})
"""What `ml-cicd deploy` puts out if it dies after it began; and if GitHub drops its outcome, which holds a secret."""
TOLD = "The job deploy began a deployment, and its outcome did not arrive: nothing was recorded."
NOT_LINTED = '{"lint": false, "types": true}'


def _document(path: Any) -> dict[str, Any]:
    return workflows.document(path.name, path.read_text("utf-8"))


def _followed(caller: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the caller with one more job, which takes the outputs."""
    caller["jobs"][FOLLOWING] = {
        "needs": [name],
        "runs-on": "ubuntu-latest",
        "steps": [
            {
                "name": "Take the outputs",
                "env": {"OUTPUTS": f"${{{{ toJSON(needs.{name}.outputs) }}}}"},
                "run": 'printf "%s" "$OUTPUTS" > "$ML_CICD_TEST/outputs.json"',
            }
        ],
    }
    return caller


def shipped(name: str) -> dict[str, Any]:
    """Return the example's caller without jobs of its own; `test_tracking.py` tests those."""
    caller = _document(CALLERS / f"{name}.yml")
    return _followed({**caller, "jobs": {name: caller["jobs"][name]}}, name)


def steered(name: str, inputs: Mapping[str, str]) -> dict[str, Any]:
    """Return the shipped caller, started by hand, with inputs from the event in place of those that it passes on."""
    caller = shipped(name)
    passed = {key: f"${{{{ github.event.inputs.{key} }}}}" for key in inputs}
    job = {key: value for key, value in caller["jobs"][name].items() if name != "comment" or key != "if"}
    jobs = {**caller["jobs"], name: {**job, "with": passed}}  # the comment is not started by hand
    return {**caller, "on": {"workflow_dispatch": {}}, "jobs": jobs}


class Road:
    """Makes the cases of one workflow."""

    def __init__(self, name: str, event: Callable[[Project], Event], passes: Mapping[str, Ended],
                 calls: Callable[..., list[str]], outputs: Mapping[str, str]) -> None:  # fmt: skip
        self.name = name
        self.event = event
        self.passes = passes
        self.calls = calls
        self.outputs = outputs
        self.jobs = _document(ROOT / ".github" / "workflows" / f"{name}.yml")["jobs"]
        self.withheld = frozenset([("build", "REGISTRY_TOKEN"), ("rehearse", "REGISTRY_TOKEN")])
        self.replies = passing({"ci": "", "deploy": "staging"}.get(name, name))

    def case(self, what: str, *, ended: Mapping[str, Ended] | None = None, calls: Sequence[str] | None = None,
             outputs: Mapping[str, str] | None = None, says: str = "", **answers: Reply) -> Case:  # fmt: skip
        """Return the shipped caller in one outcome. After a failure no job follows, since `act` stops there."""
        caller = shipped(self.name)
        all_ended = dict(ended or self.passes)
        fails = any(job.result == "failure" for job in all_ended.values())
        if not fails:
            all_ended[FOLLOWING] = green()
        return Case(
            name=f"{self.name}: {what}", workflow=caller, event=self.event, ended=all_ended,
            calls=self.calls() if calls is None else calls,
            jobs={**self.jobs, FOLLOWING: caller["jobs"][FOLLOWING]}, replies=self.replies | answers,
            outputs=None if fails else {**self.outputs, **(outputs or {})}, of=self.name, says=says,
            tokens=ALL_TOKENS, withheld=self.withheld,
        )  # fmt: skip

    def again(self) -> Case:
        """Return a successful run as attempt 2: nothing depends on the number of the attempt."""
        return replace(self.case("run again"), overrides={"GITHUB_RUN_ATTEMPT": "2"})

    def cancelled(self, command: str, ended: Mapping[str, Ended], calls: Sequence[str]) -> Case:
        """Return a run interrupted during `command`: `act` starts jobs with `always()` and skips their steps."""
        waits = replace(self.replies[command], seconds=60)
        case = self.case(f"cancelled during {command}", ended=ended, calls=calls)
        return replace(case, replies={**self.replies, command: waits}, cancel=True)

    def with_inputs(self, what: str, inputs: Mapping[str, str], *, labels: Sequence[str] = ()) -> Case:
        """Return a successful run with these inputs."""
        caller = steered(self.name, inputs)
        ours = {key.replace("-", "_"): value for key, value in inputs.items()}
        for name in ("runs_on", "deploy_runs_on", "timeout_minutes", "submodules", "lfs", "training_environment"):
            ours.pop(name, None)
        return replace(
            self.case(what), workflow=caller, event=lambda project: project.dispatch(inputs),
            calls=self.calls(**ours), labels=frozenset(labels), sets=frozenset(inputs),
        )  # fmt: skip


def _concluded(jobs: str, stage: str, directory: str = ".") -> str:
    """Return the call that concludes a run; without a stage, the run leaves nothing for the comment."""
    if not stage:
        return f"conclude {jobs}"
    return f"conclude {jobs} stage={stage}" + (f" directory={directory}" if directory != "." else "")


def _ci(directory: str = ".") -> list[str]:
    return [
        call("build", directory=directory, **{"use-cache": "true"}, trains="branch"),
        call("test", directory=directory, image=IMAGE),
        call("check", directory=directory, image=IMAGE),
        _concluded("test=success", "ci", directory),
    ]


def _integration(
    directory: str = ".", staging_workflow: str = "staging.yml", outcome: str = "", evaluation: str = EVALUATION_SET
) -> list[str]:
    return [
        call("build", directory=directory, **{"use-cache": "false"}, trains="true"),
        call("test", directory=directory, image=IMAGE),
        call("train", directory=directory, image=IMAGE),
        call("release", directory=directory, bundle=BUNDLE, test_image=IMAGE),
        call(
            "deploy", directory=directory, environment="integration", commit=COMMIT, tag="", backwards="false",
            release=RELEASE_IMAGE, test=TEST_IMAGE, evaluation=evaluation,
        ),
        call(
            "record", directory=directory, outcome=outcome or outcome_of("integration"), environment="integration",
            commit=COMMIT, release=RELEASE_IMAGE, test=TEST_IMAGE,
        ),
        call("advance", directory=directory, commit=COMMIT, staging_workflow=staging_workflow),
        _concluded("build=success deploy=success record=success", "integration", directory),
    ]  # fmt: skip


def _recorded(where: str, result: Result = "passed", *, directory: str = ".", environment: str = "") -> str:
    return call(
        "record", directory=directory, outcome=outcome_of(where, result), environment=environment or where,
        commit=COMMIT, release="", test="",
    )  # fmt: skip


def _promotion(
    where: str, commit: str, tag: str, *, stage: str = "", backwards: str = "false"
) -> Callable[..., list[str]]:
    def calls(directory: str = ".", commit: str = commit, tag: str = tag, environment: str = where) -> list[str]:
        place = {"directory": directory, "environment": environment}
        strict = {"tag": tag, "backwards": backwards}
        return [
            call("verify", **place, commit=commit, **strict),
            call("deploy", **place, commit=COMMIT, **strict, release="", test="", evaluation=""),
            _recorded(where, directory=directory, environment=environment),
            _concluded("deploy=success record=success verify=success", stage, directory),
        ]

    return calls


def _ci_cases() -> list[Case]:
    outputs = {"result": "passed", "tests": COUNTS, "checks": LINTED}
    passes = {"test": green(without=[INSTALL, REHEARSE]), "ci-passed": green()}
    road = Road("ci", lambda project: project.push("refs/heads/feature/x"), passes, _ci, outputs)
    failed = _concluded("test=failure", "ci")
    build, test, check, _ = _ci()
    concluded = red(CONCLUDE, still=[LEAVE])
    trains = Reply(outputs={"image": IMAGE, "trains": "true"})
    rehearse = call("rehearse", directory=".", image=IMAGE)
    return [
        road.case("passes"),
        road.case(
            "passes and trains thinly", build=trains,
            calls=[build, test, check, rehearse, _concluded(f"test=success model={REHEARSED}", "ci")],
            ended={"test": green(), "ci-passed": green()},
        ),
        road.case(
            "the thin training fails", build=trains, rehearse=Reply(1), calls=[build, test, check, rehearse, failed],
            ended={"test": red(REHEARSE), "ci-passed": concluded},
        ),
        road.case(
            "a check fails, so that nothing is trained", build=trains, check=Reply(1, linted(NOT_LINTED)),
            calls=[build, test, check, failed], ended={"test": red(CHECKS), "ci-passed": concluded},
        ),
        road.case(
            "the image does not build", build=Reply(1), calls=[build, failed],
            ended={"test": red(BUILD), "ci-passed": concluded},
        ),
        road.case(
            "a unit test fails, the checks still run", test=Reply(1), calls=[build, test, check, failed],
            ended={"test": red(TESTS, still=[CHECKS]), "ci-passed": concluded},
        ),
        road.case(
            "a check fails", check=Reply(1, linted(NOT_LINTED)), calls=[build, test, check, failed],
            ended={"test": red(CHECKS), "ci-passed": concluded},
        ),
        road.case(
            "a unit test and a check fail", test=Reply(1), check=Reply(1, linted(NOT_LINTED)),
            calls=[build, test, check, failed], ended={"test": red(TESTS, too=[CHECKS]), "ci-passed": concluded},
        ),
        road.case(
            "no engine answers", build=Reply(69), calls=[build, failed],
            ended={"test": red(BUILD), "ci-passed": concluded},
        ),
        road.again(),
        road.cancelled("test", {"test": red(TESTS), "ci-passed": green(without=[CONCLUDE, LEAVE])}, [build, test]),
        road.with_inputs(
            "every input",
            {
                "directory": "projects/a b", "runs-on": '["gpu"]', "timeout-minutes": "7", "submodules": "recursive",
                "lfs": "false", "training-environment": "training",
            },
            labels=["gpu", "ubuntu-latest"],
        ),
        road.with_inputs("hostile inputs", {"directory": HOSTILE, "training-environment": HOSTILE}),
    ]  # fmt: skip


def _integration_cases() -> list[Case]:
    outputs = {
        "commit": COMMIT, "release": RELEASE_IMAGE, "test": TEST_IMAGE, "bundle": BUNDLE, "trained": "true",
        "entry": "7", "state": "advanced", "result": "passed",
    }  # fmt: skip
    passes = {"build": green(), "deploy": green(), "record": green(), "conclude": green()}
    road = Road("integration", lambda project: project.push("refs/heads/develop"), passes, _integration, outputs)
    build, test, train, release, deploy, record, advance, _ = _integration()
    failed = _integration(outcome=outcome_of("integration", "failed"))[5]
    built = [build, test, train, release]
    concluded = red(CONCLUDE, still=[LEAVE])

    def stopped(step: str) -> dict[str, Ended]:
        return {"build": red(step), "deploy": SKIPPED, "record": SKIPPED, "conclude": concluded}

    nothing = _concluded("build=failure deploy=skipped record=skipped", "integration")
    not_recorded = _concluded("build=success deploy=failure record=skipped", "integration")
    not_advanced = _concluded("build=success deploy=success record=failure", "integration")
    return [
        road.case("passes"),
        road.case(
            "passes with a model that did not change",
            train=Reply(outputs={"bundle": BUNDLE, "trained": "false", "evaluation": EVALUATION_SET}),
            outputs={"trained": "false"},
        ),
        road.case(
            "passes without a model gate", train=Reply(outputs={"bundle": BUNDLE, "trained": "true", "evaluation": ""}),
            ended={**passes, "deploy": green(without=[INSTALL])}, calls=_integration(evaluation=""),
        ),
        road.case("the image does not build", build=Reply(1), calls=[build, nothing], ended=stopped(BUILD)),
        road.case("a unit test fails", test=Reply(1), calls=[build, test, nothing], ended=stopped(TESTS)),
        road.case("the training fails", train=Reply(1), calls=[*built[:3], nothing], ended=stopped(TRAIN)),
        road.case("the release does not build", release=Reply(1), calls=[*built, nothing], ended=stopped(RELEASE)),
        road.case("no registry takes the images", release=Reply(69), calls=[*built, nothing], ended=stopped(RELEASE)),
        road.case("the release is refused", release=Reply(4), calls=[*built, nothing], ended=stopped(RELEASE)),
        road.case(
            "the deployment fails, is recorded, and goes no further", deploy=deployed("integration", "failed"),
            calls=[*built, deploy, failed, _concluded("build=success deploy=failure record=success", "integration")],
            ended={**passes, "deploy": red(DEPLOY), "record": green(without=[ADVANCE]), "conclude": concluded},
        ),
        road.case(
            "the deployment is refused before anything changed", deploy=Reply(4), calls=[*built, deploy, not_recorded],
            ended={**passes, "deploy": red(DEPLOY), "record": SKIPPED, "conclude": concluded},
        ),
        road.case(
            "no engine answers the deployment", deploy=Reply(69), calls=[*built, deploy, not_recorded],
            ended={**passes, "deploy": red(DEPLOY), "record": SKIPPED, "conclude": concluded},
        ),
        road.case(
            "the ledger can't be written, so nothing advances", record=Reply(69),
            calls=[*built, deploy, record, _concluded("build=success deploy=success record=failure", "integration")],
            ended={**passes, "record": red(RECORD), "conclude": concluded},
        ),
        road.case(
            "the deployment fails and can't be recorded", deploy=deployed("integration", "failed"), record=Reply(69),
            calls=[*built, deploy, failed, _concluded("build=success deploy=failure record=failure", "integration")],
            ended={**passes, "deploy": red(DEPLOY), "record": red(RECORD), "conclude": concluded},
        ),
        road.case(
            "the deployment ends before it says how", deploy=LOST, calls=[*built, deploy, not_recorded], says=TOLD,
            ended={**passes, "deploy": red(DEPLOY), "record": SKIPPED, "conclude": concluded},
        ),
        road.case(
            "the outcome does not arrive", deploy=DROPPED, says=TOLD,
            calls=[*built, deploy, _concluded("build=success deploy=success record=skipped", "integration")],
            ended={**passes, "record": SKIPPED, "conclude": concluded},
        ),
        *(
            road.case(
                what, advance=Reply(code),
                calls=[*built, deploy, record, advance, not_advanced],
                ended={**passes, "record": red(ADVANCE), "conclude": concluded},
            )
            for what, code in (("advancing is refused", 4), ("staging can't be started", 69))
        ),
        road.case(
            "superseded by a newer run", advance=Reply(outputs={"state": "superseded"}),
            outputs={"state": "superseded"},
        ),
        road.again(),
        road.cancelled("train", {**stopped(TRAIN), "conclude": green(without=[CONCLUDE, LEAVE])}, built[:3]),
        road.cancelled(
            "deploy", {**passes, **_cancelled_in_deploy(CONCLUDE, LEAVE), "record": green(without=[RECORD, ADVANCE])},
            [*built, deploy],
        ),
        road.cancelled(
            "advance", {**passes, "record": red(ADVANCE), "conclude": green(without=[CONCLUDE, LEAVE])},
            [*built, deploy, record, advance],
        ),
        road.with_inputs(
            "every input",
            {
                "directory": "projects/a", "runs-on": '["gpu"]', "timeout-minutes": "7", "staging-workflow": "next.yml",
                "submodules": "recursive", "lfs": "false", "deploy-runs-on": '["here"]',
            },
            labels=["gpu", "here", "ubuntu-latest"],
        ),
        road.with_inputs("hostile inputs", {"directory": HOSTILE, "staging-workflow": HOSTILE}),
    ]  # fmt: skip


def _cancelled_in_deploy(*last: str) -> dict[str, Ended]:
    return {"deploy": red(DEPLOY), "record": green(without=[RECORD]), "conclude": green(without=last)}


def _promotion_cases(road: Road, environment: str) -> list[Case]:
    verify, deploy, record, _ = road.calls()
    failed = _recorded(environment, "failed")
    stage = road.name if road.name in stages.TAGGED else ""
    last = [CONCLUDE, LEAVE] if stage else [CONCLUDE]
    concluded = red(CONCLUDE, still=last[1:])
    passes = road.passes
    refused = {"verify": red(VERIFY), "deploy": SKIPPED, "record": SKIPPED, "conclude": concluded}
    nothing = _concluded("deploy=skipped record=skipped verify=failure", stage)
    not_recorded = {**passes, "deploy": red(DEPLOY), "record": SKIPPED, "conclude": concluded}
    only_verified = _concluded("deploy=failure record=skipped verify=success", stage)
    return [
        road.case("passes"),
        road.case("refused", verify=Reply(4), calls=[verify, nothing], ended=refused),
        road.case("neither ledger nor registry answers", verify=Reply(69), calls=[verify, nothing], ended=refused),
        road.case(
            "the deployment fails and is recorded", deploy=deployed(environment, "failed"),
            calls=[verify, deploy, failed, _concluded("deploy=failure record=success verify=success", stage)],
            ended={**passes, "deploy": red(DEPLOY), "conclude": concluded},
        ),
        road.case(
            "refused when it is verified again", deploy=Reply(4), calls=[verify, deploy, only_verified],
            ended=not_recorded,
        ),
        road.case("no engine answers", deploy=Reply(69), calls=[verify, deploy, only_verified], ended=not_recorded),
        road.case(
            "the deployment ends before it says how", deploy=LOST, calls=[verify, deploy, only_verified],
            ended=not_recorded, says=TOLD,
        ),
        road.case(
            "the outcome does not arrive", deploy=DROPPED, says=TOLD,
            calls=[verify, deploy, _concluded("deploy=success record=skipped verify=success", stage)],
            ended={**passes, "record": SKIPPED, "conclude": concluded},
        ),
        road.case(
            "the ledger can't be written", record=Reply(69),
            calls=[verify, deploy, record, _concluded("deploy=success record=failure verify=success", stage)],
            ended={**passes, "record": red(RECORD), "conclude": concluded},
        ),
        road.case(
            "the deployment fails and can't be recorded", deploy=deployed(environment, "failed"), record=Reply(69),
            calls=[verify, deploy, failed, _concluded("deploy=failure record=failure verify=success", stage)],
            ended={**passes, "deploy": red(DEPLOY), "record": red(RECORD), "conclude": concluded},
        ),
        road.again(),
        road.cancelled("verify", {**refused, "conclude": green(without=last)}, [verify]),
        road.cancelled("deploy", {**passes, **_cancelled_in_deploy(*last)}, [verify, deploy]),
        road.cancelled(
            "record", {**passes, "record": red(RECORD), "conclude": green(without=last)},
            [verify, deploy, record],
        ),
    ]  # fmt: skip


def _promotions() -> list[Case]:
    outputs = {
        "commit": COMMIT, "release": RELEASE_IMAGE, "test": TEST_IMAGE, "entry": "7", "url": URL, "result": "passed",
    }  # fmt: skip
    passes = {"verify": green(), "deploy": green(), "record": green(), "conclude": green()}
    superseded = Reply(outputs={"commit": COMMIT, "release": "", "test": "", "result": "superseded"})
    left, waited = (f"deploy={ended} record=skipped verify=success" for ended in ("skipped", "success"))
    newer = {"release": "", "test": "", "entry": "", "url": "", "result": "superseded"}
    cases = []
    for name, tag in (("staging", "Staging"), ("production", "Production")):
        calls = _promotion(name, PUSHED, tag, stage=name)
        road = Road(name, _pushed(tag), passes, calls, outputs)
        cases += _promotion_cases(road, name)
        cases += [
            road.with_inputs(
                "every input",
                {
                    "directory": "projects/a", "commit": "v1.2", "tag": f"a/{tag}", "runs-on": '["gpu"]',
                    "deploy-runs-on": '["here"]', "timeout-minutes": "7",
                },
                labels=["gpu", "here", "ubuntu-latest"],
            ),
            road.case(
                "superseded by a newer run", verify=superseded, calls=[calls()[0], _concluded(left, name)],
                outputs=newer,
                ended={**passes, "deploy": SKIPPED, "record": SKIPPED},
            ),
            road.case(
                "superseded while it waited", deploy=Reply(outputs={"outcome": "", "result": "superseded", "url": ""}),
                calls=[*calls()[:2], _concluded(waited, name)],
                outputs={**newer, "release": RELEASE_IMAGE, "test": TEST_IMAGE},
                ended={**passes, "record": SKIPPED},
            ),
            road.with_inputs("no trigger tag", {"commit": "v1.2", "tag": ""}),
            road.with_inputs("hostile inputs", {"directory": HOSTILE, "commit": HOSTILE, "tag": HOSTILE}),
        ]  # fmt: skip
    inputs = {"environment": "staging", "commit": "v1.1"}
    calls = _promotion("staging", "v1.1", "", backwards="true")
    road = Road("deploy", lambda project: project.dispatch(inputs), passes, calls, outputs)
    cases += _promotion_cases(road, "staging")
    cases += [
        replace(road.with_inputs("the release before", {"environment": "staging"}), calls=calls(commit="")),
        road.with_inputs(
            "every input",
            {
                "directory": "projects/a", "environment": "staging", "commit": "v1.2", "runs-on": '["gpu"]',
                "deploy-runs-on": '["here"]', "timeout-minutes": "7",
            },
            labels=["gpu", "here", "ubuntu-latest"],
        ),
        road.with_inputs("hostile inputs", {"directory": HOSTILE, "environment": HOSTILE, "commit": HOSTILE}),
    ]  # fmt: skip
    return cases


def _approve(
    directory: str = ".", environment: str = "production", commit: str = COMMIT, reason: str = "looked at it"
) -> list[str]:
    approve = shlex.join(["approve", "--yes", "--directory", directory, "--reason", reason, environment, commit])
    return [approve, "conclude approve=success"]


def _approve_cases() -> list[Case]:
    inputs = {"environment": "production", "commit": COMMIT, "reason": "looked at it"}
    passes = {"approve": green(), "conclude": green()}
    outputs = {"entry": "7", "result": "passed"}
    road = Road("approve", lambda project: project.dispatch(inputs), passes, _approve, outputs)
    calls = [_approve()[0], "conclude approve=failure"]
    failed = {"approve": red(APPROVE), "conclude": red(CONCLUDE)}
    return [
        road.case("passes"),
        road.case("refused", approve=Reply(4), calls=calls, ended=failed),
        road.case("the ledger can't be written", approve=Reply(69), calls=calls, ended=failed),
        road.again(),
        road.cancelled("approve", {**failed, "conclude": green(without=[CONCLUDE])}, calls[:1]),
        road.with_inputs(
            "every input",
            {
                "directory": "projects/a", "environment": "staging", "commit": "v1.2", "reason": "all is well",
                "runs-on": '["gpu"]',
            },
            labels=["gpu", "ubuntu-latest"],
        ),
        road.with_inputs("hostile inputs", dict.fromkeys(("directory", "environment", "commit", "reason"), HOSTILE)),
    ]  # fmt: skip


def _comment_cases() -> list[Case]:
    passes = {"comment": green(), "conclude": green()}
    outputs = {"comment": "updated", "result": "passed"}
    calls = ["comment", "conclude comment=success"]
    road = Road("comment", lambda project: project.pull_request(), passes, lambda: calls, outputs)
    failed = {"comment": red(COMMENT), "conclude": red(CONCLUDE)}
    nothing = ["comment", "conclude comment=failure"]
    return [
        road.case("passes"),
        road.case("refused", comment=Reply(4), calls=nothing, ended=failed),
        road.case("GitHub does not answer", comment=Reply(69), calls=nothing, ended=failed),
        road.again(),
        road.cancelled("comment", {**failed, "conclude": green(without=[CONCLUDE])}, ["comment"]),
        road.with_inputs("every input", {"runs-on": '["gpu"]'}, labels=["gpu", "ubuntu-latest"]),
    ]  # fmt: skip


def _pushed(tag: str) -> Callable[[Project], Event]:
    return lambda project: project.push(f"refs/tags/{tag}")


CASES = [*_ci_cases(), *_integration_cases(), *_promotions(), *_approve_cases(), *_comment_cases()]
