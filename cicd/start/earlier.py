"""What a project shows of the kit that made it: its workflows, and answers for a project that kept none."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import config, git, stages
from cicd.errors import UsageError
from cicd.start import base, callers, generated, merging, skeleton
from cicd.start.project import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.start.base import Base
    from cicd.start.merging import Blob

OF_SKELETON = ("cicd/build/build.sh", "requirements/lock.sh", config.FILE)
"""Files by which a project that `init` made is known."""
_REPOSITORY = re.compile(r"^\s+uses:\s*[\"']?(?P<repository>[\w.-]+/[\w.-]+)/\.github/workflows/", re.MULTILINE)
_REF = re.compile(r"\.github/workflows/[\w.-]+@(?P<ref>[^\s\"'#]+)")
_RUNNER = re.compile(r"^\s+deploy-runs-on: '\[(?P<labels>[^\]]*)\]'", re.MULTILINE)
_PYTHON = re.compile(r"python:(?P<version>\d+\.\d+)-slim")


def is_workflow(path: str) -> bool:
    """Return whether a path is that of a workflow, or of an action beside them."""
    return path.startswith(".github/") and path.endswith((".yml", ".yaml"))


def workflows(root: Path, files: Mapping[str, Blob]) -> dict[str, str]:
    """Return the texts of a commit's workflows by path."""
    return _texts(root, {path: blob for path, blob in files.items() if is_workflow(path)})


def suggestion(root: Path, inside: str) -> str:
    """Return the commit that probably has the files as they were generated; empty if none shows."""
    if not inside:
        for commit in git.lines(root, "rev-list", "--max-parents=0", "HEAD"):
            if commit and git.text(root, "show", "--no-patch", "--format=%s", commit) == skeleton.FIRST_COMMIT:
                return commit
    found = git.lines(root, "log", "--format=%H", "--diff-filter=A", "--reverse", "HEAD", "--",
                      f"{inside}/{config.FILE}".lstrip("/"))  # fmt: skip
    return found[0] if found else ""


def base_of(root: Path, commit: str, inside: str) -> Base:
    """Return what the kit generated for the project in the folder `inside`, as a commit of the project shows it.

    Raises:
        UsageError: there is no such commit, or it has no callers of the kit.

    """
    name = git.query(root, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
    if not name:
        raise UsageError(f"This clone has no commit {commit}.", "To see its commits: git log --oneline")
    files = merging.listing(root, name)
    texts = workflows(root, files)
    called = callers.existing(texts, inside)
    if not called:
        raise UsageError(
            f"No workflow of commit {name[:12]} calls the kit.",
            "Name the commit in which 'ml-cicd init' or 'ml-cicd adopt' wrote the callers.",
        )
    answers = _answers(root, files, texts, called, inside)
    paths = set(called.values())
    if answers.skeleton:  # any file of a later commit may be a person's own
        first = git.text(root, "show", "--no-patch", "--format=%s", name) == skeleton.FIRST_COMMIT
        paths = set(files) if first else set(files) & set(generated.texts(answers))
    kept = _texts(root, {path: files[path] for path in paths})
    found = {path: base.File(files[path].mode, text) for path, text in kept.items()}
    return base.of_texts(base.Version(), answers, found)


def _answers(
    root: Path, files: Mapping[str, Blob], texts: Mapping[str, str], called: Mapping[str, str], inside: str
) -> generated.Answers:
    together = "\n".join(texts[path] for path in called.values())
    branches = _branches(texts.get(called.get(stages.INTEGRATION.name, ""), ""), texts.get(called.get("ci", ""), ""))
    repository, ref, runner = _REPOSITORY.search(together), _REF.search(together), _RUNNER.search(together)
    first, path = next(iter(called.items()))
    stem = Path(path).stem
    deploys = any(name in called for name in (stages.STAGING.name, stages.PRODUCTION.name, callers.DEPLOY))
    labels = re.findall(r"[\w.-]+", runner["labels"]) if runner else [] if deploys else callers.SELF_HOSTED
    chosen = callers.Choices(
        repository["repository"] if repository else "", ref["ref"] if ref else "", branches, directory=inside,
        prefix="" if stem == first else stem.removesuffix(f"-{first}"), deploy_runs_on=tuple(labels),
        lfs="      lfs: true" in together, submodules="      submodules:" in together,
    )  # fmt: skip
    made = None
    if not inside and all(path in files for path in OF_SKELETON):
        made = _skeleton(_texts(root, {path: files[path] for path in (config.FILE, "cicd/build/Dockerfile")}), chosen,
                         approve="approve" in called)  # fmt: skip
    own = generated.DEPENDABOT in merging.listing(root, "HEAD")
    names = tuple(name for name in callers.ALL if name in called)
    return generated.Answers(chosen, names, made, dependabot=not own)


def _skeleton(texts: Mapping[str, str], chosen: callers.Choices, *, approve: bool) -> skeleton.Choices:
    document = tomllib.loads(texts[config.FILE])
    words = [entry.get("kind") for entry in document.get("deliverables", {}).values()]
    shown = {
        Kind.SERVICE: "service" in document or "service" in words, Kind.BATCH: "job" in document or "job" in words,
        Kind.PACKAGE: "package" in words,
    }  # fmt: skip
    kind, *beside = [kind for kind, there in shown.items() if there] or [Kind.SERVICE]
    python = _PYTHON.search(texts.get("cicd/build/Dockerfile", ""))
    version = python["version"] if python else skeleton.PYTHONS[0]
    return skeleton.Choices(document["name"], kind, chosen, version, approve, tuple(beside))


def _branches(integration: str, ci: str) -> callers.Branches:
    """Return the branches that the callers name."""
    built = re.search(r"^    branches: \[(?P<name>[^\],]+)\]", integration, re.MULTILINE)
    left = re.search(r"^    branches-ignore: \[(?P<names>[^\]]+)\]", ci, re.MULTILINE)
    ignored = [name.strip(" \"'") for name in left["names"].split(",")] if left else []
    names = [name for name in ignored if "*" not in name]
    first = built["name"].strip(" \"'") if built else next(iter(names), "develop")
    return callers.Branches(next((name for name in names if name != first), "main" if not names else first), first)


def _texts(root: Path, files: Mapping[str, Blob]) -> dict[str, str]:
    contents = git.objects(root, [blob.name for blob in files.values()])
    return {path: os.fsdecode(content or b"") for path, content in zip(files, contents, strict=True)}
