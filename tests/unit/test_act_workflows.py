"""Parsing workflow files: triggers, needs, and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.act import requirements, workflows
from cicd.act.filters import PushFilter
from cicd.act.inputs import Input
from cicd.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

JOBS = "\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"
DISPATCH = "on: {{workflow_dispatch: {{inputs: {{a: {}}}}}}}"
PATH = ".github/workflows/a.yml"


@pytest.mark.parametrize(
    ("on", "push", "dispatch"),
    [
        ("on: push", PushFilter(), None),
        ("on: [push, pull_request]", PushFilter(), None),
        ("on: {push: }", PushFilter(), None),
        ("on: {push: {branches: main}}", PushFilter(branches=("main",)), None),
        ("on: {push: {tags: [Staging, 1.0, on]}}", PushFilter(tags=("Staging", "1.0", "on")), None),
        ("on: {push: {paths-ignore: ['**.md', '!a.md']}}", PushFilter(paths_ignore=("**.md", "!a.md")), None),
        ("on: workflow_call", None, None),
        ("'on': workflow_dispatch", None, {}),
        (
            (
                "on: {workflow_dispatch: {inputs: {a: , b: {required: true, type: boolean, default: true},"
                " c: {type: choice, options: [x, 1]}, d: {type: boolean}}}}"
            ),
            None,
            {
                "a": Input(),
                "b": Input("boolean", required=True, default="true"),
                "c": Input("choice", options=("x", "1")),
                "d": Input("boolean"),
            },
        ),
    ],
)
def test_push_and_dispatch_are_read(on: str, push: PushFilter | None, dispatch: dict[str, Input] | None) -> None:
    workflow = workflows.parse(PATH, f"name: A\n{on}{JOBS}")
    assert (workflow.push, workflow.dispatch) == (push, dispatch)
    assert (workflow.file, workflow.name) == ("a.yml", "A")


def test_other_triggers_are_read() -> None:
    workflow = workflows.parse(
        PATH, f"on: {{create: , delete: , schedule: [{{cron: '30 5,17 * * 1-5'}}, {{cron: '*/5 * * * MON'}}]}}{JOBS}"
    )
    assert (workflow.create, workflow.delete, workflow.schedules) == (True, True, ("30 5,17 * * 1-5", "*/5 * * * MON"))
    other = workflows.parse(PATH, f"on: push{JOBS}")
    assert (other.create, other.delete, other.schedules) == (False, False, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("on: push\njobs:\n  a: [\n", "a.yml:4: "),
        ("on: push\n\tjobs: 1\n", "a.yml:2: "),
        ("- a\n", "a.yml:1: this is not a workflow"),
        ("", "a.yml:1: this is not a workflow"),
        ("on: push\nname: gr\udcfcn\n", "a.yml:2: this is no text in UTF-8"),
        ("on: push\n", "the key 'jobs' is missing"),
        (JOBS, "the key 'on' is missing"),
        ("on: {push: {branches: [a], branches-ignore: [b]}}" + JOBS, "both 'branches' and 'branches-ignore'"),
        ("on: {push: {tags: ['v[0-']}}" + JOBS, "'v[0-': brackets may contain"),
        (DISPATCH.format("{type: text}") + JOBS, "inputs.a: 'text' is not a type of inputs"),
        (DISPATCH.format("{type: choice}") + JOBS, "inputs.a: 'type: choice' needs a list of 'options'"),
        (DISPATCH.format("{options: [x]}") + JOBS, "inputs.a: 'type: choice' needs a list of 'options'"),
        ("on: {schedule: [{cron: '@daily'}]}" + JOBS, "on.schedule: '@daily' is not a schedule"),
        ("on: {schedule: [{cron: '1 2 3 4'}]}" + JOBS, "on.schedule: '1 2 3 4' is not a schedule"),
        ("on: {schedule: [daily]}" + JOBS, "on.schedule: 'None' is not a schedule"),
    ],
)
def test_invalid_file_is_explained(text: str, message: str) -> None:
    with pytest.raises(UsageError) as failure:
        workflows.parse(PATH, text)
    assert message in failure.value.message
    assert failure.value.message.startswith(PATH)
    assert failure.value.exit_code == 2


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    files = {
        ".github/workflows/ci.yml": (
            "on: {workflow_call: {inputs: {runs-on: {default: '[\"kit-label\"]'}}}}\n"
            "jobs: {a: {runs-on: '${{ fromJSON(inputs.runs-on) }}', steps: [{uses: org/ml-cicd/actions/x@v1},"
            " {uses: actions/checkout@abc}]}}\n"
        ),
        "actions/x/action.yml": "runs: {using: composite, steps: [{run: 'true'}]}\n",
        "actions/bad/action.yml": "runs: {using: composite, steps: [{uses: actions/cache@v4}]}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def needs(kit: Path, jobs: str, **others: str) -> requirements.Needs:
    files = {PATH: f"on: push\njobs: {jobs}\n", **{name.replace("__", "/"): text for name, text in others.items()}}
    return requirements.needs("a.yml", files.get, kit)


def test_needs_follow_uses_through_the_kit(kit: Path) -> None:
    required = needs(
        kit,
        '{a: {uses: org/ml-cicd/.github/workflows/ci.yml@main, with: {runs-on: \'["gpu", "big"]\','
        " deploy-runs-on: '[\"farm\"]'}},"
        " b: {runs-on: {group: g, labels: [lab]}, steps: [{uses: ./own/action}, {uses: actions/checkout@v7}]}}",
        **{"own/action/action.yml": "runs: {steps: [{uses: org/ml-cicd/actions/x@v2}]}"},
    )
    stand_in = requirements.STAND_INS["actions/checkout"]
    assert required.repositories == {
        "org/ml-cicd@main": kit,
        "org/ml-cicd@v1": kit,
        "org/ml-cicd@v2": kit,
        "actions/checkout@abc": stand_in,
        "actions/checkout@v7": stand_in,
    }
    assert required.labels == {*requirements.LABELS, "kit-label", "gpu", "big", "farm", "lab"}
    assert (stand_in / "action.yml").is_file()


@pytest.mark.case("K3", "services and unknown inputs in a local run")
@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ("{a: {steps: [{uses: actions/cache@v4}]}}", f"{PATH}: 'uses: actions/cache@v4' can't run locally."),
        ("{a: {steps: [{uses: 'docker://alpine'}]}}", "'uses: docker://alpine' can't run locally."),
        ("{a: {uses: org/ml-cicd/.github/workflows/ci.yml}}", "can't run locally."),
        (
            "{a: {steps: [{uses: org/ml-cicd/actions/bad@v1}]}}",
            "org/ml-cicd/actions/bad/action.yml: 'uses: actions/cache@v4' can't run locally.",
        ),
        ("{a: {steps: [{uses: org/ml-cicd/actions/none@v1}]}}", "There is no actions/none/action.yml in org/ml-cicd."),
        ("{a: {uses: ./.github/workflows/none.yml}}", "There is no .github/workflows/none.yml in the project."),
        (
            "{a: {steps: []}, b: {services: {db: {image: postgres}}}}",
            f"{PATH}: the job 'b' has 'services', which need jobs that run in containers.",
        ),
        (
            "{a: {steps: [{uses: actions/checkout@v7, with: {Fetch-Depth: 0, sparse-checkout: src}}]}}",
            f"{PATH}: local runs don't support the input 'sparse-checkout' of actions/checkout.",
        ),
    ],
)
def test_use_that_cannot_run_locally_is_refused(kit: Path, jobs: str, message: str) -> None:
    with pytest.raises(UsageError) as failure:
        needs(kit, jobs)
    assert message in failure.value.message
    assert failure.value.exit_code == 2
    assert failure.value.hint


@pytest.mark.case("K3", "services and unknown inputs in a local run")
def test_services_are_allowed_where_jobs_have_containers(kit: Path) -> None:
    job = "{services: {db: {image: postgres}}, steps: [{run: x}]}"
    with_container = "{container: python, services: {db: {image: postgres}}, steps: [{run: x}]}"
    assert needs(kit, f"{{a: {with_container}}}")
    files = {PATH: f"on: push\njobs: {{a: {job}}}\n"}
    assert requirements.needs("a.yml", files.get, kit, on_host=False)
