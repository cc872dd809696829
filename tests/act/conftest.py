"""One frozen kit and one project for the whole tier; the runs of all selected cases start at once, two at a time."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("tests.act.cases", "tests.act.harness")

from tests.act.cases import Case, Mutant, Startable  # noqa: E402 -- its assertions are to be explained too
from tests.act.harness import Kit, Project, Run  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def real_kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The working tree, frozen."""
    return Kit.real(tmp_path_factory.mktemp("real") / "kit")


@pytest.fixture(scope="session")
def kit(real_kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The same workflows and actions, with the stand-in for the command."""
    return real_kit.scripted(tmp_path_factory.mktemp("scripted") / "kit")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A team's repository."""
    return Project(tmp_path_factory.mktemp("team"))


@pytest.fixture(scope="session")
def run_of(
    request: pytest.FixtureRequest, kit: Kit, project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Startable], Run]]:
    """The run of a case. It may have started before it is asked for."""
    runs: dict[str, Future[Run]] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def begin(case: Startable) -> Future[Run]:
            if case.name not in runs:
                runs[case.name] = pool.submit(case.start, kit, project, tmp_path_factory.mktemp("case"))
            return runs[case.name]

        selected = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
        # What is no ordinary case takes long, so it begins first.
        for case in sorted(filter(None, selected), key=lambda case: isinstance(case, Case | Mutant)):
            if isinstance(case, Startable):
                begin(case)
        yield lambda case: begin(case).result()
        pool.shutdown(cancel_futures=True)
