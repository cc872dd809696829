"""Which configuration governs a request, and what the labels of a release say about its parts."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from cicd import labels, stages
from cicd.config import Config
from cicd.errors import UsageError
from cicd.road import release_labels
from cicd.road.request import Request, config_for, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.support.workspace import Workspace

IMAGE = f"localhost:1/acme/app@sha256:{'a' * 64}"


def commit(workspace: Workspace, text: str) -> str:
    (workspace.clone / "ml-cicd.toml").write_text(text)
    workspace.git("add", "--all")
    return workspace.commit()


def test_request_is_a_workflow_s_unless_it_says_otherwise(workspace: Workspace) -> None:
    first = commit(workspace, 'name = "app"\n')
    request, config = resolve(workspace.repository(), Request(stages.INTEGRATION, first[:12]))
    assert (request.commit, config.name) == (first, "app")
    assert (request.by_person, request.offline, request.backwards) == (False, False, False)


def test_first_commit_brings_its_own_configuration(workspace: Workspace) -> None:
    first = commit(workspace, 'name = "app"\n')
    workspace.push(f"{first}:refs/heads/develop")
    (workspace.remote / "HEAD").write_text("ref: refs/heads/develop\n")
    workspace.push(":main")
    repository = workspace.repository()
    assert repository.main_commit is None
    assert config_for(repository, stages.PRODUCTION, first).name == "app"


def test_commit_without_configuration_is_named(workspace: Workspace) -> None:
    repository, first = workspace.repository(), workspace.git("rev-parse", "HEAD")
    with pytest.raises(UsageError, match=rf"The commit {first[:12]} has no ml-cicd\.toml"):
        config_for(repository, stages.INTEGRATION, first)


def test_configuration_that_can_not_be_read_is_named_with_its_commit(workspace: Workspace) -> None:
    wrong = commit(workspace, "name = 7\n")
    with pytest.raises(UsageError, match=rf"ml-cicd\.toml at {wrong[:12]}"):
        config_for(workspace.repository(), stages.INTEGRATION, wrong)


def test_release_without_labels_has_no_parts() -> None:
    assert release_labels.packages_of({}) == ("", {})
    assert release_labels.others_of(IMAGE, {}) == {}
    assert release_labels.bundle_of(Config("app"), IMAGE, {}) == ""


def test_wheels_are_those_of_the_image_that_holds_them() -> None:
    wheels = {labels.WHEELS: json.dumps({"app-1.0-py3-none-any.whl": "b" * 64})}
    assert release_labels.packages_of({labels.PACKAGES: IMAGE}) == (IMAGE, {})
    assert release_labels.packages_of({labels.PACKAGES: IMAGE, **wheels}) == (IMAGE, json.loads(wheels[labels.WHEELS]))
    assert release_labels.packages_of(wheels) == ("", {}), "there is no image that could hold them"


READ: dict[str, Callable[[dict[str, str]], object]] = {
    labels.PACKAGES: release_labels.packages_of,
    labels.WHEELS: release_labels.packages_of,
    labels.DELIVERABLES: partial(release_labels.others_of, IMAGE),
    labels.BUNDLE: partial(release_labels.bundle_of, Config("app"), IMAGE),
}


@pytest.mark.parametrize("label", READ)
@pytest.mark.parametrize("value", ["{", "7", "[7]"])
def test_label_that_can_not_be_read_is_named(label: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"The label {label} of the release can't be read"):
        READ[label]({labels.PACKAGES: IMAGE, label: value})
