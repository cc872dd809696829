"""A release takes only a bundle that was trained with the lock file that it installs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from cicd import config
from cicd.errors import RefusedError
from cicd.produce import release_build

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = 'name = "app"\n[train]\ncommand = ["train"]\nlock = "lock.txt"\n'
LOCK = b"pandas==2.2.3\n"
SHA256 = hashlib.sha256(LOCK).hexdigest()


@pytest.mark.parametrize("lock", [SHA256, f"sha256:{SHA256}"])
def test_bundle_of_the_same_lock_is_taken(tmp_path: Path, lock: str) -> None:
    (tmp_path / "lock.txt").write_bytes(LOCK)
    release_build.check_lock(config.parse(CONFIG, "ml-cicd.toml"), tmp_path, {"lock": lock})


@pytest.mark.parametrize("train", ["", '[train]\ncommand = ["train"]\n'], ids=["no training", "no lock"])
def test_bundle_without_a_lock_is_taken_where_there_is_none(tmp_path: Path, train: str) -> None:
    release_build.check_lock(config.parse(f'name = "app"\n{train}', "ml-cicd.toml"), tmp_path, {})


@pytest.mark.case("K9", "a bundle from a checkout with other line ends")
@pytest.mark.parametrize("trained", [b"pandas==2.2.3\r\n", b"pandas==2.2.3\n"])
@pytest.mark.parametrize("installed", [b"pandas==2.2.3\r\n", b"pandas==2.2.3\n"])
def test_line_ends_of_a_checkout_make_no_other_lock(tmp_path: Path, trained: bytes, installed: bytes) -> None:
    (tmp_path / "lock.txt").write_bytes(installed)
    metadata = {"lock": hashlib.sha256(trained).hexdigest()}
    release_build.check_lock(config.parse(CONFIG, "ml-cicd.toml"), tmp_path, metadata)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "does not say with which lock.txt it was trained"),
        ({"lock": "0" * 64}, "was trained with another lock.txt: SHA-256 0000"),
    ],
)
def test_other_bundle_is_refused(tmp_path: Path, metadata: dict[str, str], message: str) -> None:
    (tmp_path / "lock.txt").write_bytes(LOCK)
    with pytest.raises(RefusedError, match=message) as caught:
        release_build.check_lock(config.parse(CONFIG, "ml-cicd.toml"), tmp_path, metadata)
    assert "inputs" not in caught.value.hint  # the lock is part of every key
