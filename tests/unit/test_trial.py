"""A release that came up is judged once: its suite, then its model; what is wrong by then fails the deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from cicd import stages
from cicd.config import Config
from cicd.errors import CheckFailedError, UsageError
from cicd.road.model_gate import Judged
from cicd.road.trial import Trial
from tests.unit.support.judged import judgement

if TYPE_CHECKING:
    from collections.abc import Callable


def trial(gate: Callable[[], Judged] | None, check_lock: Callable[[], None] = lambda: None) -> Trial:
    return Trial(cast("Any", None), Config("app"), stages.INTEGRATION, cast("Any", None), check_lock, gate)


def test_a_model_is_judged_once() -> None:
    """A release that serves already is judged before it is accepted: not again behind it."""
    judged: list[Judged] = []

    def gate() -> Judged:
        judged.append(Judged(judgement()))
        return judged[-1]

    asked = trial(gate)
    asked.judge()
    asked.accept("http://app", "network")
    assert judged == [asked.judged]


def test_a_model_that_nothing_judges_has_no_verdict() -> None:
    asked = trial(None)
    asked.accept("http://app", "network")
    assert asked.judged is None


def test_wrong_settings_of_the_gate_fail_a_release_that_is_up() -> None:
    """Exit code 2 would say that nothing was changed yet."""

    def gate() -> Judged:
        raise UsageError("[gate] has no metric.", "Write one.")

    with pytest.raises(CheckFailedError, match=r"\[gate\] has no metric") as failed:
        trial(gate).judge()
    assert failed.value.hint == "Write one."


def test_a_verdict_that_blocks_ends_the_deployment_before_the_lock_is_looked_at() -> None:
    asked = trial(lambda: Judged(judgement("regressed", "block")), lambda: pytest.fail("it looks at the lock"))
    with pytest.raises(CheckFailedError, match="is regressed"):
        asked.accept("http://app", "network")
    assert asked.judged
