"""A branch that changes the model trains thinly and reports on the development set; the engine is a fake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, labels
from cicd import config as configuration
from cicd.comment import data
from cicd.comment import rehearsal as encoded
from cicd.comment.rehearsal import Rehearsal, Row
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import engine as engines
from cicd.oci import images, leftovers
from cicd.printers import comment as comment_printer
from cicd.printers import rehearsal as printer
from cicd.produce import bundle_key, bundle_source, conventions, evaluation, recipe
from cicd.produce.recipe import Recipe
from cicd.road import rehearsal
from tests.unit.support import predictions
from tests.unit.support.fake_engine import Engine
from tests.unit.support.judged import JudgedRoad

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.fake_engine import Box
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

IMAGE = "ml-cicd/app-build:latest"
TRAIN = """name = "app"
[train]
command = ["train", "--all"]
branch = ["train", "--rows", "50"]
secrets = ["KEY"]
"""
GATE = """[gate]
evaluate = ["evaluate"]
set = "rows.csv"
development = "development.csv"
[gate.metrics.accuracy]
margin = 0.02
"""
BUNDLE = {"tmp/bundle/model.bin": b"weights"}


class Branch(JudgedRoad):
    """A branch of a project, its engine, and perhaps a release in production."""

    def __init__(self, workspace: Workspace, registry: Registry, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(workspace, registry)
        self.folder, self.engine, self.known = folder, Engine(ends={IMAGE: 0}, leaves={IMAGE: BUNDLE}), ""
        self.engine.add_image(IMAGE)
        self.candidate: Any = None
        self.exit_code = 0
        self.built: list[dict[str, Any]] = []
        self.seen: list[Box] = []
        self.engine.on["remove (?!image).*"] = lambda: self.seen.append(self.engine.box(self.engine.names()[-1]))
        (workspace.clone / "development.csv").write_text("id\n1\n")
        self.toml(TRAIN + GATE)
        patch.setenv("TRAIN_SECRETS", json.dumps({"KEY": "hunter22"}))
        patch.setattr(engines, "connect", self.engine.client)
        patch.setattr(bundle_key, "read", lambda *_: "material")
        patch.setattr(bundle_key, "key", lambda *_: bundle_key.Key("0123456789abcdef"))
        patch.setattr(conventions, "test_image", lambda *_: None)
        patch.setattr(bundle_source, "known", self.known_bundle)
        patch.setattr(conventions, "release", lambda *_: Recipe("release", workspace.clone, "FROM x"))
        patch.setattr(recipe, "build", self.build)
        patch.setattr(images, "push", lambda *_: pytest.fail("a branch pushes nothing"))

    def known_bundle(self, *asked: Any) -> str:
        """Return what integration made for the inputs of the branch."""
        assert asked[-1] == "0123456789abcdef"
        return self.known

    def toml(self, text: str) -> None:
        """Have the branch another configuration."""
        (self.workspace.clone / "ml-cicd.toml").write_text(text)
        self.workspace.git("add", "--all")
        self.workspace.commit()

    def predicts(self, image: str, columns: Any, exit_code: int = 0) -> None:
        content = predictions.write(self.folder / "written.csv", columns).read_bytes()
        self.engine.add_image(image)
        self.engine.ends[image] = exit_code
        self.engine.leaves[image] = {f"{evaluation.PREDICTIONS[1:]}/predictions.csv": content}

    def build(self, made: Recipe, *, tag: str, arguments: dict[str, str], **options: Any) -> str:
        self.built.append({"tag": tag, "bundle": arguments["BUNDLE"], **options})
        self.predicts(tag, self.candidate, self.exit_code)
        return tag

    def champion(self, columns: Any, exit_code: int = 0) -> str:
        """Have a release run in production; return it."""
        commit = self.workspace.git("rev-parse", "HEAD")
        self.workspace.put("refs/heads/main", commit)
        for environment in ("integration", "staging", "production"):
            self.record(environment, commit)
        release = self.release(commit)[0]
        self.predicts(release, columns, exit_code)
        return release

    def rehearse(self, candidate: Any = None) -> Rehearsal:
        self.candidate = candidate
        config = configuration.load(self.workspace.clone)
        return rehearsal.rehearse(config, self.workspace.clone, IMAGE)


@pytest.fixture
def branch(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Branch:
    return Branch(workspace, registry, tmp_path, monkeypatch)


def test_a_branch_that_does_not_change_the_model_trains_nothing(branch: Branch) -> None:
    branch.known = "ghcr.io/acme/app/bundle@sha256:1"
    assert branch.rehearse() == Rehearsal("unchanged")
    assert branch.engine.asked == []


def test_thin_training_runs_the_command_of_branches_with_the_secrets_of_training(branch: Branch) -> None:
    branch.toml(TRAIN)
    done = branch.rehearse()
    assert (done.state, done.note) == ("trained", rehearsal.NO_SET)
    (box,) = branch.seen
    assert (box.config["Cmd"], box.image) == (["train", "--rows", "50"], IMAGE)
    assert box.files["run/secrets/KEY"] == b"hunter22"
    assert branch.built == []


def test_candidate_and_champion_are_compared_on_the_development_set(branch: Branch) -> None:
    candidate, champion = predictions.labels(400, lost=30, won=10, both_wrong=20)
    release = branch.champion(champion)
    done = branch.rehearse(candidate)
    assert (done.state, done.champion, done.rows, done.note) == ("evaluated", release, 400, "")
    (row,) = done.metrics
    assert (row.name, row.slice, row.champion, row.candidate) == ("accuracy", "", 0.925, 0.875)
    assert row.low is not None
    assert row.high is not None
    assert row.low < -0.05 < row.high < 0
    _, ours, theirs = (box for box in branch.seen if box.config["Cmd"] != ["none"])
    for box in (ours, theirs):
        assert (box.config["Cmd"], box.networks) == (["evaluate"], ["none"])
        assert box.files["ml-cicd/evaluation/development.csv"] == b"id\n1\n"
        assert "ML_CICD_EVALUATION_SET=/ml-cicd/evaluation/development.csv" in box.config["Env"]
        assert not any("secrets" in path for path in box.files)


def test_without_a_development_set_nothing_is_evaluated(branch: Branch) -> None:
    branch.toml(TRAIN + GATE.replace('development = "development.csv"\n', ""))
    done = branch.rehearse()
    assert (done.state, done.note) == ("trained", rehearsal.NO_SET)
    assert branch.built == []


def test_containers_of_a_killed_run_are_removed_first(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[Any] = []
    monkeypatch.setattr(leftovers, "remove", removed.append)
    branch.known = "ghcr.io/acme/app/bundle@sha256:1"
    branch.rehearse()
    assert len(removed) == 1


def test_rows_of_the_thin_training_are_those_in_the_thin_bundle(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(evaluation, "training_rows", lambda _, bundle, __: asked.append(bundle))
    branch.rehearse(predictions.labels(400)[0])
    assert asked == [built["bundle"] for built in branch.built]


def test_slices_groups_and_checks_are_shown_with_the_numbers(tmp_path: Path) -> None:
    more = {"place": ["s" * 3000] * 200 + ["t"] * 200, "day": [row // 4 for row in range(400)]}
    sides = [{**side, **more} for side in predictions.labels(400, lost=100)]
    sides[0]["prediction"] = [1] * 400
    asked = predictions.ask("accuracy:margin=0.01", look=1, slices=(("place",),))
    alone = rehearsal.of_report(predictions.judge_pair(tmp_path, sides, asked), "", [])
    assert (alone.rows, alone.groups) == (400, 0)
    assert [len(row.slice) for row in alone.metrics] == [0, 100, 7]
    assert alone.checks[0].startswith("G003 failed: constant predictions")
    grouped = [{**side, "group": side["day"]} for side in sides]
    assert rehearsal.of_report(predictions.judge_pair(tmp_path, grouped, asked), "", []).groups == 100


def test_a_worse_model_fails_nothing_and_has_no_verdict(branch: Branch) -> None:
    candidate, champion = predictions.labels(4000, lost=1500)
    branch.champion(champion)
    done = branch.rehearse(candidate)
    for shown in (printer.text(done), printer.markdown(done)):
        assert "no verdict" in shown
        assert "thin training on the development set" in shown.lower()
        assert not {"regressed", "worse", "failed"} & set(shown.split())


def test_nothing_stays_that_a_later_run_could_take(branch: Branch) -> None:
    """A run of integration on this engine takes a bundle by its name and by the label with its key."""
    branch.champion(predictions.labels(100)[1])
    before = set(branch.engine.images)
    branch.rehearse(predictions.labels(100)[0])
    assert set(branch.engine.images) == before
    (built,) = branch.built
    names = (built["tag"], built["bundle"])
    assert all(name.startswith("ml-cicd/app-thin:") for name in names)
    assert names[0] != names[1]
    assert built["labels"] == {labels.PROJECT: "app"}
    assert branch.engine.names() == []


def test_images_are_removed_after_a_failure_too(branch: Branch) -> None:
    branch.exit_code = 3
    before = set(branch.engine.images)
    with pytest.raises(CheckFailedError, match="The command evaluate failed with exit code 3"):
        branch.rehearse(predictions.labels(100)[0])
    assert set(branch.engine.images) == before


def test_without_a_champion_the_values_stand_alone(branch: Branch) -> None:
    done = branch.rehearse(predictions.labels(400, lost=40)[0])
    assert (done.champion, done.note) == ("", rehearsal.FIRST)
    assert done.metrics == (Row("accuracy", "", None, 0.9, None, None),)


def test_a_champion_that_can_not_be_had_is_named(branch: Branch) -> None:
    """A job of ci has no login to a registry other than GitHub's."""
    candidate, champion = predictions.labels(400)
    release = branch.champion(champion)
    del branch.engine.images[release]
    done = branch.rehearse(candidate)
    assert done.champion == ""
    assert done.note.startswith("the champion can't be pulled: ")
    assert done.metrics[0].candidate == 1


