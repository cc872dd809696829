"""`ml-cicd gate` in a project: `[gate]` gives the defaults, options come first, and files keep their own columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cicd import cli, git
from tests.unit.support.predictions import labels, write

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 2000
ACCURACY = "[gate.metrics.accuracy]\nmargin = 0.01\nslice-margin = 0.2"


class Project:
    """A folder with two files of predictions and perhaps `ml-cicd.toml`."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capture = folder, capfd

    def configure(self, text: str) -> None:
        (self.folder / "ml-cicd.toml").write_text(f'name = "app"\n{text}\n')

    def write(self, lost: int = 10, won: int = 10, names: dict[str, str] | None = None, **columns: Any) -> None:
        for name, side in zip(("new", "old"), labels(ROWS, lost=lost, won=won, both_wrong=100), strict=True):
            data = {"id": np.arange(ROWS), **side, **columns}
            write(self.folder / f"{name}.csv", {(names or {}).get(key, key): values for key, values in data.items()})

    def run(self, *words: str, code: int = 0, champion: bool = True) -> str:
        files = ["--candidate", str(self.folder / "new.csv")]
        files += ["--champion", str(self.folder / "old.csv")] if champion else []
        assert cli.main(["gate", *files, "--directory", str(self.folder), *words]) == code
        output = self.capture.readouterr()
        return output.out or output.err

    def json(self, *words: str, code: int = 0, champion: bool = True) -> Any:
        return json.loads(self.run(*words, "--json", code=code, champion=champion))


