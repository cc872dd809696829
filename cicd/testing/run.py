"""Run a workflow under `act`, with scripted replies in place of the `ml-cicd` commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.act import execution, requirements, workflows
from cicd.act.log import Parser
from cicd.testing.project import ACTOR, REPOSITORY
from cicd.testing.result import TOKENS, Run, read_calls
from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cicd.testing.kit import Kit
    from cicd.testing.project import Event, Project
    from cicd.testing.replies import Reply

RUNNER = Path(__file__).with_name("runner")
"""The folder with scripts that hide commands of this machine."""
PACKAGE = Path(__file__).resolve().parents[2]
RUN_ID = "4242"
JOB_TOKEN = "the-job-token"  # noqa: S105 -- this token gives no access
NO_ENGINE = "unix:///nonexistent"
TIMEOUT = 120.0


def run(
    kit: Kit,
    project: Project,
    folder: Path,
    text: str,
    *,
    event: Event,
    replies: Mapping[str, Reply] | None = None,
    secrets: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
    labels: Iterable[str] = (),
    cancel: bool = False,
    sound: bool = True,
) -> Run:
    """Run the workflow `text` of `project` with the kit `kit`, and keep the log and all other files in `folder`.

    Only runners with `labels` exist (without any: those that the workflow names). `variables` are those of the
    repository; `overrides` are context values that `act` would otherwise invent. With `cancel`, the run is interrupted
    as soon as a reply waits.

    Raises:
        UsageError: the workflow uses something that can't run locally.
        AssertionError: the run proves nothing, and `sound` is true.

    """
    (folder / "replies").mkdir(parents=True, exist_ok=True)
    for command, reply in (replies or {}).items():
        outputs = (f"{name}={value}" for name, value in reply.outputs.items())
        script = "\n".join([str(reply.exit_code), str(reply.seconds), *outputs])
        (folder / "replies" / command).write_text(f"{script}\n", "utf-8")
    texts = {f"{workflows.FOLDER}/caller.yml": text, **_local(project)}
    needs = requirements.needs("caller.yml", texts.get, kit.path, kit.names)
    needs.labels = set(labels) or needs.labels
    exit_code = start_act(
        project,
        folder,
        text,
        event,
        needs,
        secrets=secrets or {},
        variables=variables or {},
        overrides=overrides or {},
        cancel=cancel,
    )
    parser = Parser()
    for line in lines((folder / "act.jsonl").read_text("utf-8", errors="replace")):
        parser.feed(line)
    jobs = workflows.document("caller.yml", text)["jobs"]
    expected = {job: str((data or {}).get("name", job)) for job, data in jobs.items()}
    result = Run(exit_code, parser.log, read_calls(folder / "calls"), folder, expected)
    if sound:
        result.assert_sound()
    return result


def _local(project: Project) -> dict[str, str]:
    """Return the texts of the project's YAML files, by path: a workflow may use them by `./`."""
    files = [file for pattern in ("*.yml", "*.yaml") for file in project.path.rglob(pattern)]
    return {str(file.relative_to(project.path)): file.read_text("utf-8") for file in files}


def start_act(
    project: Project,
    folder: Path,
    text: str,
    event: Event,
    needs: requirements.Needs,
    *,
    secrets: Mapping[str, str],
    variables: Mapping[str, str],
    overrides: Mapping[str, str],
    cancel: bool = False,
) -> int:
    """Run `act` without the variables of this process, and keep its log in `folder/act.jsonl`. Returns its exit code.

    Raises:
        TimeoutExpired: `act` does not end within `TIMEOUT` seconds.

    """
    file = folder / "caller.yml"
    file.write_text(text, "utf-8")
    (folder / "event.json").write_text(json.dumps(event.payload), "utf-8")
    words = execution.command(
        event=event.name, workflow=file, payload=folder / "event.json", work=project.path,
        scratch=folder / "act", server=project.server, needs=needs, actor=ACTOR, token=JOB_TOKEN,
        overrides={
            "GITHUB_SERVER_URL": project.server, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_RUN_ID": RUN_ID,
            "SHA_REF": project.commit, **overrides,
        },
        variables=variables, secrets=execution.write_secrets(folder / "secrets.yml", secrets),
    )  # fmt: skip
    settings = {
        "HOME": str(project.home), "DOCKER_HOST": NO_ENGINE, "ML_CICD_TEST": str(folder),
        "ML_CICD_TEST_PACKAGE": str(PACKAGE), "ML_CICD_TEST_PYTHON": sys.executable,
        "ML_CICD_TEST_TOKENS": " ".join(TOKENS),
        # Without garbage collection below 256 MiB, a short run takes an eighth less time.
        "GOGC": "off", "GOMEMLIMIT": "256MiB",
    }  # fmt: skip
    environment = execution.environment(settings, RUNNER)
    with (folder / "act.jsonl").open("wb") as log:
        process = subprocess.Popen(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            if cancel:
                _interrupt(process, folder / "waits")
            return process.wait(TIMEOUT)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def _interrupt(process: subprocess.Popen[bytes], waits: Path) -> None:
    """Interrupt the process as soon as the file `waits` exists."""
    end = time.monotonic() + TIMEOUT
    while not waits.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
