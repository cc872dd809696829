"""Images by digest: `repository@sha256:<64 hexadecimal digits>`, the only form in which a release is named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cicd.errors import UsageError

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
PATTERN = re.compile(rf"([a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)+)@({DIGEST.pattern})")
EXAMPLE = f"ghcr.io/acme/app@sha256:{'0123456789abcdef' * 4}"


@dataclass(frozen=True)
class ImageReference:
    """An image repository, such as `ghcr.io/acme/app`, and the digest of a manifest in it, with its `sha256:`."""

    repository: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """Return the reference that `text` spells.

        Raises:
            UsageError: `text` is not an image by digest.

        """
        match = PATTERN.fullmatch(text)
        if match is None:
            raise UsageError(f"'{text}' is not an image by digest.", f"Write repository@sha256:..., such as {EXAMPLE}")
        return cls(*match.groups())

    def __str__(self) -> str:
        return f"{self.repository}@{self.digest}"


def digest_of(image: str) -> str:
    """Return the digest, `sha256:...`, of an image by digest.

    Raises:
        UsageError: `image` is not an image by digest.

    """
    return ImageReference.parse(image).digest