@pytest.fixture
def project(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Project:
    return Project(tmp_path, capfd)


def margins(data: Any) -> dict[str, float]:
    return {
        f"{metric['name']} {metric['slice']}" if metric["slice"] else metric["name"]: metric["margin"]
        for metric in data["metrics"]
    }


class TestDefaults:
    def test_a_project_needs_no_option(self, project: Project) -> None:
        project.configure(f'[gate]\nslices = ["region"]\n{ACCURACY}\n[gate.metrics.mae]\nmargin = 0.5\nfloor = 0.4')
        project.write(region=np.arange(ROWS) % 2)
        data = project.json()
        assert margins(data) == {
            "accuracy": 0.01, "mae": 0.5, "accuracy region=0": 0.2, "mae region=0": 1.5, "accuracy region=1": 0.2,
            "mae region=1": 1.5,
        }  # fmt: skip
        assert data["metrics"][1]["floor_verdict"] == "reached"

    def test_the_folder_below_belongs_to_the_project(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        project.configure(ACCURACY)
        project.write()
        git.output(project.folder, "init", "--quiet")
        (project.folder / "notebooks").mkdir()
        monkeypatch.chdir(project.folder / "notebooks")
        assert cli.main(["gate", "--candidate", "../new.csv", "--champion", "../old.csv"]) == 0

    def test_a_metric_takes_from_the_table_what_its_option_leaves_out(self, project: Project) -> None:
        project.configure(ACCURACY + "\n[gate.metrics.mae]\nmargin = 0.5")
        project.write()
        assert margins(project.json("--metric", "accuracy")) == {"accuracy": 0.01}
        assert margins(project.json("--metric", "accuracy:margin=0.3")) == {"accuracy": 0.3}
        assert margins(project.json("--metric", "rmse:margin=0.7", "--metric", "mae")) == {"rmse": 0.7, "mae": 0.5}

    def test_an_option_for_all_metrics_comes_before_the_table(self, project: Project) -> None:
        project.configure(ACCURACY + "\n[gate.metrics.mae]\nmargin = 0.5")
        project.write()
        assert margins(project.json("--margin", "0.4")) == {"accuracy": 0.4, "mae": 0.4}
        words = ("--metric", "accuracy:margin=0.3", "--metric", "mae", "--margin", "0.4")
        assert margins(project.json(*words)) == {"accuracy": 0.3, "mae": 0.4}

    def test_slices_and_the_positive_class_of_options_replace_those_of_the_table(self, project: Project) -> None:
        project.configure(
            '[gate]\npositive = "0"\nslices = ["region"]\n[gate.metrics.recall]\nmargin = 0.05\nslice-margin = 0.2'
        )
        project.write(lost=20, won=0, region=np.arange(ROWS) // 1000, kind=np.arange(ROWS) // 1000)
        ours = project.json()
        assert list(margins(ours)) == ["recall", "recall region=0", "recall region=1"]
        other = project.json("--slice", "kind", "--positive", "1")
        assert list(margins(other)) == ["recall", "recall kind=0", "recall kind=1"]

    def test_checks_are_off_by_the_table_and_by_options(self, project: Project) -> None:
        project.configure(f'{ACCURACY}\n[gate.skip]\nG009 = "by contract"\nG003 = "known"')
        project.write()
        checks = {check["code"]: check for check in project.json("--skip", "G006=rare", "--skip", "G003=now")["checks"]}
        off = {code: check["detail"] for code, check in checks.items() if check["status"] == "switched off"}
        assert off == {"G003": "now", "G006": "rare", "G009": "by contract"}

    def test_a_wrong_table_is_refused(self, project: Project) -> None:
        project.configure("[gate.metrics.accuracy]")
        project.write()
        assert "gate.metrics.accuracy: missing: margin." in project.run(code=2)

    def test_a_project_without_the_table_needs_options(self, project: Project) -> None:
        project.configure("")
        project.write()
        assert "ml-cicd gate needs a metric." in project.run(code=2)
        assert project.json("--metric", "accuracy:margin=0.01")["verdict"] == "non-inferior"


NAMES = {"id": "flight", "target": "late", "prediction": "answer", "group": "day"}


class TestColumns:
    def test_files_keep_their_own_names(self, project: Project) -> None:
        project.configure(
            ACCURACY + '\n[gate]\nslices = ["day", "late"]\n[gate.columns]\n'
            + "\n".join(f'{name} = "{column}"' for name, column in NAMES.items())
        )  # fmt: skip
        project.write(names=NAMES, group=np.arange(ROWS) % 2)
        slices = [metric["slice"] for metric in project.json(code=3)["metrics"]]
        assert slices == [None, "day=0", "day=1", "late=0", "late=1"]

    def test_a_target_of_another_name_divides_the_rows_too(self, project: Project) -> None:
        project.write(names={"target": "delay"})
        words = ("--metric", "mae:margin=0.05", "--column", "target=delay", "--slice", "delay")
        slices = [metric["slice"] for metric in project.json(*words)["metrics"]]
        assert slices == [None, "delay=0", "delay=1"]

    def test_an_option_names_a_column_too(self, project: Project) -> None:
        project.write(names={"target": "late"})
        words = ("--metric", "accuracy:margin=0.01")
        assert "new.csv has no column 'target'." in project.run(*words, code=2)
        assert project.json(*words, "--column", "target=late")["verdict"] == "non-inferior"

    def test_a_column_with_a_name_of_the_kit_can_stand_beside(self, project: Project) -> None:
        """`group` holds something else there."""
        project.write(names={"weight": "day"}, group=np.zeros(ROWS), weight=np.arange(ROWS) // 50)
        data = project.json("--metric", "accuracy:margin=0.05", "--column", "group=day", code=3)
        assert data["groups"] == ROWS / 50

    @pytest.mark.parametrize(
        ("value", "message"),
        [("", "new.csv, row 2, column 'answer' is empty."), ("0.5", "new.csv, row 2, column 'answer': '0.5' is not a")],
    )
    def test_messages_name_the_files_column(self, project: Project, value: str, message: str) -> None:
        project.write(names={"prediction": "answer"})
        lines = (project.folder / "new.csv").read_text().splitlines()
        lines[1] = ",".join([*lines[1].split(",")[:2], value])
        (project.folder / "new.csv").write_text("\n".join(lines) + "\n")
        words = ("--metric", "accuracy:margin=0.01", "--column", "prediction=answer")
        assert message in project.run(*words, code=2)

    def test_a_plan_takes_them_too(self, project: Project) -> None:
        project.configure(f'{ACCURACY}\n[gate.columns]\nprediction = "answer"')
        project.write(names={"prediction": "answer"})
        assert project.json("--plan")["disagreement"] == 0.01

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("answer", "--column is 'answer'."),
            ("=x", "--column is '=x'."),
            ("tag=x", "--column tag=x names no"),
        ],
    )
    def test_a_wrong_option_is_refused(self, project: Project, text: str, message: str) -> None:
        project.write()
        assert message in project.run("--metric", "accuracy:margin=0.01", "--column", text, code=2)


class TestBudgets:
    def status(self, data: Any) -> list[str]:
        return [check["status"] for check in data["checks"] if check["code"] in ("G011", "G012")]

    def test_limits_stand_in_the_table_or_in_options(self, project: Project) -> None:
        project.write(names={"weight": "seconds"}, weight=np.full(ROWS, 0.3))
        metric = ("--metric", "accuracy:margin=0.05", "--column", "latency=seconds", "--measured-size", "3m")
        assert self.status(project.json(*metric)) == ["not checked", "not checked"]
        assert self.status(project.json(*metric, "--latency", "0.5", "--image-size", "2g")) == ["passed", "passed"]
        project.configure(f'{ACCURACY}\n[gate.budget]\nlatency = 0.2\nimage-size = "2m"')
        assert self.status(project.json(*metric, code=1)) == ["failed", "failed"]
        assert self.status(project.json(*metric, "--latency", "0.5", code=1)) == ["passed", "failed"]
        assert "--image-size is '2 GB'" in project.run(*metric, "--image-size", "2 GB", code=2)

    @pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
    def test_a_limit_that_is_none_is_refused(self, project: Project, seconds: str) -> None:
        project.write()
        assert f"--latency is {seconds}." in project.run(
            "--metric", "accuracy:margin=1", f"--latency={seconds}", code=2
        )


def test_a_column_has_one_use(project: Project) -> None:
    project.write()
    words = ("--metric", "accuracy:margin=0.01", "--column", "target=x", "--column", "group=x")
    assert "--column names x twice." in project.run(*words, code=2)


def test_the_name_of_a_metric_is_a_name(project: Project) -> None:
    project.write()
    words = ("--metric", "accuracy:margin=0.01", "--numbers", "<b>|=x.csv")
    assert "--numbers <b>|=x.csv has no name of a metric." in project.run(*words, code=2)
