"""The reference pages say what the code says; links, commands and make targets of every page exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cicd import config
from cicd.cli import COMMANDS
from tests.static.support.kit import ROOT, tracked
from tests.tools import reference

if TYPE_CHECKING:
    from pathlib import Path

    from tests.static.support.kit import Kit

PAGES = [*tracked("docs/*.md", ":(glob)*.md")]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
MAKE = (ROOT / "Makefile").read_text()
EXAMPLE = ROOT / "example_project"
"""A page may also name a file as a project has it."""


def named(page: Path) -> str:
    """Return the name of a test's page."""
    return str(page.relative_to(ROOT))


def test_reference_pages_are_current(kit: Kit) -> None:
    assert reference.outdated(kit) == [], "run: python -m tests.tools.reference"


@pytest.mark.parametrize(
    ("file", "edit", "page"),
    [
        (".github/workflows/ci.yml", ("Time limit in minutes", "Minutes at most"), "reference/workflows.md"),
        (".github/workflows/ci.yml", ("contents: read", "contents: write"), "trust-rings.md"),
        ("actions/record/action.yml", ("Number of the new", "Place of the new"), "reference/actions.md"),
    ],
)
def test_outdated_page_is_named(kit: Kit, file: str, edit: tuple[str, str], page: str) -> None:
    assert page in reference.outdated(kit.edited(file, *edit))


def test_example_configuration_is_valid() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert {config.parse(example, "docs/configuration.md").name for example in examples} == {"flights"}


def headings(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if "://" not in link and (not target.exists() or (anchor and anchor not in headings(target))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_and_make_targets_exist(page: Path) -> None:
    code = "\n".join(CODE.findall(page.read_text()))
    commands, targets = (set(re.findall(rf"\b{tool} ([a-z][a-z-]*)\b(?![/.])", code)) for tool in ("ml-cicd", "make"))
    assert commands <= set(COMMANDS)
    assert [target for target in targets if not re.search(rf"^{target}:", MAKE, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_paths_in_the_kit_exist(page: Path) -> None:
    paths = re.findall(r"`((?:cicd|tests|docs|requirements|\.github|example_project)/[\w./-]*)", page.read_text())
    assert [path for path in paths if not (ROOT / path).exists() and not (EXAMPLE / path).exists()] == []


def unknown_tests(text: str) -> list[str]:
    """Return the tests, and classes of tests, that a page names and that do not exist."""
    named = re.findall(r"`(?:tests/)?([\w/]+\.py)::(\w+)", text)
    return [
        f"{file}::{test}"
        for file, test in named
        if not any(
            re.search(rf"(?:def|class) {test}\b", path.read_text()) for path in (ROOT / "tests").glob(f"**/{file}")
        )
    ]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_tests_that_a_page_names_exist(page: Path) -> None:
    assert unknown_tests(page.read_text()) == []


@pytest.mark.parametrize("test", ["test_docs.py::test_of_nothing", "tests/static/test_nothing.py::test_of_docs"])
def test_a_test_that_does_not_exist_is_named(test: str) -> None:
    assert unknown_tests(f"`test_docs.py::test_code_owner_paths_exist` and `{test}`") == [test.removeprefix("tests/")]


def test_code_owner_paths_exist() -> None:
    lines = (ROOT / ".github" / "CODEOWNERS").read_text().splitlines()
    paths = [line.split()[0] for line in lines if line and not line.startswith(("#", "*"))]
    assert paths
    assert [path for path in paths if not (ROOT / path.strip("/")).exists()] == []


def test_plain_act_gets_a_stand_in_for_the_upload_of_ci() -> None:
    """Or else act would fetch the action, which fails without GitHub."""
    named = re.compile(r"actions/upload-artifact@[0-9a-f]{40}")
    used = set(named.findall((ROOT / ".github" / "workflows" / "ci.yml").read_text()))
    assert set(named.findall((ROOT / "docs" / "local.md").read_text())) == used
