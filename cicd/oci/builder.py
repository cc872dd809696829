"""The builder: it runs in the machine's docker command, and its words say whether a failure is the Dockerfile's."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING

from cicd.errors import CheckFailedError, UnreachableError
from cicd.oci.endings import Ending
from cicd.oci.errors import DISK_FULL, FREE_SPACE, RECONNECT, UPGRADE, WRONG_VERSION, DiskFullError
from cicd.oci.output import Output
from cicd.text import lines, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.errors import CicdError

STEP_LINES = 12
"""Lines at the end of a failed instruction's output in which its reason is looked for."""
REASON = 400
"""Characters of the builder's reason that a message holds."""
CORRECT = "Correct the instruction that the builder's last lines above name. Nothing was pushed."
MEND_CACHE = (
    "Remove the builder's cache with 'docker builder prune --all', and pull the base image anew; then run this again."
)
_NAMES = "Check the name, and that the engine's machine resolves names and reaches what the build downloads."
_COMMAND = re.compile(r"(?:executor failed running|process \").*exit code: (\d+)$")
_STEP = re.compile(r"#\d+ \d+\.\d+ (.*)")
_NAME = re.compile(
    r"no such host|name or service not known|temporary failure (in name resolution|resolving)|could not resolve"
    r"|name resolution|getaddrinfo|network is unreachable",
    re.IGNORECASE,
)
_REASONS = (
    (WRONG_VERSION, UPGRADE),
    (re.compile(r"unknown (shorthand )?flag|is not a docker command|unknown command", re.IGNORECASE), UPGRADE),
    (
        re.compile(r"docker daemon|error during connect|failed to dial|error reading from server|code = Unavailable"),
        RECONNECT,
    ),
    (_NAME, _NAMES),
    (re.compile(r"toomanyrequests|429 Too Many"), "Wait, or log in to the registry (docker login): the limit rises."),
    (
        re.compile(r"401 Unauthorized|403 Forbidden|authorization failed|unauthorized:"),
        "Log in to the registry of the base image: docker login HOST",
    ),
    (
        re.compile(
            r"connection refused|connection reset|i/o timeout|handshake timeout|no route to host|proxyconnect|x509:"
            r"|deadline exceeded|unexpected status.* 5\d\d|unexpected EOF|: EOF$",
            re.IGNORECASE,
        ),
        "Check the network, the proxy and the certificates of the engine's machine, then run this again.",
    ),
)
_LOST = re.compile(r"(layer|snapshot \S+) does not exist")
_NO_IMAGE = re.compile(r"pull access denied|not found$|manifest unknown|no match for platform|no matching manifest")


class LostLayerError(UnreachableError):
    """The engine no longer has a layer that the builder's cache or a base image refers to."""


def run(command: Sequence[str], environment: Mapping[str, str], dockerfile: str, output: Output | None = None) -> None:
    """Run a build command whose last word is the context, and pass its output on. `dockerfile` is its name in messages.

    An engine may lose a layer that the builder's cache still names, where others build or remove images at the same
    time, and then each build that takes it from the cache fails. Such a build is made once more, without the cache.

    Raises:
        CheckFailedError: the Dockerfile does not build.
        LostLayerError: the build without the cache fails, too: the lost layer belongs to the base image, for example.
        UnreachableError: the engine, its disk, the network or a registry is the reason.

    """
    printed = output or Output()
    try:
        _run(command, environment, dockerfile, printed)
    except LostLayerError as error:
        printed.feed(f"{error.message}. It is built once more, without the cache.\n".encode())
        _run([*command[:-1], "--no-cache", command[-1]], environment, dockerfile, printed)


def _run(command: Sequence[str], environment: Mapping[str, str], dockerfile: str, printed: Output) -> None:
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None  # noqa: S101 -- it is a pipe
        try:
            while chunk := os.read(process.stdout.fileno(), 2**16):
                printed.feed(chunk)
        except BaseException:
            process.kill()  # a build whose output nobody awaits must end
            raise
    printed.end()
    if process.returncode:
        raise failure(dockerfile, process.returncode, printed.last)


def failure(dockerfile: str, exit_code: int, words: str) -> CicdError:
    """Return the error for a failed build, from the exit code of the docker command and the end of its output."""
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        return UnreachableError(f"The docker command that built {dockerfile} was ended by {name}.", "Run this again.")
    last = [line for line in map(plain, lines(words)) if line.strip()]
    reason = _reason(last)
    if command := _COMMAND.search(reason):
        return _failed_command(dockerfile, int(command[1]), last)
    if DISK_FULL.search(reason):
        return DiskFullError(f"Could not build {dockerfile}: the disk is full: {reason}", FREE_SPACE)
    if _LOST.search(reason):
        return LostLayerError(f"Could not build {dockerfile}: the engine has lost a layer: {reason}", MEND_CACHE)
    for pattern, hint in _REASONS:
        if pattern.search(reason):
            return UnreachableError(f"Could not build {dockerfile}: {reason}", hint)
    base = "Correct the name of the base image or file, or log in to its registry (docker login HOST). "
    return CheckFailedError(
        f"{dockerfile} does not build: {reason}", base + CORRECT if _NO_IMAGE.search(reason) else CORRECT
    )


def _failed_command(dockerfile: str, exit_code: int, last: Sequence[str]) -> CicdError:
    """Return the error for a command of a RUN instruction that failed."""
    steps = [match[1] for line in last if (match := _STEP.match(line))][-STEP_LINES:]
    for line in reversed(steps):
        if DISK_FULL.search(line):
            return DiskFullError(f"Could not build {dockerfile}: the disk is full: {line[:REASON]}", FREE_SPACE)
        if _NAME.search(line):
            return UnreachableError(f"Could not build {dockerfile}: {line[:REASON]}", _NAMES)
    ending = Ending(exit_code)
    return CheckFailedError(f"{dockerfile} does not build: a command of RUN ended with {ending}.", ending.hint(CORRECT))


def _reason(last: Sequence[str]) -> str:
    """Return the builder's reason: the last line that names one, else the last line."""
    named = [line for line in last if re.match(r"(ERROR: |failed to|error |executor failed|Error |unknown )", line)]
    return (named or last or ["the builder said nothing"])[-1].removeprefix("ERROR: ")[:REASON]
