"""Prepare one run and start `act`: its work tree, its command line, its environment."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import account, files, freeze, git, variables
from cicd.act import execution, requirements, workflows
from cicd.act.filters import TAG
from cicd.act.limits import StepLimit
from cicd.errors import CicdError
from cicd.forge import run_secrets
from cicd.forge.events import history
from cicd.forge.running import job_containers, records, workflow_names
from cicd.forge.state import cache

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cicd.forge.api import Server
    from cicd.forge.events.payloads import HostedRepository
    from cicd.forge.events.triggers import PlannedRun
    from cicd.forge.running.progress import Progress
    from cicd.forge.state import Forge, State


@dataclass(frozen=True)
class Invocation:
    """One run of `act`, with everything that it depends on."""

    forge: Forge
    state: State
    server: Server
    """The REST API that jobs call."""
    planned: PlannedRun
    number: int

    def run(self, progress: Progress) -> int:
        """Run `act`, pass its lines to `progress`, and keep them in `log.jsonl`. Returns its exit code.

        Raises:
            UsageError: the workflow uses something that can't run on this machine.
            CancelledError: the run was cancelled, or nobody waits for it any more.

        """
        repository, work = self.server.repository, self.forge.work
        commit = self.planned.commit
        needs = requirements.needs(
            self.planned.workflow.file,
            lambda path: history.read(repository.path, commit, path),
            self.forge.kit,
            freeze.names(Path(self.state.source)),
            on_host=not self.state.runner,
        )
        _make_work_tree(work, repository, commit)
        records.artifacts(self.forge, self.number).mkdir(exist_ok=True)
        if self.state.runner:
            workflow_names.add_suffix(work / "source" / workflows.FOLDER, f"{self.forge.instance}.{self.number}")
        words = self._command(needs)
        environment = execution.environment(
            {**self._contract(), "DOCKER_HOST": self.state.engine or os.environ.get("DOCKER_HOST", "")},
            execution.make_shims(work / "shims"),
        )
        limit = StepLimit()
        path = records.folder(self.forge, self.number) / "log.jsonl"
        with files.file_errors(f"run act and write {path}"), path.open("w", encoding="utf-8") as log:

            def keep(lines: Iterable[str]) -> None:
                for line in lines:
                    log.write(line + "\n")
                    progress.line(line)
                log.flush()

            try:
                return execution.run(words, environment, work, lambda line: keep(limit.feed(line)), progress.tick)
            finally:
                keep(limit.rest())

    def _contract(self) -> dict[str, str]:
        """Return the variables by which commands in a job know that a forge runs them, and where its services are."""
        return {
            variables.ML_CICD_FORGE_RUN: str(self.number),
            variables.ML_CICD_ARTIFACTS: str(records.artifacts(self.forge, self.number)),
            variables.ML_CICD_INSTANCE: self.forge.instance,
            variables.ML_CICD_REGISTRY: self.state.registry,
            variables.ML_CICD_BASE: self.state.base,
            variables.ML_CICD_PROXY: self.state.proxy,
        }

    def _command(self, needs: requirements.Needs) -> list[str]:
        forge, state, planned, work = self.forge, self.state, self.planned, self.forge.work
        home = account.home()
        in_container: dict[str, str] = {"HOME": str(home)} if home else {}
        options = ""
        if state.runner:
            in_container = {**job_containers.environment(forge, state), **self._contract()}
            options = job_containers.options(forge, state, self.number)
        return execution.command(
            event=planned.event, workflow=work / "source" / workflows.FOLDER / planned.workflow.file,
            payload=records.folder(forge, self.number) / "event.json", work=work / "source", scratch=work / "act",
            server=forge.server, needs=needs, actor=planned.actor, token=self.server.token,
            overrides={
                variables.GITHUB_SERVER_URL: forge.server, variables.GITHUB_REPOSITORY: state.repository,
                variables.GITHUB_API_URL: self.server.url, variables.GITHUB_RUN_ID: str(self.number),
                "GITHUB_REF": planned.ref, "GITHUB_REF_NAME": planned.ref.split("/", 2)[-1],
                "GITHUB_REF_TYPE": "tag" if planned.ref.startswith(TAG) else "branch",
                "GITHUB_RUN_NUMBER": str(self.number), "SHA_REF": planned.commit, **in_container,
                **({variables.GITHUB_TRIGGERING_ACTOR: planned.started_by} if planned.started_by else {}),
            },
            variables=state.variables, secrets=self._secrets(needs),
            image=state.runner or execution.HOST, options=options,
        )  # fmt: skip

    def _secrets(self, needs: requirements.Needs) -> Path:
        """Write the secrets of the run's environments to a file for act, and return it."""
        inputs = self.planned.payload.get("inputs") or {}
        values = run_secrets.of_run(self.forge, needs.environments, inputs)
        return execution.write_secrets(self.forge.work / "secrets.yml", values)


def _make_work_tree(work: Path, repository: HostedRepository, commit: str) -> None:
    """Create a work tree for `act` with the commit's `.github` folder; jobs check out the rest themselves."""
    source = work / "source"
    source.mkdir(parents=True)
    (work / "act").mkdir()
    # `act` passes this folder to steps as RUNNER_TOOL_CACHE, whatever the variable says; the link keeps its content.
    tools = cache() / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    (work / "act" / "tool_cache").symlink_to(tools)
    git.text(source, "init", "--quiet", "--template=")
    (source / ".git" / "objects" / "info" / "alternates").write_text(f"{repository.path}/objects\n", "utf-8")
    git.text(source, "config", "remote.origin.url", f"https://github.com/{repository.full_name}")
    git.text(source, "update-ref", "--no-deref", "HEAD", commit)
    with suppress(CicdError):  # the commit has no `.github`
        git.text(source, "checkout", "--quiet", commit, "--", ".github")
