"""The text of the Dockerfile of a build image that is made from the release: what its tests need comes on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.produce.generated import exports
from cicd.produce.generated.dockerfile import (
    TOOLS_MOUNT,
    copies,
    online,
    tools_stage,
)
from cicd.produce.generated.exports import UV

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.python_project import Packaging


def text(
    packaging: Packaging | None,
    tools_hash: str,
    *,
    python: str,
    requirements: Sequence[str],
    tests: Sequence[str],
    secrets: Sequence[str] = (),
    indexes: Sequence[str] = (),
) -> str:
    """Return the Dockerfile. What the release has installed stays as it is.

    `python` is that of the tools. `requirements` are files that the configuration names for the tests; without them,
    what the packaging tool declares counts. `tests` are the paths that the release may lack; they come to its working
    directory. `secrets` and `indexes`: see `plan.Plan`.
    """
    export, wanted = exports.for_tests(packaging, requirements)
    files = tuple(dict.fromkeys((*(packaging.files if packaging else ()), *requirements)))
    lines = ["# Written by `ml-cicd build`: the release, and what its tests need."]
    lines += [f"ARG BASE=python:{python}-slim-bookworm", "ARG RELEASE", ""]
    if wanted:
        worked_out = [online(secrets, [], ["mkdir /locked", export])] if export else []
        lines += [tools_stage(tools_hash, secrets=secrets), "", f"FROM {'tools' if export else 'scratch'} AS locked"]
        lines += ["WORKDIR /project", *copies(files), *worked_out, ""]
    lines += ["# hadolint ignore=DL3006 -- the release is the image that was just built", "FROM ${RELEASE} AS test"]
    lines += ["ARG RELEASE_USER=0", "USER 0"]
    if wanted:
        mount = f"type=bind,from=locked,source={'/locked' if export else '/project'},target=/ml-cicd"
        options = "".join(f"{option} " for option in indexes)
        options += '--quiet --break-system-packages --python "$python" --override /tmp/kept.txt'
        lines.append(online(secrets, [TOOLS_MOUNT, mount], [
            "set -eu",
            "cd /ml-cicd",
            'python="$(command -v python3 || command -v python)"',
            f'{UV} pip freeze --quiet --exclude-editable --python "$python" > /tmp/all.txt',
            'sed "/ @ /d" /tmp/all.txt > /tmp/kept.txt',
            f'UV_LINK_MODE=copy {UV} pip install {options}{wanted.replace(exports.DEVELOPMENT, "development.txt")}',
            "rm /tmp/all.txt /tmp/kept.txt",
        ]))  # fmt: skip
    lines += ["ENV HOME=/tmp PYTHONDONTWRITEBYTECODE=1", *_copied(tests), "USER ${RELEASE_USER}"]
    return "\n".join(lines) + "\n"


def _copied(paths: Sequence[str]) -> list[str]:
    """Return COPY lines for files and folders, each to its own path below the working directory."""
    return [f'COPY ["{path}", "./{path}"]' for path in paths]
