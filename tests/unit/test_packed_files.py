"""A model that the project has as files becomes a bundle: the kit writes its metadata, and the same files name it."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from cicd.errors import CheckFailedError, UnreachableError, UsageError
from cicd.produce import packed_files, training

if TYPE_CHECKING:
    from pathlib import Path

LOCK = b"pandas==2.2.3\n"
SHA256 = hashlib.sha256(LOCK).hexdigest()
FACTS = training.Facts("0123456789abcdef", "lock.txt", LOCK)
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "models" / "more").mkdir(parents=True)
    (folder / "models" / "model.pkl").write_text("weights")
    (folder / "models" / "more" / "vocabulary").write_text("words")
    return folder


def bundle(project: Path, folder: Path, *paths: str) -> tuple[str, dict[str, bytes]]:
    """Return the key of a model's files, and the content of their bundle."""
    raw, layer = folder / "raw.tar", folder / "bundle.tar"
    key = packed_files.pack(project, packed_files.Named("[model] paths", paths, "bundle"), raw)
    training.pack(raw, layer, training.Facts(key))
    with tarfile.open(layer) as tar:
        files = [member for member in tar.getmembers() if member.isfile()]
        return key, {member.name: file.read() for member in files if (file := tar.extractfile(member))}


def test_files_and_folders_become_the_bundle(project: Path, tmp_path: Path) -> None:
    key, files = bundle(project, tmp_path, "models/model.pkl", "models/more")
    assert json.loads(files.pop("bundle/metadata.json")) == {"inputs": key}
    assert files == {"bundle/models/model.pkl": b"weights", "bundle/models/more/vocabulary": b"words"}


def test_content_alone_names_the_bundle(project: Path, tmp_path: Path) -> None:
    before = bundle(project, tmp_path, "models")
    os.utime(project / "models" / "model.pkl", (0, 0))
    assert bundle(project, tmp_path, "models") == before
    (project / "models" / "model.pkl").write_text("other weights")
    assert bundle(project, tmp_path, "models")[0] != before[0]


def test_missing_file_is_named(project: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no 'models/x', which"):
        bundle(project, tmp_path, "models/x")


@pytest.mark.case("K3", "a Git LFS pointer in place of a model")
def test_pointer_of_git_lfs_is_no_model(project: Path, tmp_path: Path) -> None:
    (project / "models" / "model.pkl").write_text(POINTER)
    with pytest.raises(CheckFailedError, match=r"pointers of Git LFS: models/model\.pkl"):
        bundle(project, tmp_path, "models")


def test_layer_that_can_not_be_written_is_named(project: Path, tmp_path: Path) -> None:
    (tmp_path / "raw.tar").mkdir()
    with pytest.raises(UnreachableError, match=r"Could not write .*raw\.tar: Is a directory"):
        bundle(project, tmp_path, "models")


def test_link_to_outside_is_named(project: Path, tmp_path: Path) -> None:
    (project / "models" / "link").symlink_to("/etc/passwd")
    with pytest.raises(CheckFailedError, match="bundle/models/link is a link to /etc/passwd"):
        bundle(project, tmp_path, "models")


@pytest.mark.parametrize(
    ("written", "merged"),
    [
        ({}, {"inputs": "0123456789abcdef", "lock": f"sha256:{SHA256}"}),
        ({"lock": SHA256, "auc": 0.9}, {"inputs": "0123456789abcdef", "lock": SHA256, "auc": 0.9}),
        ({"inputs": ["src"]}, {"inputs": ["src"], "lock": f"sha256:{SHA256}"}),
    ],
)
def test_facts_of_the_kit_join_what_the_project_wrote(written: dict[str, Any], merged: dict[str, Any]) -> None:
    assert FACTS.merged(written) == merged


def test_bundle_of_another_lock_is_refused_before_it_is_pushed() -> None:
    with pytest.raises(CheckFailedError, match=r"another lock\.txt"):
        FACTS.merged({"lock": "0" * 64})


def test_project_without_a_lock_needs_none() -> None:
    assert training.Facts("0").merged({}) == {"inputs": "0"}
