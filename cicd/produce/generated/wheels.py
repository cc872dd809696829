"""The text of the Dockerfiles that the kit writes for packages: one builds wheels, one installs them as users do."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from cicd.produce.generated.dockerfile import EPOCH, TOOLS_MOUNT, USER, online, tools_stage
from cicd.produce.generated.exports import UV

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = "/wheels"
"""Where an image holds wheels."""


def build_text(tools_hash: str, *, python: str, paths: Sequence[str], secrets: Sequence[str] = ()) -> str:
    """Return the Dockerfile whose image holds the wheels of the packages in `paths`, folders of the build context.

    `python` is the version of the official image that builds, such as `3.11`; `secrets` are names of secrets for
    package indexes.
    """
    builds = [f"{UV} build --quiet --wheel --out-dir {FOLDER} {shlex.quote(f'./{path}')}" for path in paths]
    commands = [f"export SOURCE_DATE_EPOCH={EPOCH}", *builds]
    wheels = ["FROM tools AS wheels", "WORKDIR /source", "COPY . .", online(secrets, [], commands)]
    return "\n\n".join([_header(python), tools_stage(tools_hash, secrets=secrets), "\n".join(wheels)]) + "\n"


def release_text(
    tools_hash: str, *, python: str, command: Sequence[str] = (), tools_in: str = "", secrets: Sequence[str] = ()
) -> str:
    """Return the Dockerfile of a release that has nothing but the wheels installed, and the packages that they ask for.

    `tools_in` is the path in the build context of the lock of the tools; without it, the build gets the lock as the
    secret `tools`.
    """
    wheels = f"type=bind,from=wheels,source={FOLDER},target={FOLDER}"
    release = [
        "# hadolint ignore=DL3006 -- the base is chosen by a build argument",
        "FROM ${BASE} AS release",
        'SHELL ["/bin/sh", "-eu", "-c"]',
        "ENV PATH=/opt/venv/bin:$PATH UV_PYTHON_DOWNLOADS=never",
        online(secrets, [TOOLS_MOUNT, wheels], [
            "export UV_LINK_MODE=copy VIRTUAL_ENV=/opt/venv",
            f'{UV} venv --quiet --python "$(command -v python3)" /opt/venv',
            f"{UV} pip install --quiet --compile-bytecode {FOLDER}/*.whl",
        ]),
        "ENV HOME=/tmp",
        "WORKDIR /tmp",
        f"USER {USER}",
        *([f"CMD {json.dumps(list(command))}"] if command else []),
    ]  # fmt: skip
    taken = "# hadolint ignore=DL3006 -- the wheels are an image that was just built\nFROM ${WHEELS} AS wheels"
    head = f"{_header(python)}\nARG WHEELS"
    return "\n\n".join([head, tools_stage(tools_hash, tools_in, secrets), taken, "\n".join(release)]) + "\n"


def _header(python: str) -> str:
    return f"# Written by `ml-cicd build` for the project's packages.\nARG BASE=python:{python}-slim-bookworm"
