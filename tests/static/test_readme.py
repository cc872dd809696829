"""The README shows what is shipped: its caller is the example's, its commands and links exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cicd import cli

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
MAKE = (ROOT / "Makefile").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def test_the_caller_is_the_examples() -> None:
    (shown,) = [text for language, text in BLOCKS if language == "yaml"]
    shipped = (ROOT / "example_project" / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert shown == shipped.partition("\n")[2]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z-]+)", README))))
def test_every_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", MAKE, re.MULTILINE)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"ml-cicd ([a-z]+)\b(?!/)", README))))
def test_every_command_exists(command: str) -> None:
    assert command in cli.COMMANDS


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
