"""Parsing the log of `act`: a recorded run (act_log.jsonl), and green runs that prove nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cicd.act.log import Job, Log, Parser, Step
from cicd.forge.running.records import Run
from cicd.printers import runs as printer
from cicd.text import plain

RECORDED = Path(__file__).with_name("act_log.jsonl")


def parsed(lines: list[str]) -> tuple[Log, list[Step | Job]]:
    parser = Parser()
    ended = [item for line in lines if (item := parser.feed(line))]
    return parser.log, ended


def record(**fields: object) -> str:
    return json.dumps({"job": "CI/a", "jobID": "a", "level": "info", "matrix": {}, "msg": "", **fields})


OK = record(jobResult="success")


@pytest.fixture(scope="module")
def log() -> Log:
    return parsed(RECORDED.read_text("utf-8").splitlines())[0]


def test_every_job_has_a_result(log: Log) -> None:
    assert log.results == {
        "ci / m-1": "success",
        "ci / m-2": "success",
        "ci / Build image": "success",
        "ci / skipped": "skipped",
        "ci / last": "failure",
    }
    assert log.job("build") is log.job("ci / Build image")
    assert [job.matrix for job in log.jobs if job.id == "m"] in ([{"v": 1}, {"v": 2}], [{"v": 2}, {"v": 1}])


def test_every_step_has_result_and_duration(log: Log) -> None:
    steps = {step.name: step.result for step in log.job("build").steps if step.top}
    assert list(steps.values()) == ["success", "success", "skipped", "success", "failure"]
    assert list(steps)[1:3] == ["Say hello", "echo never"]
    assert 0 < log.job("build").step("h").seconds < 5
    assert log.job("build").seconds >= log.job("build").step("h").seconds


TOKEN, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2


def printed(line: str, sign: str, **fields: object) -> str:
    """Return act's record of a workflow command that a step printed."""
    step = {"stage": "Main", "step": "Work", "stepID": ["0"]}
    return record(**step, **fields, msg=f"  {sign}  {line}\n", raw=f"{line}\n", kvPairs={})


def test_lines_that_stop_commands_are_not_shown() -> None:
    log, _ = parsed([
        printed(f"::stop-commands::{TOKEN}", "⚙", command="stop-commands", arg=TOKEN),
        printed("::error::data of the project", "⚙", command="ignored"),
        printed(f"::stop-commands::{OTHER}", "⚙", command="ignored"),
        printed(f"::{OTHER}::", "⚙", command="ignored"),
        printed(f"::{TOKEN}::", "⚙", command=TOKEN, arg=""),
        printed("::error::of the kit", "❗", command="error", arg="of the kit"),
        printed("::notice::of the kit", "❓", command="notice", arg="of the kit"),
        printed("::std::vector", "❓", command="std", arg="vector"),
        printed("::group::a", "❓", command="group", arg="a"),
    ])  # fmt: skip
    step = log.job("a").step("Work")
    assert step.output == ["::error::data of the project", f"::stop-commands::{OTHER}", f"::{OTHER}::", "::std::vector"]
    assert [str(note) for note in step.annotations] == ["error: of the kit", "notice: of the kit"]


def test_steps_of_composite_action_are_separate(log: Log) -> None:
    inner = next(step for step in log.job("build").steps if step.path == ("h", "s") and step.stage == "Main")
    assert (inner.name, inner.result, inner.output[0]) == ("inner step", "success", "hello me")
    assert log.job("build").step("Say hello").output[0] == "hello me"


def test_outputs_summary_and_annotations_are_read(log: Log) -> None:
    assert log.job("build").step("h").outputs == {"word": "hi"}
    assert log.job("build").summary == "### sum\n"
    assert [str(note) for note in log.annotations] == ["warning: x: watch out", "error: a.py:3: bad thing"]
    assert log.annotations[1].properties == {"file": "a.py", "line": "3"}


def test_tolerated_failure_does_not_fail_the_job(log: Log) -> None:
    soft = log.job("build").step("soft")
    assert (soft.result, soft.tolerated, soft.failed) == ("failure", True, False)
    failed = log.failed_step
    assert failed is not None
    assert failed.job.id == "last"
    assert failed.output == ["exit status 4"]


