"""The base of upgrades: a file in the project with what the kit generated, as it was before anybody edited it.

It is part of the branch, so that each clone can upgrade, also a shallow one, without a network and without the old kit.
"""

from __future__ import annotations

import base64
import hashlib
import json
import textwrap
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.errors import UsageError
from cicd.start import generated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.start.generated import Answers

FILE = ".ml-cicd.base.json"
ABOUT = "Written by ml-cicd for 'ml-cicd upgrade', which merges from these files. Commit it; don't edit it."
LOCKS = ("requirements/", ".txt")
WIDTH = 100
FORMAT = 1


@dataclass(frozen=True)
class Version:
    """A version of the kit."""

    name: str = ""
    """The tag of the release; empty for a commit that is no release."""
    commit: str = ""
    """The commit; empty where the kit is in no git repository."""

    @property
    def number(self) -> str:
        """The version as the changelog names it: without the `v`."""
        return self.name.removeprefix("v")

    def __str__(self) -> str:
        return self.name or self.commit[:12] or "an unknown version"


@dataclass(frozen=True)
class File:
    """A generated file."""

    mode: str
    text: str


@dataclass(frozen=True)
class Base:
    """What the kit generated last."""

    version: Version
    answers: Answers
    files: Mapping[str, File]
    """Path below the repository's root -> file, without locks."""
    locks: Mapping[str, str]
    """Locks of packages: path -> SHA-256. They are never merged, so that their text is not needed."""


def of_texts(version: Version, answers: Answers, files: Mapping[str, File]) -> Base:
    """Return the base of files that were just generated."""
    locks = {path: sha256(file.text.encode()) for path, file in files.items() if is_lock(path)}
    return Base(version, answers, {path: file for path, file in files.items() if path not in locks}, locks)


def generate(version: Version, answers: Answers) -> dict[str, str]:
    """Return the files that this version of the kit generates, with their base: path -> text."""
    texts = generated.texts(answers)
    files = {path: File(generated.mode(path), text) for path, text in texts.items()}
    return {**texts, path_in(answers.callers.directory): dump(of_texts(version, answers, files))}


def path_in(inside: str) -> str:
    """Return the path of the file of the project in the folder `inside` of its repository."""
    return f"{inside}/{FILE}".lstrip("/")


def is_lock(path: str) -> bool:
    """Return whether a generated file is a lock of packages."""
    return path.startswith(LOCKS[0]) and path.endswith(LOCKS[1])


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's content, with the line ends of Unix."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def dump(base: Base) -> str:
    """Return the text of the file."""
    contents = {path: [file.mode, file.text] for path, file in sorted(base.files.items())}
    packed = base64.b64encode(zlib.compress(json.dumps(contents).encode(), 9)).decode()
    data = {
        "about": ABOUT, "format": FORMAT, "kit": {"version": base.version.name, "commit": base.version.commit},
        "answers": generated.to_data(base.answers), "locks": dict(sorted(base.locks.items())),
        "files": textwrap.wrap(packed, WIDTH),
    }  # fmt: skip
    return json.dumps(data, indent=1) + "\n"


def load(text: str, path: str = FILE) -> Base:
    """Return the base that the text of the file holds.

    Raises:
        UsageError: the file was edited, has conflict markers, or was written by a newer kit.

    """
    try:
        data: dict[str, Any] = json.loads(text)
        if data["format"] != FORMAT:
            raise UsageError(
                f"{path} has the format {data['format']}, which this version of ml-cicd does not know.",
                "Install the version of the kit that the callers name, then run this again.",
            )
        contents = json.loads(zlib.decompress(base64.b64decode("".join(data["files"]), validate=True)))
        files = {name: File(*entry) for name, entry in contents.items()}
        version = Version(data["kit"]["version"], data["kit"]["commit"])
        return Base(version, generated.from_data(data["answers"]), files, dict(data["locks"]))
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise UsageError(
            f"{path} can't be read: {error}. Was it edited, or does it hold a conflict of a merge?",
            f"Take the version of one side: git checkout BRANCH -- {path}",
        ) from error
