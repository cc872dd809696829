"""Layers from the registry: ci takes what integration pushed, by digest, and builds without where it can't read."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.config import parse
from cicd.oci import images, logins
from cicd.oci import registry as package
from cicd.produce import layer_cache

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry

CONFIG = parse('name = "app"')
OFF = parse('name = "app"\n[build]\ncache = false\n')
DOCKER = """#!/bin/sh
case $1 in
  buildx) exit 1 ;;
  --version) echo Docker version 20.10.0; exit 0 ;;
esac
printf '%s\\n' "$@" > {folder}/words
cp "$DOCKER_CONFIG/config.json" {folder}/seen.json
ls "$DOCKER_CONFIG" > {folder}/seen.ls
while [ "$1" != --iidfile ]; do shift; done
echo sha256:built > "$2"
"""


@pytest.fixture(autouse=True)
def job(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a job of acme/app, whose images are in the small registry."""
    for name, value in {
        "GITHUB_REPOSITORY": "acme/app", "ML_CICD_REGISTRY": registry.host, "DOCKER_CONFIG": str(tmp_path / "account"),
        "GITHUB_ACTIONS": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for name in ("REGISTRY_TOKEN", "GITHUB_TOKEN", "ML_CICD_BASE"):
        monkeypatch.delenv(name, raising=False)


def notices(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_ci_takes_what_integration_wrote(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = registry.add("acme/app/test", "one")
    layer_cache.write(CONFIG, image)
    assert layer_cache.find(CONFIG, tmp_path) == image
    assert notices(capsys) == []
    newer = registry.add("acme/app/test", "two")
    layer_cache.write(CONFIG, newer)
    assert layer_cache.find(CONFIG, tmp_path) == newer


def test_switched_off_nothing_is_asked_or_written(registry: Registry, tmp_path: Path) -> None:
    layer_cache.write(CONFIG, registry.add("acme/app/test", "one"))
    newer = registry.add("acme/app/test", "two")
    before = dict(registry.manifests)
    assert layer_cache.find(OFF, tmp_path) == ""
    layer_cache.write(OFF, newer)
    assert registry.manifests == before


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "There is no"), (401, "denies access"), (403, "denies access"), (503, "failed with 503")],
)
def test_unreadable_cache_is_one_notice(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, words: str
) -> None:
    registry.status = status
    assert layer_cache.find(CONFIG, tmp_path) == ""
    lines = notices(capsys)
    assert len(lines) == 1
    assert lines[0].startswith("::notice title=Built without the layer cache::")
    assert words in lines[0]


def test_refused_write_is_a_warning(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    image = registry.add("acme/app/test", "one")
    registry.status = 403
    layer_cache.write(CONFIG, image)
    assert notices(capsys)[0].startswith("::warning title=The layer cache was not written::")


def test_tag_moves_to_the_same_bytes(registry: Registry) -> None:
    image = registry.add("acme/app/test", "one")
    layer_cache.write(CONFIG, image)
    manifest = package.manifest(f"{registry.host}/acme/app/test", layer_cache.TAG)
    assert manifest is not None
    assert image.endswith(manifest.digest)


def test_docker_command_gets_the_token_in_a_configuration_that_vanishes(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tmp_path / "account"
    (account / "cli-plugins").mkdir(parents=True)
    (account / "config.json").write_text(json.dumps({"credsStore": "box", "auths": {"other": {"auth": "x"}}}))
    command = tmp_path / "bin" / "docker"
    command.parent.mkdir()
    command.write_text(DOCKER.format(folder=tmp_path))
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_HOST", "tcp://nobody")
    monkeypatch.setenv("REGISTRY_TOKEN", "ada:a-password")
    (tmp_path / "Dockerfile").touch()
    image = registry.add("acme/app/test", "one")
    built = images.build(tmp_path, tmp_path / "Dockerfile", tag="app", inline_cache=True, cache_from=image)
    assert built == "sha256:built"
    words = (tmp_path / "words").read_text().splitlines()
    assert words[words.index("--cache-from") + 1] == image
    assert "BUILDKIT_INLINE_CACHE=1" in words
    assert "a-password" not in " ".join(words)
    settings = json.loads((tmp_path / "seen.json").read_text())
    assert settings["auths"].keys() == {"other", registry.host}
    assert settings["credHelpers"] == {registry.host: ""}
    assert settings["credsStore"] == "box"
    assert (tmp_path / "seen.ls").read_text().split() == ["cli-plugins", "config.json"]
    assert not Path(words[words.index("--iidfile") + 1]).parent.exists()


def test_only_the_account_reads_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_TOKEN", "ada:a-password")
    logins.client_environment(tmp_path / "docker", "registry.example.com")
    assert stat.S_IMODE((tmp_path / "docker").stat().st_mode) == 0o700


def test_without_a_token_the_account_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "of-the-job")
    assert logins.client_environment(tmp_path / "docker", "registry.example.com") == {}
    assert logins.client_environment(tmp_path / "docker", "ghcr.io") == {"DOCKER_CONFIG": str(tmp_path / "docker")}
