"""The secrets of an environment: from one JSON object into files of the release, and into no message."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from cicd import named_secrets
from cicd.config import Environment
from cicd.deploy import secrets
from cicd.deploy.target import Order, Running, releases_on, running
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import secret_files
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.place import Place, image

NEEDED = Environment("staging", secrets=("API_KEY", "OTHER"))


def test_secrets_are_read_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_SECRETS", json.dumps({"API_KEY": "x", "OTHER": "y", "UNUSED": "z"}))
    assert secrets.required(NEEDED) == {"API_KEY": "x", "OTHER": "y"}
    assert named_secrets.read("APP_SECRETS", ()) == {}


@pytest.mark.parametrize("value", [None, ""])
def test_secrets_that_the_job_did_not_get_are_asked_for(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("APP_SECRETS", raising=False)
    if value is not None:
        monkeypatch.setenv("APP_SECRETS", value)
    assert named_secrets.read("APP_SECRETS", NEEDED.secrets) is None
    assert named_secrets.read("APP_SECRETS", ()) == {}
    assert secrets.required(Environment("staging")) == {}
    with pytest.raises(UsageError, match="The environment staging has secrets, but APP_SECRETS is not set"):
        secrets.required(NEEDED)


@pytest.mark.parametrize("value", ["s3cret", '["s3cret"]', '"s3cret"', '{"API_KEY": 1, "OTHER": "s3cret"}'])
def test_secrets_of_another_form_are_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("APP_SECRETS", value)
    with pytest.raises(UsageError, match="is not a JSON object whose values are texts") as caught:
        secrets.required(NEEDED)
    assert "s3cret" not in caught.value.message + caught.value.hint


def test_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_SECRETS", json.dumps({"API_KEY": "s3cret"}))
    with pytest.raises(UsageError, match="APP_SECRETS lacks OTHER") as caught:
        secrets.required(NEEDED)
    assert "s3cret" not in caught.value.message + caught.value.hint


def test_secrets_become_files_and_are_read_back() -> None:
    place = Place()
    place.bring(1)
    container = place.engine.client().containers.get(place.release(1).name)
    assert secrets.of(container) == {}
    secret_files.put(container, {})
    assert place.release(1).files == {}
    secret_files.put(container, {"API_KEY": "x\n", "OTHER": "ü"})
    assert secrets.of(container) == {"API_KEY": "x\n", "OTHER": "ü"}


def test_image_with_a_file_in_place_of_the_folder_is_told() -> None:
    class Odd:
        name = "app"

        def put_archive(self, *_: object) -> None:
            from docker.errors import APIError  # noqa: PLC0415

            raise APIError("not a directory")

    with pytest.raises(CheckFailedError, match="write the secrets into app") as caught:
        secret_files.put(cast("Any", Odd()), {"API_KEY": "s3cret"})
    assert "Remove /run/secrets from the image" in caught.value.hint
    assert "s3cret" not in caught.value.message


def test_target_remembers_what_it_was_ordered() -> None:
    order = Order(image(1), "c" * 40, "staging/3@e", "production/2@a", "ada", "rollback", "test", "https://run", "then")
    assert running(order.release, order.commit, order.facts, url="http://x", notice="look") == Running(
        order.release, order.commit, order.entry, order.after, "http://x", healthy=True, detail="", actor="ada",
        action="rollback", test="test", run="https://run", started="then", notice="look",
    )  # fmt: skip
    assert order.digest == "sha256:" + "1" * 64
    unknown = running(order.release, order.commit, {}, problem="it is silent")
    assert unknown == Running(order.release, order.commit, "", "", "", healthy=False, detail="it is silent")


def test_releases_of_a_target_are_the_running_and_the_retained_ones(tmp_path: Any) -> None:
    retained, serving = (running(image(number), "c" * 40, {}) for number in (1, 2))
    target = FolderTarget(tmp_path)
    assert releases_on(target, None) == set()
    assert releases_on(target, serving) == {image(2)}
    (tmp_path / "retained.json").write_text(json.dumps([retained.__dict__]))
    assert releases_on(target, None) == {image(1)}
    assert releases_on(target, serving) == {image(1), image(2)}
