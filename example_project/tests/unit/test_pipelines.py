"""Train, evaluate and predict, from the command line to the files."""

import hashlib
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pandas as pd
import pytest
import run
from pandera.errors import SchemaErrors

from flights import targets
from flights.columns import KNOWN
from flights.data_loaders import nycflights_data_loader
from flights.errors import BadDataError
from flights.models.arrival_delay.model import ARRIVAL_DELAY
from flights.models.catalogue import MODELS
from flights.models.common import bundle, interpretation
from flights.models.common.split import split_by_time
from flights.models.late_arrival.model import LATE_ARRIVAL
from flights.pipelines import compare, evaluate, evaluation_files, predict, train, tune
from flights.report import __main__ as report
from flights.validation import __main__ as validation
from tests.unit.conftest import LOCK, PROJECT, Trained

OUTPUTS = ["arrival_delay_minutes", "late_probability"]


def test_other_flights_have_another_digest(trained: Trained) -> None:
    changed = trained.flights.assign(seats=trained.flights["seats"] + 1)
    assert train.data_digest(trained.flights) == trained.metadata["data"]
    assert train.data_digest(changed) != trained.metadata["data"]


def test_each_model_beats_the_naive_one_beyond_doubt_on_the_later_period(trained: Trained) -> None:
    for described in trained.metadata["models"].values():
        for metric, against in described["against_naive"].items():
            model, naive = (described["metrics"][name]["test"][metric] for name in ("model", "naive"))
            assert against["value"] == pytest.approx(model - naive, abs=2e-4)
            assert against["low"] < against["value"] < against["high"] < 0


def test_the_bundle_names_the_lock_it_was_trained_with(trained: Trained) -> None:
    assert trained.metadata["lock"] == "sha256:" + hashlib.sha256(LOCK.read_bytes()).hexdigest()


def test_the_bundle_names_the_code_that_trained_it(trained: Trained, tmp_path: Path) -> None:
    shutil.copytree(bundle.PACKAGE, tmp_path / "flights", ignore=shutil.ignore_patterns("*.ipynb", "service"))
    assert trained.metadata["code"] == bundle.code(tmp_path / "flights")
    with (tmp_path / "flights" / "columns.py").open("a") as stream:
        stream.write("# changed")
    assert trained.metadata["code"] != bundle.code(tmp_path / "flights")


