"""Which model files DVC holds: those whose pointer is in the commit and whose content is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd import config
from cicd.errors import UsageError
from cicd.produce import dvc_files, readiness
from tests.unit.support.foreign_projects import git

if TYPE_CHECKING:
    from pathlib import Path

POINTER = "outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  size: 1\n  path: model.pkl\n"
LOCK = "schema: '2.0'\nstages:\n  train:\n    cmd: train\n    outs:\n    - path: models/net.pt\n      md5: 0cc175b9\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.pkl.dvc").write_text(POINTER)
    (tmp_path / "dvc.lock").write_text(LOCK)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("models/model.pkl", {"models/model.pkl": "models/model.pkl.dvc"}),
        ("models/net.pt", {"models/net.pt": "dvc.lock"}),
        ("models/other.pkl", {}),
        ("models/netxpt", {}),
    ],
)
def test_pointer_of_a_path_is_found(project: Path, path: str, expected: dict[str, str]) -> None:
    assert dvc_files.held(project, "[model] paths", [path]) == expected


@pytest.mark.case("K7", "a project in a folder of a repository whose root has DVC's settings")
def test_settings_of_the_repository_are_those_of_a_project_in_a_folder(project: Path) -> None:
    git(project, "init", "--quiet")
    assert dvc_files.settings(project / "models") is None
    (project / ".dvc").mkdir()
    (project / ".dvc" / "config").write_text("[core]\n    remote = root\n")
    assert dvc_files._given(project / "models", {})[".dvc/config"] == b"[core]\n    remote = root\n"
    (project / "models" / ".dvc").mkdir()
    (project / "models" / ".dvc" / "config").write_text("[core]\n    remote = own\n")
    assert dvc_files._given(project / "models", {})[".dvc/config"] == b"[core]\n    remote = own\n"


def test_dvc_gets_its_settings_the_pointers_and_their_stages_alone(project: Path) -> None:
    (project / "dvc.yaml").write_text("stages: {}\n")
    (project / "secret.txt").write_text("")
    local = {".dvc/config.local": dvc_files.LOCAL.encode()}
    given = dvc_files._given(project, {"models/model.pkl": "models/model.pkl.dvc"})
    assert given == {"models/model.pkl.dvc": POINTER.encode(), **local}
    given = dvc_files._given(project, {"models/net.pt": "dvc.lock"})
    assert given == {"dvc.yaml": b"stages: {}\n", "dvc.lock": LOCK.encode(), **local}


LOCKED = """\
schema: '2.0'
stages:
  plain:
    cmd: train
    deps:
    - path: raw.csv
      md5: b026324c6904b2a9cb4b88d6d61c81d1
    outs:
    - path: models/net.pt
      hash: md5
      md5: b026324c6904b2a9cb4b88d6d61c81d1
      size: 2
  up:
    cmd: train
    outs:
    - path: ../up/u.pt
      md5: 26ab0db90d72e28ad0ba1e22ee510510
  many@a:
    cmd: train
    outs:
    - path: many/a.pt
      md5: b026324c6904b2a9cb4b88d6d61c81d1
"""
"""As DVC 3.67 writes it: without templates, and without the `wdir` of a stage, in which its paths begin."""
STAGES = """\
vars:
  - training/conf/more.yaml
stages:
  plain:
    wdir: training
    cmd: train
    outs: [models/${name}.pt]
  up:
    wdir: ${folder}
    cmd: train
    outs: [../up/u.pt]
  many:
    foreach: ${kinds}
    do:
      wdir: training
      cmd: train
      outs: ["many/${key}.pt"]
