"""One frozen kit and one project for the whole tier; the runs of all selected cases start at once, two at a time."""

from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("tests.act.cases")

from cicd.testing import Kit, Project, Run  # noqa: E402
from tests.act import table  # noqa: E402
from tests.act.cases import CONFIG, PUSHED, Case, Startable  # noqa: E402 -- its assertions are to be explained too

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEMORY = Path("/dev/shm")
ROOM = 256 * 1024 * 1024


@pytest.fixture(scope="session")
def calling_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A team's repository."""
    project = Project(tmp_path_factory.mktemp("team"), {"ml-cicd.toml": CONFIG})
    assert project.commit == PUSHED
    return project


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """Where the cases run: in memory if there is room, since `act` makes hundreds of files for each."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="act-tier-", dir=MEMORY if in_memory else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def run_of(
    request: pytest.FixtureRequest,
    scripted_kit: Kit,
    calling_project: Project,
    scratch: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Startable], Run]]:
    """The run of a case. It may have started before it is asked for."""
    runs: dict[str, Future[Run]] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def begin(case: Startable) -> Future[Run]:
            if case.name not in runs:
                folder = scratch / str(len(runs)) if _is_small(case) else tmp_path_factory.mktemp("large")
                folder.mkdir(exist_ok=True)
                runs[case.name] = pool.submit(case.start, scripted_kit, calling_project, folder)
            return runs[case.name]

        params = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
        selected = [each["case"] for each in params if isinstance(each.get("case"), Startable)]
        for case in sorted(selected, key=_is_small):  # what takes long begins first
            begin(case)
        yield lambda case: begin(case).result()
        pool.shutdown(cancel_futures=True)


def _is_small(case: Startable) -> bool:
    """Whether nothing is installed in it."""
    return isinstance(case, Case)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A case comes first of all tests, so that the runs of the others go on beside the tests of other tiers."""
    cases = [item for item in items if "run_of" in getattr(item, "fixturenames", ())]
    if cases:
        items.remove(cases[0])
        items.insert(0, cases[0])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("cases of the act tier")
    for line in table.lines():
        terminalreporter.write_line(line)
