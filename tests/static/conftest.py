"""What the tests of the static tier share."""

from __future__ import annotations

import pytest

from tests.static.support import kit as kits


@pytest.fixture(scope="session")
def kit() -> kits.Kit:
    """The workflows and actions of this tree."""
    return kits.load()


@pytest.fixture(scope="session")
def callers() -> kits.Kit:
    """The workflows of the example project."""
    return kits.load(kits.ROOT / "example_project")
