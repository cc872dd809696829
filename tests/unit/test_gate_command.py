"""`ml-cicd gate`: options, exit codes, what it prints, and what starts without its packages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest

from cicd import cli
from cicd.gate import checks, outcomes
from cicd.gate.examination import Status
from tests.static.support.kit import ROOT
from tests.unit.support.predictions import labels, write

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 2000
SCHEMA = json.loads((ROOT / "cicd" / "schema" / "gate-report.schema.json").read_text())


class Files:
    """Two files of predictions, and the command on them."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capture = folder, capfd

    def write(self, *, lost: int = 0, won: int = 0, both_wrong: int = 150, **columns: Any) -> None:
        sides = labels(ROWS, lost=lost, won=won, both_wrong=both_wrong)
        for name, side in zip(("candidate", "champion"), sides, strict=True):
            write(self.folder / f"{name}.csv", {**side, **columns})

    def run(self, *words: str, champion: bool = True, code: int = 0) -> str:
        """Run the command, and return what it prints."""
        files = ["--candidate", str(self.folder / "candidate.csv")]
        files += ["--champion", str(self.folder / "champion.csv")] if champion else []
        assert cli.main(["gate", *files, *words]) == code
        output = self.capture.readouterr()
        return output.out or output.err

    def json(self, *words: str, champion: bool = True, code: int = 0) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self.run(*words, "--json", champion=champion, code=code))
        if "--plan" not in words:
            jsonschema.validate(result, SCHEMA)
        return result


