"""The stages of the road: their order, what starts them, and who lets a release into them."""

from __future__ import annotations

import pytest

from cicd import stages
from cicd.errors import UsageError


def test_stages_follow_each_other() -> None:
    assert [*stages.STAGES] == ["integration", "staging", "production"]
    assert [stages.before(name) for name in stages.STAGES] == ["", "integration", "staging"]
    assert [stages.accepted_by(name) for name in stages.STAGES] == ["integration", "integration", "staging"]
    assert (stages.before("nowhere"), stages.accepted_by("nowhere")) == ("", "nowhere")


def test_people_start_every_stage_but_the_first_by_a_tag() -> None:
    assert {name: stage.tag for name, stage in stages.TAGGED.items()} == {
        "staging": "Staging", "production": "Production",
    }  # fmt: skip
    assert stages.named("integration").tag == ""


def test_only_the_last_stage_publishes_and_only_the_first_may_vanish() -> None:
    named = [stages.named(name) for name in ("integration", "staging", "production")]
    assert [stage.publishes for stage in named] == [False, False, True]
    assert [stage.may_vanish for stage in named] == [True, False, False]
    assert [stage.configuration_from for stage in named] == ["commit", "main", "main"]


def test_unknown_environment_is_named() -> None:
    with pytest.raises(UsageError, match="There is no environment 'test'") as caught:
        stages.named("test")
    assert "integration, staging, production" in caught.value.hint
