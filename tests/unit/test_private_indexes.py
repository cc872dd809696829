"""A generated build installs from a private index with the login as each packaging tool names it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.produce.generated import exports, private_indexes
from cicd.python_project import declared, indexes
from tests.deploy.support import private_index
from tests.deploy.support.private_index import NAME, PASSWORD, USER, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.deploy.support.private_index import Index

IN_URL = {"INDEX_USER": USER, "INDEX_PASSWORD": PASSWORD}
OF_POETRY = {"POETRY_HTTP_BASIC_OUR_INDEX_USERNAME": USER, "POETRY_HTTP_BASIC_OUR_INDEX_PASSWORD": PASSWORD}
URL = "http://${{INDEX_USER}}:${{INDEX_PASSWORD}}@{host}/simple"
PLAIN = "http://{host}/simple"
EXPORTS = {
    "poetry": (PLAIN, OF_POETRY, "--trusted-host {host}\n--extra-index-url " + PLAIN + "\n\n{line}\n"),
    "PDM": (URL, IN_URL, "{line}\n--extra-index-url " + URL + "\n"),
    "Pipenv": (URL, IN_URL, "-i https://index.example/simple\n--extra-index-url " + URL + "\n{line}\n"),
}
"""The address in the project's file, the secrets, and what the tool then exports, as PDM 2.29, Pipenv 2026.10 and
poetry 2.5 do."""


@pytest.fixture
def index() -> Iterator[Index]:
    with private_index.serving("127.0.0.1") as running:
        yield running


def install(folder: Path, secrets: Mapping[str, str], index: Index, export: str) -> subprocess.CompletedProcess[str]:
    """Install what a tool exported, with the commands and options of a generated build."""
    for name, value in secrets.items():
        (folder / name).write_text(value)
    line = f"{NAME}=={VERSION} --hash=sha256:{index.sha256}"
    (folder / "runtime.txt").write_text(export.format(host=index.host, line=line))
    options = indexes.options(declared.read(folder), (), tuple(secrets))
    commands = [
        *private_indexes.commands(tuple(secrets)),
        f"{exports.UV} pip install --no-cache --target here {' '.join(options)} --require-hashes -r runtime.txt",
    ]
    text = (
        "; ".join(commands).replace("/run/secrets", str(folder)).replace(exports.BIN, str(Path(sys.executable).parent))
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    return subprocess.run(
        ["sh", "-euc", text], cwd=folder, env={**clean, "UV_PYTHON": sys.executable}, check=False, capture_output=True,
        text=True,
    )  # fmt: skip


@pytest.mark.case("K3", "the login at a private index, as poetry, PDM and Pipenv name it")
@pytest.mark.parametrize("tool", EXPORTS)
def test_package_is_installed_with_the_login_as_the_tool_names_it(tmp_path: Path, index: Index, tool: str) -> None:
    url, secrets, export = EXPORTS[tool]
    source = f'[[tool.poetry.source]]\nname = "our.index"\nurl = "{url.format(host=index.host)}/"\n'
    (tmp_path / "pyproject.toml").write_text(source if tool == "poetry" else "")
    done = install(tmp_path, secrets, index, export)
    assert done.returncode == 0, done.stderr
    assert f"/files/{private_index.MODULE}-{VERSION}-py3-none-any.whl" in index.asked
    assert PASSWORD not in done.stdout + done.stderr


def test_source_of_poetry_without_a_login_is_left_to_its_export(tmp_path: Path) -> None:
    table = "[[tool.poetry.source]]"
    text = f'{table}\nname = "ours"\nurl = "https://i.example/simple"\n{table}\nname = "PyPI"\n'
    (tmp_path / "pyproject.toml").write_text(text)
    files = declared.read(tmp_path)
    assert indexes.options(files, ()) == indexes.options(files, (), ("NETRC", "POETRY_HTTP_BASIC_PYPI_USERNAME")) == ()
    logins = ("POETRY_HTTP_BASIC_OURS_USERNAME", "POETRY_HTTP_BASIC_OURS_PASSWORD")
    assert indexes.options(files, (), logins) == ("--index 'ours=https://i.example/simple'",)


def test_variable_of_uv_that_the_project_names_itself_is_not_replaced() -> None:
    both = ("POETRY_HTTP_BASIC_OURS_PASSWORD", "UV_INDEX_OURS_PASSWORD")
    (command,) = private_indexes.commands(both)
    assert command == (
        'export POETRY_HTTP_BASIC_OURS_PASSWORD="$(cat /run/secrets/POETRY_HTTP_BASIC_OURS_PASSWORD)" '
        'UV_INDEX_OURS_PASSWORD="$(cat /run/secrets/UV_INDEX_OURS_PASSWORD)"'
    )