def test_training_prints_the_errors_of_each_model_and_of_the_naive_one(
    flights_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", flights_csv, "--rows", "3000", "--output", tmp_path / "bundle", "--lock", LOCK]
    assert train.main([*map(str, arguments)]) == 0
    lines = capsys.readouterr().out.splitlines()
    for first, name in ((0, "arrival_delay"), (8, "late_arrival")):
        assert [line.split()[:2] for line in lines[first : first + 5]] == [
            [name, "period"], ["model", "train"], ["model", "test"], ["naive", "train"], ["naive", "test"]
        ]  # fmt: skip
        assert all("95 % interval" in line for line in lines[first + 5 : first + 7])
    assert lines[-1].endswith(bundle.digest(tmp_path / "bundle"))


@pytest.fixture(scope="module")
def evaluated(trained: Trained, flights_csv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an evaluation of the small bundle writes."""
    folder = tmp_path_factory.mktemp("evaluated")
    arguments = ["--bundle", trained.directory, "--data", flights_csv, "--output", folder]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interpretation, "REPEATS", 1)  # each is a hundred predictions
        patch.setattr(interpretation, "STEPS", 2)
        assert evaluate.main([*map(str, arguments)]) == 0
    return folder


def test_evaluation_finds_what_training_said_and_shows_every_row(trained: Trained, evaluated: Path) -> None:
    found = json.loads((evaluated / evaluation_files.METRICS).read_text())
    assert found["bundle"] == trained.bundle.digest
    assert [*found["models"]] == [model.name for model in MODELS]
    for model in MODELS:
        described = trained.metadata["models"][model.name]
        for who, periods in described["metrics"].items():
            for name, expected in periods.items():
                assert found["models"][model.name]["metrics"][who][name] == pytest.approx(expected, abs=0.001)
        rows = pd.read_csv(evaluated / model.name / evaluation_files.PREDICTIONS)
        assert list(rows.columns) == [*KNOWN, "period", "actual", "predicted", "naive"]
        assert rows["period"].value_counts().to_dict() == {
            name: period["rows"] for name, period in trained.metadata["split"].items()
        }


def test_evaluation_shows_what_the_model_looks_at_and_what_it_can_not_see(evaluated: Path) -> None:
    folder = evaluated / "late_arrival"
    importance = pd.read_csv(folder / evaluation_files.IMPORTANCE).set_index("input")["log_loss_worse_by"]
    assert set(importance.index) == {*LATE_ARRIVAL.inputs.names()} < {*KNOWN}
    assert importance["scheduled_departure"] == importance.max() > 0
    dependence = pd.read_csv(folder / evaluation_files.DEPENDENCE)
    by_hour = dependence[dependence["input"] == "hour"].set_index("value")["answer"]
    assert by_hour[19] > 2 * by_hour[7]
    assert {"temperature", "seats"} & {*dependence["input"]} == {"temperature"}
    drawing = ElementTree.parse(folder / evaluation_files.PLOTS)  # noqa: S314 -- our own
    assert len(drawing.findall(".//{*}polyline")) == dependence["input"].nunique()


def test_predictions_that_are_no_numbers_never_leave_the_evaluation(trained: Trained) -> None:
    split = split_by_time(trained.flights)
    naive = ARRIVAL_DELAY.fit("naive", split.train)
    broken = ARRIVAL_DELAY.fit("naive", split.train)
    broken.all_, broken.carriers_ = float("nan"), broken.carriers_ * float("nan")
    with pytest.raises(SchemaErrors, match="predicted"):
        evaluate.predictions(ARRIVAL_DELAY, broken, naive, split)


def test_flights_whose_delays_nobody_knows_are_not_evaluated(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained.flights.head(100)[[*KNOWN]].to_csv(tmp_path / "in.csv", index=False)
    folder = tmp_path / "out"
    arguments = ["--bundle", trained.directory, "--data", tmp_path / "in.csv", "--output", folder]
    assert evaluate.main([*map(str, arguments)]) == 1
    assert "not good enough for evaluation.\nFAILED  share with a known delay: 0" in capsys.readouterr().err
    assert not folder.exists()


def test_a_file_of_flights_becomes_a_file_of_predictions(trained: Trained, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    some = trained.flights.head(50)
    some[[*KNOWN]].to_csv(source, index=False)
    assert predict.main(["--input", str(source), "--output", str(target), "--bundle", str(trained.directory)]) == 0
    predicted = pd.read_csv(target)
    assert list(predicted.columns) == [*KNOWN, *OUTPUTS]
    pd.testing.assert_frame_equal(predicted[OUTPUTS], trained.bundle.predict(some).round(3))


def test_a_file_without_rows_becomes_a_header(trained: Trained, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(",".join(KNOWN) + "\n")
    assert predict.predict(source, target, trained.bundle) == 0
    assert target.read_text().strip() == ",".join([*KNOWN, *OUTPUTS])


def refused(loaded: Trained, folder: Path, content: bytes) -> str:
    """What predicting says of a file that it refuses; nothing is written."""
    (folder / "in.csv").write_bytes(content)
    with pytest.raises(BadDataError) as error:
        predict.predict(folder / "in.csv", folder / "out.csv", loaded.bundle)
    assert not (folder / "out.csv").exists()
    return str(error.value).removeprefix(f"{folder / 'in.csv'} ")


def csv_of(flights: pd.DataFrame) -> str:
    return flights[[*KNOWN]].to_csv(index=False)


def test_bad_rows_are_counted_and_the_first_are_named(trained: Trained, tmp_path: Path) -> None:
    rows = trained.flights.head(100)[[*KNOWN]].astype({"origin": object})
    rows.iloc[1:21, rows.columns.get_loc("origin")] = "ORD"
    rows.iloc[3, rows.columns.get_loc("carrier")] = None
    content = csv_of(rows) + csv_of(rows).splitlines()[1] + ",one cell too many\n"
    assert refused(trained, tmp_path, content.encode()).splitlines() == [
        "was not used: 21 of 101 rows are bad.",
        "  origin must be 'EWR', 'JFK' or 'LGA': line 3 has 'ORD', line 4 has 'ORD', line 5 has 'ORD', "
        "and 17 lines more",
        "  carrier must be there: line 5 has nothing",
        "  there must be 17 cells, as in the header: line 102 has 18",
    ]


def test_a_wrong_header_is_told_once_also_without_rows(trained: Trained, tmp_path: Path) -> None:
    wrong = trained.flights.rename(columns={"dest": "to"})
    for rows in (wrong, wrong.head(0)):
        assert refused(trained, tmp_path, rows.to_csv(index=False).encode()) == (
            "was not used: it lacks the columns dest; it must not have the columns 'to', 'arrival_delay'."
        )
    twice = csv_of(trained.flights).replace("seats", "origin", 1)
    assert refused(trained, tmp_path, twice.encode()).endswith("it has more than once the columns 'origin'.")
    assert "the first line must name the columns carrier" in refused(trained, tmp_path, b"\n")


def test_lines_are_counted_as_an_editor_counts_them(trained: Trained, tmp_path: Path) -> None:
    header, good, other = csv_of(trained.flights.head(2)).splitlines()
    bad = other.replace(other.split(",")[1], "LHR", 1)
    said = refused(trained, tmp_path, f"\n{header}\n\n{good}\n\n{bad}\n".encode())
    assert said.splitlines()[0] == "was not used: 1 of 2 rows are bad."
    assert "line 6 has 'LHR'" in said


def test_a_file_that_a_spreadsheet_wrote_is_read(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(csv_of(trained.flights.head(3)).replace("\n", "\r\n").encode("utf-8-sig"))
    assert predict.predict(tmp_path / "in.csv", tmp_path / "out.csv", trained.bundle) == 3
    assert [*pd.read_csv(tmp_path / "out.csv").columns] == [*KNOWN, *OUTPUTS]


@pytest.fixture
def files(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with flights in in.csv, in latin.csv what is no UTF-8, in quoted.csv a quote without end."""
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text(csv_of(trained.flights.head(3)))
    Path("latin.csv").write_bytes("carrier\nZ\xfcrich\n".encode("latin-1"))
    Path("quoted.csv").write_text('carrier\n"' + 20_000 * "UA,EWR\n")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"input": "."}, ".: Is a directory."),
        ({"input": "nowhere.csv"}, "nowhere.csv: No such file or directory."),
        ({"input": "latin.csv"}, "latin.csv is not in UTF-8: save it as CSV in UTF-8."),
        ({"input": "quoted.csv"}, "quoted.csv is no CSV file: line 2: field larger than field limit (131072)."),
        ({"output": "."}, ".: Is a directory."),
        ({"output": "nowhere/out.csv"}, "nowhere/out.csv: No such file or directory."),
    ],
)
def test_files_that_can_not_be_used_are_named(
    trained: Trained, capsys: pytest.CaptureFixture[str], wrong: dict[str, str], said: str
) -> None:
    paths = {"input": "in.csv", "output": "out.csv", **wrong}
    options = [word for name, path in paths.items() for word in (f"--{name}", path)]
    assert predict.main([*options, "--bundle", str(trained.directory)]) == 2
    assert capsys.readouterr().err.strip() == said


