"""What a command in a container prints arrives whole, however late the kit reads it."""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
from typing import TYPE_CHECKING

import pytest

from cicd.oci import sdk

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = (b"0 0\n", b"HTTP/1.0 200 OK\r\n\r\n{}")
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"


@pytest.fixture
def engine() -> Iterator[str]:
    """Serve one command whose output is there before the head of the answer was read: both come in one piece."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/engine.sock")
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            request = b""
            while not request.endswith(b"}"):
                request += connection.recv(65536)
            head = UPGRADED if b"Upgrade: tcp" in request else PLAIN
            connection.sendall(head + b"".join(struct.pack(">BxxxL", 1, len(part)) + part for part in PARTS))
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"unix://{folder}/engine.sock"
        thread.join()


def test_output_that_comes_with_the_head_of_the_answer_is_kept(engine: str) -> None:
    client = sdk.Client(base_url=engine, version="1.41")
    printed = client.api.exec_start("a1", detach=False, tty=False, stream=False, socket=False, demux=False)
    assert printed == b"".join(PARTS)
