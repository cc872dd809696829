"""Marks in a deployment, before and after each change that others can see: where the crash tests strike.

Outside of those tests a mark does nothing. With `ML_CICD_CRASH_TRACE=FILE` each mark passed is appended to FILE;
with `ML_CICD_CRASH_AT=NAME` this process kills itself there, or gets the signal that `ML_CICD_CRASH_SIGNAL` names.
A mark that is passed again in the same process is called `NAME#2`, then `NAME#3`.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

_passed: Counter[str] = Counter()


def boundary(name: str) -> None:
    """Pass the mark `name`, such as `docker.create-container`."""
    trace, strike = os.environ.get(variables.ML_CICD_CRASH_TRACE), os.environ.get(variables.ML_CICD_CRASH_AT)
    if not trace and not strike:
        return
    _passed[name] += 1
    mark = name if _passed[name] == 1 else f"{name}#{_passed[name]}"
    if trace:
        with Path(trace).open("a", encoding="utf-8") as stream:
            stream.write(mark + "\n")
    if strike == mark:
        os.kill(os.getpid(), signal.Signals[os.environ.get(variables.ML_CICD_CRASH_SIGNAL, "SIGKILL")])


@contextmanager
def change(name: str) -> Iterator[None]:
    """Make a change that others can see, between the marks `NAME.before` and `NAME.after`."""
    boundary(f"{name}.before")
    yield
    boundary(f"{name}.after")