def test_an_error_that_names_no_file_is_not_taken_for_the_callers() -> None:
    def main() -> int:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        targets.target(main)()


@pytest.mark.parametrize("target", [train, evaluate, compare, tune, validation])
def test_what_needs_the_training_data_says_so_where_it_is_not(
    target: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(nycflights_data_loader, "find_spec", lambda _: None)
    own = {validation: [], tune: ["--model", "late_arrival"]}
    assert target.main(own.get(target, ["--output", str(tmp_path / "out")])) == 2
    assert "belongs into the build image" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("source", ["--stages", "--data"])
def test_training_in_the_release_image_says_at_once_where_it_belongs(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # as in that image, there is no lock
    assert train.main([source, "no-such-file", "--output", "bundle"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("There is no requirements/default.txt")
    assert "training belongs into the build image" in said


def test_training_on_the_stages_without_yaml_says_where_it_belongs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    stages = str(PROJECT / "dvc.yaml")
    assert train.main(["--stages", stages, "--output", str(tmp_path / "out"), "--lock", str(LOCK)]) == 2
    assert "PyYAML is not installed: training belongs into the build image" in capsys.readouterr().err


def test_the_report_says_where_it_can_be_had(capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main([]) == 2
    assert "the report has an image of its own" in capsys.readouterr().err


def using(target: str, directory: Path, trained: Trained, flights_csv: Path, folder: Path) -> int:
    """Run a target that needs a bundle, and return its exit code."""
    flights = folder / "flights.csv"
    trained.flights.head(3)[[*KNOWN]].to_csv(flights, index=False)
    arguments = {
        "evaluate": ["--data", flights_csv, "--output", folder / "evaluation"],
        "predict": ["--input", flights, "--output", folder / "predictions.csv"],
        "serve": [],
        "track": ["record", "--runs", folder / "runs"],
    }
    return run.main([target, *map(str, arguments[target]), "--bundle", str(directory)])


USE_A_BUNDLE = pytest.mark.parametrize("target", ["evaluate", "predict", "serve", "track"])


@USE_A_BUNDLE
def test_where_there_is_no_bundle_each_target_says_so(
    target: str, trained: Trained, flights_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert using(target, tmp_path / "none", trained, flights_csv, tmp_path) == 2
    assert "There is no model bundle in" in capsys.readouterr().err


@USE_A_BUNDLE
def test_a_broken_bundle_is_told_by_each_target(
    target: str, trained: Trained, flights_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = shutil.copytree(trained.directory, tmp_path / "bundle")
    (broken / bundle.METADATA).write_text("{")
    assert using(target, broken, trained, flights_csv, tmp_path) == 2
    assert f"{broken / bundle.METADATA} does not describe a bundle: " in capsys.readouterr().err


@pytest.mark.parametrize("mode", [*run.MODES])
def test_the_application_has_all_modes(mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run.main([mode, "--help"])
    assert (end.value.code, f"usage: {mode}" in capsys.readouterr().out) == (0, True)


@pytest.mark.parametrize("arguments", [[], ["fly"]])
def test_an_unknown_mode_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(arguments) == 2
    assert "train" in capsys.readouterr().err
