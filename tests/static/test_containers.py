"""Containers are created, and images pulled, in the one way that loses nothing and adds nothing."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = {"NO_PROXIES", "_plain", "_options"}
"""What adds no proxies: the constant itself, and the functions whose result holds it."""


def calls(text: str) -> Iterator[ast.Call]:
    """Yield the calls of `containers.create` and `containers.run` of Docker's SDK."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".containers.create", ".containers.run")):
            yield node


def is_plain(call: ast.Call) -> bool:
    unpacked = [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg is None]
    return any(name in text for text in unpacked for name in PLAIN)


@pytest.mark.case("K8", "proxies of the Docker configuration in containers")
def test_no_container_gets_the_proxies_of_the_docker_configuration() -> None:
    files = sorted((ROOT / "cicd").rglob("*.py"))
    created = {f"{file.relative_to(ROOT)}:{call.lineno}": call for file in files for call in calls(file.read_text())}
    assert len(created) >= 5
    assert [place for place, call in created.items() if not is_plain(call)] == []


@pytest.mark.case("K1", "a pull whose reason the SDK throws away")
def test_every_pull_goes_through_one_function() -> None:
    pulls = re.compile(r"\b(client|sdk|engine|api)\.(images|api)\.pull\(|\bapi\.pull\(")
    files = {str(file.relative_to(ROOT)) for file in (ROOT / "cicd").rglob("*.py") if pulls.search(file.read_text())}
    assert files == {"cicd/oci/images.py"}


def test_a_container_with_proxies_would_be_noticed() -> None:
    text = "client.containers.create(image, name=name)\nclient.containers.create(image, **containers.NO_PROXIES)"
    assert [is_plain(call) for call in calls(text)] == [False, True]
