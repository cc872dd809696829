"""The deployed service answers, and is the release that it should be."""

import os

from tests.service import get, post


def test_service_is_the_release() -> None:
    status, body = get("/health")
    assert (status, body["digest"]) == (200, os.environ["EXPECTED_DIGEST"])


def test_bad_requests_are_refused() -> None:
    assert post("/predict", {"area": -1})[0] == 422
    assert post("/predict", {})[0] == 422
