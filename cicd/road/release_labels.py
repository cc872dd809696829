"""Read from the labels of a release image which model bundle, wheels and other services belong to the release."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cicd import labels
from cicd.errors import UsageError
from cicd.oci.reference import ImageReference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.config import Config


def packages_of(image_labels: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the image that holds the wheels of a release and the SHA-256 of each wheel; both empty for no packages.

    Raises:
        UsageError: the labels of the release image can't be read.

    """
    image = image_labels.get(labels.PACKAGES, "")
    with _readable(labels.PACKAGES):
        image = str(ImageReference.parse(image)) if image else ""
    with _readable(labels.WHEELS):
        return image, dict(json.loads(image_labels.get(labels.WHEELS, "{}"))) if image else {}


def bundle_of(config: Config, release: str, image_labels: Mapping[str, str]) -> str:
    """Return the model bundle that a release names; empty only if the project has no model.

    Raises:
        UsageError: the project has a model and the release names none, or none by digest.

    """
    named = image_labels.get(labels.BUNDLE)
    if config.has_model and not named:
        raise UsageError(
            f"The project has a model, and {release} names no model bundle: it has no label {labels.BUNDLE}.",
            f"Build it with ml-cicd release, or with: docker build --label {labels.BUNDLE}=REPOSITORY@sha256:...",
        )
    with _readable(labels.BUNDLE):
        return str(ImageReference.parse(named)) if named else ""


def others_of(release: str, image_labels: Mapping[str, str]) -> dict[str, str]:
    """Return the images of the other services, by name, as the labels of a release image list them.

    A service without an image of its own runs the release image.

    Raises:
        UsageError: the label can't be read.

    """
    with _readable(labels.DELIVERABLES):
        named = dict(json.loads(image_labels.get(labels.DELIVERABLES) or "{}"))
        return {str(name): str(ImageReference.parse(image or release)) for name, image in named.items()}


@contextmanager
def _readable(label: str) -> Iterator[None]:
    """Raise UsageError if the block can't read this label of a release."""
    try:
        yield
    except (ValueError, TypeError, UsageError) as error:
        raise UsageError(
            f"The label {label} of the release can't be read: {error}", "Build it with: ml-cicd release"
        ) from error
