"""Cases of the composite actions: each with its defaults, every input, hostile values, and a failure."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cicd.testing import Reply
from cicd.testing.replies import COMMIT, COUNTS, IMAGE, LINTED, linted, passing
from tests.act.support.case import GITHUB_TOKEN, HOSTILE, Case, Ended, call, green, red

if TYPE_CHECKING:
    from collections.abc import Mapping

CONCLUDED = {"result": "passed", "report": "", "artifact": "", "tests": "", "checks": ""}
ANSWERS = passing("staging") | {"conclude": Reply(outputs=CONCLUDED)}
USE = "Use the action"
SHOW = "Show its outputs"


@dataclass(frozen=True)
class Action:
    """An action: its command, the options that get its inputs, and the defaults of optional inputs."""

    command: str
    options: tuple[str, ...]
    required: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    tokens: tuple[str, ...] = ()
    positional: tuple[str, ...] = ()
    """The inputs that are passed without a name, after the options."""
    flags: tuple[str, ...] = ()
    """What the action always passes, before the options."""


PROMOTION = {"environment": "staging", "commit": COMMIT}
WHERE = {"environment": "staging"}
HERE = {"directory": "."}
LAX = {"tag": "", "backwards": "false"}
TOKENS = {
    "token": "GITHUB_TOKEN", "registry-token": "REGISTRY_TOKEN", "ssh-key": "DEPLOY_SSH_KEY",
    "kubeconfig": "KUBECONFIG_TEXT", "app-secrets": "APP_SECRETS", "ledger-key": "LEDGER_KEY",
    "build-secrets": "BUILD_SECRETS", "train-secrets": "TRAIN_SECRETS",
}  # fmt: skip
BOTH = ("token", "registry-token")
CHOSEN = {"backwards": "true", "use-cache": "true", "trains": "branch"}
"""What these inputs are set to, which take a few words alone."""
ACTIONS = {
    "build-image": Action(
        "build", ("directory", "use-cache", "trains"), defaults=HERE | {"use-cache": "false", "trains": "false"},
        tokens=(*BOTH, "build-secrets", "train-secrets"),
    ),
    "run-tests": Action("test", ("directory", "image"), {"image": IMAGE}, HERE),
    "run-checks": Action("check", ("directory", "image"), {"image": IMAGE}, HERE),
    "rehearse": Action(
        "rehearse", ("directory", "image"), {"image": IMAGE}, HERE, (*BOTH, "build-secrets", "train-secrets")
    ),
    "train": Action("train", ("directory", "image"), {"image": IMAGE}, HERE, (*BOTH, "train-secrets")),
    "release": Action(
        "release", ("directory", "bundle", "test-image"), {"test-image": IMAGE}, HERE | {"bundle": ""},
        (*BOTH, "build-secrets"),
    ),
    "verify": Action(
        "verify", ("directory", "environment", "commit", "tag", "backwards"), WHERE, HERE | LAX | {"commit": ""}, BOTH
    ),
    "deploy": Action(
        "deploy", ("directory", "environment", "commit", "tag", "backwards", "release", "test", "evaluation"),
        PROMOTION, HERE | LAX | {"release": "", "test": "", "evaluation": ""},
        (*BOTH, "ssh-key", "kubeconfig", "app-secrets"),
    ),
    "record": Action(
        "record", ("directory", "outcome", "environment", "commit", "release", "test"), {"outcome": "{}"} | PROMOTION,
        HERE | {"release": "", "test": ""}, (*BOTH, "ledger-key"),
    ),
    "approve": Action(
        "approve", ("directory", "reason"), PROMOTION | {"reason": "looked at it"}, HERE, ("token", "ledger-key"),
        ("environment", "commit"), ("--yes",),
    ),
    "advance": Action(
        "advance", ("directory", "commit", "staging-workflow"), {"commit": COMMIT},
        HERE | {"staging-workflow": "staging.yml"}, ("token",),
    ),
    "comment": Action("comment", (), tokens=("token",)),
}  # fmt: skip


def _workflow(name: str, inputs: Mapping[str, str]) -> dict[str, Any]:
    passed = {key: f"${{{{ github.event.inputs.{key} }}}}" for key in inputs}
    show = {
        "name": SHOW,
        "if": "always()",
        "env": {"OUTPUTS": "${{ toJSON(steps.it.outputs) }}"},
        "run": 'printf "%s" "$OUTPUTS" > "$ML_CICD_TEST/outputs.json"',
    }
    steps = [{"name": USE, "id": "it", "uses": f"org/ml-cicd/actions/{name}@v1", "with": passed}, show]
    return {"on": {"workflow_dispatch": {}}, "jobs": {"only": {"runs-on": "ubuntu-latest", "steps": steps}}}


def _case(name: str, what: str, inputs: Mapping[str, str], reply: Reply | None = None, *, tokens: Any = None) -> Case:
    conclude = Action("conclude", ("needs", "stage", "directory"), {"needs": ""}, HERE | {"stage": ""})
    action = ACTIONS.get(name, conclude)
    reply = reply or ANSWERS[action.command]
    workflow = _workflow(name, inputs)
    values = {**dict.fromkeys(action.required, ""), **action.defaults, **inputs}
    ended: Ended = red(USE, still=[SHOW]) if reply.exit_code else green()
    words = [*action.flags, *(word for option in action.options for word in ("--" + option, values[option]))]
    words += [values[name] for name in action.positional]
    put_out = {**dict.fromkeys(ANSWERS[action.command].outputs, ""), **reply.outputs}
    return Case(
        name=f"actions/{name}: {what}", workflow=workflow, event=lambda project: project.dispatch(inputs),
        ended={"only": ended}, calls=[shlex.join([action.command, *words])], jobs=workflow["jobs"],
        replies={action.command: reply}, outputs=put_out, of=f"actions/{name}",
        sets=frozenset(inputs), tokens=tokens or {"GITHUB_TOKEN": GITHUB_TOKEN},
    )  # fmt: skip


def _cases(name: str, action: Action) -> list[Case]:
    every = {option: CHOSEN.get(option, f"the {option}") for option in action.defaults}
    secrets = {token: f"the {token} of the caller" for token in action.tokens}
    tokens = {TOKENS[token]: value for token, value in secrets.items()}
    hostile = {option: HOSTILE for option in (*action.options, *action.positional) if option not in CHOSEN}
    # These two put something out although they fail.
    outputs = ANSWERS[action.command].outputs if action.command in ("deploy", "check") else {}
    return [
        _case(name, "what must be given", action.required),
        *(
            [_case(name, "every input", {**action.required, **every, **secrets}, tokens=tokens)]
            if every or secrets
            else []
        ),
        *([_case(name, "hostile inputs", hostile)] if hostile else []),
        _case(name, "fails", action.required, Reply(1, outputs)),
        _case(name, "is refused", action.required, Reply(4)),
    ]


REPORTED = {
    "result": "passed",
    "report": "/tmp/x/comment.json",
    "artifact": "ml-cicd-comment",
    "tests": COUNTS,
    "checks": LINTED,
}


def _conclude(what: str, needs: str, shown: str, result: str, **counted: str) -> Case:
    case = _case(
        "conclude", what, {"needs": needs} if needs else {}, Reply(int(result not in ("passed", "superseded")))
    )
    return replace(
        case,
        replies={},
        calls=[shown],
        outputs={**CONCLUDED, "result": result, **counted},
    )


ENCODED = linted(LINTED)["encoded-checks"]
CONCLUDE = [
    _conclude("all succeeded", '{"a": {"result": "success"}}', "conclude a=success", "passed"),
    _conclude("one was skipped", '{"a": {"result": "skipped"}}', "conclude a=skipped", "failed"),
    _conclude(
        "the rest is left to a newer run",
        '{"a": {"result": "success", "outputs": {"result": "superseded"}}, "b": {"result": "skipped"}}',
        "conclude a=success b=skipped",
        "superseded",
    ),
    _conclude(
        "a failure is no newer run's business",
        '{"a": {"result": "failure", "outputs": {"result": "superseded"}}, "b": {"result": "skipped"}}',
        "conclude a=failure b=skipped",
        "failed",
    ),
    _conclude(
        "counts are handed on, encoded or not",
        json.dumps({"a": {"result": "success", "outputs": {"tests": COUNTS, "encoded-checks": ENCODED}}}),
        "conclude a=success",
        "passed",
        tests=COUNTS,
        checks=LINTED,
    ),
    _conclude("needs nothing", "{}", "conclude", ""),
    _conclude("nothing given", "", call("conclude", needs="", stage="", directory="."), ""),
    _conclude("hostile inputs", HOSTILE, call("conclude", needs=HOSTILE, stage="", directory="."), ""),
    _case("conclude", "every input", {"needs": "the needs", "stage": "ci", "directory": HOSTILE}, Reply(0, REPORTED)),
]
CASES = [case for name, action in ACTIONS.items() for case in _cases(name, action)] + CONCLUDE
MISSING = [
    replace(_case(name, "nothing given", {}), sound=False) for name, action in ACTIONS.items() if action.required
]
NOT_TRUE_OR_FALSE = ("neither true nor false", {"backwards": "yes"}, "--backwards is 'yes'; write true or false")
NO_DIRECTORY = ("no such directory", {"directory": "nowhere"}, "nowhere")
NOT_JSON = "not JSON"
NOT_AN_OUTCOME = "not an outcome"
WRONG_INPUTS = {
    **dict.fromkeys([name for name, action in ACTIONS.items() if "directory" in action.options], NO_DIRECTORY),
    **dict.fromkeys(("verify", "deploy"), NOT_TRUE_OR_FALSE),
    "record": (NOT_AN_OUTCOME, {"outcome": "passed"}, "--outcome can't be read"),
    "conclude": (NOT_JSON, {"needs": "success"}, "--needs"),
}
"""An input of another type than is meant, and what is said of it."""
WRONG = [
    replace(
        _case(name, what, {**(ACTIONS[name].required if name in ACTIONS else {}), **inputs}),
        sound=what != NOT_TRUE_OR_FALSE[0],
    )
    for name, (what, inputs, _) in WRONG_INPUTS.items()
]
