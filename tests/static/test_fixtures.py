"""A test sees nothing of what another tier's fixtures changed: one process runs tests of several tiers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


def lasting_patches(text: str) -> Iterator[str]:
    """Yield the names of fixtures that outlive a test and serve it while an attribute of a module is replaced."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and any("scope=" in ast.unparse(word) for word in node.decorator_list):
            blocks: list[ast.AST] = [block for block in ast.walk(node) if isinstance(block, ast.With)] or [node]
            for block in blocks:
                source = ast.unparse(block)
                if ".setattr(" in source and "yield" in source:
                    yield node.name


def test_fixture_that_outlives_a_test_replaces_no_attribute() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    patches = {str(file.relative_to(ROOT)): list(lasting_patches(file.read_text())) for file in files}
    assert {file: names for file, names in patches.items() if names} == {}


def test_lasting_patch_is_found() -> None:
    head = "@pytest.fixture(scope='session', autouse=True)\ndef quick():\n with MonkeyPatch.context() as patch:\n"
    assert list(lasting_patches(f"{head}  patch.setattr(stopping, 'LEAVING', 1)\n  yield\n")) == ["quick"]
    assert list(lasting_patches(f"{head}  patch.setattr(stopping, 'LEAVING', 1)\n yield\n")) == []
