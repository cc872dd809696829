"""The file from which upgrades merge: what it holds, and what is no such file."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from cicd.errors import UsageError
from cicd.start import base, callers, generated, upgrading
from cicd.start.base import File, Version
from cicd.start.merging import Merge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANSWERS = generated.Answers(callers.Choices("acme/ml-cicd", "v1.0.0", callers.Branches("main", "main")), ("ci",))
LOCK = "requirements/runtime.txt"
FILES = {"README.md": File("100644", "# prices\n"), LOCK: File("100644", "flask==3.0\n")}
BASE = base.of_texts(Version("v1.0.0", "a" * 40), ANSWERS, FILES)


@pytest.mark.parametrize(
    ("path", "is_lock"),
    [(LOCK, True), ("requirements/runtime.in", False), ("docs/notes.txt", False), ("src/requirements/a.txt", False)],
)
def test_locks_are_the_text_files_of_requirements(path: str, *, is_lock: bool) -> None:
    assert base.is_lock(path) is is_lock


def test_locks_are_kept_by_their_hash_alone() -> None:
    assert (set(BASE.files), BASE.locks) == ({"README.md"}, {LOCK: base.sha256(b"flask==3.0\r\n")})


def test_file_is_read_as_it_was_written_and_differs_line_by_line() -> None:
    text = base.dump(BASE)
    assert base.load(text) == BASE
    assert text.split("\n")[1].startswith(' "about": "Written by ml-cicd')


def test_files_are_packed_into_lines_of_one_width() -> None:
    noise = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(20))
    packed = json.loads(base.dump(base.of_texts(Version(), ANSWERS, {"noise": File("100644", noise)})))["files"]
    assert {len(line) for line in packed[:-1]} == {100}


@pytest.mark.parametrize(
    ("version", "shown", "number"),
    [
        (Version("v1.2.0", "a" * 40), "v1.2.0", "1.2.0"), (Version("", "a" * 40), "a" * 12, ""),
        (Version(), "an unknown version", ""),
    ],
)  # fmt: skip
def test_version_is_called_by_its_tag_or_by_its_commit(version: Version, shown: str, number: str) -> None:
    assert (str(version), version.number) == (shown, number)


def _edit(data: dict[str, Any]) -> None:
    data["files"][0] = f"!{data['files'][0]}"


@pytest.mark.parametrize(
    "edit",
    [
        _edit, lambda data: data.pop("kit"), lambda data: data.update(kit=7), lambda data: data.update(files=["eJw="]),
        lambda data: data.update(files=[base64.b64encode(zlib.compress(b"[]")).decode()]),
        lambda data: data.update(answers=[]), lambda data: data.update(answers={"callers": None}),
    ],
    ids=["other characters", "no version", "a number", "no files", "a list of files", "a list", "no callers"],
)  # fmt: skip
def test_file_that_was_edited_is_named(edit: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(base.dump(BASE))
    edit(data)
    with pytest.raises(UsageError, match=r"^projects/a/\.ml-cicd\.base\.json can't be read") as refused:
        base.load(json.dumps(data), "projects/a/.ml-cicd.base.json")
    assert refused.value.hint == "Take the version of one side: git checkout BRANCH -- projects/a/.ml-cicd.base.json"


def test_file_of_a_newer_kit_is_not_read() -> None:
    data = json.loads(base.dump(BASE)) | {"format": 2}
    with pytest.raises(UsageError, match="has the format 2, which this version of ml-cicd does not know") as refused:
        base.load(json.dumps(data))
    assert "the version of the kit that the callers name" in refused.value.hint


@pytest.mark.parametrize(
    ("since", "until", "subject"),
    [
        (BASE.version, Version("v1.1.0"), "Upgrade ml-cicd from v1.0.0 to v1.1.0\n"),
        (BASE.version, Version("v1.0.0", "b" * 40), "Upgrade ml-cicd to v1.0.0\n"),
        (Version(), Version("v1.1.0"), "Upgrade ml-cicd to v1.1.0\n"),
    ],
    ids=["from one to another", "the same version", "from before the file"],
)
def test_message_names_the_version_before_where_it_is_another_one(
    tmp_path: Path, since: Version, until: Version, subject: str
) -> None:
    assert upgrading.Upgrade(tmp_path, since, until, "v1", Merge("")).message == subject