"""


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """Return a project with stages in other folders, and with templates."""
    texts = {
        "dvc.yaml": STAGES, "dvc.lock": LOCKED, "params.yaml": "name: net\nfolder: training\n",
        "training/conf/more.yaml": "kinds: {a: 1}\n", "training/train.py": "", "other.yaml": "a: 1\n",
        "sub/dvc.yaml": "stages:\n  one:\n    cmd: train\n    outs: [../lifted/s.pt]\n",
        "sub/dvc.lock": "stages:\n  one:\n    cmd: train\n    outs:\n    - path: ../lifted/s.pt\n      md5: 1\n",
        "kept/all.dvc": "wdir: ../weights\nouts:\n- md5: 1\n  path: big.pt\n",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "--quiet")
    return tmp_path


@pytest.mark.case("K7", "stages of DVC that run in other folders, or are templates")
@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("training/models/net.pt", "dvc.lock"),
        ("up/u.pt", "dvc.lock"),
        ("training/many/a.pt", "dvc.lock"),
        ("lifted/s.pt", "sub/dvc.lock"),
        ("weights/big.pt", "kept/all.dvc"),
        ("training/raw.csv", ""),
        ("training/othermodels/net.pt", ""),
        ("training/net.pt", ""),
        ("sub/lifted/s.pt", ""),
    ],
)
def test_output_of_a_stage_in_another_folder_is_found(staged: Path, path: str, pointer: str) -> None:
    assert dvc_files.pointer(staged, path) == pointer


@pytest.mark.case("K7", "stages of DVC that run in other folders, or are templates")
def test_dvc_gets_the_values_of_its_templates(staged: Path) -> None:
    given = dvc_files._given(staged, {"up/u.pt": "dvc.lock"})
    assert {*given} == {
        "dvc.yaml", "dvc.lock", "params.yaml", "training/conf/more.yaml", ".dvc/config.local"
    }  # fmt: skip
    given = dvc_files._given(staged, {"lifted/s.pt": "sub/dvc.lock"})
    assert {*given} == {"sub/dvc.yaml", "sub/dvc.lock", ".dvc/config.local"}


@pytest.mark.parametrize("ending", ["yaml", "yml", "json", "toml", "py", "txt"])
def test_values_of_a_template_are_in_a_file_of_a_kind_that_dvc_reads(staged: Path, ending: str) -> None:
    (staged / "dvc.yaml").write_text(f"vars: [conf.{ending}]\nstages:\n  one:\n    cmd: ${{a}}\n")
    for name in (f"conf.{ending}", f"other.{ending}"):
        (staged / name).write_text("")
    values = {"params.yaml"} if ending == "txt" else {"params.yaml", f"conf.{ending}"}
    assert {*dvc_files._given(staged, {"up/u.pt": "dvc.lock"})} - {"dvc.yaml", "dvc.lock"} == {
        *values, ".dvc/config.local",
    }  # fmt: skip


def test_settings_above_the_repository_do_not_count(project: Path) -> None:
    git(project / "models", "init", "--quiet")
    (project / ".dvc").mkdir()
    (project / ".dvc" / "config").write_text("")
    assert dvc_files.settings(project / "models") is None


def test_content_that_is_here_is_taken(project: Path) -> None:
    (project / "models" / "model.pkl").write_text("here")
    assert dvc_files.held(project, "[model] paths", ["models/model.pkl"]) == {}


@pytest.mark.case("K3", "a pointer of DVC is not taken for the model")
def test_pointer_in_place_of_the_model_is_refused(project: Path) -> None:
    with pytest.raises(UsageError, match="holds a pointer of DVC, not the content") as refused:
        dvc_files.held(project, "[model] paths", ["models/model.pkl.dvc"])
    assert refused.value.hint == "Name the file that it stands for: models/model.pkl"


def test_path_that_dvc_holds_is_there_for_the_first_check(project: Path) -> None:
    readiness._check_paths(config.parse('name = "x"\n[model]\npaths = ["models/model.pkl"]\n'), project)
    with pytest.raises(UsageError, match=r"has no 'models/other\.pkl'"):
        readiness._check_paths(config.parse('name = "x"\n[model]\npaths = ["models/other.pkl"]\n'), project)
