"""Run the checks: the project's own commands that judge its code, inside the build image."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import labels
from cicd.oci import containers, engine

if TYPE_CHECKING:
    from cicd.config import Config

AT_ONCE = 4


@dataclass(frozen=True)
class Outcome:
    """How a check ended; `log` is what it printed."""

    name: str
    passed: bool
    seconds: float
    log: str


def run(config: Config, image: str) -> list[Outcome]:
    """Run every check of the project inside the build image, several at a time, and return how each ended."""
    client = engine.connect()

    def run_check(name: str) -> Outcome:
        output: list[bytes] = []
        started = time.monotonic()
        finished = containers.run(
            client,
            image,
            config.checks[name],
            labels={labels.PROJECT: config.name, labels.ROLE: f"check-{name}"},
            say=output.append,
        )
        log = b"".join(output).decode(errors="replace")
        return Outcome(name, finished.exit_code == 0, time.monotonic() - started, log)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run_check, config.checks))