def test_printed_lines_of_a_run(log: Log) -> None:
    _, ended = parsed(RECORDED.read_text("utf-8").splitlines())
    lines = [line for item in ended for line in printer.ended(item)]
    assert any(line.startswith("  FAILED") and "ci / Build image: soft   (the job goes on)" in line for line in lines)
    assert "    error: a.py:3: bad thing" in lines
    assert any(line.startswith("  skipped") and line.endswith("ci / skipped") for line in lines)
    assert not [line for line in lines if "Post" in line or "echo never" in line]
    run = Run(7, "CI", "ci.yml", "push", "refs/heads/x", "0" * 40, "ada", "", 1.5, "failure", "ci / last / s")
    assert printer.conclusion(run, log) == ["FAILED: CI / ci / last / s   (1.5 s; ml-cicd local logs 7)"]


def test_ref_name_gives_the_terminal_no_commands() -> None:
    run = Run(7, "CI", "ci.yml", "push", "refs/heads/a\x9b31mb", "0" * 40, "ada", "", 1.5, "failure", "a / \x1b[2Js")
    assert printer.row(run) == "   7  failure       1.5 s  ci.yml           0000000  a31mb  a / s"


@pytest.mark.parametrize(
    ("lines", "exit_code", "verdict"),
    [
        ([OK], 0, "success"),
        ([OK], 1, "failure"),
        ([], 0, "failure"),
        ([record(jobResult="failure")], 0, "failure"),
        ([record(jobResult="skipped")], 0, "skipped"),
        ([OK, record(jobResult="skipped", job="CI/b")], 0, "success"),
        ([OK, record(msg="\U0001f6a7  Skipping unsupported platform -- Try running with `-P odd=...`")], 0, "failure"),
        ([OK, record(msg="LocalRepositoryCache not matched https://github.com/a/b with Ref v1")], 0, "failure"),
        ([OK, "fatal error: concurrent map writes"], 2, "failure"),
        ([OK, "panic: runtime error"], 0, "failure"),
        ([OK, record(level="error", msg="something broke")], 0, "failure"),
        ([OK, record(level="error", msg="exit status 1", stepID=["0"], stage="Main", step="s")], 0, "success"),
        ([OK, "not json", "{broken", "[1]", "{}", "1"], 0, "success"),
    ],
)
def test_run_without_proof_is_a_failure(lines: list[str], exit_code: int, verdict: str) -> None:
    assert parsed(lines)[0].verdict(exit_code) == verdict


def test_failure_without_failed_step_has_reasons() -> None:
    skipped = record(msg="Skipping unsupported platform -- Try running with `-P the-moon=...`")
    assert parsed([skipped])[0].reasons() == [
        "job 'a' did not run: this machine has no runner with the label 'the-moon'"
    ]
    assert parsed(["Error: no such file"])[0].reasons() == ["Error: no such file"]
    assert parsed([])[0].reasons() == ["no job ran"]


def test_control_characters_are_removed() -> None:
    assert plain("\x1b[31mred\x1b[0m \x1b]0;title\x07ok\x07\x9b") == "red ok"
    assert plain("10 %\r50 %\r100 %\r\n") == "100 %"
    output = record(raw_output=True, msg="\x1b[2Jhidden\n", stepID=["0"], stage="Main", step="s")
    assert parsed([output])[0].job("a").step("s").output == ["hidden"]


def test_summary_of_composite_action_appears_once() -> None:
    parser = Parser()
    summaries = [("0", "top"), ("1/0", "one"), ("1/1/0", "two"), ("1/1", "two"), ("1/2", "three"), ("1", "three")]
    for path, text in summaries:
        line = {
            "job": "a/b",
            "stage": "Main",
            "stepID": path.split("/"),
            "command": "summary",
            "content": f"{text}\n",
        }
        parser.feed(json.dumps(line))
    assert parser.log.job("b").summary == "top\none\ntwo\nthree\n"
