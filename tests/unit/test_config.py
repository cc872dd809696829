"""The configuration: ten lines are enough, and a wrong line is named with what is allowed."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from cicd import config
from cicd.config.environments import SETTINGS
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_name_is_enough() -> None:
    project = config.parse('name = "app"')
    assert set(project.environments) == {"integration", "staging", "production"}
    assert (project.service.port, project.service.health, project.staging_auto) == (8000, "/health", True)
    assert project.service.proxy == config.ProxySettings()


def test_every_table_is_read() -> None:
    project = config.parse(
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
    assert project.tests == {"unit": ("pytest", "-q")}
    assert project.checks == {"lint": ("ruff", "check")}
    assert project.train == config.Train(("python", "-m", "train"), ("src",), "requirements.txt")
    assert (project.service.port, project.staging_auto) == (9000, False)
    assert project.environments["staging"].health_timeout == 5
    assert project.environments["production"].health_timeout == 60


STAGING = 'name = "app"\n[environments.staging]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'the top level: missing: name. Example: name = "flights"'),
        ("name = ", "is not valid TOML"),
        (
            'name = "App"',
            'name: found "App". Use lower-case letters, digits and hyphens; begin with a letter; at most 40',
        ),
        ('name = "app"\ntest = 1', "the top level: unknown key test. Did you mean tests? Allowed: build, checks, "),
        ('name = "app"\nzzz = 1', "the top level: unknown key zzz. Allowed: build, checks, "),
        (
            'name = "app"\n[tests]\nunits = ["x"]',
            "tests: unknown key units. Did you mean unit? Allowed: acceptance, integration, shm-size, smoke, unit.",
        ),
        ('name = "app"\ntests = 3', "tests: found 3. Use a table."),
        (
            'name = "app"\n[tests]\nunit = "pytest"',
            'tests.unit: found "pytest". Use a list of texts. Example: unit = ["python", "-m", "app"]',
        ),
        ('name = "app"\n[tests]\nunit = []', "tests.unit: found []. Give the list an entry, or leave the key out."),
        ('name = "app"\n[tests]\nsmoke = [3]', "tests.smoke, entry 1: found 3. Use a text in quotes."),
        ('name = "app"\n[train]\ninputs = ["src"]', "train: missing: command."),
        ('name = "app"\n[checks]\nLint = ["x"]', 'checks: found the name "Lint". Use lower-case letters, digits and'),
        ('name = "app"\n[service]\nport = 70000', "service.port: found 70000. Use 65535 or less. Example: port = 8000"),
        ('name = "app"\n[environments.qa]\nport = 1', "environments: unknown key qa. Allowed: integration, production"),
        (
            STAGING + 'target = "swarm"',
            'environments.staging.target: found "swarm". Use docker, kubernetes or command. Example: target = "docker"',
        ),
        (STAGING + 'target = "command"', "environments.staging: missing: image, command, url."),
        (STAGING + "health-timeout = 0", "health-timeout: found 0. Use more than 0. Example: health-timeout = 60"),
        (STAGING + "ephemeral = 1", "environments.staging.ephemeral: found 1. Use true or false."),
        (STAGING + 'secrets = ["A B"]', 'environments.staging.secrets, entry 1: found "A B". Use letters, digits'),
        (STAGING + 'promoters = [""]', 'environments.staging.promoters, entry 1: found "". Write something, or leave'),
        (
            STAGING + "approvals = 2",
            'environments.staging: approvals needs approvers too. Example: approvers = ["ada", "grace"]',
        ),
        (
            STAGING + 'approvers = ["ada", "Ada", "grace"]\napprovals = 3',
            "environments.staging.approvals: found 3, but `approvers` names 2.",
        ),
        (STAGING + 'approvers = ["ada"]\napprovals = 0', "environments.staging.approvals: found 0. Use 1 or more."),
        (
            STAGING + 'host = "ssh://a@b"',
            'environments.staging: host needs host-key too. Example: host-key = "ssh-ed25519 ',
        ),
    ],
)
def test_wrong_key_is_explained(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        config.parse(text, "somewhere/ml-cicd.toml")
    (line,) = caught.value.message.splitlines()
    assert line.startswith("somewhere/ml-cicd.toml")
    assert message in line


def test_every_wrong_key_has_its_line() -> None:
    with pytest.raises(UsageError) as caught:
        config.parse('name = "App"\n[service]\nport = 0')
    assert [line.split(": ")[1] for line in caught.value.message.splitlines()] == ["name", "service.port"]


def rules(node: Any) -> Iterator[dict[str, Any]]:
    """Return every object in the schema."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from rules(child)


