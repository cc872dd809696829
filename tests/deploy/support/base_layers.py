"""The layers of the base image, brought to the registries of the tests.

An engine compresses the 120 MB for each registry that has not got them. Before, it asks the registry for the layers
that it has pushed to another one: the tests push them once, and copy them from there.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.forge.machine import base_images
from cicd.oci import engine, images, registry

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "FOLDER_OF_BASE_LAYERS"
"""Names the folder that all processes of a run of the tests share; it is not there in other programs."""
REPOSITORY = "base-layers"
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def share() -> Callable[[], None]:
    """Make the folder, for this process and those that it starts. Return what removes the folder."""
    folder = tempfile.TemporaryDirectory(prefix="base-layers-", ignore_cleanup_errors=True)
    os.environ[VARIABLE] = folder.name
    return folder.cleanup


def bring(address: str, base: str, *repositories: str) -> None:
    """Bring the layers of a base image, empty for the usual one, to repositories of the registry at an address."""
    shared = os.environ.get(VARIABLE)
    if shared is None:
        return
    with (Path(shared) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        layers = Path(shared) / "layers"
        if not layers.is_dir():
            _push(address, base or base_images.PYTHON, layers)
    for layer in layers.iterdir():
        for repository in repositories:
            _upload(f"http://{address}/v2/{repository}/blobs", layer)


def _push(address: str, base: str, layers: Path) -> None:
    """Push the base image to a registry, and copy its layers from there into the folder `layers`."""
    client, name = engine.connect(), f"{address}/{REPOSITORY}"
    pushed = images.push(client, base, name, "base")
    client.images.remove(f"{name}:base")
    manifest = registry.manifest(name, pushed.partition("@")[2])
    assert manifest is not None
    draft = layers.with_name("draft")
    draft.mkdir()
    for layer in json.loads(manifest.content)["layers"]:
        url = f"http://{address}/v2/{REPOSITORY}/blobs/{layer['digest']}"
        with direct.open(url) as answer, (draft / layer["digest"]).open("wb") as file:
            shutil.copyfileobj(answer, file)
    draft.rename(layers)


def _upload(blobs: str, layer: Path) -> None:
    with direct.open(urllib.request.Request(f"{blobs}/uploads/", method="POST")) as answer:
        place = answer.headers["Location"]
    headers = {"Content-Type": "application/octet-stream"}
    url = f"{place}{'&' if '?' in place else '?'}digest={layer.name}"
    with direct.open(urllib.request.Request(url, layer.read_bytes(), headers, method="PUT")) as answer:
        assert answer.status == 201
