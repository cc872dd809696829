"""The tests can fail: a sample of faults in the Python that decides is made here; `make mutants` makes all of them."""

from __future__ import annotations

from functools import partial
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from tests.tools.python_faults import figures, operators, planted, server, survey, survivors
from tests.tools.python_faults.__main__ import report
from tests.tools.python_faults.survey import Verdict

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = 16


def made(source: str) -> dict[str, str]:
    """Return the faults of a module, by kind and text: the changed source."""
    text = dedent(source)
    faults = [fault for fault in operators.faults("m", text) if fault.is_valid(text)]
    return {f"{fault.kind}: {fault.what}": fault.made_in(text) for fault in faults}


def test_sampled_faults_are_seen() -> None:
    known, seen = {survivor.name for survivor in survivors.read()}, survey.read_seen()
    faults = [fault for fault in survey.faults_of(survey.modules(*survey.WHOLE)) if fault.swappable]
    tested = [fault for fault in faults if fault.name not in known and fault.function in seen.get(fault.module, {})]
    verdicts = survey.recheck(survey.sampled(tested, SAMPLE), seen)
    assert [verdict.fault.name for verdict in verdicts if not verdict.test] == [], "write a test that sees them"


def test_planted_faults_are_seen_by_their_tests() -> None:
    assert planted.missed() == []


@pytest.mark.parametrize(
    "file",
    ["tests/unit/test_conclude.py", "tests/unit/test_recording.py::test_own_deployment_is_taken"],
    ids=["a whole file", "a test with a fixture of the session"],
)
def test_fault_that_changes_nothing_survives(file: str) -> None:
    source = survey.file_of("cicd.stages").read_text("utf-8")
    place = source.index("def before(")
    start = source.index("\n", place) + 1
    nothing = operators.Fault(
        "cicd.stages", "before", "a comment", "nothing", start, start, "    # nothing\n", (0, 0), True
    )
    (verdict,) = survey.run({nothing: [file]}, {}, processes=1)
    assert (verdict.test, verdict.why) == ("", "")
    assert [*report([verdict], [], whole=False)] == [f"survives 1 tests: {nothing.name} -> {nothing.text!r}"]


def test_test_that_is_red_anyway_sees_nothing() -> None:
    runs: list[tuple[list[str], bool]] = []

    def work(names: list[str], *, change: bool = True) -> dict[str, Any]:
        runs.append((names, change))
        return {"red": next((name for name in names if name == "broken" or (change and name == "good")), "")}

    sound: dict[str, bool] = {}
    for _ in range(2):
        assert server.seen(work, partial(work, change=False), ["blind", "broken", "good"], sound) == {"red": "good"}
    assert server.seen(work, partial(work, change=False), ["blind", "broken"], sound) == {"red": ""}
    assert sound == {"broken": False, "good": True}
    assert [names for names, change in runs if not change] == [["broken"], ["good"]], "each is tried once"


def test_endless_fault_is_seen() -> None:
    source = survey.file_of("cicd.road.conclusion").read_text("utf-8")
    place = source.index("    try:\n        context =")
    endless = operators.Fault(
        "cicd.road.conclusion",
        "conclude",
        "a loop",
        "endless",
        place,
        place,
        "    while True:\n        pass\n",
        (0, 0),
        True,
    )
    test = "tests/unit/test_conclude.py::test_run_passes_if_every_job_succeeded[success,failure]"
    (verdict,) = survey.run({endless: [test]}, {test: 0.0}, processes=1)
    assert (verdict.test, bool(verdict.why)) == (test, True)


