"""The tables `[build]` and `[release]`: how the two images of a project are built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ImageBuild:
    """How an image is built. What is empty follows the conventions; paths are relative to the project's directory."""

    dockerfile: str = ""
    target: str = ""
    context: str = ""
    """Empty: the project's directory."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """Names of BuildKit secrets; those of [build] count for [release] too, unless it names its own."""


@dataclass(frozen=True)
class Build(ImageBuild):
    """How the build image is built, in which tests, checks and training run."""

    requirements: tuple[str, ...] = ()
    """Requirements files of the tests, for a test image that is made from the release."""
    cache: bool = True
    """Whether layers travel through the registry: integration writes them, ci reads them."""
