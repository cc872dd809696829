"""What people do with a forge besides pushing: start, fire, wait, cancel; and what `create` and `delete` start."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.forge import lifecycle
from tests.act.support.forge import IS_TOLD, SERVICES, WAITS, Project, alive, make_kit, make_project, until

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOW = "echo flag=$FLAG:$RAW count=$COUNT where=$WHERE ref=$GITHUB_REF type=$GITHUB_REF_TYPE"
BY_HAND = f"""
name: By hand
on:
  workflow_dispatch:
    inputs:
      flag: {{type: boolean}}
      count: {{type: number, default: 3}}
      where: {{type: choice, options: [here, there], default: here}}
      needed: {{required: true}}
jobs:
  show:
    runs-on: ubuntu-latest
    steps:
      - name: Show
        env: {{FLAG: "${{{{ inputs.flag && 'yes' || 'no' }}}}", RAW: "${{{{ inputs.flag }}}}",
               COUNT: "${{{{ inputs.count }}}}", WHERE: "${{{{ inputs.where }}}}"}}
        run: {SHOW}
      - name: Judge
        env: {{NEEDED: "${{{{ inputs.needed }}}}"}}
        run: test "$NEEDED" = good
"""
CLOCK = """
name: Clock
on: {schedule: [{cron: '1 2 * * *'}, {cron: '3 4 * * 0'}]}
jobs:
  show:
    runs-on: ubuntu-latest
    steps:
      - env: {CRON: "${{ github.event.schedule }}"}
        run: echo "cron=$CRON on $GITHUB_REF by $GITHUB_EVENT_NAME"
"""
TWICE = """
name: Twice
on: {schedule: [{cron: '1 1 * * *'}, {cron: '2 2 * * *'}]}
jobs:
  wait:
    runs-on: ubuntu-latest
    steps:
      - env: {CRON: "${{ github.event.schedule }}"}
        run: if test "$CRON" = "1 1 * * *"; then sleep 60; fi
"""
REFS = """
name: Refs
on: [create, delete]
jobs:
  show:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - env: {NAME: "${{ github.event.ref_type }} ${{ github.event.ref }}", REF: "${{ github.ref }}"}
        run: echo "$GITHUB_EVENT_NAME of $NAME on $REF $GITHUB_REF_TYPE at $(git rev-parse HEAD)"
"""
LONG = """
name: Long
on: {workflow_dispatch: }
jobs:
  wait:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - run: bash script.sh
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("byhand")
    project = make_project(folder / "project", folder / "cache")
    texts = {"by-hand": BY_HAND, "clock": CLOCK, "twice": TWICE, "refs": REFS, "long": LONG, "ci": ""}
    project.commit({f".github/workflows/{name}.yml": text for name, text in texts.items()})
    lifecycle.up(project.path, make_kit(folder / "kit"), lambda *_: SERVICES, lambda _: None)
    project.push("main")
    return project


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (
            ["--input", "flag=true", "--input", "count=10", "--input", "where=there"],
            "flag=yes:true count=10 where=there",
        ),
        (["--input", "flag=false"], "flag=no:false count=3 where=here"),
    ],
)
def test_a_workflow_is_started_by_hand_with_its_inputs(project: Project, given: Sequence[str], shown: str) -> None:
    code, said = project.local("dispatch", "by-hand.yml", "--input", "needed=good", *given)
    assert (code, project.last.event, project.last.result) == (0, "workflow_dispatch", "success"), said
    assert f"{shown} ref=refs/heads/main type=branch" in project.log
    assert "passed: By hand" in said


def test_a_run_by_hand_that_fails_ends_with_1(project: Project) -> None:
    code, said = project.local("dispatch", "by-hand.yml", "--input", "needed=bad")
    assert (code, project.last.result) == (1, "failure")
    assert "FAILED: By hand / show / Judge" in said


def test_it_runs_on_the_tag_or_branch_that_is_named(project: Project) -> None:
    project.git("tag", "-f", "v1")
    project.push("-f", "v1")
    code, _ = project.local("dispatch", "by-hand.yml", "--ref", "v1", "--input", "needed=good")
    assert (code, project.last.ref) == (0, "refs/tags/v1")
    assert "ref=refs/tags/v1 type=tag" in project.log


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.yml"], "There is no such workflow. Push .github/workflows/none.yml to main."),
        (["by-hand.yml"], "Required input 'needed' not provided\nAdd: --input needed=VALUE"),
        (
            ["by-hand.yml", "--input", "needed=x", "--input", "typo=1"],
            "The workflow declares: flag, count, where, needed.",
        ),
        (["by-hand.yml", "--input", "needed=x", "--input", "flag=yes"], "Allowed values: true, false."),
        (["by-hand.yml", "--input", "needed"], "'needed' is not of the form NAME=VALUE"),
        (["by-hand.yml", "--ref", "nowhere"], "No ref found for: nowhere"),
        (["clock.yml"], "Workflow does not have 'workflow_dispatch' trigger"),
    ],
)
def test_what_can_not_be_started_is_refused_and_leaves_no_run(project: Project, words: list[str], message: str) -> None:
    before = len(project.records())
    code, said = project.local("dispatch", *words)
    assert (code, len(project.records())) == (2, before)
    assert message in said


