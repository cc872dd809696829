"""Every feature that a workflow, an action or a caller uses is proven, by a local run or by a test."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import TYPE_CHECKING

import pytest

from tests.static.support import local_proof
from tests.static.support.vocabulary import names, words

if TYPE_CHECKING:
    from tests.static.support.kit import Kit

ROWS = (*local_proof.UNSEEN, *local_proof.SEEN)
PROOFS = sorted({proof for row in ROWS for proof in row.proofs})
CI, STAGING = (f".github/workflows/{name}.yml" for name in ("ci", "staging"))
CONCLUDE = "actions/conclude/action.yml"


def test_every_used_feature_is_proven(callers: Kit, kit: Kit) -> None:
    assert local_proof.problems(words(callers, kit)) == []


@pytest.mark.parametrize("proof", PROOFS)
def test_proof_is_a_test_never_skipped(proof: str) -> None:
    file, _, name = proof.partition("::")
    function, _, parameter = name.removesuffix("]").partition("[")
    test = getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), function)
    assert not re.search(r"pytest\.(mark\.)?(skip|xfail)", inspect.getsource(test))
    if parameter:
        assert parameter in {one for mark in test.pytestmark for one in mark.kwargs["ids"]}


HERE = "    if: always()\n"
EMPTY = "    permissions: {}\n    outputs"
NEW = {
    "run-name": (CI, "\non:\n", "\nrun-name: x\non:\n", "`run-name`: no test proves it"),
    "fail-fast": (CI, HERE, "    strategy: {fail-fast: true}\n", "`fail-fast`: no test"),
    "a matrix": (CI, HERE, "    strategy: {matrix: {a: [1]}}\n", "`matrix` and `strategy`: no test"),
    "continue-on-error": (CI, HERE, "    continue-on-error: true\n", "`continue-on-error` of a job: no test"),
    "inherited secrets": (CI, HERE, "    secrets: inherit\n", "`secrets: inherit`: no test"),
    "attestations": (CI, EMPTY, EMPTY.replace("{}", "{attestations: write}"), "attestations: no test"),
    "a service": (CI, HERE, "    services: {db: {image: x}}\n", "`services` and `container` in host mode: no test"),
    "workflow_run": (CI, "on:\n", "on:\n  workflow_run: {workflows: [x]}\n", "`on.workflow_run`: no test"),
    "a schedule": (CI, "on:\n", "on:\n  schedule: [{cron: 0 0 * * *}]\n", "`on.schedule`"),
    "paths": (CI, "on:\n", "on:\n  push: {paths: [x]}\n", "`paths` and `paths-ignore`: no test"),
    "the token as a secret": (STAGING, "secrets.REGISTRY_TOKEN", "secrets.GITHUB_TOKEN", "`secrets.GITHUB_TOKEN` in"),
    "the name of the workflow": (STAGING, "inputs.tag }}", "github.workflow }}", "`github.workflow*`"),
    "a checkout's depth": (CI, "persist-credentials: false", "fetch-depth: 0", "`ref`, `fetch-depth` and other inputs"),
    "an artifact": (CI, "uses: actions/checkout@", "uses: actions/download-artifact@", "artifacts and caches: no test"),
    "an unknown key": (CI, HERE, "    colour: red\n", "nobody says what act does with `workflow jobs._.colour`"),
    "an unknown function": (CI, "toJSON(needs)", "join(needs)", "`workflow jobs._.steps._.with._ {join()}`"),
    "an unknown event": (CI, "on:\n", "on:\n  watch:\n", "nobody says what act does with `workflow on.watch`"),
    "another shell": (CONCLUDE, "shell: bash", "shell: pwsh", "`action runs.steps._.shell =pwsh`"),
}


@pytest.mark.parametrize(("file", "old", "new", "says"), NEW.values(), ids=NEW)
def test_new_feature_needs_a_proof(callers: Kit, kit: Kit, *, file: str, old: str, new: str, says: str) -> None:
    problems = local_proof.problems(words(callers, kit.edited(file, old, new)))
    assert any(says in one for one in problems), problems


def test_proof_of_unused_feature_is_named(callers: Kit, kit: Kit) -> None:
    used = {word: files for word, files in words(callers, kit).items() if "concurrency" not in word}
    assert [one.partition(":")[0] for one in local_proof.problems(used)] == ["`concurrency`"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!cancelled() && needs.a-b.outputs.c != 'needs.x'", ["cancelled()", "needs._.outputs._"]),
        ("fromJSON(inputs.x)[0].y", ["fromJSON()", "inputs._"]),
        ("secrets.A || secrets.GITHUB_TOKEN", ["secrets._", "secrets.GITHUB_TOKEN"]),
        ("steps.a.outcome == 'success' && true", ["steps._.outcome"]),
    ],
)
def test_names_in_expressions(expression: str, expected: list[str]) -> None:
    assert list(names(expression)) == expected
