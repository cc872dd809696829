"""A model bundle is packed whole and checked before it is pushed, in memory that does not depend on its size."""

from __future__ import annotations

import io
import tarfile
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from cicd.errors import CheckFailedError, UnreachableError
from cicd.oci import archives
from cicd.produce import bundles, training
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Archive = Callable[..., Path]

METADATA = b'{"lock": "sha256:0"}'
SIZE = 200 << 20
FACTS = training.Facts("0123456789abcdef")


def member(name: str, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"bundle/{name}" if name else "bundle")
    for field, value in {"mtime": 1234, "uid": 1000, "mode": 0o600, **fields}.items():
        setattr(info, field, value)
    return info


@pytest.fixture
def packed(tmp_path: Path) -> Archive:
    """Return a function that writes members as a tar of a name."""

    def write(*members: tuple[tarfile.TarInfo, bytes], name: str = "raw.tar") -> Path:
        with tarfile.open(tmp_path / name, mode="w") as tar:
            for info, content in members:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return tmp_path / name

    return write


def neutral(raw: Path) -> Path:
    target = raw.with_suffix(".neutral")
    archives.neutral(raw, target)
    return target


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, type=kind, linkname=to), b""


FOLDER = (member("", type=tarfile.DIRTYPE), b"")


def members_of(archive: Path) -> Mapping[str, tarfile.TarInfo]:
    with tarfile.open(archive) as tar:
        return {info.name: info for info in tar.getmembers()}


@pytest.mark.case("K3", "links and executable bits of a bundle")
def test_links_inside_and_executable_bits_arrive(packed: Archive) -> None:
    bundle = packed(
        FOLDER, (member("blobs/abc"), b"weights"), link("model.bin", "blobs/abc"), link("up/model.bin", "../blobs/abc"),
        link("same.bin", "bundle/blobs/abc", tarfile.LNKTYPE), (member("run.sh", mode=0o755), b"#!/bin/sh"),
        link("again.bin", "bundle/same.bin", tarfile.LNKTYPE),
    )  # fmt: skip
    members = members_of(neutral(bundle))
    assert (members["bundle/model.bin"].issym(), members["bundle/model.bin"].linkname) == (True, "blobs/abc")
    assert members["bundle/up/model.bin"].linkname == "../blobs/abc"
    for name in ("bundle/same.bin", "bundle/again.bin"):
        assert (members[name].isfile(), members[name].size) == (True, len(b"weights"))
    assert (members["bundle/run.sh"].mode, members["bundle/blobs/abc"].mode) == (0o755, 0o644)


def test_equal_content_gives_equal_bytes(packed: Archive) -> None:
    first = packed(FOLDER, (member("a"), b"1"), (member("b"), b"2"))
    second = packed((member("b", mtime=9, uid=0), b"2"), FOLDER, (member("a", mode=0o640), b"1"), name="second.tar")
    third = packed(FOLDER, (member("a", mode=0o700), b"1"), name="third.tar")
    assert neutral(first).read_bytes() == neutral(second).read_bytes()
    assert neutral(first).read_bytes() != neutral(third).read_bytes()


@pytest.mark.case("K3", "a link of a bundle that leads to outside")
@pytest.mark.parametrize("to", ["/etc/passwd", "../secret", "../../etc/passwd", "blobs/../../x", "../bundle2/x"])
def test_a_link_to_outside_is_named(packed: Archive, to: str) -> None:
    with pytest.raises(ValueError, match=r"bundle/model\.bin is a link to"):
        neutral(packed(FOLDER, link("model.bin", to)))


@pytest.mark.case("K3", "a hard link of a bundle that leads to outside")
@pytest.mark.parametrize("to", ["etc/passwd", "bundle/missing", "bundle", "bundle/model.bin", "bundle/link"])
def test_a_hard_link_without_a_file_is_named(packed: Archive, to: str) -> None:
    raw = packed(FOLDER, link("link", "metadata.json"), link("model.bin", to, tarfile.LNKTYPE))
    with pytest.raises(ValueError, match=r"bundle/model\.bin is a hard link to"):
        neutral(raw)


def test_a_device_is_named(packed: Archive) -> None:
    with pytest.raises(ValueError, match="bundle/pipe is neither"):
        neutral(packed((member("pipe", type=tarfile.FIFOTYPE), b"")))


