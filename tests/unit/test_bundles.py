"""A model bundle is packed whole and checked before it is pushed."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from cicd.config import Train
from cicd.errors import CheckFailedError
from cicd.oci import archives, containers
from cicd.oci.containers import Finished
from cicd.produce import bundles

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA = b'{"lock": "sha256:0"}'


def member(name: str, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"bundle/{name}" if name else "bundle")
    for field, value in {"mtime": 1234, "uid": 1000, "mode": 0o600, **fields}.items():
        setattr(info, field, value)
    return info


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, type=kind, linkname=to), b""


FOLDER = (member("", type=tarfile.DIRTYPE), b"")


def members_of(data: bytes) -> Mapping[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {info.name: info for info in tar.getmembers()}


def test_links_inside_and_executable_bits_arrive() -> None:
    bundle = packed(
        FOLDER, (member("blobs/abc"), b"weights"), link("model.bin", "blobs/abc"), link("up/model.bin", "../blobs/abc"),
        link("same.bin", "bundle/blobs/abc", tarfile.LNKTYPE), (member("run.sh", mode=0o755), b"#!/bin/sh"),
    )  # fmt: skip
    found = members_of(archives.neutral(bundle))
    assert (found["bundle/model.bin"].issym(), found["bundle/model.bin"].linkname) == (True, "blobs/abc")
    assert found["bundle/up/model.bin"].linkname == "../blobs/abc"
    assert (found["bundle/same.bin"].isfile(), found["bundle/same.bin"].size) == (True, len(b"weights"))
    assert (found["bundle/run.sh"].mode, found["bundle/blobs/abc"].mode) == (0o755, 0o644)


def test_equal_content_gives_equal_bytes() -> None:
    first = packed(FOLDER, (member("a"), b"1"), (member("b"), b"2"))
    second = packed((member("b", mtime=9, uid=0), b"2"), FOLDER, (member("a", mode=0o640), b"1"))
    assert archives.neutral(first) == archives.neutral(second)
    assert archives.neutral(first) != archives.neutral(packed(FOLDER, (member("a", mode=0o700), b"1")))


@pytest.mark.parametrize("to", ["/etc/passwd", "../secret", "../../etc/passwd", "blobs/../../x", "../bundle2/x"])
def test_a_link_to_outside_is_named(to: str) -> None:
    with pytest.raises(ValueError, match=r"bundle/model\.bin is a link to"):
        archives.neutral(packed(FOLDER, link("model.bin", to)))


def test_a_device_is_named() -> None:
    with pytest.raises(ValueError, match="bundle/pipe is neither"):
        archives.neutral(packed((member("pipe", type=tarfile.FIFOTYPE), b"")))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([FOLDER], "has no metadata.json"),
        ([FOLDER, (member("metadata.json"), b"{")], "can't be read"),
        ([FOLDER, (member("metadata.json"), b"[" * 100_000)], "can't be read"),
        ([FOLDER, (member("metadata.json"), b"[1]")], "is not a JSON object"),
        ([FOLDER, (member("metadata.json"), METADATA), link("model.bin", "/models/1")], "model.bin is a link"),
    ],
)
def test_a_bad_bundle_is_not_pushed(
    monkeypatch: pytest.MonkeyPatch, members: list[tuple[tarfile.TarInfo, bytes]], message: str
) -> None:
    monkeypatch.setattr(containers, "run", lambda *_, **__: Finished(0, {bundles.OUTPUT: packed(*members)}))
    with pytest.raises(CheckFailedError, match=message):
        bundles._train(None, "app", Train(("train",)), "image")  # type: ignore[arg-type]


def test_a_good_bundle_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = packed(FOLDER, (member("metadata.json"), METADATA))
    monkeypatch.setattr(containers, "run", lambda *_, **__: Finished(0, {bundles.OUTPUT: bundle}))
    layer = bundles._train(None, "app", Train(("train",)), "image")  # type: ignore[arg-type]
    assert [*members_of(layer)] == ["bundle", "bundle/metadata.json"]
