"""What Docker's SDK raises, as people meet it: the kind of the error, the engine's words, and what to do."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest
import requests
import urllib3
from docker import errors as sdk

from cicd.errors import CheckFailedError, CicdError, UnreachableError, UsageError
from cicd.oci.errors import ConflictError, DiskFullError, MissingError, MissingImageError, engine_errors


def answer(status: int, words: str) -> Exception:
    """Return the exception that the SDK raises for an engine's answer."""
    response = SimpleNamespace(status_code=status, json=lambda: {"message": words}, url="http+docker://x", reason="")
    try:
        sdk.create_api_error_from_http_exception(requests.HTTPError("failed", response=response))  # type: ignore[arg-type]
    except sdk.APIError as error:
        return error
    raise AssertionError


def translated(error: Exception, otherwise: type[CicdError] = UnreachableError) -> CicdError:
    with pytest.raises(CicdError) as caught, engine_errors("start app", otherwise):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("status", "words", "kind", "hint"),
    [
        (500, "write /var/lib/docker/x: no space left on device", DiskFullError, "docker system df"),
        (400, "client version 1.41 is too old. Minimum supported API version is 1.44", UnreachableError, "Upgrade"),
        (404, "No such image: acme/app:v1", MissingImageError, ""),
        (404, "No such container: app", MissingError, ""),
        (404, "network app not found", MissingError, ""),
        (409, 'Conflict. The container name "/app" is already in use', ConflictError, ""),
        (400, "No command specified", UsageError, "CMD or ENTRYPOINT"),
        (404, "no matching manifest for linux/arm64 in the manifest list entries", MissingError, "--platform"),
        (500, "driver failed programming external connectivity", CheckFailedError, ""),
    ],
)
def test_answer_keeps_the_engines_words(status: int, words: str, kind: type[CicdError], hint: str) -> None:
    error = translated(answer(status, words), CheckFailedError)
    assert type(error) is kind
    assert error.message.startswith("Could not start app: ")
    assert words in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    "error",
    [
        sdk.DockerException("Error while fetching server API version"),
        requests.ConnectionError("Connection aborted."),
        requests.ReadTimeout("Read timed out."),
        urllib3.exceptions.ProtocolError("Connection broken: IncompleteRead"),
        urllib3.exceptions.ReadTimeoutError(urllib3.HTTPConnectionPool("localhost"), "/", "Read timed out."),
        ConnectionResetError("Connection reset by peer"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_lost_engine_is_unreachable(error: Exception) -> None:
    assert (type(translated(error)), translated(error).exit_code) == (UnreachableError, 69)


@pytest.mark.parametrize("error", [BrokenPipeError(), ValueError("a defect"), FileNotFoundError("x")])
def test_other_exceptions_pass_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)), engine_errors("start app"):
        raise error


def test_kit_errors_pass_unchanged() -> None:
    error = CheckFailedError("The tests failed.")
    assert translated(error) is error


def test_boundary_imports_no_sdk() -> None:
    code = "import sys, cicd.oci.errors; sys.exit(bool({'docker', 'requests', 'urllib3'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
