"""The result of a workflow run, from the results of its jobs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


RECORD = "record"
"""The job that records a deployment; it is skipped if no outcome arrives."""


@dataclass(frozen=True)
class Conclusion:
    """The result of a run, and that of each of its jobs as GitHub names it."""

    result: Literal["passed", "failed", "superseded"]
    jobs: Mapping[str, str]
    lost: tuple[str, ...] = ()
    """The jobs that began a deployment and passed no outcome on, so that nothing was recorded."""

    @property
    def unsuccessful(self) -> dict[str, str]:
        """Return the jobs for which the run failed, and how each ended."""
        failed = self.result == "failed"
        return {job: result for job, result in self.jobs.items() if failed and result != "success"}


def conclude(needs: str) -> Conclusion:
    """Return the result of a run from a job's context `needs`, as JSON.

    A run passed if every job succeeded. Where a newer run carries the commit, jobs may have been skipped. A run whose
    deployment passed no outcome on has failed.

    Raises:
        UsageError: `needs` is not that context, or names no job.

    """
    try:
        context = json.loads(needs)
        jobs = {job: str(value["result"]) for job, value in context.items()}
        outputs = {job: value.get("outputs", {}) for job, value in context.items()}
        newer = any(values.get("result") == "superseded" for values in outputs.values())
        lost = tuple(job for job, values in outputs.items() if jobs.get(RECORD) == "skipped" and _is_lost(values))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError("--needs is not the context `needs` as JSON.", "Pass ${{ toJSON(needs) }}.") from error
    if not jobs:
        raise UsageError("--needs names no job.", "List the jobs to judge under `needs:` of this job.")
    if lost:
        return Conclusion("failed", jobs, lost)
    if all(result == "success" for result in jobs.values()):
        return Conclusion("passed", jobs)
    left_out = newer and all(result in ("success", "skipped") for result in jobs.values())
    return Conclusion("superseded" if left_out else "failed", jobs)


def _is_lost(outputs: Mapping[str, str]) -> bool:
    """Return whether a job says how a deployment ended, and passes no outcome on: `ml-cicd deploy` puts both out."""
    return outputs.get("result") in ("passed", "failed") and not outputs.get("outcome")
