"""The Python of base images: which one a project gets, and whether a stand-in has the same."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import UsageError

if TYPE_CHECKING:
    from cicd.python_project.python_version import Asked

KNOWN = ("3.11", "3.12", "3.13", "3.14")
"""Versions for which there is an official image and the kit's tools are locked, the one that is tested most first."""
PATCHES = 40
_TAG = re.compile(r"(?:^|/)python:(\d+\.\d+)(?![0-9])")


def of(image: str) -> str:
    """Return the Python of an image as its name tells it, such as `3.11`; empty where the name does not tell."""
    match = _TAG.search(image)
    return match[1] if match else ""


def stand_in() -> str:
    """Return the image that stands in for base images; empty for none."""
    return os.environ.get(variables.ML_CICD_BASE, "")


def chosen(asked: Asked) -> str:
    """Return the version of the official image for a project, such as `3.11`: the first known that it accepts.

    Raises:
        UsageError: it accepts none, or the stand-in that is at hand has another.

    """
    image = stand_in()
    version, wanted = of(image), f"The project asks for Python {asked.specifier} ({asked.source})"
    if version and not _patches(asked, version):
        raise UsageError(
            f"{wanted}, and the base image at hand, {image}, has Python {version}.",
            f"Name an image with that Python: {variables.ML_CICD_BASE}, or ml-cicd local up --base IMAGE",
        )
    for known in (version,) if version else KNOWN:
        if patches := _patches(asked, known):
            newest = len(patches) == PATCHES or PATCHES - 1 in patches
            return known if newest else f"{known}.{max(patches)}"
    raise UsageError(
        f"{wanted}, for which the kit makes no build.",
        f"The kit makes builds for Python {', '.join(KNOWN)}. For another one, write cicd/build/Dockerfile and "
        "cicd/release/Dockerfile.",
    )


def _patches(asked: Asked, version: str) -> list[int]:
    """Return the patch releases of a Python version that a project accepts, of those that there may be."""
    return [patch for patch in range(PATCHES) if asked.accepts(f"{version}.{patch}")]


def replacement(default: str) -> tuple[str, str]:
    """Return the base image of a Dockerfile whose default is `default`, and a line that says why; see `stand_in`.

    A default with another Python than the stand-in stays.
    """
    image = stand_in()
    if not image or image == default:
        return default, ""
    if of(default) and of(image) and of(default) != of(image):
        return default, (
            f"The base image stays {default}: {variables.ML_CICD_BASE} names {image}, which has Python {of(image)}."
        )
    return image, f"The base image is {image} in place of {default}, as {variables.ML_CICD_BASE} says."
