"""An environment that would vanish with its job is refused before anything is changed, but for integration."""

from __future__ import annotations

import pytest

from cicd import stages
from cicd.config import DockerSettings, Environment, KubernetesSettings
from cicd.errors import UsageError
from cicd.road.deployment import is_ephemeral


@pytest.mark.parametrize(
    ("environment", "runner", "vanishes"),
    [
        (Environment("integration"), "github-hosted", True),
        (Environment("integration", ephemeral=True), "github-hosted", True),
        (Environment("integration"), "self-hosted", False),
        (Environment("staging"), "self-hosted", False),
        (Environment("production"), "", False),
        (Environment("production", DockerSettings(host="ssh://deploy@example.org")), "github-hosted", False),
        (Environment("production", KubernetesSettings()), "github-hosted", False),
    ],
)
def test_ephemeral_by_runner(environment: Environment, runner: str, vanishes: bool) -> None:
    assert is_ephemeral(environment, stages.named(environment.name), runner) is vanishes


@pytest.mark.parametrize(
    "environment", [Environment("staging"), Environment("production"), Environment("integration", ephemeral=False)]
)
def test_vanishing_environment_is_refused(environment: Environment) -> None:
    with pytest.raises(UsageError) as caught:
        is_ephemeral(environment, stages.named(environment.name), "github-hosted")
    assert environment.name in caught.value.message
    assert "runs-on" in caught.value.hint
