"""The text of a comment: sections are replaced in place, people's changes stay, and no text forges a marker."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cicd.comment import document

ORDER = ("ci", "tests", "checks", "integration", "model")
CI, TESTS = {"ci": "### ci passed"}, {"tests": "12 passed"}
KEYS = st.sampled_from([*ORDER, "ci@a/b", "tests@x1", "other"])
PIECES = st.sampled_from(
    ["<!-- ml-cicd end ci -->", "<!-- ml-cicd begin tests -->", "<!-- ml-cicd comment: ci -->", "\n", "\r\n", "-->",
     "<!--", "&lt;", "@someone", "🎉", " ", "x" * 300]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=8).map("".join)
SECTIONS = st.dictionaries(KEYS, TEXTS, max_size=6)
HEAD = "<!-- ml-cicd comment: ci tests -->\n\n"


def section(key: str, text: str) -> str:
    return f"<!-- ml-cicd begin {key} -->\n{text}\n<!-- ml-cicd end {key} -->"


def written(**sections: str) -> str:
    return document.refreshed("", sections, ORDER)


def shown(text: str) -> dict[str, str]:
    return {part.key: part.text for part in document.parse(text).parts if part.key}


def test_first_comment_has_its_sections_in_order() -> None:
    text = document.refreshed("", {"tests": "12 passed", "ci": "### ci passed"}, ORDER)
    assert (
        text
        == f"<!-- ml-cicd comment: tests ci -->\n\n{section('ci', '### ci passed')}\n\n{section('tests', '12 passed')}"
    )


def test_section_is_replaced_where_it_stands() -> None:
    text = written(ci="old", tests="12 passed")
    assert document.refreshed(text, {"ci": "new"}, ORDER) == text.replace("old", "new")


def test_nothing_is_written_if_nothing_changed() -> None:
    text = written(**CI, **TESTS)
    assert document.refreshed(text, CI | TESTS, ORDER) == ""
    assert document.refreshed(text.replace("\n", "\r\n"), CI | TESTS, ORDER) == "", "GitHub adds carriage returns"
    assert document.refreshed(f"{text}\n", TESTS, ORDER) == ""


def test_deleted_section_stays_deleted() -> None:
    text = written(**CI, **TESTS).replace(section("tests", "12 passed"), "")
    changed = document.refreshed(text, {"ci": "### ci failed", "tests": "1 failed"}, ORDER)
    assert shown(changed) == {"ci": "### ci failed"}
    assert document.refreshed(changed, {"tests": "2 failed"}, ORDER) == ""


def test_section_without_text_counts_as_deleted() -> None:
    text = written(**CI, **TESTS).replace("12 passed", "  ")
    assert shown(document.refreshed(text, {"ci": "x", "tests": "1 failed"}, ORDER)) == {"ci": "x"}


def test_empty_text_removes_a_section_until_it_has_one_again() -> None:
    first = document.refreshed("", {"ci": "a", "coverage": "93 %"}, ["ci", "coverage", "checks"])
    without = document.refreshed(first, {"ci": "a", "coverage": ""})
    assert "coverage" not in without
    assert document.refreshed(without, {"ci": "a", "coverage": ""}) == ""
    assert document.refreshed(without, {"coverage": "93 %"}, ["ci", "coverage", "checks"]) == first


def test_new_section_takes_its_place() -> None:
    text = document.refreshed(written(ci="a", model="m"), {"tests": "t", "extra": "e"}, ORDER)
    assert list(shown(text)) == ["ci", "tests", "model", "extra"]


def test_what_a_person_wrote_stays() -> None:
    text = written(**CI, **TESTS).replace("\n\n<!-- ml-cicd begin tests", "\n\nLooks good.\n\n<!-- ml-cicd begin tests")
    changed = document.refreshed(f"{text}\n\nThanks!", {"ci": "### ci failed"}, ORDER)
    assert [part.text for part in document.parse(changed).parts if not part.key] == ["Looks good.", "Thanks!"]
    assert shown(changed) == {"ci": "### ci failed", **TESTS}


def test_half_a_section_is_text_of_a_person_and_deleted() -> None:
    """Nothing that a person left is lost, and the section does not come back."""
    text = written(**CI, **TESTS).replace("<!-- ml-cicd end ci -->", "")
    changed = document.refreshed(text, {"ci": "### ci failed", "tests": "3 passed"}, ORDER)
    assert shown(changed) == {"tests": "3 passed"}
    assert "### ci passed" in changed
    assert "### ci failed" not in changed


def test_copy_of_a_section_is_text_of_a_person() -> None:
    text = f"{written(**CI)}\n\n{section('ci', 'my copy')}"
    changed = document.refreshed(text, {"ci": "### ci failed"}, ORDER)
    assert shown(changed) == {"ci": "### ci failed"}
    assert "my copy" in changed


def test_comment_without_its_first_line_is_recognised() -> None:
    text = written(**CI, **TESTS).partition("\n\n")[2]
    assert document.is_ours(text)
    assert shown(document.refreshed(text, {"ci": "### ci failed"}, ORDER)) == {"ci": "### ci failed", **TESTS}


@pytest.mark.parametrize(
    "text", ["", "Hello", "> <!-- ml-cicd comment: ci -->", "`<!-- ml-cicd begin ci -->`", section("CI", "x")]
)
def test_other_comments_are_not_recognised(text: str) -> None:
    assert not document.is_ours(text)


def test_long_section_keeps_its_first_line() -> None:
    text = document.refreshed("", {"ci": "### ci passed", "checks": "**Checks**\n" + "x\n" * 40_000}, ORDER)
    assert document.size(text) < 1000
    assert shown(text) == {"ci": "### ci passed", "checks": f"**Checks**\n\n{document.TOO_LONG}"}


def test_characters_are_counted_as_github_may_count_them() -> None:
    most = document.MOST - document.size(written(ci="x")) + 1
    assert document.size(written(ci="🎉" * (most // 2))) > document.MOST - 2
    assert written(ci="🎉" * (most // 2 + 1)).endswith(f"{document.TOO_LONG}\n<!-- ml-cicd end ci -->")


def test_comment_that_people_filled_is_left_alone() -> None:
    assert document.refreshed(f"{written(**CI)}\n\n{'x' * document.MOST}", {"ci": "### ci failed"}, ORDER) == ""


@given(SECTIONS)
def test_text_of_a_section_makes_no_marker(sections: dict[str, str]) -> None:
    """Whatever a section says, the comment has exactly these sections, each with its text."""
    text = document.refreshed("", sections, ORDER)
    assert set(shown(text)) == {key for key, value in sections.items() if value.strip("\r\n").strip()}
    assert text.count("<!--") == (1 + 2 * len(shown(text)) if text else 0)


@given(TEXTS, SECTIONS)
def test_refreshing_again_writes_nothing(before: str, sections: dict[str, str]) -> None:
    text = document.refreshed(before, sections, ORDER)
    if text:
        assert document.refreshed(text, sections, ORDER) == ""


@given(TEXTS, SECTIONS, SECTIONS)
def test_deleted_sections_never_come_back(before: str, first: dict[str, str], second: dict[str, str]) -> None:
    text = document.refreshed(before, first, ORDER)
    for key, value in shown(text).items():
        without = text.replace(section(key, value), "")
        if key in shown(without):
            continue
        assert key not in shown(document.refreshed(without, first | second, ORDER))


@settings(max_examples=40)
@given(st.dictionaries(KEYS, st.integers(0, 70_000), max_size=5), st.sampled_from("x🎉\n<"), st.integers(0, 66_000))
def test_comment_never_exceeds_the_limit(lengths: dict[str, int], letter: str, people: int) -> None:
    sections = {key: f"head\n{letter * length}" for key, length in lengths.items()}
    text = document.refreshed("x" * people, sections, ORDER)
    assert document.size(text) <= document.MOST
