"""The scripted replies of `ml-cicd` commands in tests, by default those of commands that succeed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import encoding, ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.ledger import Result


@dataclass(frozen=True)
class Reply:
    """The exit code and the outputs of a scripted command; it waits for `seconds` first."""

    exit_code: int = 0
    outputs: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 0


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


IMAGE = _digest("build image")
BUNDLE = f"ghcr.io/acme/app@{_digest('bundle')}"
RELEASE_IMAGE = f"ghcr.io/acme/app@{_digest('release')}"
EVALUATION_SET = f"ghcr.io/acme/app@{_digest('evaluation set')}"
TEST_IMAGE = f"ghcr.io/acme/app@{_digest('test')}"
COMMIT = hashlib.sha1(b"commit", usedforsecurity=False).hexdigest()
"""Another commit than the pushed one, so that a test sees which of the two a workflow passes on."""
URL = "http://localhost:8101"
COUNTS = '{"passed": 12, "failed": 0, "skipped": 1}'
REHEARSED = encoding.encode({"state": "unchanged"})
LINTED = '{"lint": true, "types": true}'


def _encoded(text: str) -> str:
    return encoding.encode(json.loads(text))


def linted(checks: str) -> dict[str, str]:
    """Return the outputs of `ml-cicd check`, from its output `checks`."""
    return {"checks": checks, "encoded-checks": _encoded(checks)}


def outcome(environment: str, result: Result = "passed") -> str:
    """Return the output `outcome` of `ml-cicd deploy`, which `ml-cicd record` reads."""
    return ledger.encode(
        ledger.Deployment("app", environment, "deploy", result, COMMIT, RELEASE_IMAGE, TEST_IMAGE, url=URL)
    )


def deployed(environment: str, result: Result = "passed") -> Reply:
    """Return the reply of `ml-cicd deploy`."""
    outputs = {"outcome": outcome(environment, result), "result": result, "url": URL}
    return Reply(0 if result == "passed" else 1, outputs)


def passing(environment: str) -> dict[str, Reply]:
    """Return the replies of a successful run on `environment`, by command."""
    images = {"commit": COMMIT, "release": RELEASE_IMAGE, "test": TEST_IMAGE}
    return {
        "build": Reply(outputs={"image": IMAGE, "trains": "false"}),
        "test": Reply(outputs={"tests": COUNTS, "coverage": "93", "encoded-tests": _encoded(COUNTS)}),
        "check": Reply(outputs=linted(LINTED)),
        "rehearse": Reply(outputs={"model": REHEARSED}),
        "train": Reply(outputs={"bundle": BUNDLE, "trained": "true", "evaluation": EVALUATION_SET}),
        "release": Reply(outputs=images),
        "verify": Reply(outputs={**images, "result": "accepted"}),
        "deploy": deployed(environment),
        "record": Reply(outputs={"entry": "7", "sha256": _digest("entry").removeprefix("sha256:"), "recorded": ""}),
        "approve": Reply(outputs={"entry": "7", "sha256": _digest("entry").removeprefix("sha256:")}),
        "advance": Reply(outputs={"state": "advanced"}),
        "comment": Reply(outputs={"comment": "updated"}),
    }