@pytest.mark.parametrize(
    ("source", "fault", "expected"),
    [
        ("def f(a): g(a); return a", "statement removed: g(a)", "pass; return a"),
        ("def f(a):\n if a: g()", "condition negated: a", "if (not (a))"),
        ("def f(a):\n if a == 1: g()", "another comparison: a == 1 -> !=", "if a != 1"),
        ("def f(a):\n if a < 1: g()", "another comparison: a < 1 -> <=", "if a <= 1"),
        ("def f(a, b): return a and b", "operand dropped: and a", "return ((b))"),
        ("def f(a): return not a", "not removed: not a", "return (a)"),
        ("def f(a): g(a, b=a)", "argument dropped: g: b=a", "g(a)"),
        ("def f(a): g(a, '-x')", "argument dropped: g: '-x'", "g(a)"),
        ('def f(a): g("-x", a)', 'argument dropped: g: "-x"', "g( a)"),
        ("def f(a): return [a, 7]", "item dropped: 7", "[a]"),
        ("def f() -> bool: return True", "return replaced: True -> False", "return False"),
        ("def f() -> int: return g()", "return replaced: g() -> 0", "return 0"),
        ("def f(): return g()", "return replaced: g() -> None", "return None"),
        ("def f():\n try: g()\n except E as e: raise X() from e", "exception swallowed: except E", "as e: pass"),
        ("def f():\n try: g()\n except E: h()", "exception not caught: except E", "except E: raise"),
        ("def f():\n raise X()", "raise removed: raise X()", "\n pass"),
        ("def f():\n with g(): h()", "with removed: with g()", "if True: h()"),
        ("def f(a): return a[-1]", "another number: def f(a): return a[-1", "a[-2]"),
        ("def f(): g(check=False)", "turned round: def f(): g(check=False", "check=True"),
        ("LIST = (1, 2)", "item dropped: 2", "(1)"),
    ],
)  # fmt: skip
def test_fault_is_made(source: str, fault: str, expected: str) -> None:
    assert expected in made(source)[fault]


def test_words_for_people_and_types_are_left_alone() -> None:
    source = """
        __all__ = ["f", "g"]
        def f(a: list[int] = []) -> str:
            "A docstring."
            x: list[int] = a
            raise UsageError("wrong", hint(a, 1))
    """
    assert [*made(source)] == ['raise removed: raise UsageError("wrong", hint(a, 1))']


def test_names_are_unique_and_outlive_changes_elsewhere() -> None:
    body = "def f(a):\n    g(a)\n    g(a)\n"
    names = [fault.name for fault in operators.faults("m", body)]
    assert names == ["m: f: statement removed: g(a)", "m: f: statement removed: g(a) (2)"]
    assert [fault.name for fault in operators.faults("m", f"import x\n\n\n{body}")] == names


def test_wrong_entries_of_the_list_are_reported() -> None:
    one, other = operators.faults("m", "def f(a):\n    g(a)\n    h(a)\n")
    listed = [survivors.Survivor(name, "why", equal=True) for name in (one.name, "m: gone: x: y")]
    verdicts = [Verdict(one, "test"), Verdict(other, "test")]
    assert [*report(verdicts, listed, whole=True)] == [
        f"survivors.toml lists a fault that test sees: {one.name}",
        "survivors.toml lists what is no fault: m: gone: x: y",
    ]
    assert [*report([Verdict(one, ""), verdicts[1]], listed[:1], whole=True)] == []


def test_only_what_changes_something_counts() -> None:
    one, other = operators.faults("m", "def f(a):\n    g(a)\n    h(a)\n")
    verdicts = [Verdict(one, "test"), Verdict(other, "")]
    assert figures.score(figures.rows(verdicts, [], {"m": 1}, "2026-01-31")) == 0.5
    rows = figures.rows(verdicts, [survivors.Survivor(other.name, "why", equal=True)], {"m": 1}, "2026-01-31")
    assert figures.score(rows) == 1
    assert figures.table(rows)[2] == "| `m` | all | 2 | 1 | 1 | 0 | 0 | 2026-01-31 |"


def test_what_only_other_tiers_reach_is_counted_apart() -> None:
    reached = survey.Reach({}, {"m": {"f": {"g(a)": ["t"]}}})
    source = ["def f(a):", "    g(a)", "    h(a)"]
    one, other = operators.faults("m", "\n".join(source))
    assert [reached.is_reached(fault, source) for fault in (one, other)] == [True, False]
    verdicts = [Verdict(one, "test"), Verdict(other, "", survey.ELSEWHERE)]
    rows = figures.rows(verdicts, [], {"m": 8}, "2026-01-31")
    assert figures.table(rows)[2] == "| `m` | 1 in 8 | 2 | 1 | 0 | 1 | 0 | 2026-01-31 |"
    assert (figures.score(rows), [*report(verdicts, [], whole=False)]) == (1, [])


