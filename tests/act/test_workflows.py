"""Every workflow in every outcome: which jobs and steps ran, with which result, and what they passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.act.support.workflow_cases import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.testing import Run
    from tests.act.support.case import Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_workflow(case: Case, run_of: Callable[[Case], Run]) -> None:
    case.check(run_of(case))