def test_patterns_have_words_and_a_matching_example() -> None:
    patterns = [rule for rule in rules(config.schema()) if isinstance(rule.get("pattern"), str)]
    assert len(patterns) >= 14
    for rule in patterns:
        example = rule.get("examples", [rule.get("default")])[0]
        assert rule["patternErrorMessage"].endswith("."), rule
        assert re.search(rule["pattern"], example), rule


def test_settings_of_the_proxy_are_read() -> None:
    project = config.parse(
        'name = "tiny"\n[service]\npublic-host = "a.example.org"\n[service.proxy]\nheader-bytes = 16_384\n'
        'body-bytes = 0\ntrusted-proxies = ["10.0.0.0/8"]\n'
    )
    proxy = config.ProxySettings(header_bytes=16_384, body_bytes=0, trusted_proxies=("10.0.0.0/8",))
    assert project.service == config.Service(public_host="a.example.org", proxy=proxy)
    with pytest.raises(UsageError, match="trusted-proxies"):
        config.parse('name = "tiny"\n[service.proxy]\ntrusted-proxies = ["everybody"]')


def test_other_targets_keys_do_not_count() -> None:
    """The schema lets them stand; they have no effect."""
    project = config.parse(STAGING + 'target = "kubernetes"\nreplicas = 3\nbind = "0.0.0.0"\nport = 80')
    environment = project.environments["staging"]
    assert environment.settings == config.KubernetesSettings(replicas=3)
    assert environment.port == 80


def test_missing_file_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        config.load(tmp_path)
    assert "name =" in caught.value.hint


def test_unknown_environment_is_refused_with_the_list() -> None:
    with pytest.raises(UsageError) as caught:
        config.parse('name = "app"').environment("qa")
    assert "integration, staging, production" in caught.value.hint


def test_defaults_are_those_of_the_schema() -> None:
    schema = config.schema()
    groups = {
        config.Build: schema["properties"]["build"]["properties"],
        config.Job: schema["properties"]["job"]["properties"],
        config.Train: schema["properties"]["train"]["properties"],
        config.Service: schema["properties"]["service"]["properties"],
        config.ProxySettings: schema["properties"]["service"]["properties"]["proxy"]["properties"],
        config.GateSettings: schema["properties"]["gate"]["properties"],
        config.MetricSettings: schema["properties"]["gate"]["properties"]["metrics"]["additionalProperties"][
            "properties"
        ],
        config.Environment: schema["$defs"]["environment"]["properties"],
        config.DockerSettings: schema["$defs"]["environment"]["properties"],
        config.KubernetesSettings: schema["$defs"]["environment"]["properties"],
    }
    compared = 0
    for kind, properties in groups.items():
        for field in fields(kind):
            described = properties.get(field.name.replace("_", "-"), {})
            if "default" in described:
                default = list(field.default) if isinstance(field.default, tuple) else field.default
                assert default == described["default"], field.name
                compared += 1
    assert compared >= 19
    kind = type(config.Environment("staging").settings)
    assert SETTINGS[schema["$defs"]["environment"]["properties"]["target"]["default"]] is kind


@pytest.mark.case("K9", "shared memory as a key")
def test_shared_memory_and_limits_are_keys() -> None:
    project = config.parse(
        'name = "app"\n[tests]\nunit = ["pytest"]\nshm-size = "1g"\n[service]\nshm-size = "2g"\n[train]\n'
        'command = ["train"]\nshm-size = "3g"\ntimeout = 60\ngpus = 2\ncpus = 1.5\nmemory = "8g"\nnetwork = "none"\n'
    )
    assert (project.tests, project.test_shm_size, project.service.shm_size) == ({"unit": ("pytest",)}, "1g", "2g")
    assert project.train == config.Train(
        ("train",), shm_size="3g", timeout=60, gpus=2, cpus=1.5, memory="8g", network="none"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('[train]\ncommand = ["x"]\nshm-size = "1 GB"', "train.shm-size"),
        ('[train]\ncommand = ["x"]\nnetwork = "host"', "Use bridge or none."),
        ('[train]\ncommand = ["x"]\ngpus = 0', "Use 1 or more."),
        ('[train]\ncommand = ["x"]\ntimeout = 0', "Use more than 0."),
        ("[tests]\nshm-size = 1", "tests.shm-size"),
    ],
)
def test_bad_limit_is_named(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        config.parse(f'name = "app"\n{line}\n')
    assert message in caught.value.message
