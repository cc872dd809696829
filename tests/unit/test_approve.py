"""`ml-cicd approve` shows what it would record, and asks before the ledger gets it."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from cicd import cli

if TYPE_CHECKING:
    from tests.unit.support.production import Production


def approve(production: Production, *words: str) -> int:
    return cli.main(["approve", "production", production.second, "--reason", "seen", *words])


def type_in(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    """Be at a terminal, and type this."""
    terminal = io.StringIO(typed)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", terminal)


def test_a_person_is_asked_and_only_yes_approves(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for typed, code, entries in (("", 2, 2), ("\n", 0, 2), ("no\n", 0, 2), ("y\n", 0, 3)):
        type_in(monkeypatch, typed)
        assert approve(production) == code
        assert f"Approve {production.second[:12]} for production? [y/N]" in capsys.readouterr().out
        assert len(production.entries()) == entries


def test_nobody_can_be_asked_without_a_terminal(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve(production) == 2
    assert "Add --yes" in capsys.readouterr().err
    assert len(production.entries()) == 2
    assert approve(production, "--yes") == 0
    assert production.entries()[-1].deployment.action == "approve"


def test_a_dry_run_shows_what_would_be_recorded(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve(production, "--dry-run") == 0
    assert f"would record: {production.second[:12]} approved by ada: seen" in capsys.readouterr().out
    assert len(production.entries()) == 2


def test_a_second_approval_of_a_person_is_the_first_one_and_asks_nothing(
    production: Production, capfd: pytest.CaptureFixture[str]
) -> None:
    assert approve(production, "--yes") == 0
    capfd.readouterr()
    assert approve(production, "--json") == 0
    assert json.loads(capfd.readouterr().out)["number"] == 3
    assert len(production.entries()) == 3


def test_who_may_not_approve_is_not_asked(
    production: Production, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = production.road.accepted("integration")
    type_in(monkeypatch, "y\n")
    assert cli.main(["approve", "production", commit, "--reason", "seen"]) == 4
    assert "Approve" not in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--dry-run"], []])
def test_json_says_what_was_not_recorded(
    production: Production, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    type_in(monkeypatch, "n\n")
    assert approve(production, "--json", *words) == 0
    assert json.loads(capfd.readouterr().out) == {"plan": [f"{production.second[:12]} approved by ada: seen"]}
