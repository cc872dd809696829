"""Checks: the project's commands that say whether the code may go on, run inside the build image."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import labels
from cicd.oci import containers

if TYPE_CHECKING:
    from docker import DockerClient

    from cicd.config import Config

AT_ONCE = 4


@dataclass(frozen=True)
class Outcome:
    """How a check ended; `log` is what it printed."""

    name: str
    passed: bool
    seconds: float
    log: str


def run(client: DockerClient, config: Config, image: str) -> list[Outcome]:
    """Run every check, several at a time; one that fails stops none of the others."""

    def one(name: str) -> Outcome:
        lines: list[bytes] = []
        started = time.monotonic()
        finished = containers.run(
            client,
            image,
            config.checks[name],
            labels={labels.PROJECT: config.name, labels.ROLE: f"check-{name}"},
            say=lines.append,
        )
        log = b"".join(lines).decode(errors="replace")
        return Outcome(name, finished.exit_code == 0, time.monotonic() - started, log)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, config.checks))
