"""What the remote's hook does with a push: find the workflows that it starts, and run them one after the other."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import freeze
from cicd.errors import CicdError
from cicd.forge import act, api, events, git, pusher, report, runs, workflows
from cicd.forge.actlog import Parser, plain
from cicd.forge.data import cache
from cicd.forge.events import Repository, Update

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cicd.forge.data import Data, State

INSIDE = "ML_CICD_FORGE_RUN"
BOT = "github-actions[bot]"
MAX_TAGS = 3
"""More tags than this in one push start nothing."""

UNUSED = ("docs", "example_project", "tests")
"""Folders of the kit that no run needs: `act` copies the whole kit for every step that uses one of its actions."""


@dataclass(frozen=True)
class Session:
    """What all runs of one push share."""

    data: Data
    state: State
    repository: Repository
    server: api.Server


@dataclass(frozen=True)
class Start:
    """A workflow that is to run, and why."""

    workflow: workflows.Workflow
    event: str
    ref: str
    commit: str
    payload: Mapping[str, Any]
    actor: str


def receive(data: Data, lines: Iterable[str]) -> None:
    """Run what the push starts that git describes in `lines` (`old new ref`), and print what happens."""
    updates = [Update(*line.rstrip("\n").split(" ", 2)) for line in lines]
    if os.environ.get(INSIDE):
        return
    # A hook's variables would lead every other git command to the remote's own directory.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    with act.cancellable():
        try:
            _receive(data, updates)
        except (act.CancelledError, BrokenPipeError):
            # Nobody reads any more: what is left in the buffer must go somewhere at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Print one line, at once: git passes it on to the person who pushes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Progress:
    """Prints what happens in a run as it happens, and from time to time what goes on where nothing ends."""

    FIRST, LONGEST = 10.0, 60.0

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._push = pusher.waiting()
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
            CancelledError: the push does not wait any more.

        """
        if not pusher.still_waits(self._push):
            raise act.CancelledError
        if time.monotonic() - self._last > self._patience:
            say(report.status(self._parser.log))
            self._last, self._patience = time.monotonic(), min(2 * self._patience, self.LONGEST)


def _receive(data: Data, updates: list[Update]) -> None:
    state = data.state()
    repository = Repository(data.remote(state.repository), data.server, state.repository)
    starts = _starts(repository, updates, getpass.getuser())
    if not starts:
        return
    with data.lock(wait=False) as held:
        if held:
            _run_all(data, state, repository, starts)
            return
    say("another push is being worked on; this one waits for it")
    with data.lock():
        _run_all(data, state, repository, starts)


def _run_all(data: Data, state: State, repository: Repository, starts: list[Start]) -> None:
    """Run everything, and what the runs start explicitly. The lock is held."""
    runs.settle(data)
    shutil.rmtree(data.work, ignore_errors=True)
    freeze_kit(data, Path(state.source))
    with api.serve(repository, secrets.token_hex(20)) as server:
        session = Session(data, state, repository, server)
        waiting = list(starts)
        while waiting:
            run_one(session, waiting.pop(0))
            while server.queue:
                waiting.append(_dispatched(repository, server.queue.popleft()))


def _dispatched(repository: Repository, asked: api.Dispatch) -> Start:
    payload = events.dispatch(repository, asked.workflow.file, asked.ref, asked.inputs, BOT)
    return Start(asked.workflow, "workflow_dispatch", asked.ref, asked.commit, payload, BOT)


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
    mark.write_text(now, "utf-8")


def _starts(repository: Repository, updates: list[Update], actor: str) -> list[Start]:
    """What the push starts, with a word to the person about what it does not start."""
    if sum(not update.is_branch for update in updates) > MAX_TAGS:
        say(f"more than {MAX_TAGS} tags in one push start nothing, here as on GitHub; push them one by one")
        updates = [update for update in updates if update.is_branch]
    known = _known(repository, updates)
    starts: list[Start] = []
    for update in updates:
        commit = None if update.deleted else git.commit_of(repository.path, update.after)
        if commit:
            started = _started_by(repository, update, commit, actor, known)
            if not started:
                kind = "branch" if update.is_branch else "tag"
                say(plain(f"no workflow starts on a push of the {kind} {update.name}"))
            starts += started
    return starts


def _known(repository: Repository, updates: list[Update]) -> list[str]:
    """The commits that the repository had before the push."""
    rest = git.commits_of_refs(repository.path, without={update.ref for update in updates})
    before = [git.commit_of(repository.path, update.before) for update in updates if not update.created]
    return [*rest, *(commit for commit in before if commit)]


