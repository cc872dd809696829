"""`adopt` in a project with DVC: the model files become the bundle, with the secrets of the remote by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd import cli, config
from cicd.produce import readiness
from cicd.start import adoption
from cicd.start.adoption import Options
from tests.unit.support.foreign_projects import Foreign

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.start.adoption import Adoption

POINTER = "outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  size: 1\n  hash: md5\n  path: {}\n"
S3 = "[core]\n    remote = storage\n    autostage = true\n['remote \"storage\"']\n    url = s3://bucket/flights\n"
STAGES = """\
stages:
  prepare:
    cmd: python prepare.py
    deps: [data/raw.csv]
    outs:
    - data/prepared.csv
  train:
    cmd: python train.py
    deps:
    - data/prepared.csv
    outs:
    - models/tree.joblib
    - models/trees.joblib:
        persist: true
    - models/rules.pkl:
        cache: false
    - models/trials.pkl:
        cache: false
"""
LOCK = """\
schema: '2.0'
stages:
  prepare:
    cmd: python prepare.py
    outs:
    - path: data/prepared.csv
      md5: 0cc175b9c0f1b6a831c399e269772661
  train:
    cmd: python train.py
    deps:
    - path: data/prepared.csv
      md5: 0cc175b9c0f1b6a831c399e269772661
    outs:
    - path: models/tree.joblib
      md5: 92eb5ffee6ae2fec3ad71c777531578f
    - path: models/rules.pkl
      md5: 4a8a08f09d37b73795649038408b5f33
"""
PROJECT: dict[str, str | bytes] = {
    ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
    ".dvc/config": S3,
    ".dvcignore": "",
    ".gitignore": "/model.pkl\n",
    "data/.gitignore": "/raw.csv\n/prepared.csv\n",
    "data/raw.csv.dvc": POINTER.format("raw.csv"),
    "model.pkl.dvc": POINTER.format("model.pkl"),
    "requirements.txt": "flask\ngunicorn\n",
    "requirements-dev.txt": "pytest\ndvc[s3]\n",
    "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/ping')\ndef ping(): ...\n",
}
"""A service whose model and data DVC keeps on S3, as `dvc init`, `dvc add` and `dvc remote add` leave it."""


def adopted(path: Path, changed: dict[str, str | bytes] | None = None) -> Adoption:
    return adoption.plan(Foreign({**PROJECT, **(changed or {})}).create(path), Options())


def lines(adoption: Adoption, kind: str) -> dict[str, str]:
    """Return the notes of a kind on DVC, the model and the data: what is said -> the line that decides it."""
    subjects = ("DVC", "model", "data")
    return {note.text: note.decide for note in adoption.notes if note.kind == kind and note.subject in subjects}


def model(adoption: Adoption) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paths and the names of the secrets of [model]."""
    parsed = config.parse(adoption.configuration).model
    return (parsed.paths, parsed.secrets) if parsed else ((), ())


