"""Name the test that sees each fault in the YAML: `python -m tests.tools.mutants [--every N]`.

A fault is given to the rules of the static tier first, then to GitHub's parser, then to the cases of its workflow or
action, until a test turns red. The generated reference pages, which would notice nearly every change, are not asked.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import freeze
from cicd.errors import CicdError
from cicd.testing import Kit, Project
from tests.act.support import action_cases, workflow_cases
from tests.act.support.case import CONFIG, ROOT, Case
from tests.act.support.faults import faults
from tests.static.node import build
from tests.static.rules import callers, interface, invariants, release, rings, unseen
from tests.static.support import kit as kits
from tests.tools import benchmarks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.act.support.faults import Fault

LEAST = 0.95
MEMORY = Path("/dev/shm")
EXPECTED: dict[str, str] = {}


@dataclass(frozen=True)
class Verdict:
    """A fault, and the test that sees it; empty if no test does."""

    fault: Fault
    test: str


def why(fault: Fault) -> str:
    """Return why no test sees a fault; empty if one should."""
    return next((reason for end, reason in EXPECTED.items() if fault.name.endswith(end)), "")


def rules() -> dict[str, Callable[[kits.Kit], object]]:
    """Return the rules of the static tier, by the test that applies them."""
    calling = kits.load(ROOT / "example_project")
    all_rules: dict[str, Callable[[kits.Kit], object]] = {
        f"tests/static/test_invariants.py::test_rule_holds[{rule.__name__}]": rule
        for rule in (*invariants.RULES, *interface.RULES, *release.RULES)
    }
    all_rules["tests/static/test_rings.py::test_jobs_keep_to_their_rings"] = rings.findings
    all_rules["tests/static/test_callers.py::test_callers_fit_the_kit"] = lambda kit: callers.findings(calling, kit)
    for rule in unseen.RULES:
        name = f"tests/static/test_unseen.py::test_rule_holds[{rule.__name__}]"
        all_rules[name] = lambda kit, rule=rule: rule(calling, kit)  # type: ignore[misc]
    return all_rules


def survey(faults: Sequence[Fault], kit: kits.Kit, scratch: Path) -> list[Verdict]:
    """Return the test that sees each fault."""
    seen = _by_rules(faults, kit)
    seen |= _by_parser([fault for fault in faults if fault not in seen], kit)
    seen |= _by_cases([fault for fault in faults if fault not in seen], kit, scratch)
    return [Verdict(fault, seen.get(fault, "")) for fault in faults]


def _by_rules(faults: Sequence[Fault], kit: kits.Kit) -> dict[Fault, str]:
    seen, all_rules = {}, rules()
    for fault in faults:
        faulty = fault.made_in(kit)
        if name := next((name for name, rule in all_rules.items() if _is_red(rule, faulty)), ""):
            seen[fault] = name
    return seen


def _is_red(rule: Callable[[kits.Kit], object], faulty: kits.Kit) -> bool:
    """Return whether the rule finds something, or fails on YAML that is no workflow: either makes its test red."""
    try:
        return bool(list(rule(faulty)))  # type: ignore[call-overload]
    except Exception:  # noqa: BLE001 -- any error makes the test red
        return True


def _by_parser(faults: Sequence[Fault], kit: kits.Kit) -> dict[Fault, str]:
    files = {f"{number}/{fault.file}": fault.made_in(kit).files[fault.file] for number, fault in enumerate(faults)}
    words = [build.NODE, build.build()]
    done = subprocess.run(words, input=json.dumps(files), capture_output=True, text=True, timeout=300, check=True)
    problems: dict[str, list[str]] = json.loads(done.stdout)
    test = "tests/static/test_parser.py::test_parser_accepts_workflows_and_actions"
    return {fault: test for number, fault in enumerate(faults) if problems[f"{number}/{fault.file}"]}


def _by_cases(faults: Sequence[Fault], kit: kits.Kit, scratch: Path) -> dict[Fault, str]:
    scripted = Kit.frozen(ROOT, scratch / "frozen").scripted(scratch / "scripted")
    project = Project(scratch / "team", {"ml-cicd.toml": CONFIG})
    cases = _cases()

    def test_of(numbered: tuple[int, Fault]) -> str:
        number, fault = numbered
        folder = scratch / str(number)
        shutil.copytree(scripted.path, folder / "kit")
        text = fault.made_in(kit).files[fault.file]
        (folder / "kit" / fault.file).write_text(freeze.release_form(text, freeze.PLACEHOLDER, "v1"), "utf-8")
        try:
            return next(_red(cases.get(_about(fault), ()), Kit(folder / "kit"), project, folder), "")
        finally:
            shutil.rmtree(folder)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tests = pool.map(test_of, enumerate(faults))
        return {fault: test for fault, test in zip(faults, tests, strict=True) if test}


def _about(fault: Fault) -> str:
    """Return the workflow or action that the fault is in, as cases name it."""
    path = Path(fault.file)
    return f"actions/{path.parent.name}" if path.name == "action.yml" else path.stem


def _cases() -> Mapping[str, list[Case]]:
    """Return the cases of each workflow and action, those that see most first."""
    cases: dict[str, list[Case]] = {}
    for case in (*workflow_cases.CASES, *action_cases.CASES):
        cases.setdefault(case.of, []).append(case)
    return {of: sorted(cases, key=lambda case: not case.name.endswith("every input")) for of, cases in cases.items()}


def _red(cases: Sequence[Case], kit: Kit, project: Project, folder: Path) -> Iterator[str]:
    """Yield the tests of the cases that fail."""
    for case in cases:
        run = folder / "run"
        shutil.rmtree(run, ignore_errors=True)
        run.mkdir()
        try:
            case.check(case.start(kit, project, run))
        except (AssertionError, CicdError, KeyError, OSError, ValueError):
            test = "actions.py::test_action" if case.of.startswith("actions/") else "workflows.py::test_workflow"
            yield f"tests/act/test_{test}[{case.name}]"


def report(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield the report: how many faults each test sees, and the faults that none sees."""
    tests = Counter(verdict.test for verdict in verdicts if verdict.test)
    yield from (f"{number:5} seen by {test}" for test, number in tests.most_common())
    survivors = [verdict.fault for verdict in verdicts if not verdict.test]
    yield f"{len(verdicts) - len(survivors)} of {len(verdicts)} faults are seen ({score(verdicts):.1%})"
    for fault in survivors:
        yield f"survives: {fault.name}: {why(fault) or 'NOBODY KNOWS WHY'}"


def score(verdicts: Sequence[Verdict]) -> float:
    """Return the share of faults that a test sees."""
    return sum(bool(verdict.test) for verdict in verdicts) / len(verdicts)


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a temporary folder, in memory where possible."""
    return tempfile.TemporaryDirectory(prefix="act-tier-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.mutants", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take only every Nth fault (default: 1)")
    benchmarks.add_write(parser)
    arguments = parser.parse_args()
    kit = kits.load()
    with scratch_folder() as folder:
        verdicts = survey(faults(kit)[:: arguments.every], kit, Path(folder))
    sys.stdout.writelines(f"{line}\n" for line in report(verdicts))
    seen = f"{sum(bool(verdict.test) for verdict in verdicts):,} of {len(verdicts):,}"
    figure = benchmarks.Figure("faults made in the YAML that a named test sees", seen, f"at least {LEAST:.0%}")
    benchmarks.report("make mutants", [figure], write=arguments.write)
    unexplained = [verdict for verdict in verdicts if not verdict.test and not why(verdict.fault)]
    return int(bool(unexplained) or score(verdicts) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
