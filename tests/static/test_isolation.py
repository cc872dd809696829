"""The package hands no container a token, the host's environment or a part of the host."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.static.support.capabilities import TOKENS
from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST = {"volumes", "volumes_from", "mounts", "binds", "devices", "privileged", "cap_add", "pid_mode", "ipc_mode"}
# They talk to GitHub, the registry and the git remote, or start git, pip, tar and the clients of engine and cluster.
READ_TOKENS = {"cicd/github.py", "cicd/oci/logins.py", "cicd/repository/snapshot.py"}
# The targets reach engines and clusters, and give the service its own secrets; signing has its key; builds and training
# get theirs by name.
READ_SECRETS = ("cicd/deploy/", "cicd/ledger/", "cicd/produce/secret_values.py")
# They look for the names in the callers' text and among GitHub's settings, and read no variable.
NAME_SECRETS = {
    "cicd/produce/needs.py", "cicd/doctor/comparison.py", "cicd/doctor/credentials.py", "cicd/doctor/settings.py"
}  # fmt: skip
OF_IDENTITY, READS_IDENTITY = "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "cicd/federation/identity.py"
"""The token with which a job asks for identity tokens, and the module that does."""
START_CLIENTS = {
    "cicd/bootstrap.py",
    "cicd/deploy/kubernetes/kubectl.py",
    "cicd/files.py",
    "cicd/git.py",
    "cicd/oci/engine.py",
}
# The proxy, which runs nothing of a project, keeps its routing in a volume of the engine's.
LEFT_OUT = {"act", "forge", "testing", "local.py", "variables.py"}
HAVE_VOLUMES = {"cicd/deploy/docker/proxy_container.py"}


def breaches(sources: Mapping[str, str]) -> Iterator[str]:
    """Yield every place at which a token, the host's environment or a part of the host could reach a container."""
    for file, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.expr, ast.keyword)) and (problem := _breach(file, node)):
                yield f"{file}:{node.lineno}: {problem}"


def _breach(file: str, node: ast.expr | ast.keyword) -> str:
    match node:
        case ast.Attribute(attr=str(name)) | ast.Constant(value=str(name)) if name in {*TOKENS, OF_IDENTITY}:
            named = file in NAME_SECRETS and isinstance(node, ast.Constant)
            return "" if named or _may_read(file, name) else f"reads {name}"
        case ast.keyword() | ast.Dict() if "'host'" in map(ast.unparse, _values(node)):
            return "names the host's network"
        case ast.keyword(arg=str(name)) if name in HOST and not (name == "volumes" and file in HAVE_VOLUMES):
            return f"gives a container {name}"
        case ast.Dict() if None in node.keys and "os.environ" in ast.unparse(node) and file not in START_CLIENTS:
            return "hands on the whole environment"
        case ast.Call() if ast.unparse(node) in ("dict(os.environ)", "os.environ.copy()"):
            return "hands on the whole environment"
    return ""


def _values(node: ast.keyword | ast.Dict) -> list[ast.expr]:
    return [node.value] if isinstance(node, ast.keyword) else node.values


def _may_read(file: str, name: str) -> bool:
    if name == OF_IDENTITY:
        return file == READS_IDENTITY
    return file in READ_TOKENS if name in ("GITHUB_TOKEN", "REGISTRY_TOKEN") else file.startswith(READ_SECRETS)


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """Return the modules that jobs run: all except those for local runs and for tests, and the list of names."""
    paths = [path.relative_to(ROOT) for path in (ROOT / "cicd").rglob("*.py")]
    return {str(path): (ROOT / path).read_text() for path in paths if not LEFT_OUT & set(path.parts)}


def test_module_that_names_secrets_reads_no_variable(sources: dict[str, str]) -> None:
    assert [file for file in NAME_SECRETS if "environ" in sources[file].replace("environment", "")] == []


def test_no_container_gets_token_or_host(sources: dict[str, str]) -> None:
    assert list(breaches(sources)) == []


@pytest.mark.parametrize(
    "line",
    [
        "environment = {'TOKEN': os.environ['GITHUB_TOKEN']}",
        "environment = {'TOKEN': os.environ[variables.GITHUB_TOKEN]}",
        "environment = {'KEY': os.environ['LEDGER_KEY']}",
        "environment = {'TOKEN': os.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}",
        "environment = {'TOKEN': os.environ[variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN]}",
        "client.containers.create(image, volumes=['/var/run/docker.sock'])",
        "client.containers.create(image, privileged=True)",
        "client.containers.create(image, network='host')",
        "settings = {'network_mode': 'host'}",
        "environment = {**os.environ, 'A': 'b'}",
        "environment = dict(os.environ)",
    ],
)
def test_breach_is_found(sources: dict[str, str], line: str) -> None:
    changed = f"{sources['cicd/produce/suites.py']}\n{line}\n"
    assert [found.split(":")[0] for found in breaches({"cicd/produce/suites.py": changed})] == [
        "cicd/produce/suites.py"
    ]
