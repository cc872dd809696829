"""R4: no request fails through deployment, failed deployment and rollback, on kept connections and on new ones."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from cicd.errors import CheckFailedError
from tests.deploy.support.clients import users
from tests.deploy.support.tiny import accept, digest, get, order, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.deploy.docker.target import DockerTarget

SLOW = """import time
import app.model
quick = app.model.predict
app.model.predict = lambda *words: (time.sleep(3), quick(*words))[1]
"""

# It keeps connections, and closes each that was idle, after an answer, for as long as a user pauses.
KEEPS = """from http.server import BaseHTTPRequestHandler as Handler
Handler.protocol_version = "HTTP/1.1"
answer = Handler.handle_one_request
Handler.handle_one_request = lambda self: (answer(self), self.connection.settimeout(0.02))
"""


def test_r4_no_request_fails(
    target: DockerTarget, release: Callable[[str, str], str], better: str, crashing: str
) -> None:
    good = release("keeps", KEEPS)
    url = target.apply(order(good), accept).url
    with users(url, 4) as answers:
        time.sleep(0.5)
        target.apply(order(better, "2" * 40), accept)
        with pytest.raises(CheckFailedError):
            target.apply(order(crashing, "3" * 40), accept)
        target.apply(order(good), accept)
        time.sleep(0.5)
    assert answers.failed == []
    assert {answer.what for answer in answers.all} == {digest(good), digest(better)}
    assert len(answers.all) > 100
    order_of_kept = [answer.what for answer in answers.all if answer.kept]
    assert (order_of_kept[0], order_of_kept[-1]) == (digest(good), digest(good))


def test_long_request_ends_where_it_began(
    target: DockerTarget, release: Callable[[str, str], str], better: str
) -> None:
    slow = release("slow", SLOW)
    url = target.apply(order(slow), accept).url
    answers: list[dict[str, object]] = []
    asking = threading.Thread(target=lambda: answers.append(get(url)))
    asking.start()
    time.sleep(0.2)
    target.apply(order(better, "2" * 40), accept)
    asking.join()
    assert answers == [{"prediction": 3.0}]
    assert state(target) == ([better], [slow], set())
