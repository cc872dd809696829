"""Users of a service: some keep their connection, some open one for each request; what they got is counted."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSE = 0.01
PATIENCE = 60
"""Seconds until a request counts as lost: pods without a claim on processors answer late on a busy machine."""


@dataclass
class Load:
    """The answers by the digest that gave them, and the requests that failed."""

    digests: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)


@contextmanager
def load(url: str, *, keeping: int = 4, closing: int = 4) -> Iterator[Load]:
    """Load on `url` for as long as the block runs."""
    counted, stop = Load(), threading.Event()
    clients = [
        threading.Thread(target=_client, args=(url, counted, stop, n < keeping)) for n in range(keeping + closing)
    ]
    for client in clients:
        client.start()
    try:
        yield counted
        time.sleep(1)
    finally:
        stop.set()
        for client in clients:
            client.join()


def _client(url: str, counted: Load, stop: threading.Event, keep: bool) -> None:
    place, started = urlsplit(url), time.monotonic()
    connection, used = http.client.HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE), False
    while not stop.is_set():
        asked = time.monotonic()
        try:
            counted.digests[_ask(connection)] += 1
            used = keep
        except (http.client.RemoteDisconnected, ConnectionError) as error:
            # A kept connection that the server has closed is opened again, as every HTTP client does (RFC 9112, 9.3.1).
            if not used:
                counted.failed.append(repr(error))
            connection.close()
            used = False
        except Exception as error:  # noqa: BLE001 -- whatever a user would see
            state = "kept" if used else "connecting" if connection.sock is None else "connected"
            times = f"asked after {asked - started:.1f} s, failed after {time.monotonic() - started:.1f} s"
            counted.failed.append(f"{error!r} ({state}, {times})")
            connection.close()
            used = False
        if not keep:
            connection.close()
        time.sleep(PAUSE)


def _ask(connection: http.client.HTTPConnection) -> str:
    connection.request("GET", "/health")
    answer = connection.getresponse()
    body = answer.read()
    return str(json.loads(body)["digest"]) if answer.status == 200 else f"status {answer.status}"
