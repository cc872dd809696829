"""Cases of the composite actions: each with its defaults, every input, hostile values, and a failure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cicd.testing import Reply
from cicd.testing.replies import BUNDLE, COMMIT, IMAGE, passing
from tests.act.support.case import GITHUB_TOKEN, HOSTILE, Case, Ended, call, green, red

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWERS = passing("staging") | {"conclude": Reply(outputs={"result": "passed"})}
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


PROMOTION = {"environment": "staging", "commit": COMMIT}
WHERE = {"environment": "staging"}
HERE = {"directory": "."}
LAX = {"tag": "", "backwards": "false"}
TOKENS = {
    "token": "GITHUB_TOKEN", "registry-token": "REGISTRY_TOKEN", "ssh-key": "DEPLOY_SSH_KEY",
    "kubeconfig": "KUBECONFIG_TEXT", "app-secrets": "APP_SECRETS", "ledger-key": "LEDGER_KEY",
}  # fmt: skip
BOTH = ("token", "registry-token")
BOOLEAN = ("backwards", "use-cache")
ACTIONS = {
    "build-image": Action(
        "build", ("directory", "use-cache"), defaults=HERE | {"use-cache": "false"}, tokens=BOTH
    ),
    "run-tests": Action("test", ("directory", "image"), {"image": IMAGE}, HERE),
    "run-checks": Action("check", ("directory", "image"), {"image": IMAGE}, HERE),
    "train": Action("train", ("directory", "image"), {"image": IMAGE}, HERE, BOTH),
    "release": Action(
        "release", ("directory", "bundle", "test-image"), {"bundle": BUNDLE, "test-image": IMAGE}, HERE, BOTH
    ),
    "verify": Action(
        "verify", ("directory", "environment", "commit", "tag", "backwards"), WHERE, HERE | LAX | {"commit": ""}, BOTH
    ),
    "deploy": Action(
        "deploy", ("directory", "environment", "commit", "tag", "backwards", "release", "test"), PROMOTION,
        HERE | LAX | {"release": "", "test": ""}, (*BOTH, "ssh-key", "kubeconfig", "app-secrets"),
    ),
    "record": Action(
        "record", ("directory", "outcome", "environment", "commit", "release", "test"), {"outcome": "{}"} | PROMOTION,
        HERE | {"release": "", "test": ""}, (*BOTH, "ledger-key"),
    ),
    "approve": Action(
        "approve", ("directory", "reason"), PROMOTION | {"reason": "looked at it"}, HERE, ("token", "ledger-key"),
        ("environment", "commit"),
    ),
    "advance": Action(
        "advance", ("directory", "commit", "staging-workflow"), {"commit": COMMIT},
        HERE | {"staging-workflow": "staging.yml"}, ("token",),
    ),
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
    action = ACTIONS.get(name) or Action("conclude", ("needs",), {"needs": ""})
    reply = reply or ANSWERS[action.command]
    workflow = _workflow(name, inputs)
    values = {**dict.fromkeys(action.required, ""), **action.defaults, **inputs}
    ended: Ended = red(USE, still=[SHOW]) if reply.exit_code else green()
    words = [word for option in action.options for word in ("--" + option, values[option])]
    words += [values[name] for name in action.positional]
    put_out = {**dict.fromkeys(ANSWERS[action.command].outputs, ""), **reply.outputs}
    return Case(
        name=f"actions/{name}: {what}", workflow=workflow, event=lambda project: project.dispatch(inputs),
        ended={"only": ended}, calls=[shlex.join([action.command, *words])], jobs=workflow["jobs"],
        replies={action.command: reply}, outputs=put_out, of=f"actions/{name}",
        sets=frozenset(inputs), tokens=tokens or {"GITHUB_TOKEN": GITHUB_TOKEN},
    )  # fmt: skip


def _cases(name: str, action: Action) -> list[Case]:
    every = {option: "true" if option in BOOLEAN else f"the {option}" for option in action.defaults}
    secrets = {token: f"the {token} of the caller" for token in action.tokens}
    tokens = {TOKENS[token]: value for token, value in secrets.items()}
    hostile = {option: HOSTILE for option in (*action.options, *action.positional) if option not in BOOLEAN}
    # These two put something out although they fail.
    outputs = ANSWERS[action.command].outputs if action.command in ("deploy", "check") else {}
    return [
        _case(name, "what must be given", action.required),
        *(
            [_case(name, "every input", {**action.required, **every, **secrets}, tokens=tokens)]
            if every or secrets
            else []
        ),
        _case(name, "hostile inputs", hostile),
        _case(name, "fails", action.required, Reply(1, outputs)),
        _case(name, "is refused", action.required, Reply(4)),
    ]


def _conclude(what: str, needs: str, shown: str, result: str) -> Case:
    case = _case(
        "conclude", what, {"needs": needs} if needs else {}, Reply(int(result not in ("passed", "superseded")))
    )
    return replace(case, replies={}, calls=[shown], outputs={"result": result})


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
    _conclude("needs nothing", "{}", "conclude", ""),
    _conclude("nothing given", "", call("conclude", needs=""), ""),
    _conclude("hostile inputs", HOSTILE, call("conclude", needs=HOSTILE), ""),
]
CASES = [case for name, action in ACTIONS.items() for case in _cases(name, action)] + CONCLUDE
MISSING = [
    replace(_case(name, "nothing given", {}), sound=False) for name, action in ACTIONS.items() if action.required
]
NOT_TRUE_OR_FALSE = ("neither true nor false", {"backwards": "yes"}, "--backwards is 'yes'; write true or false")
NO_DIRECTORY = ("no such directory", {"directory": "nowhere"}, "nowhere")
NOT_JSON = "not JSON"
WRONG_INPUTS = {
    **dict.fromkeys(ACTIONS, NO_DIRECTORY),
    **dict.fromkeys(("verify", "deploy"), NOT_TRUE_OR_FALSE),
    "record": (NOT_JSON, {"outcome": "passed"}, "--outcome is not JSON"),
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
