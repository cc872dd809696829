"""`ml-cicd local dispatch`, `fire`, `cancel` and `wait`, and the events `create` and `delete`."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import account
from cicd.forge import lifecycle
from cicd.forge.running import records
from tests.act.support.forge import (
    RUNS_UNTIL_KILLED,
    RUNS_UNTIL_RELEASED,
    SERVICES,
    Project,
    alive,
    make_kit,
    make_project,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOW = (
    "echo flag=$FLAG:$RAW count=$COUNT where=$WHERE ref=$GITHUB_REF type=$GITHUB_REF_TYPE "
    "who=$GITHUB_ACTOR/$GITHUB_TRIGGERING_ACTOR"
)
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
    folder = tmp_path_factory.mktemp("control")
    project = make_project(folder / "project", folder / "cache")
    texts = {
        "by-hand": BY_HAND,
        "clock": CLOCK,
        "twice": TWICE,
        "refs": REFS,
        "long": LONG,
        "ci": "on: release\njobs: {}\n",
    }
    project.commit({f".github/workflows/{name}.yml": text for name, text in texts.items()})
    lifecycle.up(project.path, make_kit(folder / "kit"), lambda *_: SERVICES, lambda _: None, workflows="all")
    project.push("main")
    return project


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (
            ["--input", "flag=true", "--input", "count=10", "--input", "where=there"],
            "flag=yes:true count=10 where=there",
        ),
        (["--input", "flag=false"], "flag=no:false count=3 where=here"),
    ],
)
def test_dispatch_passes_inputs(project: Project, options: Sequence[str], shown: str) -> None:
    code, output = project.local("dispatch", "by-hand.yml", "--input", "needed=good", *options)
    assert (code, project.last.event, project.last.result) == (0, "workflow_dispatch", "success"), output
    assert f"{shown} ref=refs/heads/main type=branch" in project.log
    assert "passed: By hand" in output


def test_failed_dispatch_ends_with_1(project: Project) -> None:
    code, output = project.local("dispatch", "by-hand.yml", "--input", "needed=bad")
    assert (code, project.last.result) == (1, "failure")
    assert "FAILED: By hand / show / Judge" in output


def test_dispatch_runs_on_the_named_ref(project: Project) -> None:
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
def test_refused_dispatch_leaves_no_run(project: Project, words: list[str], message: str) -> None:
    before = len(project.records())
    code, output = project.local("dispatch", *words)
    assert (code, len(project.records())) == (2, before)
    assert message in output


def test_fire_runs_each_schedule(project: Project) -> None:
    before = len(project.records())
    code, output = project.local("fire", "clock.yml")
    assert code == 0, output
    assert [(run.event, run.result) for run in project.records()[before:]] == [("schedule", "success")] * 2
    assert "cron=3 4 * * 0 on refs/heads/main by schedule" in project.log
    assert project.local("fire", "by-hand.yml")[0] == 2


def test_rerun_repeats_event_and_commit(project: Project) -> None:
    project.local("dispatch", "by-hand.yml", "--input", "needed=bad", "--input", "count=7")
    first = replace(project.last, actor="github-actions[bot]")
    records.save(project.forge, first)
    project.commit({".github/workflows/by-hand.yml": BY_HAND.replace("count=", "changed=")})
    project.push("main")
    try:
        code, output = project.local("rerun", str(first.number))
        again = project.last
        assert (code, again.result, again.rerun_of) == (1, "failure", first.number), output
        assert (again.event, again.ref, again.sha, again.actor) == (first.event, first.ref, first.sha, first.actor)
        assert "count=7 where=here" in project.log
        assert f"who=github-actions[bot]/{account.name()}" in project.log
        assert f"at {first.sha[:7]}, run {first.number} again" in output
        project.local("rerun", str(again.number))
        assert project.last.rerun_of == first.number
    finally:
        project.git("revert", "--no-edit", "HEAD")
        project.push("main")


@pytest.mark.parametrize(
    ("number", "message"),
    [("999", "There is no run 999"), ("NEWEST", "the remote no longer has by-hand.yml at")],
    ids=["unknown", "commit gone"],
)
def test_refused_rerun_leaves_no_run(project: Project, number: str, message: str) -> None:
    project.local("dispatch", "by-hand.yml", "--input", "needed=good")
    newest = project.last
    records.save(project.forge, replace(newest, sha="0" * 40))
    before = len(project.records())
    code, output = project.local("rerun", number.replace("NEWEST", str(newest.number)))
    assert (code, len(project.records())) == (2, before)
    assert message in output


def test_run_in_progress_does_not_run_again(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": RUNS_UNTIL_RELEASED.format(mark=mark)})
    project.push("main")
    with project.start("dispatch", "long.yml") as process:
        until(mark.exists)
        number = project.last.number
        code, output = project.local("rerun", str(number))
        assert (code, f"Run {number} is in progress" in output) == (2, True), output
        mark.with_name("mark.go").touch()
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_create_and_delete_run_workflows(project: Project) -> None:
    main = project.git("rev-parse", "main")
    tip = project.commit(branch="feature/x")
    assert "passed: Refs" in project.push("feature/x")
    assert f"create of branch feature/x on refs/heads/feature/x branch at {tip}" in project.log
    project.push("--delete", "feature/x")
    assert f"delete of branch feature/x on refs/heads/main branch at {main}" in project.log


def test_cancel_ends_one_run_only(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": RUNS_UNTIL_KILLED.format(mark=mark)}, branch="long")
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
    code, output = project.local("cancel", str(number))
    assert (code, f"Run {number} is not in progress: its result is cancelled." in output) == (2, True)


def test_cancel_ends_one_run_of_several_schedules(project: Project) -> None:
    with project.start("fire", "twice.yml") as fired:
        until(lambda: (project.last.file, project.last.result) == ("twice.yml", "running"))
        assert project.local("cancel", str(project.last.number))[0] == 0
        assert fired.wait() == 1
    assert [(run.file, run.result) for run in project.records()[-2:]] == [
        ("twice.yml", "cancelled"), ("twice.yml", "success"),
    ]  # fmt: skip


def test_interrupt_ends_a_dispatched_run(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": RUNS_UNTIL_KILLED.format(mark=mark)}, branch="interrupted")
    project.push("interrupted")
    with project.start("dispatch", "long.yml", "--ref", "interrupted") as process:
        step = int(until(lambda: mark.exists() and mark.read_text()))
        process.send_signal(signal.SIGINT)
        assert process.wait() == 1
    assert project.last.result == "cancelled"
    assert not alive(step)


def test_wait_returns_the_result_of_the_run(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.commit({"script.sh": RUNS_UNTIL_RELEASED.format(mark=mark) + "; exit 3"}, branch="waits")
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


PUSHED = """
name: {name}
on: {{push: {{branches: [several]}}}}
jobs: {{job: {{runs-on: ubuntu-latest, steps: [{{run: '{script}'}}]}}}}
"""


@pytest.mark.case("K3", "local wait after a push of which one run failed")
def test_wait_tells_of_every_run_of_the_push(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    texts = {"a-fails": "exit 1", "b-passes": RUNS_UNTIL_RELEASED.format(mark=mark)}
    files = {f".github/workflows/{name}.yml": PUSHED.format(name=name, script=script) for name, script in texts.items()}
    project.commit(files, branch="several")
    with project.start_push("several") as push:
        until(mark.exists)
        with project.start("wait") as during:
            Path(f"{mark}.go").touch()
            assert (push.wait(), during.wait()) == (0, 1)
    assert [run.result for run in project.records()[-3:]] == ["failure", "success", "success"]
    code, output = project.local("wait")
    assert (code, len(output.splitlines())) == (1, 3), output
    project.local("dispatch", "by-hand.yml", "--input", "needed=good")
    assert project.local("wait")[0] == 0


def test_default_branch_may_be_master(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", tmp_path / "cache")
    project.git("branch", "-m", "main", "master")
    project.git("checkout", "-q", "master")
    workflows = {".github/workflows/by-hand.yml": BY_HAND, ".github/workflows/clock.yml": CLOCK}
    project.commit({**workflows, ".github/workflows/ci.yml": "on: release\njobs: {}\n"})
    lifecycle.up(project.path, make_kit(tmp_path / "kit"), lambda *_: SERVICES, lambda _: None, workflows="all")
    project.push("master")
    code, output = project.local("dispatch", "by-hand.yml", "--input", "needed=good")
    assert (code, project.last.ref) == (0, "refs/heads/master"), output
    assert project.local("fire", "clock.yml")[0] == 0
    assert (
        json.loads((records.folder(project.forge, project.last.number) / "event.json").read_text())["repository"][
            "default_branch"
        ]
        == "master"
    )


def test_timings_of_each_step(project: Project) -> None:
    project.local("dispatch", "by-hand.yml", "--input", "needed=good")
    _, output = project.local("logs", str(project.last.number), "--timings")
    assert re.fullmatch(r"  ok +\d+\.\d s  show\n  ok +\d+\.\d s    Show\n  ok +\d+\.\d s    Judge\n", output)
