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
    address: str, port: int, path: str, host: str, digest: str = "", *, patience: float = 0,
    limit: float = health.TIMEOUT,
) -> list[str]:  # fmt: skip
    """Return the command that prints an HTTP answer: the first that is 200 and names no other digest, if any.

    `host` is the header Host. `patience` and `limit`, the time for one answer, are in seconds. Without a digest, any
    answer will do.
    """
    words = [address, str(port), path, host, digest, str(int(1000 * patience)), f"{limit:.1f}", str(health.LIMIT)]
    return ["probe", *words]


def run(container: Container, *commands: Sequence[str], seconds: float = 30) -> tuple[int, bytes]:
    """Run commands, each if the one before succeeded. Return the exit code and the output.

    A command is a script's name and its arguments. All together have so many seconds. Each call costs the machine
    0.1 s, which users notice: commands that belong together go into one call.
    """
    words = [["bash", "-c", (FOLDER / f"{name}.sh").read_text("utf-8"), name, *rest] for name, *rest in commands]
    script = " && ".join(map(shlex.join, words))
    done: Any = container.exec_run(["timeout", f"{seconds:.1f}", "bash", "-c", script], user="root")
    return int(done.exit_code), bytes(done.output)


def parts(output: bytes, files: int) -> tuple[list[bytes], bytes]:
    """Return the contents of so many files that the script `files` printed, and what was printed after them.

    All are empty where the script did not run to its end.
    """
    head, _, rest = output.partition(b"\n")
    sizes = head.split()
    if len(sizes) != files or not head.replace(b" ", b"").isdigit():
        return [b""] * files, b""
    contents = []
    for size in map(int, sizes):
        contents.append(rest[:size])
        rest = rest[size:]
    return contents, rest
