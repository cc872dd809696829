"""The service under test is the one that SERVICE_URL names, and it must be the release that EXPECTED_DIGEST names."""

import os

import pytest

from tests.service import Service


@pytest.fixture(scope="session")
def service() -> Service:
    service = Service(os.environ["SERVICE_URL"])
    status, health = service.get("/health")
    assert (status, health["digest"]) == (200, os.environ["EXPECTED_DIGEST"]), "another release runs there"
    return service
