"""On which entry another may rest: one that passed the same images, and whose tests somebody saw."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from cicd import ledger
from cicd.errors import RefusedError
from cicd.ledger import Basis, Entry, integrity, signing

IMAGE = "localhost:1/acme/app@sha256:"
PASSED = ledger.Deployment("app", "staging", "deploy", "passed", "c" * 40, f"{IMAGE}{'a' * 64}", f"{IMAGE}{'b' * 64}")
WHEELS: dict[str, Any] = {"packages": f"{IMAGE}{'d' * 64}", "wheels": {"app-1.0-py3-none-any.whl": "e" * 64}}
OTHERS: dict[str, Any] = {"others": {"report": f"{IMAGE}{'f' * 64}"}}
APPROVAL: dict[str, Any] = {"action": "approve", "result": "approved"}


def check(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Check the link of an entry of production with an entry of staging, each with these changes."""
    base = Entry(1, "1" * 64, "", replace(PASSED, **{"basis": Basis("integration", 1, "0" * 64), **before}))
    first = Entry(1, "0" * 64, "", replace(PASSED, **{**before, "environment": "integration", "observed": False}))
    deployment = replace(PASSED, **{"environment": "production", "basis": base.basis, **after})
    chains = {"integration": [first], "staging": [base], "production": [Entry(1, "2" * 64, "", deployment)]}
    integrity.check_links(chains)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}), (OTHERS, OTHERS), (WHEELS, WHEELS),
        (OTHERS, APPROVAL), (WHEELS, APPROVAL),
    ],
    ids=["one image", "services", "packages", "approval of services", "approval of packages"],
)  # fmt: skip
def test_entry_rests_on_what_passed_the_same_images(before: dict[str, Any], after: dict[str, Any]) -> None:
    check(before, after)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({}, {"release": f"{IMAGE}{'9' * 64}"}, "did not pass this release"),
        ({}, {"test": f"{IMAGE}{'9' * 64}"}, "did not pass this release"),
        (OTHERS, {}, "did not pass these services"),
        ({}, OTHERS, "did not pass these services"),
        ({}, WHEELS, "did not pass these wheels"),
        (WHEELS, {**WHEELS, "packages": f"{IMAGE}{'9' * 64}"}, "did not pass these wheels"),
        ({"observed": True}, {}, "whose tests nobody saw"),
        ({}, {"basis": None}, "does not name the entry that it rests on"),
        ({}, {"basis": Basis("staging", 0, "1" * 64)}, "which the ledger does not have"),
        ({}, {"basis": Basis("staging", 2, "1" * 64)}, "which the ledger does not have"),
        ({}, {"basis": Basis("staging", 1, "3" * 64)}, "which the ledger does not have"),
        ({}, {"basis": Basis("integration", 1, "0" * 64)}, "which is not the stage before"),
    ],
)  # fmt: skip
def test_entry_does_not_rest_on_anything_else(before: dict[str, Any], after: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError, match=f"The ledger of production does not hold together at entry 1: .*{reason}"):
        check(before, after)


def test_images_of_other_services_are_subjects_of_an_entry() -> None:
    content = ledger.envelope(replace(PASSED, **OTHERS), 1, "")
    names = [subject["name"] for subject in json.loads(signing.decode(content).payload)["subject"]]
    assert names == ["localhost:1/acme/app"] * 3
    assert ledger.parse(content).deployment.others == OTHERS["others"]
    alone = replace(PASSED, others={"admin": PASSED.release})
    assert len(json.loads(signing.decode(ledger.envelope(alone, 1, "")).payload)["subject"]) == 2


@pytest.mark.parametrize(
    "name", ["bundle", "data", "replaced", "reason", "url", "actor", "run", "started", "ended", "undeclared"]
)
def test_every_text_of_an_outcome_is_one_line(name: str) -> None:
    data = json.loads(PASSED.to_json())
    assert ledger.deployment_from(data) == PASSED
    with pytest.raises(RefusedError, match=f"its {name} is"):
        ledger.deployment_from({**data, name: "two\nlines"})


@pytest.mark.parametrize("gate", [{}, [], "passed", {"verdict": "superior"}])
def test_verdict_of_another_kind_is_refused(gate: object) -> None:
    with pytest.raises(RefusedError):
        ledger.deployment_from({**json.loads(PASSED.to_json()), "gate": gate})


def test_times_are_to_the_second() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", ledger.now())
