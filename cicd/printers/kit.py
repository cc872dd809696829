"""Releases of the kit, for people and as records."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cicd.kit.contract import Contract
    from cicd.kit.planning import Comparison, Plan
    from cicd.kit.proof import Proof
    from cicd.kit.publishing import Published

CANDIDATE = (
    "This is a release candidate: what callers rely on may still change, and no moving tag follows it. "
    "Name it in full, as `@{version}`, or by its commit."
)


def proven(proof: Proof) -> str:
    """Return a proof in words."""
    lines = [
        f"{proof.version} is a proven release of {proof.repository}.",
        f"  commit   {proof.commit}",
        f"  source   {proof.source}, on the main branch",
        f"  differs  in {len(proof.rewritten)} workflows: they name their actions by the source commit",
        "  pinned   every action in every workflow, by a full commit SHA",
    ]
    return "\n".join(lines)


def compared(comparison: Comparison) -> str:
    """Return in words what changes for callers."""
    if comparison.before is None:
        return "No version is released yet, so nothing can break."
    if not comparison.changes:
        return f"Nothing changes for callers of {comparison.before}."
    lines = [f"What changes for callers of {comparison.before}:"]
    lines += [f"  {'breaking  ' if change.breaking else '          '}{change}" for change in comparison.changes]
    if not comparison.judgement.allowed:
        lines.append("A minor or a patch release with the breaking ones is refused.")
    if comparison.judgement.reason:
        lines.append(f"Breaking changes are allowed: {comparison.judgement.reason}")
    return "\n".join(lines)


def planned(plan: Plan) -> str:
    """Return in words what would be released."""
    previous = f"after {plan.previous[0]}" if plan.previous else "the first one"
    return f"{plan.version}, {previous}, from the commit {plan.source}\n{compared(plan.comparison)}"


def notes(plan: Plan) -> str:
    """Return the notes of a release on GitHub, as Markdown."""
    parts = [plan.section]
    if not plan.version.final:
        missing = f" Not in it yet: {', '.join(plan.missing)}." if plan.missing else ""
        parts.insert(0, f"> {CANDIDATE.format(version=plan.version)}{missing}")
    if plan.comparison.before and plan.comparison.changes:
        changes = [
            f"* {'**Breaking:** ' if change.breaking else ''}`{change.where}`: {change.text}"
            for change in plan.comparison.changes
        ]
        parts.append("\n".join([f"### For callers of {plan.comparison.before}", "", *changes]))
    parts.append(f"Made from {plan.source}. To prove it: `ml-cicd freeze --check {plan.version}`")
    return "\n\n".join(parts) + "\n"


def published(release: Published) -> str:
    """Return in words what was published."""
    follows = f"The tag {release.moved} names the newest release." if release.moved else "No moving tag follows it."
    return f"{release.url}\n{follows}"


def contract(content: Contract, comparison: Comparison) -> dict[str, Any]:
    """Return a contract with what changed since the last release, as data."""
    changes = [asdict(change) for change in comparison.changes]
    before = str(comparison.before) if comparison.before else None
    return {**asdict(content), "since": before, "changes": changes, "allowed": comparison.judgement.allowed}


def record(proof: Proof, content: Contract) -> str:
    """Return the record of a release, the same bytes for everybody: what an attestation is about."""
    data = {
        "version": str(proof.version), "repository": proof.repository, "commit": proof.commit, "source": proof.source,
        "rewritten": proof.rewritten, "contract": asdict(content),
    }  # fmt: skip
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


def released(proof: Proof) -> dict[str, Any]:
    """Return a proof as data."""
    return {**asdict(proof), "version": str(proof.version)}
