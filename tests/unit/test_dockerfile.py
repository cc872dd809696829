"""The images that a Dockerfile takes from elsewhere."""

from __future__ import annotations

import pytest

from cicd.produce import dockerfile

BASE = "ARG BASE=python:3.11\n"


@pytest.mark.parametrize(
    ("text", "arguments", "images"),
    [
        ("FROM python:3.11", {}, ["python:3.11"]),
        (BASE + "FROM ${BASE}", {}, ["python:3.11"]),
        (BASE + "FROM $BASE AS a\nFROM a\n", {"BASE": "mine"}, ["mine"]),
        ("from --platform=linux/amd64 python:3 as Tools\nFROM tools\nCOPY --from=0 /a /a", {}, ["python:3"]),
        ("FROM scratch\nCOPY --from=ghcr.io/a/b:1 --chown=1 /a /a", {}, ["ghcr.io/a/b:1"]),
        ("FROM a\nRUN --mount=type=bind,from=b,source=/x,target=/x \\\n  true", {}, ["a", "b"]),
        ("FROM a\nRUN --mount=type=bind,source=x,target=/from=x true", {}, ["a"]),
        ("ARG V=3\nARG P=python:${V}\nFROM ${P}-slim", {}, ["python:3-slim"]),
        ("FROM ${BASE:-debian}\n", {}, ["debian"]),
        ("ARG V\nFROM a${V:+-b}\n", {"V": "1"}, ["a-b"]),
        ("FROM $UNKNOWN", {}, ["$UNKNOWN"]),
        ("# FROM x\nFROM \\\n# a comment\n  python:3\n", {}, ["python:3"]),
        ("# escape=`\nFROM `\n  python:3\n", {}, ["python:3"]),
        ("FROM a\r\nFROM b\r\n", {}, ["a", "b"]),
        ('ARG BASE="python:3"\nFROM ${BASE}', {}, ["python:3"]),
        ("FROM a\nRUN echo '\nFROM b", {}, ["a", "b"]),
        ("", {}, []),
    ],
)
def test_images_from_elsewhere_are_named(text: str, arguments: dict[str, str], images: list[str]) -> None:
    assert dockerfile.images(text, arguments) == images
