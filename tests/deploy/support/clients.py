"""Users of a service, in a process of their own: half keep their connection, half open one for each request.

`python -m tests.deploy.support.clients URL NUMBER` asks until its input ends, then prints every answer as
`[when, seconds, digest or error, kept]`. A kept connection that the server closes counts as a failure, too.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSE = 0.02


@dataclass(frozen=True)
class Answer:
    """What one request got: the digest, or after `!` what went wrong."""

    when: float
    seconds: float
    what: str
    kept: bool

    @property
    def failed(self) -> bool:
        """Whether a user saw an error."""
        return self.what.startswith("!")


@dataclass
class Answers:
    """Everything that was answered; filled when the block ends."""

    all: list[Answer] = field(default_factory=list)

    @property
    def failed(self) -> list[Answer]:
        """The requests that failed."""
        return [answer for answer in self.all if answer.failed]

    def first(self, release: str, since: float) -> float:
        """When a user got the first answer of a release after a time."""
        digest = release.partition("@")[2]
        return min(end for answer in self.all if answer.what == digest if (end := answer.when + answer.seconds) > since)

    def p99(self, start: float, end: float) -> float:
        """Return the 99th percentile of the seconds that answers took between two times."""
        seconds = sorted(answer.seconds for answer in self.all if start <= answer.when <= end)
        return seconds[int(0.99 * (len(seconds) - 1))] if seconds else float("nan")


@contextmanager
def users(url: str, each: int) -> Iterator[Answers]:
    """`each` users that keep their connection, and as many that do not, for as long as the block runs."""
    words = [sys.executable, "-m", "tests.deploy.support.clients", url, str(each)]
    answers = Answers()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield answers
        answers.all = [Answer(*answer) for answer in json.loads(process.communicate()[0])]


async def _user(host: str, port: int, kept: bool, stop: asyncio.Event, answers: list[Answer]) -> None:
    reader = writer = None
    while not stop.is_set():
        started = time.time()
        try:
            async with asyncio.timeout(20):
                if reader is None or writer is None:
                    reader, writer = await asyncio.open_connection(host, port)
                asked = "keep-alive" if kept else "close"
                writer.write(f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: {asked}\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
                body = await (reader.readexactly(length) if length else reader.read())
                status = head.split(b" ")[1].decode()
                what = str(json.loads(body)["digest"]) if status == "200" else f"!{status}"
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            what = f"!{error!r}"
        answers.append(Answer(started, time.time() - started, what, kept))
        if writer and (not kept or what.startswith("!")):
            writer.close()
            reader = writer = None
        await asyncio.sleep(PAUSE)


async def main(url: str, each: int) -> None:
    """Ask until the input ends."""
    place, stop, answers = urlsplit(url), asyncio.Event(), list[Answer]()
    host, port = place.hostname or "", place.port or 80
    tasks = [asyncio.create_task(_user(host, port, number < each, stop, answers)) for number in range(2 * each)]
    await asyncio.to_thread(sys.stdin.read)
    stop.set()
    await asyncio.gather(*tasks)
    json.dump([[answer.when, answer.seconds, answer.what, answer.kept] for answer in answers], sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
