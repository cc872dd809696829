"""Who answers for a promotion, and which approvals it lacks: the rules alone, without a repository."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cicd import stages
from cicd.config import Config, Environment
from cicd.errors import RefusedError
from cicd.ledger import Deployment, Entry
from cicd.road import people
from cicd.road.request import Request

BOT = "github-actions[bot]"
COMMIT = "c" * 40
RELEASE, OTHER = (f"ghcr.io/acme/app@sha256:{digit * 64}" for digit in "ab")
TEST = RELEASE.replace("app@", "app/test@")
ACCEPTED = Deployment("app", "integration", "deploy", "passed", COMMIT, RELEASE, TEST, actor="ada")
CONFIG = Config("app", staging_auto=True)
AUTOMATIC = Request(stages.STAGING, COMMIT, tag="Staging")


def entries(*deployments: Deployment) -> list[Entry]:
    return [Entry(number, str(number), "", deployment) for number, deployment in enumerate(deployments, start=1)]


def test_app_that_starts_staging_stands_for_who_ran_integration() -> None:
    assert people.responsible(AUTOMATIC, CONFIG, ACCEPTED, [], BOT) == "ada"


@pytest.mark.parametrize(
    ("request_", "config"),
    [
        (AUTOMATIC, replace(CONFIG, staging_auto=False)),
        (replace(AUTOMATIC, stage=stages.PRODUCTION, tag="Production"), CONFIG),
        (replace(AUTOMATIC, tag="mine"), CONFIG),
        (replace(AUTOMATIC, tag=None), CONFIG),
        (replace(AUTOMATIC, backwards=True), CONFIG),
    ],
    ids=["staging is moved by hand", "production", "another tag", "no tag", "backwards"],
)
def test_app_stands_for_itself_otherwise(request_: Request, config: Config) -> None:
    assert people.responsible(request_, config, ACCEPTED, [], BOT) == BOT


def test_person_who_moves_the_tag_answers_for_it() -> None:
    assert people.responsible(AUTOMATIC, CONFIG, ACCEPTED, [], "eve") == "eve"


def test_app_answers_where_nobody_ran_integration() -> None:
    assert people.responsible(AUTOMATIC, CONFIG, replace(ACCEPTED, actor=""), [], BOT) == BOT


def test_app_stands_for_nobody_once_another_release_replaced_this_one() -> None:
    here = replace(ACCEPTED, environment="staging")
    other = replace(here, release=OTHER)
    approval = replace(here, action="approve", result="approved")
    for chain, person in (
        ([here], "ada"), ([other], "ada"), ([other, here], "ada"), ([here, other], BOT), ([other, here, other], BOT),
        ([here, other, approval], BOT), ([approval, other], "ada"),
    ):  # fmt: skip
        assert people.responsible(AUTOMATIC, CONFIG, ACCEPTED, entries(*chain), BOT) == person


@pytest.mark.parametrize(
    ("approvals", "message", "hint"),
    [
        (1, f"{COMMIT[:12]} needs an approval for staging by grace or hal.", "One of them runs: "),
        (2, f"0 of 2 approvals: {COMMIT[:12]} needs an approval for staging by grace or hal.", "Each who approves"),
    ],
)
def test_refusal_says_how_many_approvals_are_needed(approvals: int, message: str, hint: str) -> None:
    environment = Environment("staging", approvers=("grace", "hal"), approvals=approvals)
    with pytest.raises(RefusedError) as caught:
        people.check_promotion(environment, ACCEPTED, [], "ada")
    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)