@pytest.mark.case("K3", "adopt in a project whose model DVC keeps on S3")
def test_model_is_written_with_the_secrets_of_its_remote(tmp_path: Path) -> None:
    project = adopted(tmp_path)
    assert model(project) == (("model.pkl",), ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    assert lines(project, "found") == {
        "model.pkl, in DVC": "", "data/raw.csv, in DVC; no build and no test gets it": "",
    }  # fmt: skip
    assumed = lines(project, "assumed")
    assert assumed["The release takes what DVC holds for model.pkl."] == "[model] paths = [...]"
    (on_secrets,) = (text for text in assumed if "s3://bucket/flights" in text)
    assert "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, from TRAIN_SECRETS" in on_secrets
    assert assumed[on_secrets].startswith('gh secret set TRAIN_SECRETS --body \'{"AWS_ACCESS_KEY_ID": "..."')
    assert lines(project, "undecided") == {}


def test_what_is_written_passes_the_checks_before_the_first_build(tmp_path: Path) -> None:
    directory = Foreign(PROJECT).create(tmp_path)
    assert cli.main(["adopt", "--directory", str(directory)]) == 0
    readiness._check_paths(config.load(directory), directory)
    integration = (directory / ".github" / "workflows" / "integration.yml").read_text()
    assert "TRAIN_SECRETS: ${{ secrets.TRAIN_SECRETS }}" in integration


def test_project_in_a_folder_has_the_remote_of_its_repository(tmp_path: Path) -> None:
    files = {path: content for path, content in PROJECT.items() if path != ".dvc/config"}
    directory = Foreign(files, folder="projects/flights").create(tmp_path)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text(S3)
    project = adoption.plan(directory, Options())
    assert model(project) == (("model.pkl",), ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    assert lines(project, "undecided") == {}


def test_undo_leaves_no_trace(tmp_path: Path) -> None:
    directory = Foreign(PROJECT).create(tmp_path)
    (directory / "model.pkl").write_bytes(b"content that DVC checked out")
    before = {path: path.read_bytes() if path.is_file() else b"" for path in tmp_path.rglob("*")}
    assert cli.main(["adopt", "--directory", str(directory)]) == 0
    assert cli.main(["adopt", "--directory", str(directory), "--undo"]) == 0
    assert {path: path.read_bytes() if path.is_file() else b"" for path in tmp_path.rglob("*")} == before


def test_outputs_that_the_lock_names_are_the_model(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"dvc.yaml": STAGES, "dvc.lock": LOCK, "model.pkl.dvc": ""}
    project = adopted(tmp_path, files)
    assert model(project)[0] == ("models/tree.joblib",)
    assert "dvc.yaml with the stages prepare, train" in lines(project, "found")
    ((text, line),) = lines(project, "undecided").items()
    assert text.startswith("A stage of dvc.yaml makes models/trees.joblib, and no commit"), "the others are not in DVC"
    assert "dvc repro && dvc push && git add dvc.lock" in line


@pytest.mark.parametrize(
    ("pointer", "content", "paths"),
    [
        ("store/classifier.dvc", POINTER.format("classifier"), ("store/classifier",)),
        ("models.dvc", POINTER.format("models"), ("models",)),
        ("dvc/all.dvc", "wdir: ..\nouts:\n- md5: 0\n  path: weights/a.bin\n", ("weights/a.bin",)),
        ("elsewhere.dvc", "wdir: ../..\nouts:\n- md5: 0\n  path: model.pt\n", ()),
        ("network.dvc", POINTER.format("network.csv"), ()),
        ("tests/fixtures/m.pkl.dvc", POINTER.format("m.pkl"), ()),
        ("data/model.pkl.dvc", POINTER.format("model.pkl"), ()),
        ("import.dvc", "deps:\n- path: s3://x/model.pkl\nouts:\n- md5: 0\n  path: 'a model.pkl'\n", ("a model.pkl",)),
        ("absolute.dvc", POINTER.format("/srv/model.pkl"), ()),
        ("broken.dvc", "outs: [{path: model.pkl", ()),
    ],
)  # fmt: skip
def test_pointers_of_every_form(tmp_path: Path, pointer: str, content: str, paths: tuple[str, ...]) -> None:
    assert model(adopted(tmp_path, {"model.pkl.dvc": "", pointer: content}))[0] == paths


def test_pointer_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    project = adopted(tmp_path, {"model.pkl.dvc": "outs: ["})
    assert lines(project, "undecided") == {
        "model.pkl.dvc is no YAML.": "Correct model.pkl.dvc, then run ml-cicd adopt again"
    }


AZURE, GCS = ("AZURE_STORAGE_CONNECTION_STRING",), ("GCS_KEY",)


@pytest.mark.parametrize(
    ("settings", "secrets", "kind", "line"),
    [
        ("url = azure://models/flights", AZURE, "assumed", "AZURE_STORAGE_CONNECTION_STRING"),
        ("url = gdrive://0AIac4JZqHhKmUk9PDA", ("GDRIVE_CREDENTIALS_DATA",), "assumed", "GDRIVE_CREDENTIALS_DATA"),
        ("url = oss://b/p", ("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET"), "assumed", "OSS_ACCESS_KEY_SECRET"),
        ("url = gs://b/p", (), "undecided", "dvc remote modify origin credentialpath /run/secrets/GCS_KEY"),
        ("url = gs://b/p\n    credentialpath = /run/secrets/GCS_KEY", GCS, "assumed", "gh secret set TRAIN_SECRETS"),
        ("url = ssh://me@host/srv/models", (), "undecided", "dvc remote modify origin keyfile /run/secrets/"),
        ("url = s3://open/x\n    allow_anonymous_login = true", (), "found", ""),
        ("url = https://models.example.org/flights", (), "assumed", "dvc remote modify origin url"),
        ("url = https://models.example.org/x\n    auth = basic", (), "undecided", "dvc remote modify origin url"),
        ("url = webdavs://example.org/models", (), "undecided", "dvc remote modify origin url"),
        ("url = ../../shelf", (), "undecided", "dvc remote modify origin url s3://BUCKET/PATH"),
        ("url = /srv/shelf", (), "undecided", "dvc remote modify origin url s3://BUCKET/PATH"),
    ],
)
def test_remote_decides_which_secrets(
    tmp_path: Path, settings: str, secrets: tuple[str, ...], kind: str, line: str
) -> None:
    project = adopted(tmp_path, {".dvc/config": f"['remote \"origin\"']\n    {settings}\n"})
    assert model(project) == (("model.pkl",), secrets)
    (decides,) = (decide for text, decide in lines(project, kind).items() if "The remote 'origin'" in text)
    assert line in decides


@pytest.mark.parametrize(
    "text", ["", "[core]\n    remote = gone\n", "['remote \"a\"']\nurl = s3://a\n['remote \"b\"']\nurl = s3://b\n", "?"]
)
def test_remote_that_is_not_clear_is_left_to_a_person(tmp_path: Path, text: str) -> None:
    undecided = lines(adopted(tmp_path, {".dvc/config": text}), "undecided")
    assert list(undecided.values()) == ["dvc remote add --default storage s3://BUCKET/PATH, then dvc push"]


def test_password_in_the_address_of_a_remote_is_not_shown(tmp_path: Path) -> None:
    project = adopted(tmp_path, {".dvc/config": "['remote \"o\"']\nurl = https://me:hunter22@models.example.org/x\n"})
    assert not any("hunter22" in note.text + note.decide for note in project.notes)


def test_dvc_that_nothing_installs_is_named_with_its_plug_in(tmp_path: Path) -> None:
    (line,) = lines(adopted(tmp_path, {"requirements-dev.txt": "pytest\n"}), "undecided").values()
    assert line == '[build] requirements = ["requirements-test.txt"], a file with the line dvc[s3]'


def test_release_that_takes_no_bundle_is_told_how(tmp_path: Path) -> None:
    dockerfile = 'FROM python:3.11\nCOPY app.py model.pkl ./\nEXPOSE 8000\nCMD ["python", "app.py"]\n'
    project = adopted(tmp_path, {"Dockerfile": dockerfile})
    assert model(project) == ((), ())
    ((text, line),) = lines(project, "undecided").items()
    assert text == "No checkout holds model.pkl, and Dockerfile takes no bundle, so that the release has no model."
    assert "ARG BUNDLE" in line


def test_training_is_told_how_to_get_its_data(tmp_path: Path) -> None:
    dockerfile = (
        "ARG BUNDLE\nFROM ${BUNDLE} AS bundle\nFROM python:3.11 AS test\nFROM python:3.11\n"
        'COPY --from=bundle /bundle /opt/bundle\nEXPOSE 8000\nCMD ["python", "app.py"]\n'
    )
    files: dict[str, str | bytes] = {
        "Dockerfile": dockerfile, "model.pkl.dvc": "", "train.py": "open('/tmp/bundle/model.pkl')\n",
    }  # fmt: skip
    (line,) = lines(adopted(tmp_path, files), "undecided").values()
    assert line == (
        "[train] secrets = [...], and a command that reads them from /run/secrets and runs: dvc pull data/raw.csv"
    )


STAGED: dict[str, str | bytes] = {
    "model.pkl.dvc": "",
    "dvc.yaml": """\
stages:
  fit:
    wdir: training
    cmd: train
    outs: [models/net.pt, {models/scores.pkl: {cache: false}}]
  fold:
    foreach: [1, 2]
    do:
      wdir: training
      cmd: train
      outs: ["models/model-${item}.pkl"]
  where:
    wdir: ${folder}
    cmd: train
    outs: [../models/unknown.pkl]
""",
    "dvc.lock": """\
schema: '2.0'
stages:
  fit:
    outs:
    - path: models/net.pt
    - path: models/scores.pkl
  fold@1:
    outs:
    - path: models/model-1.pkl
  where:
    outs:
    - path: ../models/unknown.pkl
""",
    "nightly/dvc.yaml": "stages:\n  one:\n    cmd: train\n    outs: [../weights/late.pt]\n",
    "nightly/dvc.lock": "stages:\n  one:\n    outs:\n    - path: ../weights/late.pt\n",
}


@pytest.mark.case("K7", "stages of DVC that run in other folders, or are templates")
def test_outputs_begin_in_the_folder_of_their_stage(tmp_path: Path) -> None:
    project = adopted(tmp_path, STAGED)
    assert model(project)[0] == ("training/models/net.pt", "training/models/model-1.pkl", "weights/late.pt")
    assert (
        lines(project, "undecided")[
            "dvc.yaml gives the stage where the folder ${folder}, and only DVC knows which folder that is."
        ]
        == 'If ../models/unknown.pkl is the model: [model] paths = ["FOLDER/models/unknown.pkl"]'
    )
