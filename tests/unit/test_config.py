"""The configuration: ten lines are enough, and a wrong line is named with what is allowed."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from cicd import config
from cicd.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_name_is_enough() -> None:
    found = config.parse('name = "app"')
    assert set(found.environments) == {"integration", "staging", "production"}
    assert (found.service.port, found.service.health, found.staging_auto) == (8000, "/health", True)


def test_everything_that_is_written_is_read() -> None:
    found = config.parse(
        """
        name = "app"
        image = "example.com:5000/team/app"
        [tests]
        unit = ["pytest", "-q"]
        [checks]
        lint = ["ruff", "check"]
        [train]
        command = ["python", "-m", "train"]
        inputs = ["src"]
        lock = "requirements.txt"
        [service]
        port = 9000
        [staging]
        auto = false
        [environments.staging]
        health-timeout = 5
        """
    )
    assert found.tests == {"unit": ("pytest", "-q")}
    assert found.checks == {"lint": ("ruff", "check")}
    assert found.train == config.Train(("python", "-m", "train"), ("src",), "requirements.txt")
    assert (found.service.port, found.staging_auto) == (9000, False)
    assert found.environments["staging"].health_timeout == 5
    assert found.environments["production"].health_timeout == 60


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the key name is missing"),
        ('name = "App"', "name: found 'App'; it must match"),
        ('name = "app"\ntest = 1', "the top level: unknown key test; allowed are"),
        ('name = "app"\n[tests]\nunits = ["x"]', "tests: unknown key units; allowed are acceptance, integration"),
        ('name = "app"\n[tests]\nunit = "pytest"', "tests.unit: found 'pytest'; it must be of type array"),
        ('name = "app"\n[train]\ninputs = ["src"]', "train: the key command is missing"),
        ('name = "app"\n[environments.staging]\ntarget = "swarm"', "environments.staging.target: found 'swarm'"),
        ('name = "app"\n[environments.qa]\ntarget = "docker"', "environments: unknown key qa"),
        ('name = "app"\n[service]\nport = 70000', "service.port"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_explained(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        config.parse(text, "somewhere/ml-cicd.toml")
    assert said in caught.value.message
    assert "somewhere/ml-cicd.toml" in caught.value.message


def test_a_missing_file_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        config.load(tmp_path)
    assert "name =" in caught.value.hint


def test_an_unknown_environment_names_the_known() -> None:
    with pytest.raises(UsageError) as caught:
        config.parse('name = "app"').environment("qa")
    assert "integration, staging, production" in caught.value.hint


def test_defaults_are_those_of_the_published_schema() -> None:
    schema = config.schema()
    groups = {
        config.Train: schema["properties"]["train"]["properties"],
        config.Service: schema["properties"]["service"]["properties"],
        config.Environment: schema["$defs"]["environment"]["properties"],
    }
    compared = 0
    for kind, properties in groups.items():
        for field in fields(kind):
            described = properties.get(field.name.replace("_", "-"), {})
            if "default" in described:
                default = list(field.default) if isinstance(field.default, tuple) else field.default
                assert default == described["default"], field.name
                compared += 1
    assert compared == 11
