"""The fixtures of the act tier: one frozen kit and one project for all cases."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("tests.act.support.case")

from cicd.testing import Kit, Project, Run  # noqa: E402
from tests.act.support.case import CONFIG, PUSHED, Case  # noqa: E402 -- its assertions are to be explained too
from tests.tools import cases_page  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEMORY = Path("/dev/shm")
ROOM = 256 * 1024 * 1024


@pytest.fixture(scope="session")
def calling_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the repository of a team that calls the kit."""
    project = Project(tmp_path_factory.mktemp("team"), {"ml-cicd.toml": CONFIG})
    assert project.commit == PUSHED
    return project


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """Return the folder for the cases: in memory if there is room, since `act` writes hundreds of files for each."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="act-tier-", dir=MEMORY if in_memory else None) as folder:
        yield Path(folder)


@pytest.fixture
def run_of(scripted_kit: Kit, calling_project: Project, scratch: Path) -> Iterator[Callable[[Case], Run]]:
    """Return a function that runs a case."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        yield lambda case: case.start(scripted_kit, calling_project, Path(folder))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("cases of the act tier")
    for line in cases_page.lines():
        terminalreporter.write_line(line)