def test_a_champion_that_can_not_evaluate_is_named(branch: Branch) -> None:
    candidate, champion = predictions.labels(400)
    branch.champion(champion, exit_code=4)
    note = branch.rehearse(candidate).note
    assert note.startswith("the champion can't evaluate: The command evaluate failed with exit code 4")


def test_a_missing_secret_trains_nothing(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAIN_SECRETS")
    with pytest.raises(UsageError, match="TRAIN_SECRETS is not set"):
        branch.rehearse()
    assert branch.seen == []


def test_command_of_branches_is_needed(branch: Branch) -> None:
    branch.toml('name = "app"\n[train]\ncommand = ["train"]\n')
    with pytest.raises(UsageError, match="The key `branch` of \\[train\\] is missing"):
        branch.rehearse()


def test_command_puts_out_what_the_comment_shows(
    branch: Branch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output, summary = tmp_path / "output", tmp_path / "summary"
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    branch.candidate = predictions.labels(400, lost=40)[0]
    assert cli.main(["rehearse", "--directory", str(branch.workspace.clone), "--image", IMAGE]) == 0
    name, _, text = output.read_text().strip().partition("=")
    assert name == "model"
    done = encoded.of_text(text)
    assert done
    assert done.metrics[0].candidate == 0.9
    assert "Model: thin training on the development set, no verdict" in summary.read_text()
    assert "accuracy" in capsys.readouterr().out
    needs = json.dumps({"test": {"result": "success", "outputs": {"model": text}}})
    said = data.parse(data.dump(data.of_needs(needs, "ci", ".", "passed")).encode())
    section = comment_printer.sections(said, None, "0" * 40, "", "Run 1")["model"]
    assert section == printer.markdown(done)


TRAP = "@octocat <!-- ml-cicd end ci --> [x](https://evil.example) `|` <img src=x>"


def test_text_of_a_project_is_shown_as_it_is() -> None:
    done = Rehearsal("evaluated", TRAP, "", 5, 2, (Row("cost", TRAP, 1.0, None, -2.0),), (TRAP,))
    assert encoded.of_text(encoded.encode(done)) == done
    shown = printer.markdown(done)
    assert not any(word in shown for word in ("@octocat", "<!--", "](", "<img"))
    assert "5 rows in 2 groups" in shown
    assert "-2&nbsp;to&nbsp;-" in shown
    assert "<details><summary>Slices: 1</summary>\n\n| metric | slice |" in shown


WELL = json.loads(json.dumps({"state": "trained", "note": "", "champion": "", "rows": 0, "groups": 0}))
WELL |= {"metrics": [], "checks": []}


@pytest.mark.parametrize(
    "change",
    [
        {"state": "passed"}, {"note": 5}, {"note": "a\nb"}, {"rows": -1}, {"rows": True}, {"metrics": {}},
        {"metrics": [{"name": "x"}]}, {"metrics": [{**vars(Row("x")), "low": "1"}]}, {"checks": [5]},
        {"checks": ["x"] * 61}, {"more": 1}, {"champion": "x" * 2001},
    ],
)  # fmt: skip
def test_other_text_is_no_rehearsal(change: dict[str, Any]) -> None:
    """Whoever opens a pull request from a fork can write the artifact."""
    assert encoded.of_text(json.dumps(WELL)) == Rehearsal("trained")
    assert encoded.of_text(json.dumps({**WELL, **change})) is None
    assert encoded.of_text("GG_HH") is None
    assert encoded.of_text("") is None
