"""The quick check of a configuration says what jsonschema says, of every part of the published schema."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from cicd.config import parsing, quick_check

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUES = [
    "", "a", "A", "a b", "../a", "a/b", "/a", "a:b", "docker", "command", "0.5", "1g", "10 5 * * *", "x" * 50,
    "A_B", "sha256:" + "a" * 64, "ghcr.io/a/b@sha256:" + "a" * 64, "https://example.org", "ssh://a@b", "10.0.0.0/8",
    -1, 0, 1, 2, 80, 70_000, 2.0, 0.5, 1.5, -0.5, True, False, None,
    [], ["a"], ["a", "a"], ["a", "b"], [""], [1], ["A", True],
    {}, {"a": "b"}, {"A": ["a"]}, {"a": ["a"]}, {"": {}}, {"target": "docker"}, {"target": "command"}, {"target": 1},
    {"target": "command", "image": "a", "command": ["b"], "url": "c"}, {"host": "ssh://a"}, {"kind": "service"},
    {"target": "command", "image": "ghcr.io/a/b@sha256:" + "a" * 64, "command": ["b"], "url": "https://example.org"},
    {"kind": "azure"}, {"kind": "aws"}, {"kind": "google"}, {"kind": "oidc"}, {"kind": "aws", "role": "a"},
    {"approvals": 1}, {"approvals": 1, "approvers": ["a"]}, {"command": ["a"]}, {"metric": "a", "margin": 0.1},
    {"name": "app", "tests": {"unit": ["pytest"]}, "environments": {"staging": {"port": 80}}},
]  # fmt: skip


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema in it."""
    yield schema
    for key in ("$defs", "properties"):
        for part in schema.get(key, {}).values():
            yield from parts(part)
    for key in ("additionalProperties", "if", "items", "propertyNames", "then"):
        if isinstance(schema.get(key), dict):
            yield from parts(schema[key])
    for part in schema.get("allOf", ()):
        yield from parts(part)


ROOT = parsing.schema()
PARTS = list(parts(ROOT))


def test_every_keyword_of_the_schema_is_known_in_its_form() -> None:
    keywords = set(itertools.chain(*PARTS))
    assert keywords <= quick_check.KNOWN
    assert quick_check.KNOWN - keywords <= quick_check.ANNOTATIONS, "what the schema does not use needs no rule"
    assert all(isinstance(part.get("type", ""), str) for part in PARTS)
    compared = [text for part in PARTS for text in (*part.get("enum", ()), part.get("const", ""))]
    assert all(isinstance(text, str) for text in compared), "1 == True in Python"


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_the_quick_check_says_what_jsonschema_says(value: Any) -> None:
    validator = Draft202012Validator(ROOT)
    for part in PARTS:
        right = not any(True for _ in validator.descend(value, part))
        assert quick_check.meets(value, part, ROOT) == right, part


def test_each_part_of_the_schema_has_values_that_meet_it_and_others() -> None:
    for part in PARTS:
        if keywords := part.keys() - quick_check.ANNOTATIONS:
            results = {quick_check.meets(value, part, ROOT) for value in VALUES}
            assert False in results, f"nothing breaks {keywords} of {part}"


def test_a_right_configuration_needs_no_jsonschema() -> None:
    code = "import sys; from cicd import config; config.parse('name = \"app\"'); print('jsonschema' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