def test_every_test_of_a_module_reaches_what_runs_at_its_import() -> None:
    reached = survey.Reach({}, {"m": {"": {"LIST = (1, 2)": ["first"]}, "f": {"g(a)": ["t"]}}})
    source = ["LIST = (1, 2)", "OTHER = (3, 4)", "def f(a):", "    g(a)"]
    for fault in operators.faults("m", "\n".join(source[:2])):
        assert reached.tests_of(fault, source) == {"first", "t"}
        assert reached.is_reached(fault, source)


def test_fault_that_leaves_super_out_is_made() -> None:
    source = "class A:\n def f(self): return 1\nclass B(A):\n def f(self): return super().f()\n"
    names: dict[str, Any] = {}
    exec(compile(source, "m.py", "exec"), names)
    swapped = server.swap("m.py", "B.f", source.replace("super().f()", "None"), {("m.py", "B.f"): [names["B"].f]})
    assert (swapped, names["B"]().f()) == (True, None)


def test_as_many_tests_are_run_as_their_time_allows() -> None:
    tests, durations = [*"abcdefgh"], dict.fromkeys("abcdefgh", 1.0)
    assert survey.Cost().affordable(tests, durations) == tests
    assert survey.Cost(most=3).affordable(tests, durations) == [*"abc"]
    assert survey.Cost(seconds=6.5).affordable(tests, durations) == [*"abcdef"]
    assert survey.Cost(seconds=0.5).affordable(tests, durations) == [*"abcde"], "five at least"


def test_test_that_did_not_see_a_fault_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = survey.file_of("cicd.stages").read_text("utf-8").splitlines()
    fault = next(fault for fault in survey.faults_of(["cicd.stages"]) if fault.swappable)
    names = [f"tests/unit/test_{name}.py::test" for name in ("a", "b", "c", "d")]
    lines = {source[number - 1].strip(): names for number in range(fault.lines[0], fault.lines[1] + 1)}
    reached = survey.Reach(dict.fromkeys(names, 1.0), {"cicd.stages": {fault.function: lines}})
    runs: list[list[str]] = []

    def run(wanted: Any, *_: object, **__: object) -> list[Verdict]:
        runs.extend([*tests] for tests in wanted.values())
        return [Verdict(fault, names[0] if names[0] in tests else "") for fault, tests in wanted.items()]

    for name in ("VERDICTS", "BLIND"):
        monkeypatch.setattr(survey, name, tmp_path / name)
    monkeypatch.setattr(survey, "run", run)

    def look(first: str = "", *, again: bool = False) -> str:
        cost = survey.Cost(most=2)
        files = [survey._file(first)] if first else []
        return survey.survey([fault], reached, {}, cost, again=again, first=files)[0].test

    (listed,) = survey.survey([fault], reached, {}, survey.Cost(), again=False, listed=[fault.name])
    assert (listed.test, runs) == ("", [])
    assert [look(names[1]), look(), look()] == ["", names[0], names[0]]
    assert runs[0][0] == names[1]
    assert sorted(runs[0] + runs[1]) == names, "the second run tries what the first did not, and the third nothing"
    assert (look(again=True), runs[2][0]) == (names[0], names[0]), "what saw it lately comes first"
    assert (look(names[1], again=True), runs[3][0]) == (names[0], names[0]), "before the tests to begin with"


def test_survey_of_a_module_keeps_the_rows_of_the_others() -> None:
    old, other, gone = (figures.Row(name, 2, 1, 0, 0, 8, "2026-01-31") for name in ("m", "n", "gone"))
    new = figures.Row("m", 16, 16, 0, 0, 1, "2026-02-01")
    assert figures.merged([other, old, gone], [new], ["m", "n"]) == [new, other]


def test_table_of_the_page_is_that_of_the_last_run() -> None:
    page = figures.PAGE.read_text("utf-8")
    assert figures.page(page, figures.read()) == page, "run: make mutants ARGS=--write"
