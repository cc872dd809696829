"""The command `evaluate` on an engine in memory: what its container gets, and which of its results are taken."""

from __future__ import annotations

import shutil
import tarfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels
from cicd.config import GateSettings, MetricSettings, parse
from cicd.errors import CheckFailedError, UnreachableError
from cicd.oci import engine as engines
from cicd.oci import images
from cicd.produce import dvc_files, evaluation, evaluation_set, training_rows
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.fake_engine import Box

DIGEST = f"sha256:{'1' * 64}"
RELEASE, SET = f"ghcr.io/acme/app@{DIGEST}", f"ghcr.io/acme/app/evaluation@{DIGEST}"
COMMAND = ("python", "-m", "app.evaluate")
SETTINGS = GateSettings(
    (MetricSettings("accuracy", 0.01),), COMMAND, "data/rows.csv", memory="1g", cpus=1.5, shm_size="64m"
)
ROWS = b"id,x\na,1\n"
WRITTEN = b"id,target,prediction\na,1,1\n"
PREDICTIONS = evaluation.PREDICTIONS.lstrip("/")


@pytest.fixture
def engine() -> Engine:
    """Return an engine with an evaluation set, on which a release writes its predictions."""
    engine = Engine(ends={RELEASE: 0}, leaves={RELEASE: {f"{PREDICTIONS}/predictions.csv": WRITTEN}})
    engine.holds[SET] = {"evaluation/data/rows.csv": ROWS}
    for image in (RELEASE, SET):
        engine.add_image(image)
    return engine


def predict(engine: Engine, folder: Path, settings: GateSettings = SETTINGS) -> Path:
    prepared = evaluation.prepare(engine.client(), "app", settings, SET, folder)
    return prepared.predict(COMMAND, RELEASE, folder / "candidate")


def test_evaluate_gets_the_set_and_its_limits_and_no_network(engine: Engine, tmp_path: Path) -> None:
    seen: list[Box] = []
    engine.on["remove .*"] = lambda: seen.append(engine.box(engine.names()[-1]))
    file = predict(engine, tmp_path)
    assert (file.name, file.read_bytes()) == ("candidate.csv", WRITTEN)
    held, box = seen
    assert held.config["Cmd"], "an image of files alone names no command, and no container is made without"
    assert (box.config["Entrypoint"], box.config["Cmd"], box.image) == ([], list(COMMAND), RELEASE)
    assert box.networks == ["none"]
    assert (box.host["NanoCpus"], box.host["Memory"], box.host["ShmSize"]) == (1_500_000_000, 1 << 30, 64 << 20)
    assert sorted(box.config["Env"]) == [
        "ML_CICD_EVALUATION_SET=/ml-cicd/evaluation/data/rows.csv",
        "ML_CICD_PREDICTIONS=/ml-cicd/predictions",
    ]
    assert box.files["ml-cicd/evaluation/data/rows.csv"] == ROWS
    assert (box.labels[labels.PROJECT], box.labels[labels.ROLE]) == ("app", labels.EVALUATION)
    assert engine.names() == []


def test_a_second_model_gets_the_same_set_again(engine: Engine, tmp_path: Path) -> None:
    prepared = evaluation.prepare(engine.client(), "app", SETTINGS, SET, tmp_path)
    seen: list[Box] = []
    engine.on["remove .*"] = lambda: seen.append(engine.box(engine.names()[-1]))
    engine.leaves[RELEASE]["ml-cicd/evaluation/data/rows.csv"] = b"altered by the first model"
    prepared.predict(COMMAND, RELEASE, tmp_path / "candidate")
    engine.leaves[RELEASE].pop("ml-cicd/evaluation/data/rows.csv")
    prepared.predict(COMMAND, RELEASE, tmp_path / "champion")
    assert seen[1].files["ml-cicd/evaluation/data/rows.csv"] == ROWS


def test_parquet_keeps_its_ending(engine: Engine, tmp_path: Path) -> None:
    engine.leaves[RELEASE] = {f"{PREDICTIONS}/predictions.parquet": b"PAR1"}
    assert predict(engine, tmp_path).name == "candidate.parquet"


