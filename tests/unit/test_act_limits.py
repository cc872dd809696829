"""The bounds of a run's log: memory and disk do not depend on how much a step prints."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

from cicd.act import limits
from cicd.act.limits import LINE_HEAD, LINE_TAIL, LineReader, StepLimit
from cicd.act.log import Parser

CHUNK = 1 << 16


def record(message: str, step: str = "0", **fields: Any) -> str:
    fields = {"job": "ci/job", "jobID": "job", "level": "info", "msg": message, "raw_output": True, **fields}
    # act sorts the keys, and writes no blanks
    return json.dumps({**fields, "stage": "Main", "step": "Work", "stepID": step.split(".")}, separators=(",", ":"))


def ended(step: str = "0") -> str:
    return record("done", step, raw_output=False, stepResult="success")


@pytest.mark.case("K11", "128 MB without a line feed in a run's log")
def test_reader_holds_little_of_a_long_line() -> None:
    reader, chunk = LineReader(), b"a" * CHUNK
    for _ in range(256):
        assert list(reader.feed(chunk)) == []
        assert reader.held <= LINE_HEAD + LINE_TAIL
    (line,) = reader.feed(b"end\nnext")
    dropped = 256 * CHUNK + 3 - LINE_HEAD - LINE_TAIL
    assert line.replace("a", "") == f" ... {dropped} bytes left out ... end".replace("a", "")
    assert (list(reader.rest()), list(reader.rest())) == (["next"], [])


@pytest.mark.parametrize("size", [1, 7, CHUNK])
def test_reader_splits_whatever_the_chunks_are(size: int) -> None:
    text = "one\n\ntwo ä\u2028\r\n" + "x" * 100 + "\nlast"
    reader, data = LineReader(), text.encode()
    lines = [line for start in range(0, len(data), size) for line in reader.feed(data[start : start + size])]
    assert [*lines, *reader.rest()] == text.split("\n")


@pytest.mark.parametrize("part", ["a", '"', "\\", "ü", "\u2028", '","raw_output":', "\\u12", "\x00"])
@pytest.mark.parametrize("offset", range(7))
def test_shortened_line_stays_a_record(part: str, offset: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LINE_HEAD", 1024)
    monkeypatch.setattr(limits, "LINE_TAIL", 256)
    count = 3 * 1280 // len(json.dumps(part)[1:-1].encode())
    line = record("b" * offset + part * count + "b" * offset)
    reader = LineReader()
    (kept,) = reader.feed(line.encode() + b"\n")
    parser = Parser()
    parser.feed(kept)
    (text,) = parser.log.job("job").step("Work").output
    assert text.startswith("b" * offset + part[:1].strip("\x00"))
    assert "bytes left out" in text
    assert len(kept.encode()) <= 1280 + 100


@pytest.mark.case("K11", "300 MB of lines in a run's log")
def test_middle_of_a_long_step_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STEP_HEAD", 10 * len(record("line 1000", "0.1")))
    monkeypatch.setattr(limits, "STEP_TAIL", 5 * len(record("line 1000", "0.1")))
    limit, parser = StepLimit(), Parser()
    lines = [record(f"line {number}", "0.1") for number in range(1000, 2000)]
    lines[500] = record("an output", "0.1", raw_output=False, command="set-output", name="key", arg="value")
    more = [record(f"more {number}", "0.2") for number in range(3)]
    kept = [
        line for given in [*lines, ended("0.1"), *more, record("other", "1"), ended()] for line in limit.feed(given)
    ]
    for line in [record("starts", raw_output=False), *kept, *limit.rest()]:
        parser.feed(line)
    work, inner, other, second = parser.log.job("job").steps
    note = "... 987 lines left out ..."
    assert inner.output == [*(f"line {n}" for n in range(1000, 1010)), note, "line 1998", "line 1999"]
    assert (work.output, work.result) == ([*inner.output, *second.output], "success")
    assert (inner.outputs, other.output) == ({"key": "value"}, ["other"])
    assert second.output == ["more 0", "more 1", "more 2"]


@pytest.mark.case("K11", "300 MB of lines in a run's log")
def test_memory_does_not_grow_with_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STEP_HEAD", 1 << 16)
    monkeypatch.setattr(limits, "STEP_TAIL", 1 << 16)

    def peak(lines: int) -> int:
        limit, parser = StepLimit(), Parser()
        tracemalloc.start()
        for number in range(lines):
            for line in limit.feed(record(f"line {number}")):
                parser.feed(line)
            for line in limit.feed(record(f"error {number}", raw_output=False, command="error", arg="x", raw="y")):
                parser.feed(line)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(10_000) < 1.5 * peak(2_000)


def test_unfinished_step_keeps_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STEP_HEAD", 0)
    limit = StepLimit()
    assert list(limit.feed(record("last words"))) == []
    assert list(limit.rest()) == [record("last words")]
    assert list(limit.rest()) == []
