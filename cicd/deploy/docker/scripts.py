"""The scripts that run in the proxy's container, on whatever machine that is."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd.deploy import health

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.oci.engine import Container


FOLDER = Path(__file__).parent / "haproxy"


def probe(
    host: str, port: int, path: str, wanted: str, *, patience: float = 0, limit: float = health.TIMEOUT
) -> list[str]:
    """Return the command that prints an HTTP answer as soon as it contains `wanted`, at the latest after `patience`.

    `patience` and `limit`, the time for one answer, are in seconds.
    """
    return ["probe", host, str(port), path, wanted, str(int(1000 * patience)), f"{limit:.1f}"]


def run(container: Container, *commands: Sequence[str], seconds: float = 30) -> tuple[int, bytes]:
    """Run commands, each if the one before succeeded. Return the exit code and the output.

    A command is a script's name and its arguments. All together have so many seconds. Each call costs the machine
    0.1 s, which users notice: commands that belong together go into one call.
    """
    words = [["bash", "-c", (FOLDER / f"{name}.sh").read_text("utf-8"), name, *rest] for name, *rest in commands]
    script = " && ".join(map(shlex.join, words))
    done: Any = container.exec_run(["timeout", f"{seconds:.1f}", "bash", "-c", script], user="root")
    return int(done.exit_code), bytes(done.output)
