"""The lock of an environment as a container of an engine in memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicd.deploy import holder as holders
from cicd.deploy.engine_lock import IMAGE, EngineLock
from cicd.deploy.lock import Lock
from cicd.errors import UnreachableError
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

ADA = holders.this_process("ada", "https://example.org/runs/1")
FULL = (500, "no space left on device")


def lock_on(engine: Engine) -> EngineLock:
    return EngineLock(engine.client(), "app-staging-lock", {"ml-cicd.project": "app"})


def test_lock_is_a_container_that_says_who_holds_it() -> None:
    engine = Engine()
    lock = lock_on(engine)
    assert lock.find() is None
    identity = lock.take(ADA)
    box = engine.box("app-staging-lock")
    assert (identity, box.image, box.status) == (box.id, IMAGE, "created")
    assert box.config["Cmd"] == ["never-started"], "an image without a command needs one"
    assert box.labels == {"ml-cicd.project": "app", **holders.to_labels(ADA)}
    assert lock.find() == Lock(ADA, identity)
    assert lock.take(ADA) == ""
    lock.remove("another")
    assert lock.find()
    lock.remove(identity)
    lock.remove(identity)
    assert engine.names() == []


def test_image_of_the_lock_is_made_once() -> None:
    engine = Engine()
    lock = lock_on(engine)
    for _ in range(2):
        lock.remove(lock.take(ADA))
    assert [action for action in engine.asked if "import" in action] == [f"import {IMAGE}"]


def test_full_disk_is_tried_again_only_with_new_room() -> None:
    engine = Engine(refuses={"create app-staging-lock": FULL})
    with pytest.raises(UnreachableError, match="the disk is full"):
        lock_on(engine).take(ADA)
    assert engine.asked.count("create app-staging-lock") == 1

    def make_room() -> bool:
        engine.refuses.clear()
        return True

    with pytest.raises(UnreachableError, match="the disk is full"):
        EngineLock(engine.client(), "app-staging-lock", {}, lambda: False).take(ADA)
    assert engine.asked.count("create app-staging-lock") == 2
    lock = EngineLock(engine.client(), "app-staging-lock", {}, make_room)
    assert lock.take(ADA) == engine.box("app-staging-lock").id


def test_engine_that_takes_no_image_is_named() -> None:
    engine = Engine(refuses={"import .*": (500, "it is read-only")})
    with pytest.raises(UnreachableError, match=f"Could not import the image {IMAGE}: .*read-only"):
        lock_on(engine).take(ADA)


def test_lock_gets_no_proxy_of_the_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"proxies": {"default": {"httpProxy": "http://user:secret@p"}}}))
    engine = Engine()
    lock_on(engine).take(ADA)
    assert not engine.box("app-staging-lock").config.get("Env")