@pytest.mark.parametrize(
    ("left", "message"),
    [
        ({}, r"left neither predictions\.csv"),
        ({"predictions.csv": b"1", "predictions.parquet": b"2"}, r"left both predictions\.csv"),
        ({"predictions.csv/inside": b"1"}, "can't be read: it is no plain file"),
    ],
    ids=["none", "two", "a folder"],
)
def test_anything_but_one_file_of_predictions_fails(
    engine: Engine, tmp_path: Path, left: dict[str, bytes], message: str
) -> None:
    engine.leaves[RELEASE] = {f"{PREDICTIONS}/{name}": content for name, content in left.items()}
    with pytest.raises(CheckFailedError, match=message):
        predict(engine, tmp_path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_a_link_or_a_folder_in_place_of_the_predictions_is_no_plain_file(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("predictions.csv")
    member.type, member.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "packed.tar", "w") as tar:
        tar.addfile(member)
    with pytest.raises(tarfile.TarError, match="it is no plain file"):
        evaluation.unpack(tmp_path / "packed.tar", tmp_path / "predictions.csv")
    assert not (tmp_path / "predictions.csv").exists()


def test_hashed_ids_of_the_training_rows_are_those_of_the_bundle(engine: Engine, tmp_path: Path) -> None:
    seen: list[Box] = []
    engine.on["remove .*"] = lambda: seen.append(engine.box(engine.names()[-1]))
    engine.holds["bundle"] = {f"bundle/{training_rows.FILE}": b"ids"}
    for image in ("bundle", "older"):
        engine.add_image(image)
    rows = evaluation.training_rows(engine.client(), "bundle", tmp_path / "rows")
    assert rows is not None
    assert rows.read_bytes() == b"ids"
    assert seen[0].config["Cmd"], "an image of files alone names no command"
    assert evaluation.training_rows(engine.client(), "older", tmp_path / "none") is None


def test_a_file_that_is_too_large_fails(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "LIMIT", len(WRITTEN) - 1)
    with pytest.raises(CheckFailedError, match="at most 26 are read"):
        predict(engine, tmp_path)


def test_a_failing_command_is_named_with_its_exit_code(engine: Engine, tmp_path: Path) -> None:
    engine.ends[RELEASE] = 3
    with pytest.raises(CheckFailedError, match="evaluate failed with exit code 3"):
        predict(engine, tmp_path)


def test_a_command_that_takes_too_long_is_stopped(engine: Engine, tmp_path: Path) -> None:
    engine.on["start .*"] = lambda: time.sleep(0.2)
    with pytest.raises(CheckFailedError, match=r"did not end within 0\.01 s"):
        predict(engine, tmp_path, replace(SETTINGS, timeout=0.01))


def test_an_image_without_a_set_is_refused(engine: Engine, tmp_path: Path) -> None:
    engine.holds[SET] = {"bundle/model.bin": b""}
    with pytest.raises(CheckFailedError, match="is no evaluation set"):
        predict(engine, tmp_path)


def test_a_release_that_is_gone_is_named(engine: Engine, tmp_path: Path) -> None:
    del engine.images[RELEASE]
    with pytest.raises(UnreachableError, match=r"ghcr\.io/acme/app@"):
        predict(engine, tmp_path)


class TestPublish:
    """The image of the set that ring 1 pushes."""

    CONFIG = parse('name = "app"\n[gate]\nset = "data"\nevaluate = ["e"]\n[gate.metrics.accuracy]\nmargin = 0.01\n')

    @pytest.fixture
    def pushed(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
        pushed: list[tuple[str, str]] = []

        def push(_: object, local: str, repository: str, tag: str) -> str:
            pushed.append((local, f"{repository}:{tag}"))
            return f"{repository}@{DIGEST}"

        monkeypatch.setattr(engines, "connect", engine.client)
        monkeypatch.setattr(images, "push", push)
        monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
        monkeypatch.delenv("ML_CICD_REGISTRY", raising=False)
        return pushed

    def test_its_content_names_it(self, engine: Engine, pushed: list[tuple[str, str]], tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "rows.csv").write_bytes(ROWS)
        reference = evaluation_set.publish(self.CONFIG, tmp_path, "build")
        assert reference == f"ghcr.io/acme/app/evaluation@{DIGEST}"
        evaluation_set.publish(self.CONFIG, tmp_path, "build")
        (tmp_path / "data" / "rows.csv").write_bytes(ROWS * 2)
        evaluation_set.publish(self.CONFIG, tmp_path, "build")
        (first, place), (again, _), (other, _) = pushed
        assert (first, place.partition(":")[0]) == (again, "ghcr.io/acme/app/evaluation")
        assert first != other
        assert [action for action in engine.asked if action.startswith("import")] == [
            f"import {first}",
            f"import {other}",
        ]

    def test_what_dvc_fetched_is_packed_where_the_project_has_it(
        self, engine: Engine, pushed: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[object] = []

        def fetch(_: object, project: str, image: str, directory: Path, held: Any, **_more: object) -> dict[str, Path]:
            asked.extend([project, image, directory, held])
            return {"data": tmp_path / "fetched"}

        monkeypatch.setattr(dvc_files, "fetch", fetch)
        for folder in ("data", "fetched"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "rows.csv").write_bytes(ROWS)
        evaluation_set.publish(self.CONFIG, tmp_path, "build")
        shutil.rmtree(tmp_path / "data")
        (tmp_path / "data.dvc").write_text("outs: []\n")
        evaluation_set.publish(self.CONFIG, tmp_path, "build")
        assert asked == ["app", "build", tmp_path, {"data": "data.dvc"}]
        assert pushed[0] == pushed[1], "the same files, in git or in DVC, are the same set"

    def test_a_project_without_evaluate_has_none(self, pushed: list[tuple[str, str]], tmp_path: Path) -> None:
        judged_by_hand = parse('name = "app"\n[gate.metrics.accuracy]\nmargin = 0.01\n')
        for config in (parse('name = "app"\n'), judged_by_hand):
            assert evaluation_set.publish(config, tmp_path, "build") == ""
        assert pushed == []

    def test_a_pointer_of_git_lfs_is_no_set(self, pushed: list[tuple[str, str]], tmp_path: Path) -> None:
        (tmp_path / "data").write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\n")
        with pytest.raises(CheckFailedError, match=r"\[gate\] set are pointers of Git LFS: data"):
            evaluation_set.publish(self.CONFIG, tmp_path, "build")
        assert pushed == []
