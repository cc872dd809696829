"""Integration evaluates candidate and champion in their releases, and judges what they wrote; the engine is a fake."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import config as configuration
from cicd import ledger
from cicd.errors import CheckFailedError, CicdError, UnreachableError, UsageError
from cicd.oci import engine as engines
from cicd.produce import evaluation, project_metrics, training_rows
from cicd.road import model_gate, model_rules
from cicd.road.request import Built
from tests.unit.support.fake_engine import Engine
from tests.unit.support.judged import JudgedRoad, digest
from tests.unit.support.predictions import labels, write
from tests.unit.support.road import CONFIG

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.road.model_gate import Judged
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

GATE = """name = "app"
[gate]
evaluate = ["evaluate"]
set = "rows.csv"
[gate.metrics.accuracy]
margin = 0.02
floor = 0.5
"""
SET = f"ghcr.io/acme/app/evaluation@{digest('set')}"
EQUAL, BETTER, WORSE = ({"lost": 10, "won": 10}, {"won": 200}, {"lost": 200})


class Project(JudgedRoad):
    """A project with a gate, an engine, and perhaps a champion in production."""

    def __init__(self, workspace: Workspace, registry: Registry, folder: Path) -> None:
        super().__init__(workspace, registry)
        self.folder, self.engine, self.size = folder, Engine(), 0
        self.leaves: dict[str, bytes] = {}
        self.engine.holds[SET] = {"evaluation/rows.csv": b"id\n"}
        self.engine.add_image(SET)

    def commit(self, text: str = GATE, *, main: bool = False) -> str:
        (self.workspace.clone / "ml-cicd.toml").write_text(text)
        self.workspace.git("add", "--all")
        commit = self.workspace.commit()
        if main:
            self.workspace.put("refs/heads/main", commit)
        return commit

    def predicts(self, release: str, columns: Any, *, exit_code: int = 0) -> None:
        """Have a release write these columns."""
        content = write(self.folder / "written.csv", columns).read_bytes()
        self.engine.add_image(release, Size=self.size)
        self.engine.ends[release] = exit_code
        self.engine.leaves[release] = {f"{evaluation.PREDICTIONS[1:]}/predictions.csv": content}

    def champion(self, columns: Any, text: str = GATE, *, exit_code: int = 0) -> str:
        """Have a release run in production; return it."""
        commit = self.commit(text, main=True)
        for environment in ("integration", "staging", "production"):
            self.record(environment, commit)
        release = self.release(commit)[0]
        self.predicts(release, columns, exit_code=exit_code)
        return release

    def judge(self, columns: Any, text: str = GATE, *, exit_code: int = 0, bundle: str = "") -> Judged:
        """Judge the release of a new commit."""
        commit = self.commit(text)
        release, test = self.release(commit)
        self.predicts(release, columns, exit_code=exit_code)
        self.engine.leaves[release] |= self.leaves
        repository = self.workspace.repository()
        config = replace(CONFIG, gate=configuration.parse(text, "it").gate)
        asked = model_rules.governing(repository, config, ledger.read_all(repository, "app"), commit)
        assert asked
        return model_gate.judge(repository, config, asked, Built(release, test, SET if config.gate else ""), bundle)

    def judge_and_record(self, columns: Any) -> Judged:
        judged = self.judge(columns)
        self.gate = judged.judgement
        self.record("integration", self.workspace.git("rev-parse", "HEAD"))
        self.gate = None
        return judged


@pytest.fixture
def project(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = Project(workspace, registry, tmp_path)
    monkeypatch.setattr(engines, "connect", project.engine.client)
    return project


def pair(rows: int = 4000, both_wrong: int = 100, **differing: int) -> tuple[Any, Any]:
    return labels(rows, both_wrong=both_wrong, **differing)


@pytest.mark.parametrize(
    ("differing", "verdict"),
    [(EQUAL, "non-inferior"), (BETTER, "superior"), (WORSE, "regressed"), ({}, "unchanged")],
)
def test_candidate_and_champion_are_compared(project: Project, differing: dict[str, int], verdict: str) -> None:
    candidate, champion = pair(**differing)
    release = project.champion(champion)
    judgement = project.judge(candidate).judgement
    assert (judgement.verdict, judgement.reason) == (verdict, "")
    assert (judgement.champion, judgement.evaluation_set) == (release, SET)
    assert judgement.record
    assert (judgement.record.rows, judgement.record.look) == (4000, 0 if verdict == "unchanged" else 1)


def test_too_few_rows_can_not_tell(project: Project) -> None:
    candidate, champion = labels(60, lost=3, won=2)
    project.champion(champion)
    judged = project.judge(candidate)
    assert (judged.judgement.verdict, judged.judgement.decision) == ("inconclusive", "ask")
    assert judged.report
    assert judged.report.rows_needed


def test_a_first_model_needs_its_floors_alone(project: Project) -> None:
    project.commit(main=True)
    good, bad = (pair(both_wrong=wrong)[0] for wrong in (100, 3000))
    judgement = project.judge(good).judgement
    assert (judgement.verdict, judgement.champion) == ("first", "")
    assert judgement.record
    assert judgement.record.champion == ""
    assert project.judge(bad).judgement.verdict == "failed"


@pytest.mark.parametrize(
    ("text", "exit_code", "reason"),
    [
        ('name = "app"\n', 0, "has no [gate] evaluate in its ml-cicd.toml"),
        ('name = "app"\n[gate.metrics.accuracy]\nmargin = 0.02\n', 0, "has no [gate] evaluate in its ml-cicd.toml"),
        (GATE, 3, "The command evaluate failed with exit code 3"),
    ],
)
def test_a_champion_that_can_not_evaluate_leaves_the_verdict_to_people(
    project: Project, text: str, exit_code: int, reason: str
) -> None:
    candidate, champion = pair(**BETTER)
    release = project.champion(champion, text, exit_code=exit_code)
    project.commit(main=True)
    judgement = project.judge(candidate).judgement
    assert (judgement.verdict, judgement.decision, judgement.champion) == ("inconclusive", "ask", release)
    assert judgement.reason.startswith("the champion can't evaluate: ")
    assert reason in judgement.reason


@pytest.mark.parametrize("kind", [CheckFailedError, UsageError])
def test_the_reason_of_a_champion_is_a_line_of_bounded_length(
    project: Project, kind: type[CicdError], monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate, champion = pair(**BETTER)
    release, original = project.champion(champion), evaluation.Evaluation.predict

    def predict(self: evaluation.Evaluation, command: Any, asked: str, target: Path) -> Path:
        if asked == release:
            raise kind("The command\nfails: " + "x" * 3000 + ".", "Correct it.")
        return original(self, command, asked, target)

    monkeypatch.setattr(evaluation.Evaluation, "predict", predict)
    reason = project.judge(candidate).judgement.reason
    assert reason == f"the champion can't evaluate: {('The command fails: ' + 'x' * 3000)[:400]}"


def test_a_champion_whose_image_is_gone_leaves_the_verdict_to_people(project: Project) -> None:
    candidate, champion = pair(**BETTER)
    release = project.champion(champion)
    del project.engine.images[release]
    project.engine.refuses[f"pull {release}"] = (404, "manifest unknown")
    judgement = project.judge(candidate).judgement
    assert (judgement.verdict, judgement.champion) == ("inconclusive", release)


def test_a_champion_on_other_rows_leaves_the_verdict_to_people(project: Project) -> None:
    project.champion(pair(3999)[1])
    judgement = project.judge(pair(**BETTER)[0]).judgement
    assert judgement.verdict == "inconclusive"
    assert "is not in" in judgement.reason


def test_below_a_floor_no_champion_helps(project: Project) -> None:
    project.champion(pair(3999)[1])
    judgement = project.judge(pair(both_wrong=3000)[0]).judgement
    assert (judgement.verdict, judgement.decision) == ("failed", "block")


def test_a_candidate_that_can_not_evaluate_fails(project: Project) -> None:
    project.champion(pair()[1])
    with pytest.raises(CheckFailedError, match="evaluate failed with exit code 3"):
        project.judge(pair()[0], exit_code=3)


@pytest.mark.parametrize("champion", [True, False])
def test_predictions_that_can_not_be_read_fail_the_candidate(project: Project, *, champion: bool) -> None:
    if champion:
        project.champion(pair()[1])
    with pytest.raises(CheckFailedError, match=r"candidate's predictions can't be judged.*no column 'prediction'"):
        project.judge({"target": [1, 0]})


def test_a_commit_that_changes_the_rules_is_judged_by_the_old_ones(project: Project) -> None:
    candidate, champion = pair(**WORSE)
    project.champion(champion)
    lax = GATE.replace("0.02", "0.9")
    assert project.judge(candidate, lax).judgement.verdict == "regressed"
    judgement = project.judge(pair(**BETTER)[0], lax).judgement
    assert (judgement.verdict, judgement.reason) == ("inconclusive", "the commit changes [gate] metrics")
    assert judgement.metrics[0].margin == 0.02


def test_a_commit_that_removes_the_gate_evaluates_nothing(project: Project) -> None:
    project.champion(pair()[1])
    judged = project.judge(pair()[0], 'name = "app"\n')
    assert (judged.judgement.verdict, judged.judgement.reason) == ("inconclusive", "the commit removes [gate]")
    assert (judged.judgement.record, judged.report) == (None, None)


def test_a_release_image_above_its_budget_fails(project: Project) -> None:
    text = GATE.replace('set = "rows.csv"', 'set = "rows.csv"\nbudget = { image-size = "1m" }')
    candidate, champion = pair(**EQUAL)
    project.champion(champion, text)
    project.size = 2**20
    assert project.judge(candidate, text).judgement.verdict == "non-inferior"
    project.size += 1
    judgement = project.judge(candidate, text).judgement
    assert judgement.verdict == "failed"
    assert [check.partition(":")[0] for check in judgement.checks] == ["G012 failed"]


def test_rows_that_the_model_was_trained_on_fail_it(project: Project) -> None:
    candidate, champion = pair(**EQUAL)
    project.champion(champion)
    bundle = f"ghcr.io/acme/app/bundle@{digest('bundle')}"
    project.engine.add_image(bundle)
    assert project.judge(candidate, bundle=bundle).judgement.verdict == "non-inferior"
    for trained, verdict in (("one\ntwo\n", "non-inferior"), ("17\n4000\n", "failed")):
        project.engine.holds[bundle] = {
            f"bundle/{training_rows.FILE}": training_rows.hashed(b"id\n" + trained.encode())
        }
        judgement = project.judge(candidate, bundle=bundle).judgement
        assert judgement.verdict == verdict
    assert judgement.checks[0].startswith("G001 failed: ")


COST = '[gate.metrics.cost]\nfunction = "app.metrics:cost"\ndirection = "lower"\nmargin = 1\n'


def costs(**models: float) -> dict[str, bytes]:
    """Return what a function leaves: for each model a number of each of 40 groups, about as large as said."""
    days = {"candidate": 7, "champion": 5}
    return {
        f"ml-cicd/numbers/0-{model}.csv": "".join(
            ["group,value\n", *(f"day {day},{value + day % days[model] / 10}\n" for day in range(40))]
        ).encode()
        for model, value in models.items()
    }


class TestFunctionsOfTheProject:
    """One release computes the numbers for both models: the champion."""

    @pytest.mark.parametrize(("cost", "verdict"), [(9.0, "superior"), (10.0, "non-inferior"), (12.0, "regressed")])
    def test_the_champion_measures_both_models(self, project: Project, cost: float, verdict: str) -> None:
        candidate, champion = pair(**EQUAL)
        release = project.champion(champion, GATE + COST)
        project.engine.leaves[release] |= costs(candidate=cost, champion=10)
        judged = project.judge(candidate, GATE + COST)
        assert (judged.judgement.verdict, judged.judgement.reason) == (verdict, "")
        (line,) = [line for line in judged.judgement.metrics if line.name == "cost"]
        assert [line.candidate, line.champion] == pytest.approx([cost + 0.2875, 10.2])

    def test_a_table_of_nothing_else_is_judged(self, project: Project) -> None:
        candidate, champion = pair(**EQUAL)
        alone = GATE.partition("[gate.metrics")[0] + COST
        release = project.champion(champion, alone)
        project.engine.leaves[release] |= costs(candidate=12, champion=10)
        assert project.judge(candidate, alone).judgement.verdict == "regressed"

    def test_what_a_container_gets(self, project: Project) -> None:
        candidate, champion = pair(**EQUAL)
        release = project.champion(champion, GATE + COST)
        project.engine.leaves[release] |= costs(candidate=10, champion=10)
        boxes = []
        project.engine.on["remove .*"] = lambda: boxes.append(project.engine.box(project.engine.names()[-1]))
        project.judge(candidate, GATE + COST)
        box = boxes[-1]
        assert box.image == release
        assert [box.config["Cmd"][place] for place in (0, 1, 3, 4, 5, 6)] == [
            "python3", "-c", "/ml-cicd", "id", "group", "app.metrics:cost"
        ]  # fmt: skip
        assert box.networks == ["none"]
        assert {name for name in box.files if "/models/" in name} == {
            "ml-cicd/models/candidate.csv", "ml-cicd/models/champion.csv"
        }  # fmt: skip

    def test_without_a_champion_the_first_release_measures_itself(self, project: Project) -> None:
        project.commit(GATE + COST, main=True)
        project.leaves = costs(candidate=10)
        judged = project.judge(pair()[0], GATE + COST).judgement
        assert (judged.verdict, judged.champion) == ("first", "")
        assert [line.candidate for line in judged.metrics if line.name == "cost"] == [pytest.approx(10.2875)]

    def test_a_champion_that_can_not_measure_leaves_the_verdict_to_people(self, project: Project) -> None:
        candidate, champion = pair(**BETTER)
        project.champion(champion, GATE + COST)  # it has no such function
        project.leaves = costs(candidate=9, champion=10)
        judgement = project.judge(candidate, GATE + COST).judgement
        assert (judgement.verdict, judgement.decision) == ("inconclusive", "ask")
        assert judgement.reason.startswith("the champion can't compute cost: There are no numbers of the metric cost")
        assert [line.candidate for line in judgement.metrics if line.name == "cost"] == [pytest.approx(9.2875)]

    def test_a_champion_without_python_leaves_the_verdict_to_people(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        candidate, champion = pair(**BETTER)
        release, original = project.champion(champion, GATE + COST), project_metrics.measure
        project.leaves = costs(candidate=9, champion=10)

        def measure(prepared: evaluation.Evaluation, image: str, *more: Any) -> Any:
            if image == release:
                raise UsageError("There is no python3 in the image.", "Install it.")
            return original(prepared, image, *more)

        monkeypatch.setattr(project_metrics, "measure", measure)
        judgement = project.judge(candidate, GATE + COST).judgement
        assert (judgement.verdict, judgement.reason) == (
            "inconclusive", "the champion can't compute cost: There is no python3 in the image",
        )  # fmt: skip

    def test_a_candidate_without_the_function_fails_if_no_champion_measures(self, project: Project) -> None:
        project.commit(GATE + COST, main=True)
        with pytest.raises(CheckFailedError, match="There are no numbers of the metric cost"):
            project.judge(pair()[0], GATE + COST)

    @pytest.mark.parametrize(
        ("model", "verdict"), [("candidate", ""), ("champion", "inconclusive")], ids=["candidate", "champion"]
    )
    def test_a_number_that_is_none_fails_its_model(self, project: Project, model: str, verdict: str) -> None:
        candidate, champion = pair(**BETTER)
        release = project.champion(champion, GATE + COST)
        numbers = costs(candidate=9, champion=10)
        numbers[f"ml-cicd/numbers/0-{model}.csv"] += b"day 40,nan\n"
        project.engine.leaves[release] |= numbers
        if verdict:
            assert project.judge(candidate, GATE + COST).judgement.verdict == verdict
        else:
            with pytest.raises(CheckFailedError, match="candidate's predictions can't be judged"):
                project.judge(candidate, GATE + COST)


class TestLooks:
    """Each new pair of predictions is a look at the set, which the ledger counts."""

    def test_new_predictions_are_another_look_and_the_same_ones_are_none(self, project: Project) -> None:
        champion = pair(**EQUAL)[1]
        project.champion(champion)
        looks = []
        for differing in (EQUAL, {"lost": 11, "won": 10}, EQUAL):
            record = project.judge_and_record({**pair(**differing)[0]}).judgement.record
            assert record
            looks.append((record.look, record.alpha))
        assert [look for look, _ in looks] == [1, 2, 1]
        assert looks[0][1] == pytest.approx(0.02)

    def test_a_question_to_people_stays_one_when_it_is_asked_again(self, project: Project) -> None:
        candidate, champion = pair(**EQUAL)
        project.champion(champion)
        changed = GATE.replace("0.02", "0.03")
        self_changed = project.judge(candidate, changed)
        project.gate = self_changed.judgement
        project.record("integration", project.workspace.git("rev-parse", "HEAD"))
        project.gate = None
        project.workspace.put("refs/heads/main", project.workspace.git("rev-parse", "HEAD"))
        judgement = project.judge(candidate, changed).judgement
        assert (judgement.verdict, judgement.decision) == ("inconclusive", "ask")
        assert judgement.reason.startswith("as entry 2 of the same predictions: the commit changes [gate]")
        assert self_changed.judgement.covers(judgement)


def test_no_engine_is_no_verdict(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect() -> None:
        raise UnreachableError("No engine answers.", "Start it.")

    project.commit(main=True)
    monkeypatch.setattr(engines, "connect", connect)
    with pytest.raises(UnreachableError, match="No engine answers"):
        project.judge(pair()[0])


def test_the_plan_names_what_is_evaluated(project: Project) -> None:
    champion = project.champion(pair()[1])
    commit = project.commit()
    repository, config = project.workspace.repository(), replace(CONFIG, gate=configuration.parse(GATE, "it").gate)
    asked = model_rules.governing(repository, config, ledger.read_all(repository, "app"), commit)
    assert asked
    built = Built(*project.release(commit), SET)
    assert model_gate.plan(repository, config, asked, built) == [
        f"judge the model: evaluate {built.release} and {champion} on {SET}"
    ]
