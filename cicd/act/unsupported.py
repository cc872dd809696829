"""Refuse what `act` would leave out without a word: no run may pass without something that its workflow asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


def check(path: str, loaded: Mapping[str, Any], stand_ins: Mapping[str, Collection[str]], *, on_host: bool) -> None:
    """Raise UsageError if the workflow or action `loaded` from `path` asks for something that local runs leave out.

    `stand_ins` has the inputs of each action that a local one replaces, by `owner/name`; `on_host` says whether steps
    run on this machine itself.
    """
    jobs = loaded.get("jobs")
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        # act starts the services of a job only if the job itself runs in a container.
        if on_host and isinstance(job, dict) and job.get("services") and not job.get("container"):
            raise UsageError(
                f"{path}: the job '{name}' has 'services', which need jobs that run in containers.",
                "Let every job run in a container: ml-cicd local up --runner docker",
            )
    for step in _steps(loaded):
        action = str(step.get("uses", "")).partition("@")[0].lower()
        inputs = stand_ins.get(action)
        unknown = [key for key in step.get("with") or () if inputs is not None and str(key).lower() not in inputs]
        if unknown:
            raise UsageError(
                f"{path}: local runs don't support the input '{unknown[0]}' of {action}.",
                f"Leave it out, or use one of: {', '.join(sorted(inputs or ()))}.",
            )


def _steps(loaded: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    jobs = loaded.get("jobs")
    for holder in [*(jobs.values() if isinstance(jobs, dict) else ()), loaded.get("runs")]:
        steps = holder.get("steps") if isinstance(holder, dict) else ()
        yield from (step for step in steps or () if isinstance(step, dict))