@pytest.fixture
def files(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Files:
    return Files(tmp_path, capfd)


ACCURACY = ("--metric", "accuracy", "--margin", "0.01")


@pytest.mark.parametrize(
    ("lost", "won", "verdict", "code"),
    [
        (10, 80, "superior", 0), (10, 10, "non-inferior", 0), (0, 0, "unchanged", 0), (50, 45, "inconclusive", 3),
        (90, 10, "regressed", 1),
    ],
)  # fmt: skip
def test_the_exit_code_is_that_of_the_verdict(files: Files, lost: int, won: int, verdict: str, code: int) -> None:
    files.write(lost=lost, won=won)
    assert files.json(*ACCURACY, code=code)["verdict"] == verdict
    assert files.run(*ACCURACY, code=code).startswith(f"{verdict}: ")


def test_json_has_the_published_form(files: Files) -> None:
    files.write(lost=40, won=30)
    data = files.json(*ACCURACY, "--floor", "0.5", code=3)
    assert list(data) == [
        "verdict", "metrics", "rows", "groups", "rows_needed", "account", "checks", "evaluation", "predictions",
    ]  # fmt: skip
    (metric,) = data["metrics"]
    assert metric | {"low": 0, "high": 0} == {
        "name": "accuracy", "slice": None, "champion": 0.91, "candidate": 0.905, "difference": pytest.approx(-0.005),
        "low": 0, "high": 0, "verdict": "unclear", "direction": "higher", "margin": 0.01, "floor": 0.5,
        "floor_verdict": "reached", "rows": ROWS, "units": ROWS, "reason": "",
    }  # fmt: skip
    assert metric["low"] < -0.01 < -0.005 < metric["high"]
    assert data["account"] == {
        "look": None, "alpha_block": 0.04, "alpha_pass": 0.04, "spent": 0.04, "changes": {}, "since": "",
    }  # fmt: skip
    assert data["rows_needed"] > ROWS
    assert set(data["predictions"]) == {"candidate", "champion"}


def test_the_schema_names_every_word() -> None:
    metric = SCHEMA["properties"]["metrics"]["items"]["properties"]
    assert set(SCHEMA["properties"]["verdict"]["enum"]) == set(outcomes.Verdict)
    assert set(metric["verdict"]["enum"]) == set(outcomes.Shown)
    assert set(metric["floor_verdict"]["enum"]) == set(outcomes.Floor)
    assert set(SCHEMA["properties"]["checks"]["items"]["properties"]["status"]["enum"]) == set(Status)
    assert all(re.fullmatch("G[0-9]{3}", code) for code in checks.CHECKS)


def test_the_schema_names_every_key(files: Files) -> None:
    files.write(lost=40, won=30)
    data = files.json(*ACCURACY, code=3)
    properties = SCHEMA["properties"]
    assert list(data) == list(properties)
    assert list(data["metrics"][0]) == list(properties["metrics"]["items"]["properties"])
    assert list(data["account"]) == list(properties["account"]["properties"])
    assert list(data["checks"][0]) == list(properties["checks"]["items"]["properties"])


def test_a_difference_is_candidate_minus_champion_also_where_lower_is_better(files: Files) -> None:
    files.write(lost=90, won=10)
    (metric,) = files.json("--metric", "mae:margin=0.01", code=1)["metrics"]
    assert metric["difference"] == pytest.approx(0.04)
    assert 0 < metric["low"] < 0.04 < metric["high"]


@pytest.mark.parametrize(("direction", "verdict", "code"), [("higher", "superior", 0), ("lower", "regressed", 1)])
def test_the_direction_of_a_score_is_the_projects(files: Files, direction: str, verdict: str, code: int) -> None:
    for name, passed in (("candidate", 500), ("champion", 400)):
        write(files.folder / f"{name}.csv", {"score": np.arange(ROWS) < passed})
        text = (files.folder / f"{name}.csv").read_text()
        (files.folder / f"{name}.csv").write_text(text.replace("True", "1").replace("False", "0"))
    words = ("--metric", "score", "--margin", "0.01", "--direction", direction)
    assert files.json(*words, code=code)["verdict"] == verdict


def test_looks_are_paid_for(files: Files) -> None:
    files.write(lost=10, won=10)
    first, third = (files.json(*ACCURACY, "--look", look)["account"] for look in ("1", "3"))
    assert (first["look"], first["alpha_block"]) == (1, 0.04)
    assert (first["alpha_pass"], first["spent"]) == (pytest.approx(0.02), pytest.approx(0.02))
    assert third["alpha_pass"] == pytest.approx(0.04 / 12)
    assert third["spent"] == pytest.approx(0.03)


def test_a_later_look_can_turn_a_verdict(files: Files) -> None:
    files.write(lost=30, won=30)
    assert files.json(*ACCURACY)["verdict"] == "non-inferior"
    assert files.json(*ACCURACY, "--look", "9", code=3)["verdict"] == "inconclusive"


def test_slices_are_listed_also_crossed(files: Files) -> None:
    files.write(lost=10, won=10, region=np.arange(ROWS) // 1000, kind=np.arange(ROWS) // 500 % 2)
    data = files.json(*ACCURACY, "--slice", "region", "--slice", "region:kind")
    assert [metric["slice"] for metric in data["metrics"]] == [
        None, "region=0", "region=1", "region=0, kind=0", "region=0, kind=1", "region=1, kind=0", "region=1, kind=1",
    ]  # fmt: skip
    assert [metric["margin"] for metric in data["metrics"]] == [0.01, *[0.03] * 6]
    data = files.json(*ACCURACY, "--slice", "region", "--slice-margin", "0.05")
    assert [metric["margin"] for metric in data["metrics"]] == [0.01, 0.05, 0.05]


def test_a_worse_slice_blocks(files: Files) -> None:
    files.write(lost=60, won=62, region=np.where(np.arange(ROWS) < 60, "bad", "good"))
    data = files.json(*ACCURACY, "--slice", "region", code=1)
    assert data["verdict"] == "regressed"
    assert {metric["slice"]: metric["verdict"] for metric in data["metrics"]}["region=bad"] == "worse"


def test_a_floor_that_is_missed_fails(files: Files) -> None:
    files.write(lost=10, won=80)
    assert files.json(*ACCURACY, "--floor", "0.99", code=1)["verdict"] == "failed"
    assert "the floor of 0.99 IS MISSED" in files.run(*ACCURACY, "--floor", "0.99", code=1)


def test_a_gain_can_be_required(files: Files) -> None:
    files.write(lost=10, won=10)
    output = files.run("--metric", "accuracy:margin=0.01,gain=required", code=3)
    assert "accuracy: a gain is required, and none is shown" in output


def test_metrics_that_pull_apart_are_mixed(files: Files) -> None:
    files.write()
    target = np.arange(ROWS) % 2
    scores = {"candidate": (0.95, 0.90), "champion": (0.99, 0.60)}
    for name, (share, sure) in scores.items():
        right = np.random.default_rng(1).permutation(ROWS) < share * ROWS
        prediction = np.where(right, target, 1 - target)
        probability = np.where(prediction == 1, sure, 1 - sure)
        write(files.folder / f"{name}.csv", {"target": target, "prediction": prediction, "probability": probability})
    data = files.json(*ACCURACY, "--metric", "brier:margin=0.01", "--skip", "G008=known", code=3)
    assert data["verdict"] == "mixed"


def test_a_first_model_needs_floors_alone(files: Files) -> None:
    files.write()
    data = files.json("--metric", "accuracy:floor=0.9", champion=False)
    assert (data["verdict"], data["metrics"][0]["champion"]) == ("first", None)
    assert files.json("--metric", "accuracy:floor=0.99", champion=False, code=1)["verdict"] == "failed"
    assert files.run("--metric", "accuracy:floor=0.9", champion=False).startswith("first: ")


def test_a_check_is_switched_off_with_a_reason(files: Files) -> None:
    files.write(lost=10, won=10, both_wrong=0)
    write(files.folder / "training.csv", {"id": [1]})
    training = ("--training", str(files.folder / "training.csv"))
    assert files.json(*ACCURACY, *training, code=1)["verdict"] == "failed"
    output = files.run(*ACCURACY, *training, "--skip", "g001=the same day, by contract")
    assert "G001 switched off: evaluation rows that the training data has too (the same day, by contract)" in output


def test_an_undecided_report_ends_with_the_rows_that_decide(files: Files) -> None:
    files.write(lost=50, won=45)
    needed = files.json(*ACCURACY, code=3)["rows_needed"]
    assert f"{needed:,} rows of this kind would decide ({needed - ROWS:,} more)" in files.run(*ACCURACY, code=3)


def test_text_of_a_project_is_shown_as_text(files: Files) -> None:
    files.write(lost=10, won=10, region=np.where(np.arange(ROWS) < 1000, "\x1b[31mred", "b"))
    assert "\\x1b[31mred" in files.run(*ACCURACY, "--slice", "region")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "gate needs a metric."),
        (("--metric", "acuracy"), "There is no metric 'acuracy'."),
        (("--metric", "accuracy"), "accuracy has no margin"),
        (("--metric", "accuracy:margin=0"), "The margin of accuracy is 0; it must be above 0."),
        (("--metric", "accuracy:margin=nan"), "The margin of accuracy is 'nan', which is not a finite number."),
        (("--metric", "accuracy:margin=0.1,slice-margin=-1"), "The slice margin of accuracy is -1"),
        (("--metric", "accuracy:margin"), "accuracy has no setting 'margin'."),
        (("--metric", "accuracy:margin=1,margin=2"), "accuracy has two settings 'margin'."),
        (("--metric", "ece:floor=0.1"), "calibration_error is reported without a verdict, so it has no floor."),
        (("--metric", "accuracy:margin=1,gain=yes"), "The gain of accuracy is 'yes'."),
        (("--metric", "accuracy:margin=1,quantile=0.5"), "accuracy takes no quantile."),
        (("--metric", "accuracy:margin=1,direction=lower"), "For accuracy, higher is better, not lower."),
        (("--metric", "score:margin=1"), "score has no direction: is higher better, or lower?"),
        (("--metric", "score:margin=1,direction=up"), "The direction of score is 'up'."),
        (("--metric", "pinball:margin=1"), "pinball needs a quantile between 0 and 1."),
        (("--metric", "pinball:margin=1,quantile=1"), "pinball needs a quantile between 0 and 1."),
        (("--metric", "ndcg:margin=1,depth=0"), "The depth of ndcg is 0."),
        (("--metric", "ndcg:margin=1,depth=1.5"), "The depth of ndcg is 1.5."),
        ((*ACCURACY, "--metric", "accuracy"), "ml-cicd gate: the metric accuracy is given twice."),
        ((*ACCURACY, "--look", "0"), "ml-cicd gate: --look is 0."),
        ((*ACCURACY, "--look", "3000000000"), "ml-cicd gate: --look is 3000000000."),
        ((*ACCURACY, "--slice", "a:b:c"), "ml-cicd gate: --slice is 'a:b:c'."),
        ((*ACCURACY, "--slice", "a:a"), "ml-cicd gate: --slice is 'a:a'."),
        ((*ACCURACY, "--slice", "nowhere"), "candidate.csv has no column 'nowhere'."),
        ((*ACCURACY, "--skip", "G001"), "ml-cicd gate: --skip G001 gives no reason."),
        ((*ACCURACY, "--skip", "G999=x"), "No check has the code 'G999'."),
        ((*ACCURACY, "--skip", "G001=a", "--skip", "g001=b"), "ml-cicd gate: --skip G001 is given twice."),
        (("--plan", "--disagreement", "2"), "ml-cicd gate: --disagreement is 2."),
        (("--plan", "--look", "0"), "ml-cicd gate: --look is 0."),
        (("--plan", "--disagreement", "0.1", "--rows", "-5"), "ml-cicd gate: --rows is -5."),
        (("--explain", "G999"), "No check has the code 'G999'."),
    ],
)
def test_wrong_use_is_refused(files: Files, words: tuple[str, ...], message: str) -> None:
    files.write()
    assert message in files.run(*words, code=2)


