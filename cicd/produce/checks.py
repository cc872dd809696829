"""Run the checks: the project's own commands that judge its code, inside the build image."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import labels
from cicd.oci import containers, engine, leftovers
from cicd.oci.output import Output

if TYPE_CHECKING:
    from cicd.config import Config

AT_ONCE = 4
HEAD, TAIL = 2 * 2**20, 2 * 2**20
"""Bytes that are kept of a check's output: from its beginning, and from its end."""


@dataclass(frozen=True)
class Outcome:
    """How a check ended; `log` is what it printed, at most `HEAD` + `TAIL` bytes."""

    name: str
    passed: bool
    seconds: float
    log: str
    ending: str = "exit code 0"
    hint: str = ""
    """What the ending itself suggests to do; mostly nothing, since the log says more."""


def run(config: Config, image: str) -> list[Outcome]:
    """Run every check of the project inside the build image, several at a time, and return how each ended."""
    client = engine.connect()

    def run_check(name: str) -> Outcome:
        texts: list[str] = []
        started = time.monotonic()
        finished = containers.run(
            client,
            image,
            config.checks[name],
            labels={labels.PROJECT: config.name, labels.ROLE: f"check-{name}"},
            output=Output(texts.append, HEAD, TAIL),
        )
        seconds, ending = time.monotonic() - started, finished.ending
        return Outcome(name, ending.exit_code == 0, seconds, "".join(texts), str(ending), ending.hint(""))

    leftovers.remove(client)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            return list(pool.map(run_check, config.checks))
        except BaseException:  # a signal reaches this thread alone, and the pool waits for the others
            pool.shutdown(wait=False, cancel_futures=True)
            leftovers.remove_own(client)
            raise
