"""The rehearsal of a branch: train thinly where the branch changes the model, and evaluate on the development set.

It has no verdict: the model saw less data than that of a release, and the evaluation set of the model gate is not
touched. Nothing is pushed, and nothing is kept.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import ledger, scratch
from cicd.comment.rehearsal import Rehearsal, Row
from cicd.errors import UnreachableError
from cicd.ledger.judgement import MOST
from cicd.oci import engine, images, leftovers
from cicd.produce import bundle_source, evaluation_set, thin_training
from cicd.produce.evaluation import Evaluation
from cicd.repository import fetched
from cicd.road import judging, model_gate, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config
    from cicd.gate.report import Report
    from cicd.gate.verdict import Mark
    from cicd.ledger import Deployment, Entry
    from cicd.oci.engine import Client

NO_SET = "ml-cicd.toml has no [gate] development, so that the thin training is not evaluated"
FIRST = "nothing runs in production yet, so that there is no champion to compare with"


def rehearse(config: Config, directory: Path, image: str) -> Rehearsal:
    """Train the branch that is checked out in `directory` thinly, in its build image, and evaluate the result.

    Nothing is trained if the branch has the inputs of a model that integration made, as the key of the bundle tells.

    Raises:
        UsageError: there is no [train] branch, a secret was not given, or `image` holds other files.
        CheckFailedError: training or evaluation failed.
        UnreachableError: the engine or a registry does not answer.

    """
    whole, _ = thin_training.settings(config)
    material = bundle_source.material_of(config, directory, whole)
    client = engine.connect()
    leftovers.remove(client)
    key = bundle_source.key_of(client, material, whole, image).name
    if bundle_source.known(client, config, directory, key):
        return Rehearsal("unchanged")
    with thin_training.bundle(client, config, directory, image, key) as bundle:
        if config.gate is None or not config.gate.development:
            return Rehearsal("trained", NO_SET)
        return _evaluated(client, config, directory, image, bundle)


def _evaluated(client: Client, config: Config, directory: Path, image: str, bundle: str) -> Rehearsal:
    """Return what the release around a thin bundle predicts on the development set, beside the champion."""
    assert config.gate is not None  # noqa: S101 -- the caller has asked
    with ExitStack() as stack:
        folder = Path(stack.enter_context(scratch.folder("rehearsal")))
        release = stack.enter_context(thin_training.release(client, config, directory, bundle))
        repository = stack.enter_context(fetched(directory))
        layer = folder / "set.tar"
        evaluation_set.development(client, config, directory, image, layer)
        asked = replace(config.gate, evaluation_set=config.gate.development)
        prepared = Evaluation(client, config.name, asked, layer)
        chains = ledger.read_all(repository, config.name)
        champion, note = _champion(client, chains)
        candidate = model_gate.Candidate(release, bundle)
        report, doubts = model_gate.measured(repository, config, prepared, candidate, chains, present=champion)
    return of_report(report, champion.release if champion else "", [note, *doubts])


def _champion(client: Client, chains: Mapping[str, Sequence[Entry]]) -> tuple[Deployment | None, str]:
    """Return the champion if this job can have its image, and else why there is none to compare with."""
    champion = verdicts.champion(chains)
    if champion is None:
        return None, FIRST
    try:
        images.pull(client, champion.release)
    except UnreachableError as error:  # a job of ci has no login to a registry other than GitHub's
        return None, f"the champion can't be pulled: {error.message}"
    return champion, ""


def of_report(report: Report, champion: str, notes: list[str]) -> Rehearsal:
    """Return the numbers of a report without its verdict: first those of the whole set, as in the report."""
    return Rehearsal(
        "evaluated", judging.short("; ".join(filter(None, notes))), champion, report.rows, report.groups or 0,
        tuple(map(_row, report.marks[:MOST])), judging.checks(report),
    )  # fmt: skip


def _row(mark: Mark) -> Row:
    compared = mark.comparison
    low, high = compared.interval()
    return Row(
        compared.rule.name, judging.short(compared.slice, judging.NAME), judging.finite(compared.champion),
        judging.finite(compared.candidate), judging.finite(low), judging.finite(high),
    )  # fmt: skip
