"""Logins to image registries: a job's own identity, its tokens, the Docker configuration and its credential helpers.

Docker's own SDK is not asked: the commands that only ask a registry run without it.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd import account, variables
from cicd.errors import UnreachableError, UsageError

if TYPE_CHECKING:
    from cicd.config import Config, RegistryLogin

HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")
HUB_API = "registry-1.docker.io"
HUB_KEY = "https://index.docker.io/v1/"
IDENTITY_TOKEN_USER = "<token>"  # noqa: S105 -- the user name by which helpers mark an identity token
NOTHING_STORED = "credentials not found"
HELPER_SECONDS = 30
_of_jobs: dict[str, RegistryLogin] = {}
"""How jobs log in by their own identity, by the registry's host."""


@dataclass(frozen=True)
class Login:
    """User and password for a registry, or an identity token, which the registry's token endpoint exchanges."""

    user: str
    password: str
    identity_token: str = ""


def follow(config: Config) -> None:
    """Log in to the registry of a project's images as its table `[registry.login]` says, from now on."""
    if config.registry_login and config.image:
        _of_jobs[config.image.partition("/")[0]] = config.registry_login


def lacks_identity(registry: str) -> bool:
    """Return whether a job should log in to a registry's host by its own identity, and GitHub gave it none."""
    from cicd import federation  # noqa: PLC0415 -- most projects do without

    return registry in _of_jobs and not federation.available()


def login(registry: str) -> Login | None:
    """Return the login for a registry's host: by the job's identity, its token, or the Docker configuration.

    The job's own token goes to GitHub's registry alone.

    Raises:
        RefusedError: the cloud does not trust the job.
        UsageError: the Docker configuration can't be read, or its credential helper is not installed.
        UnreachableError: the credential helper failed, or the cloud does not answer.

    """
    return _of_job(registry) or _of_environment(registry) or _configured(registry)


def credentials(registry: str) -> tuple[str, str] | None:
    """Return user and password for a registry's host; None without a login, or where it is an identity token."""
    stored = login(registry)
    return None if stored is None or stored.identity_token else (stored.user, stored.password)


def lasting_credentials(registry: str) -> tuple[str, str] | None:
    """Return user and password that a cluster's nodes may keep; None without REGISTRY_TOKEN, or where none is needed.

    Raises:
        UsageError: the token is the job's own, which ends with the job.

    """
    token = os.environ.get(variables.REGISTRY_TOKEN, "")
    if not token or plain_http(registry):
        return None
    if token == os.environ.get(variables.GITHUB_TOKEN):
        raise UsageError(
            "The cluster can't pull images with REGISTRY_TOKEN: it is the token of this job, and ends with the job.",
            "Make a token that only reads packages, and keep it in the environment's secret REGISTRY_TOKEN.",
        )
    lasting = _of_token(token)
    return lasting.user, lasting.password


def client_environment(folder: Path, registry: str) -> dict[str, str]:
    """Return the variables with which the docker command finds a registry's token: a configuration in a new `folder`.

    Everything else is that of the account's own configuration. Without a token the docker command uses that one.
    """
    token_login = _of_job(registry) or _of_environment(registry)
    if token_login is None:
        return {}
    folder.mkdir(mode=0o700)
    entries = {entry.name: entry for entry in _folder().iterdir()} if _folder().is_dir() else {}
    file = entries.pop("config.json", None)
    for name, entry in entries.items():
        (folder / name).symlink_to(entry.resolve())
    settings, key = json.loads(file.read_text("utf-8")) if file else {}, _key(registry)
    encoded = base64.b64encode(f"{token_login.user}:{token_login.password}".encode()).decode()
    settings["auths"] = {**(settings.get("auths") or {}), key: {"auth": encoded}}
    settings["credHelpers"] = {**(settings.get("credHelpers") or {}), key: ""}  # no helper: the entry counts
    (folder / "config.json").write_text(json.dumps(settings), "utf-8")
    return {"DOCKER_CONFIG": str(folder)}


def plain_http(registry: str) -> bool:
    """Return whether a registry is spoken to without TLS: one on this machine."""
    return registry.partition(":")[0] in ("localhost", "127.0.0.1")


def _of_job(registry: str) -> Login | None:
    """Return the login by this job's own identity; None if the project has none for the registry, or outside a job."""
    if registry not in _of_jobs or lacks_identity(registry):
        return None
    from cicd import federation  # noqa: PLC0415 -- as above

    credential = federation.registry(_of_jobs[registry], registry)
    return Login(credential.user, credential.password)


def _of_environment(registry: str) -> Login | None:
    """Return the login of the token that this process was given for a registry; None without one."""
    job_token = os.environ.get(variables.GITHUB_TOKEN) if registry == "ghcr.io" else ""
    token = os.environ.get(variables.REGISTRY_TOKEN) or job_token
    return _of_token(token) if token else None


def _of_token(token: str) -> Login:
    """Return the login of a token, which is written as `user:token` for registries that check the user."""
    user, colon, password = token.partition(":")
    return Login(user, password) if colon else Login(os.environ.get(variables.GITHUB_ACTOR, "ml-cicd"), token)


def _configured(registry: str) -> Login | None:
    """Return the login that the Docker configuration holds, or its credential helper; None without one."""
    file, key = _folder() / "config.json", _key(registry)
    try:
        settings = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        helper = (settings.get("credHelpers") or {}).get(key) or settings.get("credsStore")
        entries = {_host(name): entry for name, entry in (settings.get("auths") or {}).items()}
        return (_from_helper(helper, key, file) if helper else None) or _from_entry(entries.get(_host(key)) or {})
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise UsageError(
            f"The Docker configuration {file} can't be read: {error}", f"Correct it, or run: docker login {registry}"
        ) from error


def _folder() -> Path:
    return Path(os.environ.get("DOCKER_CONFIG") or (account.home() or Path("/nonexistent")) / ".docker")


def _key(registry: str) -> str:
    """Return the name under which the Docker configuration keeps a registry's login."""
    return HUB_KEY if registry in HUB else registry


def _host(name: str) -> str:
    """Return the host of an entry of `auths`, which older clients wrote as a URL."""
    return name.removeprefix("https://").removeprefix("http://").partition("/")[0]


def _from_entry(entry: dict[str, Any]) -> Login | None:
    user, _, password = base64.b64decode(entry.get("auth") or "", validate=True).decode().partition(":")
    user, password = entry.get("username") or user, entry.get("password") or password.rstrip("\0")
    token = entry.get("identitytoken") or ""
    return Login(user, password, token) if user or token else None


def _from_helper(helper: str, key: str, file: Path) -> Login | None:
    command = f"docker-credential-{helper}"
    try:
        process = subprocess.run(
            [command, "get"], input=key, capture_output=True, text=True, timeout=HELPER_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise UsageError(
            f"{file} names the credential helper {helper} for {key}, and {command} is not on PATH.",
            f"Install it, or remove it from the file and run: docker login {key}",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise UnreachableError(
            f"The credential helper {command} did not answer within {HELPER_SECONDS} s.",
            f"Run it by hand to see what it waits for: echo {key} | {command} get",
        ) from error
    output = process.stdout.strip()
    if process.returncode:
        if NOTHING_STORED in f"{output} {process.stderr}".lower():
            return None
        raise UnreachableError(
            f"The credential helper {command} failed: {output or process.stderr.strip()}",
            f"Log in again: docker login {key}",
        )
    stored = json.loads(output)
    if stored["Username"] == IDENTITY_TOKEN_USER:
        return Login("", "", stored["Secret"])
    return Login(stored["Username"], stored["Secret"])
