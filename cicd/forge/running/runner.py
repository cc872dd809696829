"""Runs workflows through `act`, one after the other, with their progress printed and their records kept."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import freeze, variables
from cicd.act import execution, workflows
from cicd.act.filters import TAG
from cicd.act.log import Parser
from cicd.errors import CicdError
from cicd.forge import api, report
from cicd.forge.events import history, triggers
from cicd.forge.events.payloads import Repository
from cicd.forge.running import cleanup, job_containers, records
from cicd.forge.state import cache
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cicd.forge.events.triggers import Start
    from cicd.forge.running.records import Run
    from cicd.forge.state import Data, State

BOT = "github-actions[bot]"

UNUSED = ("docs", "example_project", "tests")
"""Folders of the kit that no run needs: `act` copies the whole kit for every step that uses one of its actions."""


@dataclass(frozen=True)
class Session:
    """What all runs of one push share."""

    data: Data
    state: State
    repository: Repository
    server: api.Server
    awaited: Callable[[], bool]
    """Whether somebody still waits for the runs."""


def repository_of(data: Data, state: State) -> Repository:
    """The repository to which people push."""
    return Repository(data.remote(state.repository), data.server, state.repository)


def run_all(data: Data, begun: Sequence[Start], awaited: Callable[[], bool]) -> list[Run]:
    """Run everything, and what the runs start explicitly, when it is their turn. Returns the records.

    Raises:
        UsageError: the forge went down while this waited.
        CancelledError, BrokenPipeError: somebody stopped it; the record of the run under way says so.

    """
    with data.turn(lambda: say("another push is being worked on; this one waits for it")):
        state = data.state()
        recover(data)
        freeze_kit(data, Path(state.source))
        repository = repository_of(data, state)
        with api.serve(repository, secrets.token_hex(20)) as server:
            session = Session(data, state, repository, server, awaited)
            waiting, done = list(begun), []
            while waiting:
                server.before = records.newest(data) + len(waiting)
                done.append(run_one(session, waiting.pop(0)))
                while server.queue:
                    waiting.append(triggers.dispatched(repository, server.queue.popleft(), BOT))
            return done


def recover(data: Data) -> None:
    """Tidy up after runs whose process was killed. The lock is held."""
    cleanup.end(data, records.settle(data))
    shutil.rmtree(data.work, ignore_errors=True)


def freeze_kit(data: Data, source: Path) -> None:
    """Freeze the kit for the runs, if it changed since the last time."""
    mark = data.path / "kit.fingerprint"
    now = freeze.fingerprint(source)
    if data.kit.is_dir() and mark.is_file() and mark.read_text("utf-8") == now:
        return
    mark.unlink(missing_ok=True)
    shutil.rmtree(data.kit, ignore_errors=True)
    freeze.freeze(source, data.kit, freeze.REPOSITORY, "v1", worktree=True)
    for name in UNUSED:
        shutil.rmtree(data.kit / name, ignore_errors=True)
    job_containers.name_apart(data.kit / workflows.FOLDER, data.instance)
    mark.write_text(now, "utf-8")


class Progress:
    """Prints what happens in a run as it happens, and from time to time what goes on where nothing ends."""

    FIRST, LONGEST = 10.0, 60.0

    def __init__(self, parser: Parser, awaited: Callable[[], bool], mark: Path) -> None:
        self._parser = parser
        self._awaited = awaited
        self._mark = mark
        self._last, self._patience = time.monotonic(), self.FIRST

    def line(self, line: str) -> None:
        """Take a line of `act`, and print what it ends."""
        ended = self._parser.feed(line)
        for text in report.ended(ended) if ended else ():
            say(text)
            self._last, self._patience = time.monotonic(), self.FIRST

    def tick(self) -> None:
        """Print what is being done, if nothing was printed for a while.

        Raises:
            CancelledError: nobody waits for the run any more, or somebody cancelled it.

        """
        if self._mark.exists():
            raise execution.RunCancelledError
        if not self._awaited():
            raise execution.CancelledError
        if time.monotonic() - self._last > self._patience:
            say(report.status(self._parser.log))
            self._last, self._patience = time.monotonic(), min(2 * self._patience, self.LONGEST)


def run_one(session: Session, start: Start) -> Run:
    """Run one workflow, print its progress, and keep its record. Returns the record.

    Raises:
        CancelledError, BrokenPipeError: it was cancelled with all that waits behind it; the record says so.

    """
    data = session.data
    run = records.create(
        data, start.payload, workflow=start.workflow.name, file=start.workflow.file, event=start.event,
        ref=start.ref, sha=start.commit, actor=start.actor, started=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    begin = time.monotonic()
    parser = Parser()
    result = "failure"
    try:
        say(report.heading(run))
        result = parser.log.verdict(_execute(session, start, run.number, parser))
    except CicdError as error:
        parser.log.problems.append(f"{error.message} {error.hint}".strip())
    except execution.RunCancelledError:
        result = "cancelled"
    except (execution.CancelledError, BrokenPipeError):
        result = "cancelled"
        raise
    finally:
        step = parser.log.failed_step if result == "failure" else None
        failed = f"{step.job.name} / {step.name}" if step else ""
        run = replace(run, seconds=round(time.monotonic() - begin, 3), result=result, failed=failed)
        records.save(data, run)
        text = "\n".join((report.heading(run), *report.text(parser.log), *report.conclusion(run, parser.log)))
        (records.folder(data, run.number) / "log.txt").write_text(text + "\n", "utf-8")
        if result == "cancelled":
            cleanup.end(data, [run.number])
        shutil.rmtree(data.work, ignore_errors=True)
    for line in report.conclusion(run, parser.log):
        say(line)
    return run


def _execute(session: Session, start: Start, number: int, parser: Parser) -> int:
    """Run `act` and return its exit code; the parser and the run's files take what it says."""
    data, state, repository, server = session.data, session.state, session.repository, session.server
    record, work = records.folder(data, number), data.work

    def read(path: str) -> str | None:
        return history.read(repository.path, start.commit, path)

    needs = workflows.needs(start.workflow.file, read, data.kit)
    _prepare(work, repository, start.commit)
    known = {
        variables.ML_CICD_FORGE_RUN: str(number),
        variables.ML_CICD_INSTANCE: data.instance,
        variables.ML_CICD_REGISTRY: state.registry,
        variables.ML_CICD_BASE: state.base,
        variables.ML_CICD_PROXY: state.proxy,
    }
    inside: dict[str, str] = {}
    options = ""
    if state.runner:
        job_containers.name_apart(work / "source" / workflows.FOLDER, f"{data.instance}.{number}")
        inside, options = (
            {**job_containers.variables(data, state), **known},
            job_containers.options(data, state, number),
        )
    words = execution.command(
        event=start.event, workflow=work / "source" / workflows.FOLDER / start.workflow.file,
        payload=record / "event.json", work=work / "source", scratch=work / "act",
        server=data.server, needs=needs, actor=start.actor, token=server.token,
        overrides={
            variables.GITHUB_SERVER_URL: data.server, variables.GITHUB_REPOSITORY: state.repository,
            variables.GITHUB_API_URL: server.url, variables.GITHUB_RUN_ID: str(number),
            "GITHUB_REF": start.ref, "GITHUB_REF_NAME": start.ref.split("/", 2)[-1],
            "GITHUB_REF_TYPE": "tag" if start.ref.startswith(TAG) else "branch",
            "GITHUB_RUN_NUMBER": str(number), "SHA_REF": start.commit, **inside,
        },
        variables=state.variables,
        image=state.runner or execution.HOST, options=options,
    )  # fmt: skip
    environment = execution.environment(
        {**known, "DOCKER_HOST": state.engine or os.environ.get("DOCKER_HOST", "")},
        execution.make_shims(work / "shims"),
    )
    progress = Progress(parser, session.awaited, records.cancel_mark(data, number))
    with (record / "log.jsonl").open("w", encoding="utf-8") as log:

        def on_line(line: str) -> None:
            log.write(line + "\n")
            log.flush()
            progress.line(line)

        return execution.run(words, environment, work, on_line, progress.tick)


def _prepare(work: Path, repository: Repository, commit: str) -> None:
    """A work tree for `act` with the workflow files of the commit; jobs check out their own."""
    source = work / "source"
    source.mkdir(parents=True)
    (work / "act").mkdir()
    # `act` gives steps this folder as RUNNER_TOOL_CACHE, whatever the variable says; it outlives the run.
    tools = cache() / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    (work / "act" / "tool_cache").symlink_to(tools)
    history.git(source, "init", "--quiet", "--template=")
    (source / ".git" / "objects" / "info" / "alternates").write_text(f"{repository.path}/objects\n", "utf-8")
    history.git(source, "config", "remote.origin.url", f"https://github.com/{repository.full_name}")
    history.git(source, "update-ref", "--no-deref", "HEAD", commit)
    with suppress(CicdError):
        history.git(source, "checkout", "--quiet", commit, "--", ".github")
