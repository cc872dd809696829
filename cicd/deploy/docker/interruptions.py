"""What the engine remembers of times in which an environment did not serve: its proxy or its release ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicd.oci.engine import Container

NEVER = "0001-01-01"


def notice(proxy: Container, release: Container) -> str:
    """Return when users were not served since this release was started; empty if the engine knows of no such time."""
    sentences = []
    state, since = proxy.attrs["State"], release.attrs["State"]["StartedAt"]
    if proxy.status == "running" and state["StartedAt"] > since:
        ended = f"{proxy.name} ended at {_second(state['FinishedAt'])}"
        if state["FinishedAt"].startswith(NEVER):
            ended = f"{proxy.name} was removed"
        sentences.append(
            f"{ended}, and runs again since {_second(state['StartedAt'])}; users got no answer in between."
        )
    if restarts := release.attrs.get("RestartCount", 0):
        times = "once" if restarts == 1 else f"{restarts} times"
        sentences.append(f"{release.name} ended by itself and was started again {times}, last at {_second(since)}.")
    return " ".join(sentences)


def ending(container: Container) -> str:
    """Return how a container that does not run has ended, as the end of a sentence about it."""
    state = container.attrs["State"]
    if state["FinishedAt"].startswith(NEVER):
        return "which was never started"
    memory = ", out of memory" if state.get("OOMKilled") else ""
    return f"which ended at {_second(state['FinishedAt'])} with exit code {state['ExitCode']}{memory}"


def _second(time: str) -> str:
    """Return a time of the engine to the second."""
    return f"{time[:19].replace('T', ' ')} UTC"
