"""An image by digest, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicd.errors import UsageError
from cicd.oci.reference import EXAMPLE, PATTERN, ImageReference, digest_of

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize("repository", ["ghcr.io/acme/app", "localhost:5000/acme/app/test", "example.com/a_b/c.d-e"])
def test_reference_has_repository_and_digest(repository: str) -> None:
    text = f"{repository}@{DIGEST}"
    assert ImageReference.parse(text) == ImageReference(repository, DIGEST)
    assert digest_of(text) == DIGEST


@given(st.from_regex(PATTERN, fullmatch=True))
def test_reference_is_spelled_as_read(text: str) -> None:
    assert str(ImageReference.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ghcr.io/acme/app:v1",
        f"ghcr.io/acme/app@{DIGEST[:-1]}",
        f"ghcr.io/acme/app@{DIGEST}\n",
        f"app@{DIGEST}",
        f"ghcr.io/acme/app:v1@{DIGEST}",
        f"ghcr.io/Acme/app@{DIGEST}",
    ],
)
def test_tag_is_no_digest(text: str) -> None:
    with pytest.raises(UsageError, match="is not an image by digest") as caught:
        ImageReference.parse(text)
    assert EXAMPLE in caught.value.hint
