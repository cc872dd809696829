"""The tests can fail: a sample of faults in the YAML is made here; `make mutants` makes all of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from tests.act.support.faults import Fault, faults
from tests.static.support import kit as kits
from tests.tools import mutants

if TYPE_CHECKING:
    from pathlib import Path

EVERY = 60
KIT = kits.load()


@functools.cache
def all_faults() -> list[Fault]:
    return faults(KIT)


def test_sampled_faults_are_seen(scratch: Path) -> None:
    folder = scratch / "faults"
    folder.mkdir()
    verdicts = mutants.survey(all_faults()[::EVERY], KIT, folder)
    assert [v.fault.name for v in verdicts if not v.test and not mutants.why(v.fault)] == []
    assert mutants.score(verdicts) >= mutants.LEAST


def test_fault_names_are_unique() -> None:
    names = [fault.name for fault in all_faults()]
    assert len(names) == len(set(names))


def test_every_expected_survivor_is_a_fault() -> None:
    unknown = [place for place in mutants.EXPECTED if not any(fault.name.endswith(place) for fault in all_faults())]
    assert unknown == []


def test_unseen_fault_is_reported(scratch: Path) -> None:
    """A change that changes nothing: the survey must not say that a test sees it."""
    folder = scratch / "nothing"
    folder.mkdir()
    file = "actions/record/action.yml"
    end = len(KIT.files[file])
    nothing = Fault("a comment", file, "the end", end, end, "# nothing\n")
    verdicts = mutants.survey([nothing], KIT, folder)
    assert mutants.score(verdicts) == 0
    assert list(mutants.report(verdicts))[-1] == f"survives: {file}: the end: a comment: NOBODY KNOWS WHY"
