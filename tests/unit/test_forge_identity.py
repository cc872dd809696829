"""A forge is identified by its remote: commands in jobs and outside of jobs find the same containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd import forge_identity, git
from cicd import labels as names
from cicd.forge.state import Forge
from cicd.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["project", "it's a=project", "gro\u00df"])
def test_address_of_a_remote_identifies_its_forge(tmp_path: Path, name: str) -> None:
    forge = Forge.of_project(tmp_path / name)
    remote = forge.remote("acme/app")
    assert len(forge.instance) == 8
    assert {forge_identity.of_remote(str(remote)), forge_identity.of_remote(remote.as_uri())} == {forge.instance}
    assert f"{forge.server}/acme/app" == remote.as_uri(), "the URL that jobs see"


def test_forge_is_found_by_remote_name_and_address(tmp_path: Path) -> None:
    forge = Forge.of_project(tmp_path)
    git.text(tmp_path, "init", "--quiet")
    git.text(tmp_path, "remote", "add", "local", str(forge.remote("acme/app")))
    git.text(tmp_path, "remote", "add", "origin", "https://github.com/acme/app")
    identities = {name: Repository(tmp_path, name).forge for name in ("local", "origin", f"{forge.server}/acme/app")}
    assert identities == {"local": forge.instance, "origin": "", f"{forge.server}/acme/app": forge.instance}


def test_two_clones_have_two_identities(tmp_path: Path) -> None:
    assert Forge.of_project(tmp_path / "a").instance != Forge.of_project(tmp_path / "b").instance


@pytest.mark.parametrize(
    "address",
    ["https://github.com/acme/app", "git@github.com:acme/app.git", "/srv/git/app", "file:///srv/git/acme/app", "/", ""],
)
def test_other_remotes_have_no_forge(address: str) -> None:
    assert forge_identity.of_remote(address) == ""


def test_only_containers_of_runs_are_labelled(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ML_CICD_INSTANCE", "ML_CICD_FORGE_RUN"):
        monkeypatch.delenv(name, raising=False)
    assert names.of_this_run() == {}
    monkeypatch.setenv("ML_CICD_INSTANCE", "12345678")
    monkeypatch.setenv("ML_CICD_FORGE_RUN", "7")
    assert names.of_this_run() == {"ml-cicd.instance": "12345678", "ml-cicd.run": "7"}
