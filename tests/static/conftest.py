"""The fixtures of the static tier."""

from __future__ import annotations

import pytest

from tests.static.support import kit as kits


@pytest.fixture(scope="session")
def kit() -> kits.Kit:
    """Return the workflows and actions of this repository."""
    return kits.load()


@pytest.fixture(scope="session")
def callers() -> kits.Kit:
    """Return the workflows of the example project."""
    return kits.load(kits.ROOT / "example_project")
