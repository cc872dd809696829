"""The model gate in integration: evaluate candidate and champion, and judge what they predicted.

The champion is the release that runs in production according to the ledger. Both releases predict the same set, each in
a container of its own; what they wrote is judged here, outside of the containers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import ledger, scratch, text
from cicd.errors import CheckFailedError, CicdError, UsageError
from cicd.oci import engine, images
from cicd.oci.errors import MissingError
from cicd.produce import evaluation, project_metrics
from cicd.road import judging, rules, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config, GateSettings
    from cicd.config.environments import Command
    from cicd.gate.report import Report
    from cicd.ledger import Deployment, Entry, Judgement
    from cicd.produce.evaluation import Evaluation
    from cicd.repository import Repository
    from cicd.road.model_rules import Governing
    from cicd.road.request import Built

SHOWN = 400
"""How many characters of an error a reason has."""


@dataclass(frozen=True)
class Judged:
    """The verdict on a release, and the report that led to it; None if nothing was evaluated."""

    judgement: Judgement
    report: Report | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a release beside its predictions."""

    training: Path | None
    """The hashed ids of the rows that its model was trained on; None if nobody wrote them down."""
    image_bytes: int
    numbers: Mapping[str, Mapping[str, Path]]
    """The numbers of each metric of the project, by its name and by the model."""


@dataclass(frozen=True)
class Candidate:
    """A release that was just built, and the image of its model; empty for none."""

    release: str
    bundle: str = ""


@dataclass(frozen=True)
class Model:
    """A release, and its command `evaluate`."""

    release: str
    evaluate: Command


def judge(repository: Repository, config: Config, asked: Governing, built: Built, bundle: str) -> Judged:
    """Evaluate a release that was just built, and return the verdict on it.

    `bundle` is the image of its model; empty for none.

    Raises:
        CheckFailedError: the release can't be evaluated, or its predictions can't be read.
        UnreachableError: the engine or the registry does not answer.

    """
    chains = ledger.read_all(repository, config.name)
    present = verdicts.champion(chains)
    champion = present.release if present else ""
    reasons = [f"the commit {asked.change}"] if asked.change else []
    if asked.own is None:
        return Judged(judging.without_evaluation(asked, reasons, champion))
    with scratch.folder("gate") as folder:
        prepared = evaluation.prepare(engine.connect(), config.name, asked.settings, built.evaluation, Path(folder))
        candidate = Candidate(built.release, bundle)
        report, doubts = measured(repository, config, prepared, candidate, chains, present=present)
    judgement = judging.decided(asked, report, [*reasons, *doubts], champion=champion, image=built.evaluation)
    return Judged(judging.kept(chains, judgement), report)


def measured(
    repository: Repository,
    config: Config,
    prepared: Evaluation,
    candidate: Candidate,
    chains: Mapping[str, Sequence[Entry]],
    *,
    present: Deployment | None,
) -> tuple[Report, list[str]]:
    """Evaluate a candidate and the champion on a set, and return the report, and what the champion could not do.

    `present` is the champion's deployment; None for no champion.

    Raises:
        CheckFailedError: the candidate can't be evaluated, or its predictions can't be read.
        UnreachableError: the engine or the registry does not answer.

    """
    folder, doubts = prepared.layer.parent, []
    new = Model(candidate.release, prepared.settings.evaluate)
    ours = prepared.predict(new.evaluate, new.release, folder / "candidate")
    old, theirs, doubt = None, None, ""
    if present:
        old, theirs, doubt = _of_champion(repository, config, prepared, present, folder / "champion")
    numbers, unmeasured = _numbers(prepared, new, old if theirs else None, ours, theirs)
    rows = folder / "trained.csv"
    trained = evaluation.training_rows(prepared.client, candidate.bundle, rows) if candidate.bundle else None
    facts = Facts(trained, images.size(prepared.client, candidate.release), numbers)
    report, unlike = _report(prepared.settings, ours, theirs, chains, facts)
    if doubt or unlike:
        doubts.append(f"the champion can't evaluate: {doubt or unlike}")
    return report, [*doubts, *([unmeasured] if unmeasured else [])]


def plan(repository: Repository, config: Config, asked: Governing, built: Built) -> list[str]:
    """Return what `judge` would do, a line per step."""
    present = verdicts.champion(ledger.read_all(repository, config.name))
    if asked.own is None:
        return [f"judge the model: {asked.settings.inconclusive}, since the commit {asked.change}"]
    releases = " and ".join([built.release, *([present.release] if present else [])])
    return [f"judge the model: evaluate {releases} on {built.evaluation}"]


def _of_champion(
    repository: Repository, config: Config, prepared: Evaluation, present: Deployment, target: Path
) -> tuple[Model | None, Path | None, str]:
    """Return the champion and its predictions, or else why it can't evaluate."""
    settings = rules.of_commit(repository, config, present.commit).gate
    if settings is None or not settings.evaluate:
        return None, None, f"{present.commit[:12]} has no [gate] evaluate in its ml-cicd.toml"
    try:
        images.pull(prepared.client, present.release)
    except MissingError as error:  # the registry answers, and has it no more
        return None, None, _words(error)
    model = Model(present.release, settings.evaluate)
    try:
        return model, prepared.predict(model.evaluate, model.release, target), ""
    except (CheckFailedError, UsageError) as error:
        return model, None, _words(error)


def _numbers(
    prepared: Evaluation, new: Model, old: Model | None, candidate: Path, champion: Path | None
) -> tuple[Mapping[str, Mapping[str, Path]], str]:
    """Return the numbers of the metrics of the project, and why the champion did not compute them; empty if it did.

    One release computes them for both models: the champion, so that a candidate can't choose how it is measured. The
    candidate does if there is no champion, or if the champion can't.

    Raises:
        CheckFailedError: the candidate can't compute them either.

    """
    if not (names := [metric.name for metric in prepared.settings.metrics if metric.function]):
        return {}, ""
    folder = candidate.parent
    files = {"candidate": candidate} | ({"champion": champion} if champion else {})
    unmeasured = ""
    if old:
        try:
            return project_metrics.measure(prepared, old.release, old.evaluate, files, folder), ""
        except (CheckFailedError, UsageError) as error:
            unmeasured = f"the champion can't compute {', '.join(names)}: {_words(error)}"
    return project_metrics.measure(prepared, new.release, new.evaluate, files, folder), unmeasured


def _report(
    settings: GateSettings, candidate: Path, champion: Path | None, chains: Mapping[str, Sequence[Entry]], facts: Facts
) -> tuple[Report, str]:
    """Return the report, and why the champion's predictions can't be compared; empty if they can, or there are none."""
    from cicd.gate import asked, groups, report  # noqa: PLC0415 -- numpy and SciPy

    def judged(champion: Path | None) -> Report:
        rules = asked.rules(settings, champion=champion is not None, look=None)
        measured = {
            name: groups.Measured(groups.read(files["candidate"]), groups.read(files["champion"]) if champion else None)
            for name, files in facts.numbers.items()
        }
        looks, size = verdicts.looks(chains), facts.image_bytes
        return report.judge(
            candidate, champion, rules, facts.training, looks=looks, measured=measured, image_bytes=size
        )

    unlike = ""
    if champion:
        try:
            return judged(champion), ""
        except UsageError as error:
            unlike = _words(error)
    try:
        return judged(None), unlike
    except UsageError as error:
        raise CheckFailedError(f"The candidate's predictions can't be judged. {error.message}", error.hint) from error


def _words(error: CicdError) -> str:
    return text.visible(" ".join(error.message.split()), SHOWN)[:SHOWN].rstrip(".")