@pytest.mark.parametrize(
    ("words", "message"), [((), "needs the predictions"), (("--plan",), "how often the two models")]
)
def test_files_are_needed(capfd: pytest.CaptureFixture[str], words: tuple[str, ...], message: str) -> None:
    assert cli.main(["gate", *words]) == 2
    assert message in capfd.readouterr().err


@pytest.mark.parametrize(
    ("written", "name"),
    [("AUC", "roc_auc"), ("roc-auc", "roc_auc"), ("Log-Loss", "log_loss"), ("ece", "calibration_error")],
)
def test_metrics_have_the_names_that_people_write(files: Files, written: str, name: str) -> None:
    files.write(probability=np.linspace(0, 1, ROWS))
    assert [metric["name"] for metric in files.json("--metric", f"{written}:margin=0.9")["metrics"]] == [name]


def test_a_plan_needs_no_labels(files: Files, tmp_path: Path) -> None:
    for name, apart in (("candidate", 60), ("champion", 0)):
        prediction = ["b"] * apart + ["a"] * (1000 - apart)
        write(tmp_path / f"{name}.csv", {"prediction": prediction})
    data = files.json("--plan")
    assert (data["disagreement"], data["rows"]) == (0.06, 1000)
    assert {row["margin"]: row["rows"] for row in data["table"]}[0.01] == 4075
    output = files.run("--plan")
    assert "0.01    4,075" in output
    assert f"1,000 rows decide a margin of {data['margin']:.4f}" in output


