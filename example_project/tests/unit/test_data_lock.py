"""Training inside the image locks its data: what `prepare` of dvc.yaml makes, by the sums that DVC would write."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pandas as pd
import pytest
import yaml

from flights.data_exports import csv_file, data_lock
from flights.data_exports.data_lock import prepare, sum_of
from flights.errors import UnreadableSourceError
from flights.pipelines import train
from tests.unit.conftest import LOCK, PROJECT

STAGE = """stages:
  prepare:
    cmd: PYTHONPATH=src python -m {module} --data {data} --output data/flights.csv
    deps: [loaders, one.txt]
    outs: [data/flights.csv]
  train:
    cmd: PYTHONPATH=src python -m flights.pipelines.train --data data/flights.csv --output bundle
    deps: [one.txt, data/flights.csv]
    outs: [bundle]
"""


@pytest.fixture
def stages(tmp_path: Path) -> Path:
    (tmp_path / "loaders").mkdir()
    (tmp_path / "loaders" / "a.py").write_text("a")
    (tmp_path / "one.txt").write_text("one")
    text = STAGE.format(module=csv_file.__name__, data=PROJECT / "dummy_data" / "flights.csv")
    (tmp_path / "dvc.yaml").write_text(text)
    return tmp_path / "dvc.yaml"


def locked(stages: Path) -> dict[str, Any]:
    return prepare(stages).lock


def test_the_lock_holds_the_sum_of_the_file_that_the_stage_writes(stages: Path, tmp_path: Path) -> None:
    (written,) = locked(stages)["outs"]
    output = tmp_path / "flights.csv"
    assert csv_file.main(["--data", str(PROJECT / "dummy_data" / "flights.csv"), "--output", str(output)]) == 0
    assert written["path"] == "data/flights.csv"
    assert written["md5"] == hashlib.md5(output.read_bytes(), usedforsecurity=False).hexdigest()
    assert written["size"] == output.stat().st_size


def test_the_lock_holds_the_sums_of_what_the_stage_depends_on(stages: Path) -> None:
    assert locked(stages)["deps"] == [
        {"path": "loaders", **sum_of(stages.parent / "loaders")},
        {"path": "one.txt", **sum_of(stages.parent / "one.txt")},
    ]


def test_a_sum_changes_with_each_file_and_its_name_and_with_no_bytecode(stages: Path) -> None:
    loaders = stages.parent / "loaders"
    sums = [sum_of(loaders)]
    (loaders / "__pycache__").mkdir()
    (loaders / "__pycache__" / "a.pyc").write_text("compiled")
    assert sum_of(loaders) == sums[0]
    (loaders / "a.py").rename(loaders / "b.py")
    sums.append(sum_of(loaders))
    (loaders / "b.py").write_text("b")
    sums.append(sum_of(loaders))
    (loaders / "c.py").write_text("")
    sums.append(sum_of(loaders))
    assert len({one["md5"] for one in sums}) == len(sums)


def test_training_on_the_stages_puts_their_lock_into_the_bundle(
    stages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "bundle"

    def trained(flights: pd.DataFrame, lock: Path, to: Path) -> dict[str, Any]:
        assert (len(flights), lock) == (600, LOCK)
        to.mkdir()
        (to / "model").write_text("learned")
        return {"models": {}}

    monkeypatch.setattr(train, "train", trained)
    assert train.main(["--stages", str(stages), "--output", str(output), "--lock", str(LOCK)]) == 0
    said = yaml.safe_load((output / train.DATA_LOCK).read_text())
    (output / train.DATA_LOCK).unlink()
    found = yaml.safe_load(prepare(stages).with_model(output))["stages"]
    assert found == said["stages"]
    assert found["prepare"] == locked(stages)
    assert found["train"] == {
        "cmd": "PYTHONPATH=src python -m flights.pipelines.train --data data/flights.csv --output bundle",
        "deps": [locked(stages)["outs"][0], {"path": "one.txt", **sum_of(stages.parent / "one.txt")}],
        "outs": [{"path": "bundle", **sum_of(output)}],
    }
    assert found["train"]["outs"][0]["nfiles"] == 1


@pytest.mark.parametrize("other", ["--rows=20", "--data=x", "--query=SELECT 1"])
def test_the_stages_and_other_flights_do_not_go_together(
    stages: Path, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        train.main(["--stages", str(stages), other, "--output", "bundle"])
    assert f"it does not go with {other.partition('=')[0]}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no stage prepare with cmd and deps"),
        ("stages: {}", "has no stage prepare with cmd and deps"),
        ("stages: {prepare: {cmd: [one, two], deps: []}}", "has no stage prepare with cmd and deps"),
        ("stages: [", "is no YAML"),
    ],
)
def test_a_file_without_the_stage_is_refused(
    stages: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stages.write_text(text)
    assert train.main(["--stages", str(stages), "--output", "bundle", "--lock", str(LOCK)]) == 2
    assert f"{stages} {said}" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["python -m flights.elsewhere", "make flights"])
def test_a_stage_that_runs_something_else_is_refused(stages: Path, other: str) -> None:
    stages.write_text(stages.read_text().replace(f"python -m {csv_file.__name__}", other))
    with pytest.raises(UnreadableSourceError, match=rf"must run python -m flights\.data_exports.csv_file.*{other}"):
        prepare(stages)


@pytest.mark.parametrize(
    ("cmd", "said"),
    [
        ("make bundle", r"must run python -m flights\.pipelines\.train, and runs: make bundle"),
        (
            "python -m flights.pipelines.train --data data/flights.csv --rows 9 --output bundle",
            "must train with data/fl",
        ),
        ("python -m flights.pipelines.train --data other.csv --output bundle", "must train with data/flights.csv"),
    ],
)
def test_a_model_of_other_flights_is_not_locked(stages: Path, tmp_path: Path, cmd: str, said: str) -> None:
    described = yaml.safe_load(stages.read_text())
    described["stages"]["train"]["cmd"] = cmd
    stages.write_text(yaml.safe_dump(described))
    with pytest.raises(UnreadableSourceError, match=said):
        prepare(stages).with_model(tmp_path)


def test_stages_without_a_model_lock_the_data_alone(stages: Path, tmp_path: Path) -> None:
    described = yaml.safe_load(stages.read_text())
    del described["stages"]["train"]
    stages.write_text(yaml.safe_dump(described))
    assert [*yaml.safe_load(prepare(stages).with_model(tmp_path))["stages"]] == ["prepare"]


def test_integration_trains_on_the_stages_and_looks_at_the_same_inputs() -> None:
    stages = yaml.safe_load((PROJECT / "dvc.yaml").read_text())["stages"]
    training = tomllib.loads((PROJECT / "ml-cicd.toml").read_text())["train"]
    assert training["command"][3:5] == ["--stages", "dvc.yaml"]
    deps = {*stages["prepare"]["deps"], *stages["train"]["deps"]} - {*stages["prepare"]["outs"]}
    assert {*training["inputs"]} - {"dvc.yaml"} == deps


@pytest.mark.parametrize("name", ["prepare", "train", "evaluate"])
def test_a_stage_runs_again_when_any_module_that_it_imports_changes(name: str) -> None:
    stage = yaml.safe_load((PROJECT / "dvc.yaml").read_text())["stages"][name]
    graph = grimp.build_graph("flights", cache_dir=None)
    # Only for --stages, which the stage itself does not say.
    graph.remove_import(importer=train.__name__, imported=data_lock.__name__)
    module = stage["cmd"].partition(" -m ")[2].split()[0]
    imported = {"src/" + found.replace(".", "/") for found in {module, *graph.find_upstream_modules(module)}}
    assert "src/flights/feature_store/explain" in imported
    deps = [dep.removesuffix(".py") for dep in stage["deps"]]
    assert [
        path for path in sorted(imported) if not any(path == dep or path.startswith(f"{dep}/") for dep in deps)
    ] == []
    assert [dep for dep in stage["deps"] if dep.startswith("src/") and not (PROJECT / dep).exists()] == []
