"""What a person is told where an environment runs something else than its ledger says."""

from __future__ import annotations

import pytest

from cicd import ledger
from cicd.deploy.target import Running
from cicd.errors import RefusedError
from cicd.road import agreement

RELEASE = f"ghcr.io/acme/app@sha256:{'a' * 64}"
RUN = "https://github.com/acme/app/actions/runs/7"


def test_origin_of_an_unrecorded_release_is_told() -> None:
    running = Running(RELEASE, "c" * 40, "", "", "", healthy=True, actor="ada", run=RUN, started="noon")
    told = agreement.difference({}, "production", running)
    assert f"but {RELEASE} runs since noon, deployed by ada in {RUN}: no entry records that deployment" in told


def test_what_ails_a_target_that_names_no_release_is_told() -> None:
    assert agreement.difference({}, "production", Running("", "", "", "", "", healthy=False, detail="it is full")) == (
        "it is full"
    )


def test_service_that_is_recorded_and_does_not_run_is_told() -> None:
    others = {"report": RELEASE.replace("app", "report")}
    passed = ledger.Deployment("app", "staging", "deploy", "passed", "c" * 40, RELEASE, RELEASE, others=others)
    chains = {"staging": [ledger.parse(ledger.envelope(passed, 1, ""))]}
    difference = agreement.difference(chains, "staging", Running(RELEASE, "c" * 40, "", "", "", healthy=True))
    assert difference == f"report: the ledger says {others['report']}, but nothing runs"


def test_first_missing_entry_is_named() -> None:
    running = Running(RELEASE, "c" * 40, "", f"production/1@{'d' * 12}", "", healthy=True)
    with pytest.raises(RefusedError, match="The ledger of production does not hold together at entry 1: "):
        agreement.check_recorded({}, "production", running)
