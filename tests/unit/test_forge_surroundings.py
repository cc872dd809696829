"""A terminal's commands know base image and registry of the clone's forge while it is up."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.forge import run_secrets, surroundings
from cicd.forge.state import Forge, State
from cicd.oci import repositories
from cicd.produce import base_python

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.case("K7", "a terminal's commands while a forge is up")
STATE = State("app", "acme/app", "/kit", "localhost:20123", "base:3.11", "proxy:1", "unix:///run/engine.sock")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone whose forge is up."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "ml-cicd.toml").write_text('name = "app"\n')
    forge = Forge.of_project(tmp_path)
    forge.path.mkdir(parents=True)
    forge.write_state(STATE)
    for name in ("GITHUB_ACTIONS", "ML_CICD_FORGE_RUN", "ML_CICD_BASE", "ML_CICD_REGISTRY", "ML_CICD_PROXY",
                 "ML_CICD_INSTANCE", "DOCKER_HOST"):  # fmt: skip
        monkeypatch.setenv(name, "")  # so that what a command sets is undone
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_forge_that_is_up_lends_what_its_jobs_get(project: Path) -> None:
    environment: dict[str, str] = {}
    inner = project / "src"
    inner.mkdir()
    assert surroundings.join(inner, environment) == (
        "The local forge of this clone is up: base image base:3.11, registry localhost:20123"
    )
    assert environment == {
        "ML_CICD_BASE": "base:3.11", "ML_CICD_REGISTRY": "localhost:20123", "ML_CICD_PROXY": "proxy:1",
        "ML_CICD_INSTANCE": Forge.of_project(project).instance, "DOCKER_HOST": "unix:///run/engine.sock",
    }  # fmt: skip


@pytest.mark.parametrize("set_before", [{"GITHUB_ACTIONS": "true"}, {"ML_CICD_FORGE_RUN": "3"}], ids=["job", "run"])
def test_job_has_its_own_surroundings(project: Path, set_before: dict[str, str]) -> None:
    environment = dict(set_before)
    assert surroundings.join(project, environment) == ""
    assert environment == set_before


@pytest.mark.case("K3", "a terminal's build has the secrets of the forge")
def test_forge_lends_the_secrets_of_builds_and_training_alone(project: Path) -> None:
    forge = Forge.of_project(project)
    for name in ("BUILD_SECRETS", "TRAIN_SECRETS", "REGISTRY_TOKEN", "staging/BUILD_SECRETS"):
        (project / "value").write_text(f"the {name}")
        run_secrets.change(forge, [(name, str(project / "value"))])
    environment = {"TRAIN_SECRETS": "my own"}
    surroundings.join(project, environment)
    assert (environment["BUILD_SECRETS"], environment["TRAIN_SECRETS"]) == ("the BUILD_SECRETS", "my own")
    assert "REGISTRY_TOKEN" not in environment


def test_what_a_person_set_counts_first(project: Path) -> None:
    environment = {"ML_CICD_BASE": "mine:1", "ML_CICD_REGISTRY": "ghcr.io"}
    assert surroundings.join(project, environment) == ""
    assert (environment["ML_CICD_BASE"], environment["ML_CICD_REGISTRY"]) == ("mine:1", "ghcr.io")


def test_forge_that_is_down_lends_nothing(project: Path) -> None:
    (Forge.of_project(project).path / "state.json").unlink()
    environment: dict[str, str] = {}
    assert (surroundings.join(project, environment), environment) == ("", {})


@pytest.mark.parametrize(
    "words",
    [["build"], ["test", "--image", "x"], ["check", "--image", "x"], ["train", "--image", "x"],
     ["release", "--test-image", "x"]],
    ids=lambda words: words[0],
)  # fmt: skip
def test_command_says_which_forge_it_uses(
    project: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    seen: list[tuple[str, str]] = []

    def look(*_: object, **__: object) -> None:
        seen.append((base_python.stand_in(), repositories.default_host()))
        raise SystemExit(0)

    for name in ("produce.build_image.build", "produce.suites.run_unit", "produce.checks.run",
                 "produce.bundle_source.obtain", "produce.release_build.build_and_push"):  # fmt: skip
        monkeypatch.setattr(f"cicd.{name}", look)
    assert cli.main(words) == 0
    assert seen == [("base:3.11", "localhost:20123")]
    assert "The local forge of this clone is up: " in capfd.readouterr().out
