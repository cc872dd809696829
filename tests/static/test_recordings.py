"""The page of recordings: what it shows is typed as today's command line takes it, and is what a terminal shows."""

from __future__ import annotations

import re
import shlex

import pytest

from cicd import cli
from tests.tools import recordings

PAGE = recordings.PAGE.read_text()
TYPED = re.findall(r"^    \$ (ml-cicd .*)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", dict.fromkeys(TYPED))
def test_recorded_command_is_one_of_today(line: str) -> None:
    _, command, *words = shlex.split(line)
    cli.parser_of(command).parse_args(words)


def test_page_holds_each_session_as_it_is_recorded_today() -> None:
    typed = re.findall(r"^    \$ (.*)$", PAGE, re.MULTILINE)
    assert typed == [command for session in recordings.SESSIONS for command in session.commands]
    assert PAGE.startswith(recordings.INTRO)
    for session in recordings.SESSIONS:
        assert f"## {session.title}\n\n{session.text}\n" in PAGE


def test_page_names_no_place_of_the_machine_and_no_failure() -> None:
    assert re.findall(r"/tmp/\S*|FAILED|Traceback", PAGE) == []


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("a\r\nb\r\n", "a\nb"),
        ("  1 s\x1b[K\r  10 s\x1b[K\r\x1b[Kok\r\n", "ok"),
        ("long line\rab\x1b[K\n", "ab"),
        ("long\rab\n", "abng"),
        ("\x1b[1mbold\x1b[0m\n", "bold"),
    ],
)
def test_screen_shows_replaced_lines_as_they_ended(printed: str, shown: str) -> None:
    assert recordings.screen(printed) == shown