def _started_by(repository: Repository, update: Update, commit: str, actor: str, known: list[str]) -> list[Start]:
    def changed() -> list[str]:
        before = update.before
        if update.created:
            before = git.before_of(repository.path, commit, known, repository.default_branch)
        return git.changed(repository.path, before, commit)

    found = []
    for path, text in git.folder(repository.path, commit, workflows.FOLDER).items():
        if not path.endswith((".yml", ".yaml")):
            continue
        try:
            workflow = workflows.parse(path, text)
        except CicdError as error:
            say(plain(f"error: {error.message}. {error.hint}"))
            continue
        if workflow.push and workflow.push.accepts(update.ref, changed):
            found.append(workflow)
    if not found:
        return []
    payload = events.push(repository, update, commit, actor, known)
    return [Start(workflow, "push", update.ref, commit, payload, actor) for workflow in found]


def run_one(session: Session, start: Start) -> runs.Run:
    """Run one workflow, print its progress, and keep its record. Returns the record.

    Raises:
        CancelledError, BrokenPipeError: the run was cancelled; the record says so.

    """
    data = session.data
    run = runs.create(
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
    except (act.CancelledError, BrokenPipeError):
        result = "cancelled"
        raise
    finally:
        step = parser.log.failed_step if result == "failure" else None
        failed = f"{step.job.name} / {step.name}" if step else ""
        run = replace(run, seconds=round(time.monotonic() - begin, 3), result=result, failed=failed)
        runs.save(data, run)
        text = "\n".join((report.heading(run), *report.text(parser.log), *report.conclusion(run, parser.log)))
        (runs.folder(data, run.number) / "log.txt").write_text(text + "\n", "utf-8")
        shutil.rmtree(data.work, ignore_errors=True)
    for line in report.conclusion(run, parser.log):
        say(line)
    return run


def _execute(session: Session, start: Start, number: int, parser: Parser) -> int:
    """Run `act` and return its exit code; the parser and the run's files take what it says."""
    data, state, repository, server = session.data, session.state, session.repository, session.server
    record, work = runs.folder(data, number), data.work

    def read(path: str) -> str | None:
        return git.read(repository.path, start.commit, path)

    needs = workflows.needs(start.workflow.file, read, data.kit)
    _prepare(work, repository, start.commit)
    words = act.command(
        event=start.event, workflow=work / "source" / workflows.FOLDER / start.workflow.file,
        payload=record / "event.json", work=work / "source", scratch=work / "act",
        server=data.server, needs=needs, actor=start.actor, token=server.token,
        overrides={
            "GITHUB_SERVER_URL": data.server, "GITHUB_REPOSITORY": state.repository, "GITHUB_API_URL": server.url,
            "GITHUB_RUN_ID": str(number), "GITHUB_RUN_NUMBER": str(number), "SHA_REF": start.commit,
        },
    )  # fmt: skip
    variables = act.environment(
        {
            INSIDE: str(number),
            "ML_CICD_REGISTRY": state.registry,
            "ML_CICD_BASE": state.base,
            "DOCKER_HOST": state.engine or os.environ.get("DOCKER_HOST", ""),
        },
        act.make_shims(work / "shims"),
    )
    progress = Progress(parser)
    with (record / "log.jsonl").open("w", encoding="utf-8") as log:

        def on_line(line: str) -> None:
            log.write(line + "\n")
            log.flush()
            progress.line(line)

        return act.run(words, variables, work, on_line, progress.tick)


def _prepare(work: Path, repository: Repository, commit: str) -> None:
    """A work tree for `act` with the workflow files of the commit; jobs check out their own."""
    source = work / "source"
    source.mkdir(parents=True)
    (work / "act").mkdir()
    # `act` gives steps this folder as RUNNER_TOOL_CACHE, whatever the variable says; it outlives the run.
    tools = cache() / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    (work / "act" / "tool_cache").symlink_to(tools)
    git.git(source, "init", "--quiet")
    (source / ".git" / "objects" / "info" / "alternates").write_text(f"{repository.path}/objects\n", "utf-8")
    git.git(source, "config", "remote.origin.url", f"https://github.com/{repository.full_name}")
    git.git(source, "update-ref", "--no-deref", "HEAD", commit)
    with suppress(CicdError):
        git.git(source, "checkout", "--quiet", commit, "--", ".github")
