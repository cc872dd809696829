"""Looking for secrets in everything that an image is: layers, configuration, history, labels."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import docker


def places(client: docker.DockerClient, image: str, *values: str) -> list[str]:
    """Return `VALUE: PLACE` for each value and each file of a saved image, and of its layers, that holds it."""
    state = client.images.get(image)
    saved = b"".join(state.save(named=True))
    shown = "".join(map(str, (state.attrs, state.history(), state.labels))).encode()
    contents = [("its description", shown), *_contents("saved", saved)]
    return [f"{value}: {name}" for name, content in contents for value in values if value.encode() in content]


def _contents(place: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield every archive and configuration as it is, unpacked: names and contents of files stand in it as they are."""
    if data[:2] == b"\x1f\x8b":
        yield from _contents(f"{place}.gz", gzip.decompress(data))
        return
    yield place, data
    if place == "saved":
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar:
                if member.isfile() and (stream := tar.extractfile(member)):
                    yield from _contents(f"{place}/{member.name}", stream.read())