def test_a_plan_for_numbers_says_so(files: Files, tmp_path: Path) -> None:
    for name, shift in (("candidate", 0.5), ("champion", 0.0)):
        write(tmp_path / f"{name}.csv", {"prediction": np.arange(1000) + shift})
    data = files.json("--plan")
    assert (data["metric"], data["deviation"], data["disagreement"], data["rows"]) == ("mae", 0.5, 1.0, 1000)
    output = files.run("--plan")
    assert output.startswith("mae, predictions differ by 0.5 (root mean square), passing may err in 4.000%")
    assert f"1,000 rows decide a margin of {data['margin']:.4g} for four of five equal models." in output
    assert "So fewer rows may do." in output
    assert files.json("--plan", "--metric", "accuracy:margin=0.1")["metric"] == "accuracy"
    assert "no metric 'accurate'" in files.run("--plan", "--metric", "accurate", code=2)


def test_a_plan_takes_a_guess(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["gate", "--plan", "--disagreement", "0.06", "--rows", "10", "--look", "2"]) == 0
    output = capfd.readouterr().out
    assert "10 rows decide no margin" in output
    assert "passing may err in 0.667%" in output


def test_a_check_is_explained(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["gate", "--explain", "G003"]) == 0
    assert capfd.readouterr().out.startswith("G003: constant predictions; it fails the candidate\n")
    assert cli.main(["gate", "--explain", "G003", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["code"] == "G003"


def test_no_other_command_and_no_help_imports_numpy() -> None:
    code = (
        "import sys, cicd.cli\n"
        "for name in (*cicd.cli.COMMANDS, *cicd.cli.INTERNAL): cicd.cli.parser_of(name)\n"
        "sys.exit(' '.join({'numpy', 'scipy', 'pyarrow'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("package", "extra"), [("numpy", "gate"), ("scipy", "gate"), ("pyarrow", "parquet")])
def test_a_missing_package_names_its_extra(
    files: Files, monkeypatch: pytest.MonkeyPatch, package: str, extra: str
) -> None:
    def missing(_: object) -> int:
        raise ModuleNotFoundError(name=f"{package}.special")

    monkeypatch.setattr("cicd.commands.gate.run", missing)
    output = files.run(code=2)
    assert f"needs the Python package {package}" in output
    assert f"CLONE[{extra}]" in output


def test_the_command_loads_no_slow_part_of_scipy() -> None:
    code = "import sys, cicd.gate.report; sys.exit('scipy.stats' in sys.modules or 'pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
