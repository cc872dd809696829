"""How a generated build gets to private package indexes: each secret is a variable of the commands that install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.python_project.indexes import LOGIN_OF_POETRY

if TYPE_CHECKING:
    from collections.abc import Sequence

FILES = ("NETRC",)
"""Variables that name a file: they get the path of the secret, not its value."""
OF_UV = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL": "UV_INDEX"}
"""Variables of pip, and those that say the same to uv, which installs. Those of poetry name an index, as uv's do."""


def mounts(names: Sequence[str]) -> list[str]:
    """Return the mounts of a RUN instruction for these secrets."""
    return [f"type=secret,id={name},required=true" for name in names]


def commands(names: Sequence[str]) -> list[str]:
    """Return the command that gives the secrets to the commands after it; nothing without secrets."""
    words = [word for name in names for word in _words(name, names)]
    return [f"export {' '.join(words)}"] if words else []


def _words(name: str, names: Sequence[str]) -> list[str]:
    file = f"/run/secrets/{name}"
    if name in FILES:
        return [f"{name}={file}"]
    value = f'"$(cat {file})"'
    login = LOGIN_OF_POETRY.fullmatch(name)
    other = f"UV_INDEX_{login['index']}_{login['part']}" if login else OF_UV.get(name, "")
    return [f"{name}={value}", *([f"{other}={value}"] if other and other not in names else [])]
