"""A look at an environment through its proxy: one call where the proxy runs, and the same answer where it does not."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd.deploy.docker import look, scripts
from cicd.oci import containers
from tests.unit.support.place import Place, image

if TYPE_CHECKING:
    from pathlib import Path


def seen(place: Place) -> look.Look:
    proxy = place.site.proxy
    return look.at(proxy, proxy.container(), place.config.service.health, health_request=True)


def test_running_proxy_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place()
    place.bring(1)
    before, noted = place.site.routing(), seen(place).noted
    place.engine.scripts.clear()
    with monkeypatch.context() as patch:
        patch.setattr(containers, "archive", lambda *_: pytest.fail("a file was read by a call of its own"))
        shown = seen(place)
    assert [name for name, *_ in place.engine.scripts] == ["files", "probe"]
    assert (shown.routing, shown.noted) == (before, noted)
    assert "staging/1@e" in noted[place.release(1).id[:12]].values()
    assert shown.problem(image(1).partition("@")[2]) == ""
    assert "names the digest" in shown.problem("sha256:other")


def test_stopped_proxy_shows_its_files() -> None:
    place = Place()
    place.bring(1)
    running = seen(place)
    place.engine.end(place.site.proxy.name, 0)
    stopped = seen(place)
    assert (stopped.routing, stopped.noted) == (running.routing, running.noted)
    assert "is not running" in stopped.problem(image(1).partition("@")[2])


def test_files_that_a_command_in_the_proxy_does_not_see_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place()
    place.bring(1)
    running = seen(place)
    monkeypatch.setattr(place.engine, "_printed", lambda *_: b"0 0 \n")
    shown = seen(place)
    assert (shown.routing, shown.noted) == (running.routing, running.noted)
    assert shown.problem(image(1).partition("@")[2]) == ""


def test_script_prints_files_of_any_content(tmp_path: Path) -> None:
    contents = [b"a\nb\n", "größer\n\n".encode(), b"", b"9 9\n"]
    files = [tmp_path / str(number) for number in range(4)]
    for file, content in zip(files, contents, strict=True):
        if content:
            file.write_bytes(content)
    command = ["bash", str(scripts.FOLDER / "files.sh"), *map(str, files)]
    printed = subprocess.run(command, check=True, capture_output=True)
    assert printed.stderr == b""
    assert scripts.parts(printed.stdout + b"HTTP/1.0 200 OK", 4) == (contents, b"HTTP/1.0 200 OK")


@pytest.mark.parametrize("output", [b"", b"bash: not here\n", b"12\nx", b"1 -1 \nx", b"OCI runtime exec failed\n1 2\n"])
def test_output_of_a_script_that_failed_is_no_file(output: bytes) -> None:
    assert scripts.parts(output, 2) == ([b"", b""], b"")
