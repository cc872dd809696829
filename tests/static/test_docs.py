"""The reference pages say what the workflows, actions, commands and the schema say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cicd import config
from tests.static import reference
from tests.static.kit import ROOT, tracked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.static.kit import Kit

PAGES = [*tracked("docs/*.md", "README.md")]


def test_the_reference_pages_are_up_to_date(kit: Kit) -> None:
    assert reference.outdated(kit) == [], "run: python -m tests.static.reference"


@pytest.mark.parametrize(
    ("file", "edit", "page"),
    [
        (".github/workflows/ci.yml", ("How long a job may take", "How slow a job may be"), "reference/workflows.md"),
        (".github/workflows/ci.yml", ("contents: read", "contents: write"), "trust-rings.md"),
        ("actions/record/action.yml", ("The number of", "The place of"), "reference/actions.md"),
    ],
)
def test_a_page_that_is_out_of_date_is_named(kit: Kit, file: str, edit: tuple[str, str], page: str) -> None:
    assert page in reference.outdated(kit.edited(file, *edit))


def test_the_example_of_a_configuration_is_valid() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert [config.parse(example, "docs/configuration.md").name for example in examples] == ["flights"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
