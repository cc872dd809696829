"""The output `outcome`: GitHub drops an output in which a line of a secret occurs."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicd import ledger
from cicd.encoding import LETTERS, LONGEST
from cicd.ledger import Basis, Deployment
from tests.unit.support.masks import masked

DIGEST = "sha256:" + "a" * 64
IMAGE = f"ghcr.io/acme/app@{DIGEST}"
LINE = st.text(max_size=60).filter(str.isprintable)
DEPLOYMENTS = st.builds(
    Deployment, project=st.just("app"), environment=st.sampled_from(["integration", "production"]),
    action=st.sampled_from(["deploy", "rollback"]), result=st.sampled_from(["passed", "failed"]),
    commit=st.from_regex("[0-9a-f]{40}", fullmatch=True), release=st.just(IMAGE), test=st.just(IMAGE), reason=LINE,
    tests=st.dictionaries(LINE, st.integers(0, 9999), max_size=3), actor=LINE, url=LINE,
    basis=st.none() | st.builds(Basis, st.just("staging"), st.integers(1, 99), st.just("b" * 64)),
)  # fmt: skip
PUNCTUATION = st.text('{}[]",: \t', min_size=1, max_size=8)
FIELDS = st.sampled_from([field.name for kind in (Deployment, Basis) for field in fields(kind)])
SECRETS = st.dictionaries(
    st.text(min_size=1, max_size=8), st.text() | st.integers() | st.lists(st.integers()) | st.dictionaries(LINE, LINE)
).map(lambda secret: json.dumps(secret, indent=2))


@given(DEPLOYMENTS)
def test_an_outcome_arrives_as_it_left(deployment: Deployment) -> None:
    assert ledger.deployment_from(ledger.decode(ledger.encode(deployment))) == deployment
    assert ledger.decode(deployment.to_json()) == asdict(deployment)


@given(DEPLOYMENTS, DEPLOYMENTS)
def test_deployment_that_nobody_recorded_travels_with_the_outcome(after: Deployment, before: Deployment) -> None:
    data = ledger.decode(ledger.encode(after, before))
    assert ledger.deployment_from(data.pop("unrecorded")) == before
    assert ledger.deployment_from(data) == after


@pytest.mark.case("K3", "a pretty-printed JSON secret does not make GitHub drop the outcome")
@given(DEPLOYMENTS, SECRETS | PUNCTUATION | FIELDS | FIELDS.map('"{}"'.format))
def test_no_line_of_a_secret_occurs_in_an_outcome(deployment: Deployment, secret: str) -> None:
    text = ledger.encode(deployment)
    assert [part for part in masked(secret) if part in text] == []


@given(DEPLOYMENTS, st.text(min_size=1))
def test_only_one_or_two_letters_of_a_secret_can_occur(deployment: Deployment, line: str) -> None:
    """Anything longer must itself have been written by this encoding."""
    text = ledger.encode(deployment)
    assert re.fullmatch("[B-DF-HJ-NP-TV-Z_]+", text)
    assert line not in text or re.fullmatch(f"[{LETTERS}]{{0,2}}(_[{LETTERS}]{{1,2}})*_?", line)


@pytest.mark.parametrize("text", ["", "passed", "GG_G", "GG_GGG", "gg_hh", "PQ_GG", "[" * 100_000, "{", LETTERS])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither JSON nor an encoded output"):
        ledger.decode(text)


def test_a_cut_outcome_and_one_that_grows_without_end_are_refused() -> None:
    deployment = Deployment("app", "staging", "deploy", "passed", "a" * 40, IMAGE, IMAGE)
    for text in (
        ledger.encode(deployment)[:-30],
        ledger.encode(Deployment(**{**asdict(deployment), "reason": "x" * LONGEST})),
    ):
        with pytest.raises(ValueError, match="neither JSON"):
            ledger.decode(text)
