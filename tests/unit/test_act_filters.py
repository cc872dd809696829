"""The filters of `on: push`: GitHub's documented examples, row by row, and an independent matcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicd.act.filters import PatternError, PushFilter, compiled, selects

if TYPE_CHECKING:
    from collections.abc import Callable

# The rows of "Filter pattern cheat sheet": patterns, names that match, names that do not.
BRANCHES_AND_TAGS = [
    (["feature/*"], ["feature/my-branch", "feature/your-branch"], ["feature/a/b", "feature", "xfeature/a"]),
    (["feature/**"], ["feature/beta-a/my-branch", "feature/your-branch", "feature/mona/the/octocat"], ["feature"]),
    (["main", "releases/mona-the-octocat"], ["main", "releases/mona-the-octocat"], ["Main", "main2", "releases"]),
    (["*"], ["main", "releases"], ["a/b"]),
    (["**"], ["all/the/branches", "every/tag"], []),
    (["*feature"], ["mona-feature", "feature", "ver-10-feature"], ["a/feature", "feature-1"]),
    (["v2*"], ["v2", "v2.0", "v2.9"], ["v1", "V2", "v2/0"]),
    (["v[12].[0-9]+.[0-9]+"], ["v1.10.1", "v2.0.0"], ["v3.0.0", "v1.x.0", "v1.0", "v1x0x0"]),
]
PATHS = [
    (["*"], ["README.md", "server.rb"], ["docs/README.md"]),
    (["*.jsx?"], ["page.js", "page.jsx"], ["page.jsxx", "page.j", "a/page.js"]),
    (["**"], ["all/the/files.md"], []),
    (["*.js"], ["app.js", "index.js"], ["a/app.js", "appxjs"]),
    (["**.js"], ["index.js", "js/index.js", "src/js/app.js"], ["index.jsx"]),
    (["docs/*"], ["docs/README.md", "docs/file.txt"], ["docs/a/b.md", "x/docs/a.md"]),
    (["docs/**"], ["docs/README.md", "docs/mona/octocat.txt"], ["x/docs/a.md", "docs"]),
    (["docs/**/*.md"], ["docs/README.md", "docs/mona/hello-world.md", "docs/a/markdown/file.md"], ["docs/a.txt"]),
    (["**/docs/**"], ["docs/hello.md", "dir/docs/my-file.txt", "space/docs/plan/space.doc"], ["mydocs/a", "docs"]),
    (["**/README.md"], ["README.md", "js/README.md"], ["XREADME.md", "js/README.mdx"]),
    (["**/*src/**"], ["a/src/app.js", "my-src/code/js/app.js"], ["srcs/app.js", "a/src"]),
    (["**/*-post.md"], ["my-post.md", "path/their-post.md"], ["post.md"]),
    (["**/migrate-*.sql"], ["migrate-10909.sql", "db/migrate-v1.0.sql", "db/sept/migrate-v1.sql"], ["db/migrate.sql"]),
    (["*.md", "!README.md"], ["hello.md"], ["README.md", "docs/hello.md"]),
    (["*.md", "!README.md", "README*"], ["hello.md", "README.md", "README.doc"], ["docs/hello.md"]),
]
EXPLAINED = [
    (["Octo*"], ["Octocat"], ["octocat", "Octo/cat"]),
    (["[CB]at"], ["Cat", "Bat"], ["Rat", "cat", "CBat"]),
    (["[1-2]00"], ["100", "200"], ["300"]),
    (["a!b"], ["a!b"], ["ab"]),
    (["!x", "x"], ["x"], ["y"]),
    (["!x"], [], ["x", "y"]),
    (["a\\*b"], ["a*b"], ["axb"]),
    (["\\!x"], ["!x"], ["x"]),
    (["+x"], ["+x"], ["x"]),
    (["a.b"], ["a.b"], ["axb"]),
    (["a**/b"], ["a/b", "ax/y/b"], ["ab"]),
    (["Staging"], ["Staging"], ["staging", "Staging/1"]),
]


@pytest.mark.parametrize(("patterns", "matching", "others"), BRANCHES_AND_TAGS + PATHS + EXPLAINED)
def test_documented_examples(patterns: list[str], matching: list[str], others: list[str]) -> None:
    assert {name: selects(patterns, name) for name in matching} == dict.fromkeys(matching, True)
    assert {name: selects(patterns, name) for name in others} == dict.fromkeys(others, False)


@pytest.mark.parametrize("pattern", ["[]", "[a", "[a-]", "[b-a]", "[A-z]", "[.]", "a\\", "*?", "a++", "**+"])
def test_invalid_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"^'"):
        compiled(pattern)


# The oracle: a pattern as a list of parts, and a search through all ways to divide the name among them.
Part = tuple[str, str]
ALPHABET = "ab/"
part = st.one_of(
    st.tuples(st.just("one"), st.sampled_from(ALPHABET)),
    st.tuples(st.sampled_from(["optional", "repeated"]), st.sampled_from("ab")),
    st.tuples(st.just("class"), st.sampled_from(["a", "b", "ab"])),
    st.tuples(st.sampled_from(["star", "folders"]), st.just("")),
    st.tuples(st.just("any"), st.just("")),
)


def written(parts: list[Part]) -> str:
    forms = {
        "one": "{}",
        "optional": "{}?",
        "repeated": "{}+",
        "class": "[{}]",
        "star": "*",
        "folders": "**/",
        "any": "**",
    }
    return "".join(forms[kind].format(letters) for kind, letters in parts)


def divides(parts: list[Part], name: str) -> bool:
    if not parts:
        return not name
    (kind, letters), rest = parts[0], parts[1:]
    heads = [name[:end] for end in range(len(name) + 1)]
    allowed: dict[str, Callable[[str], bool]] = {
        "one": lambda head: head == letters,
        "optional": lambda head: head in ("", letters),
        "repeated": lambda head: bool(head) and set(head) == {letters},
        "class": lambda head: len(head) == 1 and head in letters,
        "star": lambda head: "/" not in head,
        "folders": lambda head: head == "" or head.endswith("/"),
        "any": lambda head: True,
    }
    return any(allowed[kind](head) and divides(rest, name[len(head) :]) for head in heads)


def unambiguous(parts: list[Part]) -> bool:
    """Return whether the pattern has one meaning only: `**/` means folders only where a folder can begin."""
    kinds = [kind for kind, _ in parts]
    for index, (kind, letters) in enumerate(parts):
        before = kinds[index - 1] if index else ""
        if kind in ("star", "any", "folders") and before in ("star", "any"):
            return False
        begins = index == 0 or before == "folders" or parts[index - 1] == ("one", "/")
        if kind == "folders" and not begins:
            return False
        if (
            (kind, letters) == ("one", "/")
            and before == "any"
            and (index == 1 or written(parts[: index - 1])[-1] == "/")
        ):
            return False
    return True


@given(parts=st.lists(part, max_size=5).filter(unambiguous), name=st.text(ALPHABET, max_size=6))
def test_pattern_agrees_with_exhaustive_search(parts: list[Part], name: str) -> None:
    assert bool(compiled(written(parts)).fullmatch(name)) == divides(parts, name)


@given(
    patterns=st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "b", "*", "a*", "**", "a/**"])), max_size=5),
    name=st.sampled_from(["a", "b", "ab", "a/b", "c"]),
)
def test_last_matching_pattern_decides(patterns: list[tuple[bool, str]], name: str) -> None:
    deciding = [positive for positive, pattern in patterns if compiled(pattern).fullmatch(name)]
    texts = [pattern if positive else f"!{pattern}" for positive, pattern in patterns]
    assert selects(texts, name) == (deciding[-1] if deciding else False)


BRANCH, TAG = "refs/heads/main", "refs/tags/v1"


@pytest.mark.parametrize(
    ("filters", "branch", "tag"),
    [
        (PushFilter(), True, True),
        (PushFilter(branches=("main",)), True, False),
        (PushFilter(branches=("x",)), False, False),
        (PushFilter(branches_ignore=("main",)), False, False),
        (PushFilter(branches_ignore=("x",)), True, False),
        (PushFilter(tags=("v*",)), False, True),
        (PushFilter(tags_ignore=("v*",)), False, False),
        (PushFilter(tags_ignore=("x",)), False, True),
        (PushFilter(branches=("main",), tags=("v1",)), True, True),
        (PushFilter(branches=("main",), tags=("v2",)), True, False),
        (PushFilter(paths=("src/**",)), False, True),
        (PushFilter(paths=("docs/**",)), True, True),
        (PushFilter(paths_ignore=("docs/**",)), False, True),
        (PushFilter(paths_ignore=("*.md",)), True, True),
        (PushFilter(branches=("x",), paths=("docs/**",)), False, False),
        (PushFilter(branches=("main",), paths=("src/**",)), False, False),
        (PushFilter(branches=("main",), paths=("docs/**", "!docs/a.md")), False, False),
        (PushFilter(tags=("v1",), paths=("src/**",)), False, True),
    ],
)
def test_filters_of_branches_and_tags(filters: PushFilter, branch: bool, tag: bool) -> None:
    def changed() -> list[str]:
        return ["docs/a.md"]

    assert (filters.accepts(BRANCH, changed), filters.accepts(TAG, changed)) == (branch, tag)


def test_tag_push_ignores_path_filters() -> None:
    def changed() -> list[str]:
        raise AssertionError

    assert PushFilter(paths=("src/**",)).accepts(TAG, changed)


def test_one_path_outside_paths_ignore_is_enough() -> None:
    filters = PushFilter(paths_ignore=("docs/**",))
    assert filters.accepts(BRANCH, lambda: ["docs/a.md", "src/b.py"])


def test_other_refs_trigger_nothing() -> None:
    assert not PushFilter().accepts("refs/notes/commits", list)