@pytest.mark.case("K13", "a metadata.json that is no JSON")
@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([FOLDER], "The bundle is empty"),
        ([FOLDER, (member("metadata.json"), b"{")], "can't be read"),
        ([FOLDER, (member("metadata.json"), b"[" * 100_000)], "can't be read"),
        ([FOLDER, (member("metadata.json"), b"[1]")], "is not a JSON object"),
        ([FOLDER, (member("metadata.json"), METADATA), link("model.bin", "/models/1")], "model.bin is a link"),
        ([FOLDER, (member("metadata.json"), b" " * (training.METADATA_LIMIT + 1))], "at most 16777216 are read"),
    ],
)
def test_a_bad_bundle_is_not_packed(
    packed: Archive, tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]], message: str
) -> None:
    with pytest.raises(CheckFailedError, match=message):
        training.pack(packed(*members), tmp_path / "layer.tar", FACTS)


def test_a_good_bundle_is_packed(packed: Archive, tmp_path: Path) -> None:
    training.pack(packed(FOLDER, (member("metadata.json"), METADATA)), tmp_path / "layer.tar", FACTS)
    assert [*members_of(tmp_path / "layer.tar")] == ["bundle", "bundle/metadata.json"]


def test_metadata_of_a_bundle_stays_readable(packed: Archive, tmp_path: Path) -> None:
    written = '{"author": "Zoë"}'.encode()
    training.pack(packed((member("metadata.json"), written), (member("model"), b"x")), tmp_path / "layer.tar", FACTS)
    with tarfile.open(tmp_path / "layer.tar") as tar:
        content = tar.extractfile("bundle/metadata.json")
        assert content
        assert content.read().decode() == '{\n  "author": "Zoë",\n  "inputs": "0123456789abcdef"\n}\n'


def test_bundle_that_is_no_tar_is_not_packed(tmp_path: Path) -> None:
    (tmp_path / "raw.tar").write_bytes(b"x" * 2048)
    with pytest.raises(CheckFailedError, match="The bundle can't be packed"):
        training.pack(tmp_path / "raw.tar", tmp_path / "layer.tar", FACTS)


def test_layer_that_can_not_be_written_is_told(packed: Archive, tmp_path: Path) -> None:
    (tmp_path / "layer.tar").mkdir()
    with pytest.raises(UnreachableError, match=r"Could not write .*layer\.tar"):
        training.pack(packed((member("model"), b"x")), tmp_path / "layer.tar", FACTS)


def test_origin_of_a_bundle_is_named() -> None:
    assert bundles.Bundle("image", trained=True, metadata={}).origin == "trained"
    assert "taken as it is" in bundles.Bundle("image", trained=False, metadata={}).origin
    assert bundles.Bundle("image", trained=False, metadata={}, given=True).origin == "as [model] names it"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"x" * 2048, "can't be read"), (b'{"lock": 1', "can't be read"), (b"[1]", "not a JSON object")],
)
def test_image_with_unreadable_metadata_is_told(content: bytes, words: str) -> None:
    engine = Engine()
    engine.add_image("bundle")
    engine.holds["bundle"] = {"bundle/metadata.json": content}
    with pytest.raises(CheckFailedError, match=words):
        bundles.metadata(engine.client(), "bundle")
    with pytest.raises(CheckFailedError, match=words):
        bundles.metadata(engine.client(), "bundle", required=False)


def test_image_without_metadata_is_none_where_none_is_required() -> None:
    engine, commands = Engine(), list[object]()
    engine.add_image("bundle")
    engine.on["remove .*"] = lambda: commands.append(engine.box(engine.names()[-1]).config["Cmd"])
    assert bundles.metadata(engine.client(), "bundle", required=False) == {}
    assert commands == [["none"]], "a bundle has no command, and a container needs one"
    with pytest.raises(CheckFailedError, match="bundle has no file"):
        bundles.metadata(engine.client(), "bundle")


@pytest.mark.case("K9", "the memory that a large bundle takes")
def test_memory_does_not_depend_on_the_bundle(tmp_path: Path) -> None:
    raw = tmp_path / "raw.tar"
    (tmp_path / "weights").touch()
    with (tmp_path / "weights").open("r+b") as file:
        file.truncate(SIZE)  # sparse: it takes no room on the disk
    (tmp_path / "metadata.json").write_bytes(METADATA)
    with tarfile.open(raw, mode="w") as tar:
        tar.add(tmp_path / "metadata.json", "bundle/metadata.json")
        tar.add(tmp_path / "weights", "bundle/weights")
    tracemalloc.start()
    try:
        training.pack(raw, tmp_path / "layer.tar", FACTS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "layer.tar").stat().st_size > SIZE
    assert peak < SIZE / 8
