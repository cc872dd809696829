"""The boundary to Docker's SDK: what the SDK raises becomes an error of the kit, with the engine's words.

    with engine_errors("create the container app-candidate"):
        client.containers.create(...)

The SDK is imported only when something went wrong, so that a command which needs no engine starts quickly.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cicd.errors import CheckFailedError, CicdError, UnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_GPU = re.compile(r"could not select device driver|nvidia-container-cli|unresolvable CDI devices", re.IGNORECASE)
NO_GPU_HINT = (
    "Let the job run where the engine has GPUs (runs-on) and the NVIDIA Container Toolkit, or remove `gpus` from "
    "ml-cicd.toml."
)
DISK_FULL = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
WRONG_VERSION = re.compile(r"client version \S+ is too (old|new)|client is newer than server", re.IGNORECASE)
_NO_PLATFORM = re.compile(r"no matching manifest|no match for platform", re.IGNORECASE)
FREE_SPACE = (
    "Free space on the engine's machine. 'docker system df' shows what takes it; 'docker builder prune' removes the "
    "build cache, 'docker image prune' the images that have no name."
)
UPGRADE = "Upgrade Docker: the engine and this machine's client must support the same API version ('docker version')."
NO_COMMAND = "Give the image a command: CMD or ENTRYPOINT in its Dockerfile."
RECONNECT = "Check that the engine runs ('docker version'), then run this again."


class MissingError(UnreachableError):
    """The engine has no such container, network, volume or file."""


class MissingImageError(MissingError):
    """The engine has no such image."""


class DiskFullError(UnreachableError):
    """The engine's disk is full."""


class ConflictError(UnreachableError):
    """The name is taken, or another process is changing the same object."""


@contextmanager
def engine_errors(action: str, otherwise: type[CicdError] = UnreachableError, hint: str = "") -> Iterator[None]:
    """Translate what Docker's SDK raises inside the block.

    `action` completes the sentence "Could not ...". `otherwise` and `hint` are the kind and the hint of an error that
    the engine's answer does not explain: the caller knows whether a command or a release may be at fault.
    Errors of the kit pass unchanged.

    Raises:
        MissingImageError: the engine has no such image.
        MissingError: the engine has no such container, network, volume or file.
        ConflictError: the name is taken, or the object is in use.
        DiskFullError: the engine's disk is full.
        UsageError: the image names no command.
        UnreachableError: the engine's version does not fit, or the connection to it was lost.

    """
    try:
        yield
    except CicdError:
        raise
    except Exception as error:
        translated = _translated(error, action, otherwise, hint)
        if translated is None:
            raise
        raise translated from error


def answered(action: str, words: str, otherwise: type[CicdError] = UnreachableError, hint: str = "") -> CicdError:
    """Return the error for an answer in which the engine says why it failed; see `engine_errors`."""
    if DISK_FULL.search(words):
        return DiskFullError(f"Could not {action}: the disk is full: {words}", FREE_SPACE)
    if WRONG_VERSION.search(words):
        return UnreachableError(f"Could not {action}: {words}", UPGRADE)
    if "No command specified" in words:
        return UsageError(f"Could not {action}: {words}", NO_COMMAND)
    if _NO_GPU.search(words):
        kind = otherwise if otherwise is CheckFailedError else UsageError  # a deployment that fails is recorded
        return kind(f"Could not {action}: the engine gives containers no GPU: {words}", NO_GPU_HINT)
    if _NO_PLATFORM.search(words):
        hint = hint or "Build the image for the engine's platform: docker build --platform linux/amd64"
    return otherwise(f"Could not {action}: {words}", hint)


def _translated(error: Exception, action: str, otherwise: type[CicdError], hint: str) -> CicdError | None:
    """Return the kit's error for an exception of Docker's SDK or of its connection; None for any other exception."""
    from docker.errors import APIError, DockerException, ImageNotFound  # noqa: PLC0415 -- see the module's docstring
    from requests import RequestException, Timeout  # noqa: PLC0415
    from urllib3 import exceptions as connection  # noqa: PLC0415

    if isinstance(error, APIError):
        kinds: dict[int | None, type[CicdError]] = {404: MissingError, 409: ConflictError}
        kind = MissingImageError if isinstance(error, ImageNotFound) else kinds.get(error.status_code, otherwise)
        return answered(action, str(error.explanation or error).strip(), kind, hint)
    if isinstance(error, DockerException):
        return answered(action, str(error), otherwise, hint)
    if isinstance(error, Timeout | TimeoutError | connection.TimeoutError):
        return UnreachableError(f"Could not {action}: the Docker engine did not answer in time ({error}).", RECONNECT)
    if isinstance(error, RequestException | connection.HTTPError | ConnectionResetError):
        return UnreachableError(f"Could not {action}: the connection to the Docker engine broke ({error}).", RECONNECT)
    return None