def test_schedules_are_fired_by_hand_each_with_its_own_time(project: Project) -> None:
    before = len(project.records())
    code, said = project.local("fire", "clock.yml")
    assert code == 0, said
    assert [(run.event, run.result) for run in project.records()[before:]] == [("schedule", "success")] * 2
    assert "cron=3 4 * * 0 on refs/heads/main by schedule" in project.log
    assert project.local("fire", "by-hand.yml")[0] == 2


def test_a_new_and_a_deleted_branch_start_their_workflows(project: Project) -> None:
    main = project.git("rev-parse", "main")
    tip = project.commit(branch="feature/x")
    assert "passed: Refs" in project.push("feature/x")
    assert f"create of branch feature/x on refs/heads/feature/x branch at {tip}" in project.log
    project.push("--delete", "feature/x")
    assert f"delete of branch feature/x on refs/heads/main branch at {main}" in project.log


def test_a_cancelled_run_ends_with_its_processes_and_what_waits_behind_it_goes_on(
    project: Project, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": WAITS.format(mark=mark)}, branch="long")
    project.push("long")
    with project.start("dispatch", "long.yml", "--ref", "long") as first:
        process = int(until(lambda: mark.exists() and mark.read_text()))
        number = project.last.number
        with project.start("dispatch", "by-hand.yml", "--input", "needed=good") as second:
            assert second.stdout is not None
            assert "waiting until the runs of another push or command have ended" in second.stdout.readline()
            assert project.local("cancel", str(number)) == (0, f"run {number} is cancelled\n")
            assert second.wait() == 0
        assert first.wait() == 1
    assert not alive(process)
    assert [run.result for run in project.records()[number - 1 :]] == ["cancelled", "success"]
    code, said = project.local("cancel", str(number))
    assert (code, f"Run {number} is not in progress: its result is cancelled." in said) == (2, True)


def test_of_several_runs_of_one_start_only_the_one_that_is_named_is_cancelled(project: Project) -> None:
    with project.start("fire", "twice.yml") as fired:
        until(lambda: (project.last.file, project.last.result) == ("twice.yml", "running"))
        assert project.local("cancel", str(project.last.number))[0] == 0
        assert fired.wait() == 1
    assert [(run.file, run.result) for run in project.records()[-2:]] == [
        ("twice.yml", "cancelled"), ("twice.yml", "success"),
    ]  # fmt: skip


def test_a_run_by_hand_ends_with_ctrl_c(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": WAITS.format(mark=mark)}, branch="interrupted")
    project.push("interrupted")
    with project.start("dispatch", "long.yml", "--ref", "interrupted") as process:
        step = int(until(lambda: mark.exists() and mark.read_text()))
        process.send_signal(signal.SIGINT)
        assert process.wait() == 1
    assert project.last.result == "cancelled"
    assert not alive(step)


def test_wait_returns_when_a_run_has_ended_and_says_how(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": IS_TOLD.format(mark=mark) + "; exit 3"}, branch="waits")
    project.push("waits")
    with project.start("dispatch", "long.yml", "--ref", "waits") as run:
        until(mark.exists)
        number = project.last.number
        with project.start("wait") as for_all, project.start("wait", str(number)) as for_one:
            with pytest.raises(subprocess.TimeoutExpired):
                for_one.wait(0.3)
            assert for_all.poll() is None
            Path(f"{mark}.go").touch()
            assert (run.wait(), for_one.wait(), for_all.wait()) == (1, 1, 1)
    assert project.local("wait", str(number))[0] == 1
    assert project.local("wait", "999")[0] == 2
    project.local("dispatch", "by-hand.yml", "--input", "needed=good")
    assert project.local("wait")[0] == 0


def test_timings_are_kept_for_each_step(project: Project) -> None:
    project.local("dispatch", "by-hand.yml", "--input", "needed=good")
    _, said = project.local("logs", str(project.last.number), "--timings")
    assert re.fullmatch(r"  ok +\d+\.\d s  show\n  ok +\d+\.\d s    Show\n  ok +\d+\.\d s    Judge\n", said)
