"""The caller `comment` follows workflows by their names, however YAML writes these."""

from __future__ import annotations

import pytest

from cicd import stages
from cicd.act import workflows
from cicd.start import callers

CI = "jobs:\n  ci:\n    uses: acme/ml-cicd/.github/workflows/ci.yml@v1\n"
PATH = ".github/workflows/ci.yml"
NAMES = [
    "name: ci", "name: Bob's CI", "name: \"CI # 1, fast\"", "name: 'Bob''s CI' # ours", "name: Prüfung",
    "name: C#-CI  ", 'name: "a \\"b\\""', "run-name: x",
]  # fmt: skip


@pytest.mark.parametrize("line", NAMES)
def test_name_of_a_workflow_survives_yaml(line: str) -> None:
    text = f"{line}\n{CI}"
    title = callers.title(PATH, text)
    assert title == workflows.document(PATH, text).get("name", PATH)
    choices = callers.Choices("acme/ml-cicd", "v1", callers.Branches("main", "develop"), titles={callers.FIRST: title})
    comment = callers.render(callers.COMMENT, choices)
    assert workflows.document("comment.yml", comment)["on"]["workflow_run"]["workflows"] == [title, *stages.STAGES]
    assert callers.COMMENT in callers.existing({PATH: text, ".github/workflows/comment.yml": comment}, "")
