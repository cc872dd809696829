"""`adopt` writes what an existing project needs to be on the road, tells what it saw, and takes it back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, config
from cicd.errors import UnreachableError
from cicd.start import adoption, base, callers, generated, record, trial
from cicd.start.adoption import Options
from cicd.start.job import _title as job_title
from cicd.start.project import Asked
from tests.static.rules.callers import calls, findings
from tests.static.support import kit as kits
from tests.static.support.kit import ROOT
from tests.unit.support.foreign_projects import PROJECTS, Foreign, git

if TYPE_CHECKING:
    from cicd.start.adoption import Adoption

BIN = Path(sys.executable).parent
UNTOUCHED = {".git"}
USUAL = {
    f".github/workflows/{name}.yml" for name in ("ci", "integration", "staging", "production", "deploy", "comment")
}


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file and folder below, without git's."""
    paths = [path for path in folder.rglob("*") if not UNTOUCHED & set(path.relative_to(folder).parts)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in paths}


def everything(folder: Path) -> set[str]:
    """Return the paths of all that is in a folder, git's files too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def adopt(directory: Path, *words: str) -> int:
    return cli.main(["adopt", "--directory", str(directory), *words])


def said(capsys: pytest.CaptureFixture[str], directory: Path, *words: str) -> Any:
    """Return what `adopt --json` prints."""
    capsys.readouterr()
    with capsys.disabled(), subprocess.Popen(
        [sys.executable, "-m", "cicd.cli", "adopt", "--directory", str(directory), "--json", *words],
        stdout=subprocess.PIPE, cwd=ROOT, text=True,
    ) as process:  # fmt: skip
        output = process.communicate()[0]
    assert process.returncode == 0
    return json.loads(output)


def planned(path: Path, files: dict[str, str | bytes], options: Options | None = None, **other: Any) -> Adoption:
    return adoption.plan(Foreign(files, **other).create(path), options or Options())


def toml(path: Path, files: dict[str, str | bytes], options: Options | None = None) -> config.Config:
    return config.parse(planned(path, files, options).configuration)


def notes(adopted: Adoption, subject: str) -> list[tuple[str, str, str]]:
    return [(note.kind.value, note.text, note.decide) for note in adopted.notes if note.subject == subject]


@pytest.fixture(scope="module")
def kit() -> kits.Kit:
    """Return the workflows that callers must fit."""
    return kits.load()


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Foreign, Path]:
    """Return one of ten foreign projects, and its folder in a fresh repository."""
    foreign = PROJECTS[request.param]
    return foreign, foreign.create(tmp_path / "repository")


class TestTenProjects:
    def test_only_files_of_the_kit_are_added(self, project: tuple[Foreign, Path], tmp_path: Path) -> None:
        foreign, directory = project
        repository = tmp_path / "repository"
        before = snapshot(repository)
        assert adopt(directory) == 0
        after = snapshot(repository)
        assert {path: content for path, content in after.items() if path in before} == before
        added = {path for path in after.keys() - before.keys() if (repository / path).is_file()}
        prefix = "mean-" if foreign.folder else ""
        names = {path.replace("workflows/", f"workflows/{prefix}") for path in USUAL}
        names |= {f"{foreign.folder}/{name}".lstrip("/") for name in ("ml-cicd.toml", base.FILE)}
        assert added == names | {generated.DEPENDABOT}

    def test_configuration_is_valid_and_short(self, project: tuple[Foreign, Path]) -> None:
        _, directory = project
        assert adopt(directory) == 0
        config.load(directory)
        lines = (directory / "ml-cicd.toml").read_text().splitlines()
        assert len([line for line in lines if line and not line.startswith("#")]) <= 12

    def test_callers_fit_the_kit(self, project: tuple[Foreign, Path], tmp_path: Path, kit: kits.Kit) -> None:
        foreign, directory = project
        assert adopt(directory) == 0
        own = kits.load(tmp_path / "repository")
        assert [str(finding) for finding in findings(own, kit)] == []
        assert {name for _, _, name in calls(own)} == {Path(path).name for path in USUAL}
        builds = [job for _, job, name in calls(own) if name != "comment.yml"]
        folders = {(job.data.get("with") or {}).get("directory", "") for job in builds}
        assert folders == {foreign.folder}

    def test_undo_leaves_no_trace(self, project: tuple[Foreign, Path], tmp_path: Path) -> None:
        _, directory = project
        before, content = everything(tmp_path), snapshot(tmp_path / "repository")
        assert adopt(directory) == 0
        assert adopt(directory, "--undo") == 0
        assert everything(tmp_path) == before
        assert snapshot(tmp_path / "repository") == content

    def test_dry_run_changes_nothing(self, project: tuple[Foreign, Path], tmp_path: Path) -> None:
        _, directory = project
        before = everything(tmp_path)
        assert adopt(directory, "--dry-run") == 0
        assert everything(tmp_path) == before

    def test_again_writes_nothing(self, project: tuple[Foreign, Path], capsys: pytest.CaptureFixture[str]) -> None:
        _, directory = project
        assert adopt(directory) == 0
        before = snapshot(directory)
        assert adopt(directory) == 0
        assert "nothing to write" in capsys.readouterr().out
        assert snapshot(directory) == before


@pytest.fixture(scope="module")
def every_caller(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the callers of projects of every kind: develop, trunk, master, a folder, a prefix, LFS, other runners."""
    files = []
    branches = [("main", "develop"), ("main", "main"), ("master", "develop")]
    choices = [callers.Choices("org/ml-cicd", "v1", callers.Branches(*pair)) for pair in branches]
    choices.append(callers.Choices(
        "org/ml-cicd", "v1", callers.Branches("main", "main"), directory="projects/a", prefix="a", lfs=True,
        submodules=True, deploy_runs_on=(),
    ))  # fmt: skip
    choices.append(callers.Choices(
        "org/ml-cicd", "v1", callers.Branches("main", "main"), prefix="ml-cicd", deploy_runs_on=("linux", "gpu"),
    ))  # fmt: skip
    for choice in choices:
        folder = tmp_path_factory.mktemp("callers")
        for name in callers.ALL:
            file = folder / choice.path(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(callers.render(name, choice))
            files.append(file)
    return files


@pytest.mark.parametrize(
    "command",
    [
        ["actionlint", "-ignore", "cache-mode"],  # act rejects a file that has it
        ["yamllint", "--strict", "--config-file", str(ROOT / ".yamllint.yml")],
        ["zizmor", "--persona", "auditor", "--offline", "--no-progress", "--quiet", "--config",
         str(ROOT / "example_project" / ".github" / "zizmor.yml")],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_linters_find_nothing_in_callers(every_caller: list[Path], command: list[str]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:], *every_caller], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("branches", [("main", "develop"), ("master", "master")], ids=["develop", "trunk"])
def test_callers_fit_the_kit_with_every_choice(tmp_path: Path, kit: kits.Kit, branches: tuple[str, str]) -> None:
    choice = callers.Choices(
        "acme/ml-cicd", "v2", callers.Branches(*branches), directory="projects/a b", prefix="a", lfs=True,
        submodules=True, deploy_runs_on=("linux", "gpu"),
    )  # fmt: skip
    for name in callers.ALL:
        file = tmp_path / choice.path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(callers.render(name, choice))
    own = kits.load(tmp_path)
    assert [str(finding) for finding in findings(own, kit)] == []
    jobs = {name: job.data for _, job, name in calls(own)}
    assert jobs["production.yml"]["with"]["deploy-runs-on"] == '["linux", "gpu"]'
    assert jobs["integration.yml"]["with"] == {
        "directory": "projects/a b", "lfs": True, "submodules": "true", "staging-workflow": "a-staging.yml",
    }  # fmt: skip
    assert own.workflows["a-integration.yml"].on["push"]["branches"] == [branches[1]]


class TestSuites:
    def test_markers_split_one_folder(self, tmp_path: Path) -> None:
        test = "import pytest\n\n@pytest.mark.e2e\ndef test_a(): pass\n@pytest.mark.slow\ndef test_b(): pass\n"
        tests = toml(tmp_path, {"tests/test_all.py": test, "requirements.txt": "pytest\n", "app.py": ""}).tests
        assert tests["unit"] == ("python", "-m", "pytest", "tests", "-m", "not e2e")
        assert tests["acceptance"] == ("python", "-m", "pytest", "tests", "-m", "e2e")
        assert "integration" not in tests

    def test_folder_of_a_suite_is_no_unit_test(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "tests/test_a.py": "", "tests/e2e/test_b.py": "SERVICE_URL", "requirements.txt": "pytest\n", "app.py": "",
        }  # fmt: skip
        tests = toml(tmp_path, files).tests
        assert tests["unit"] == ("python", "-m", "pytest", "tests", "--ignore=tests/e2e")
        assert tests["acceptance"] == ("python", "-m", "pytest", "tests/e2e")

    def test_suite_that_does_not_ask_the_service_is_left_to_a_person(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {"tests/integration/test_a.py": "import pytest", "app.py": ""}
        ((kind, text, decide),) = [
            note for note in notes(planned(tmp_path, files), "tests") if "SERVICE_URL" in note[1]
        ]
        assert kind == "undecided"
        assert "integration" in text
        assert "SERVICE_URL" in decide

    def test_project_without_tests_says_so(self, tmp_path: Path) -> None:
        adopted = planned(tmp_path, {"app.py": "", "requirements.txt": ""})
        assert config.parse(adopted.configuration).tests == {}
        ((kind, text, _),) = notes(adopted, "tests")
        assert (kind, "health check" in text) == ("assumed", True)

    def test_pytest_that_nothing_installs_is_named(self, tmp_path: Path) -> None:
        adopted = planned(tmp_path, {"test_a.py": "import pytest\n", "app.py": "", "requirements.txt": ""})
        assert [decide for kind, _, decide in notes(adopted, "tests") if kind == "undecided"] == [
            'Name pytest in a file, then: [build] requirements = ["requirements-test.txt"]'
        ]


class TestService:
    @pytest.mark.parametrize(
        ("code", "health"),
        [
            ("app = FastAPI()\n@app.get('/livez')\ndef live(): ...\n@app.get('/health/x')\ndef x(): ...\n", "/livez"),
            ("app = FastAPI()\nr = APIRouter(prefix='/v1')\n@r.get('/healthz')\ndef ok(): ...\n", "/v1/healthz"),
            ("app = FastAPI()\napp.add_api_route('/ping', print)\n", "/ping"),
            ("app = FastAPI()\n@app.post('/health')\ndef a(): ...\n@app.get('/')\ndef b(): ...\n", "/"),
            ("app = FastAPI()\n@app.post('/predict')\ndef predict(): ...\n", "/docs"),
        ],
    )
    def test_health_path_is_found_in_the_code(self, tmp_path: Path, code: str, health: str) -> None:
        files: dict[str, str | bytes] = {
            "app.py": f"from fastapi import APIRouter, FastAPI\n{code}", "requirements.txt": "fastapi\nuvicorn\n",
        }  # fmt: skip
        assert toml(tmp_path, files).service.health == health

    def test_no_health_path_is_left_to_a_person(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "app.py": "from flask import Flask\napp = Flask(__name__)\n",
            "requirements.txt": "flask\n",
        }
        ((kind, _, decide),) = notes(planned(tmp_path, files), "health path")
        assert (kind, decide) == ("undecided", '[service] health = "/..."')

    def test_service_without_a_server_names_the_line(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "app.py": "from fastapi import FastAPI\napp = FastAPI()\n",
            "requirements.txt": "fastapi\n",
        }
        ((kind, text, decide),) = notes(planned(tmp_path, files), "command")
        assert (kind, "app:app needs a server" in text, "[service] command = " in decide) == ("undecided", True, True)

    def test_healthcheck_and_port_of_the_dockerfile_count(self, tmp_path: Path) -> None:
        dockerfile = (
            "FROM python AS one\nEXPOSE 1\nFROM python\nEXPOSE 8080 9090/udp\n"
            "HEALTHCHECK CMD curl -f http://localhost:8080/alive || exit 1\nENTRYPOINT uvicorn a:app --port 8080\n"
        )
        service = toml(tmp_path, {"Dockerfile": dockerfile, "a.py": ""}).service
        assert (service.port, service.health, service.command) == (8080, "/alive", ())

    def test_server_that_only_an_extra_brings_is_not_started(self, tmp_path: Path) -> None:
        project = '[build-system]\nrequires = []\n[project]\nname = "a"\nversion = "1"\ndependencies = ["flask"]\n'
        files: dict[str, str | bytes] = {
            "pyproject.toml": f'{project}[project.optional-dependencies]\nserve = ["gunicorn"]\n',
            "a/__init__.py": "", "a/web.py": "from flask import Flask\napp = Flask(__name__)\n",
            "requirements-dev.txt": "waitress\n",
        }  # fmt: skip
        adopted = planned(tmp_path, files)
        assert config.parse(adopted.configuration).service.command[:3] == ("flask", "--app", "a.web:app")
        (note,) = [text for kind, text, _ in notes(adopted, "command") if kind == "assumed"]
        assert "does not install gunicorn" in note

    def test_what_a_person_says_counts(self, tmp_path: Path) -> None:
        asked = Asked(("service",), ("python", "-m", "x"), 81, "/up")
        service = toml(tmp_path, {"x.py": "", "requirements.txt": ""}, Options(asked=asked)).service
        assert (service.port, service.health, service.command) == (81, "/up", ("python", "-m", "x"))

    def test_model_that_is_opened_by_a_relative_path_is_the_bundle(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "app.py": "from flask import Flask\nMODEL = open('models/m.joblib')\napp = Flask(__name__)\n"
            "@app.get('/ping')\ndef ping(): ...\n",
            "models/m.joblib": b"\0", "requirements.txt": "flask\ngunicorn\n",
        }  # fmt: skip
        found = toml(tmp_path, files)
        assert found.model is not None
        assert found.model.paths == ("models/m.joblib",)
        assert found.service.command[:2] == ("env", "--chdir=/opt/bundle")


class TestJob:
    def test_arguments_that_a_program_needs_are_named(self, tmp_path: Path) -> None:
        adopted = adoption.plan(PROJECTS["DVC, LFS and notebooks"].create(tmp_path), Options())
        assert any("--rows" in text for kind, text, _ in notes(adopted, "deliverable") if kind == "undecided")
        assert "lfs: true" in adopted.texts[".github/workflows/ci.yml"]

    def test_likeliest_program_is_the_job(self, tmp_path: Path) -> None:
        main = "if __name__ == '__main__':\n    print(1)\n"
        files: dict[str, str | bytes] = {"run.py": main, "batch_predict.py": main, "requirements.txt": ""}
        job = toml(tmp_path, files).job
        assert job is not None
        assert job.command == ("python", "-m", "batch_predict")

    def test_command_beside_a_library_is_no_job(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "pyproject.toml": '[build-system]\nrequires = []\n[project]\nname = "jokes"\nversion = "1"\n'
            '[project.scripts]\njoke = "jokes.joke:main"\n',
            "jokes/__init__.py": "", "jokes/joke.py": "def main(): ...\n", "scripts/test_network.py": "",
        }  # fmt: skip
        adopted = planned(tmp_path, files)
        parsed = config.parse(adopted.configuration)
        assert parsed.is_package_alone
        assert parsed.package
        assert parsed.package.name == "jokes"
        assert "[tests]" not in adopted.configuration


API = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/health')\ndef health():\n    return 'ok'\n"
PROGRAM = "if __name__ == '__main__':\n    print(1)\n"
BOTH: dict[str, str | bytes] = {
    "api/main.py": API, "api/score.py": PROGRAM, "requirements.txt": "fastapi\nuvicorn\n", "sample/a.csv": "a\n"
}  # fmt: skip
SCRIPT = """[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "prices"
version = "1"
dependencies = ["fastapi", "uvicorn"]
[project.scripts]
nightly-batch = "prices.night:main"
"""


class TestServiceAndJob:
    def test_both_are_written(self, tmp_path: Path) -> None:
        parsed = toml(tmp_path, BOTH)
        assert parsed.service.command[:2] == ("uvicorn", "api.main:app")
        assert [(job.name, job.command, job.job.sample) for job in parsed.jobs] == [
            ("score", ("python", "-m", "api.score"), "sample")
        ]

    def test_console_script_is_the_job(self, tmp_path: Path) -> None:
        package = {"prices/__init__.py": "", "prices/night.py": "def main(): ...\n", "prices/web.py": API}
        (job,) = toml(tmp_path, {"pyproject.toml": SCRIPT, **package}).jobs
        assert (job.name, job.command) == ("nightly-batch", ("nightly-batch",))

    def test_job_in_the_image_of_a_dockerfile_is_a_module(self, tmp_path: Path) -> None:
        dockerfile = 'FROM python:3.11\nCOPY . .\nCMD ["uvicorn", "prices.web:app"]\n'
        package = {"prices/__init__.py": "", "prices/night.py": "def main(): ...\n", "prices/web.py": API}
        parsed = toml(tmp_path, {"pyproject.toml": SCRIPT, "Dockerfile": dockerfile, **package})
        assert parsed.job is None, "the first deliverable is the service"
        assert parsed.service.port == 8000
        assert [job.command for job in parsed.jobs] == [("python", "-m", "prices.night")]

    @pytest.mark.parametrize(
        ("files", "said"),
        [
            ({"api/score.py": f"import argparse\na = argparse.ArgumentParser()\na.add_argument('day')\n{PROGRAM}"},
             "api/score.py may be a batch job. It needs arguments (day), which a proof can't know."),
            ({"Dockerfile": 'FROM python:3.11\nENTRYPOINT ["uvicorn", "api.main:app"]\n'},
             "api/score.py may be a batch job, and Dockerfile starts uvicorn api.main:app always."),
            ({"Dockerfile": 'FROM python:3.11\nCOPY api/main.py api/\nCMD ["uvicorn", "api.main:app"]\n'},
             "api/score.py may be a batch job, and Dockerfile does not copy api/score.py."),
        ],
    )  # fmt: skip
    def test_job_that_can_not_be_proven_is_left_out_and_named(
        self, tmp_path: Path, files: dict[str, str | bytes], said: str
    ) -> None:
        adopted = planned(tmp_path, {**BOTH, **files})
        assert config.parse(adopted.configuration).jobs == ()
        ((kind, line),) = [(kind, line) for kind, text, line in notes(adopted, "deliverable") if text == said]
        assert kind == "assumed"
        assert line.startswith('[deliverables.score] kind = "job", command = ["python", "-m", "api.score"]')

    @pytest.mark.parametrize(
        "copies", ["COPY . .", "COPY ./ /srv/", "ADD api /srv/api", "COPY api/*.py api/", 'COPY ["api/", "api/"]',
                   "COPY $CODE .", "COPY --from=compiled /srv /srv", "COPY --chown=1:1 /api/ /srv/api/"],
    )  # fmt: skip
    def test_job_that_the_dockerfile_copies_is_written(self, tmp_path: Path, copies: str) -> None:
        dockerfile = f'FROM python:3.11\n{copies}\nCMD ["uvicorn", "api.main:app"]\n'
        assert [job.name for job in toml(tmp_path, {**BOTH, "Dockerfile": dockerfile}).jobs] == ["score"]

    @pytest.mark.parametrize("name", ["run", "main", "tool"])
    @pytest.mark.parametrize("code", [PROGRAM, f"import uvicorn\n{PROGRAM}"])
    def test_other_programs_of_a_service_are_no_jobs(self, tmp_path: Path, name: str, code: str) -> None:
        files = {path: text for path, text in BOTH.items() if path != "api/score.py"}
        assert toml(tmp_path, {**files, f"api/{name}.py": code}).jobs == ()

    def test_kinds_that_a_person_names_count(self, tmp_path: Path) -> None:
        service = Options(asked=Asked(("service",)))
        assert toml(tmp_path / "one", BOTH, service).jobs == ()
        files = {path: text for path, text in BOTH.items() if path != "api/score.py"}
        both = Options(asked=Asked(("service", "batch")))
        (job,) = toml(tmp_path / "two", {**files, "api/run.py": PROGRAM}, both).jobs
        assert (job.name, job.command) == ("run", ("python", "-m", "api.run"))
        nothing = planned(tmp_path / "three", files, both)
        assert "No program of the project looks like a batch job" in nothing.open[0].text

    def test_package_beside_a_service(self, tmp_path: Path) -> None:
        asked = Options(asked=Asked(("service", "package")))
        parsed = toml(
            tmp_path / "one", {"pyproject.toml": SCRIPT, "prices/__init__.py": "", "prices/web.py": API}, asked
        )
        assert (parsed.job, parsed.jobs, parsed.package and parsed.package.name) == (None, (), "prices")
        assert "build backend" in planned(tmp_path / "two", BOTH, asked).open[0].text

    def test_job_and_package_of_one_name_keep_a_table_each(self, tmp_path: Path) -> None:
        declared = SCRIPT.partition("[project.scripts]")[0]
        asked = Options(asked=Asked(("service", "batch", "package")))
        files: dict[str, str | bytes] = {
            "pyproject.toml": declared, "score/__init__.py": "", "score/web.py": API, "score/score.py": PROGRAM,
        }  # fmt: skip
        parsed = toml(tmp_path, files, asked)
        assert [job.name for job in parsed.jobs] == ["score"]
        assert (parsed.package and parsed.package.name) == "package"

    def test_name_that_the_kit_needs_is_no_name_of_a_job(self, tmp_path: Path) -> None:
        files = {path: text for path, text in BOTH.items() if path != "api/score.py"}
        asked = Options(asked=Asked(("service", "batch")))
        (job,) = toml(tmp_path, {**files, "batch/main.py": PROGRAM}, asked).jobs
        assert job.name == "main"
        assert job_title(("python", "-m", "job.lock")) == "job"

    def test_options_are_repeated(self, tmp_path: Path) -> None:
        directory = Foreign(BOTH).create(tmp_path)
        assert adopt(directory, "--kind", "service", "--kind", "batch") == 0
        assert [job.name for job in config.load(directory).jobs] == ["score"]


def test_what_was_written_is_said_before_a_trial_that_can_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(_: Path) -> trial.Trial:
        raise UnreachableError("No engine answers.", "Start it.")

    monkeypatch.setattr(trial, "run", unreachable)
    assert adopt(Foreign({"app.py": ""}).create(tmp_path), "--check") == 69
    assert "written: ml-cicd.toml" in capsys.readouterr().out


class TestBranches:
    @pytest.mark.parametrize(
        ("branches", "expected"),
        [
            (("main",), ("main", "main")), (("master",), ("master", "master")),
            (("main", "develop"), ("main", "develop")), (("develop",), ("main", "develop")),
            (("master", "dev"), ("master", "dev")),
        ],
    )  # fmt: skip
    def test_branch_model_is_found(self, tmp_path: Path, branches: tuple[str, ...], expected: tuple[str, str]) -> None:
        adopted = planned(tmp_path, {"app.py": ""}, branches=branches)
        text = adopted.texts[".github/workflows/ci.yml"]
        assert f"branches-ignore: [{', '.join(dict.fromkeys(reversed(expected)))}, gh-" in text
        assert adopted.branch == expected[1]

    def test_branch_that_the_kit_can_not_move_is_named(self, tmp_path: Path) -> None:
        adopted = planned(tmp_path, {"app.py": ""}, branches=("trunk",))
        assert ("undecided", "git branch -m trunk main, then make it the default branch") in [
            (kind, decide) for kind, _, decide in notes(adopted, "branches")
        ]


class TestStages:
    def test_one_stage_at_a_time(self, tmp_path: Path) -> None:
        directory = Foreign({"app.py": ""}).create(tmp_path / "a")
        workflows = directory / ".github" / "workflows"
        assert adopt(directory, "--stage", "ci") == 0
        assert [path.name for path in workflows.iterdir()] == ["ci.yml"]
        assert adopt(directory, "--stage", "integration") == 0
        assert not config.load(directory).staging_auto
        assert adopt(directory, "--stage", "staging", "--stage", "production") == 0
        assert config.load(directory).staging_auto
        assert sorted(path.name for path in workflows.iterdir()) == [
            "ci.yml", "integration.yml", "production.yml", "staging.yml",
        ]  # fmt: skip
        assert adopt(directory, "--undo") == 0
        assert sorted(snapshot(directory)) == ["app.py"]

    def test_edited_configuration_is_left_as_it_is(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        directory = Foreign({"app.py": ""}).create(tmp_path / "a")
        assert adopt(directory, "--stage", "ci") == 0
        edited = (directory / "ml-cicd.toml").read_text() + "# mine\n"
        (directory / "ml-cicd.toml").write_text(edited)
        assert adopt(directory, "--stage", "integration") == 0
        assert (directory / "ml-cicd.toml").read_text() == edited
        assert "kept as it is: ml-cicd.toml" in capsys.readouterr().out

    def test_callers_that_exist_are_kept(self, tmp_path: Path) -> None:
        mine = "on: push\njobs:\n  x:\n    uses: acme/ml-cicd/.github/workflows/ci.yml@v1\n"
        adopted = planned(tmp_path, {"app.py": "", ".github/workflows/build.yml": mine})
        assert ".github/workflows/build.yml" in adopted.kept
        assert ".github/workflows/ci.yml" not in adopted.texts

    def test_foreign_workflow_of_the_same_name_stays(self, tmp_path: Path, kit: kits.Kit) -> None:
        theirs = "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps: [{run: make}]\n"
        directory = Foreign({"app.py": "", ".github/workflows/ci.yaml": theirs}).create(tmp_path)
        assert adopt(directory) == 0
        workflows = directory / ".github" / "workflows"
        assert (workflows / "ci.yaml").read_text() == theirs
        assert sorted(path.name for path in workflows.iterdir()) == [
            "ci.yaml", *(f"ml-cicd-{name}.yml" for name in sorted(callers.USUAL)),
        ]  # fmt: skip
        assert [str(finding) for finding in findings(kits.load(directory), kit)] == []


class TestGit:
    def test_ignored_files_are_noticed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        directory = Foreign({".gitignore": "build/\n/.github/\n", "app.py": ""}).create(tmp_path)
        (directory / "cicd" / "build").mkdir(parents=True)
        (directory / "cicd" / "build" / "Dockerfile").write_text("FROM scratch\n")
        told = {
            note["text"]: note["decide"] for note in said(capsys, directory)["undecided"] if note["subject"] == "git"
        }
        hidden = "git ignores cicd/build/Dockerfile (.gitignore:1: build/): no commit would hold it."
        assert told[hidden] == "A line in .gitignore: !/cicd/build/"
        assert any(".github/workflows/ci.yml (.gitignore:2: /.github/)" in text for text in told)

    def test_dirty_tree_keeps_its_changes(self, tmp_path: Path) -> None:
        directory = Foreign({"app.py": "a = 1\n", "gone.py": ""}).create(tmp_path)
        (directory / "app.py").write_text("a = 2\n")
        (directory / "gone.py").unlink()
        (directory / "new.py").write_text("b = 1\n")
        git(directory, "add", "new.py")
        before, index = snapshot(directory), git(directory, "ls-files", "--stage")
        assert adopt(directory) == 0
        assert git(directory, "ls-files", "--stage") == index
        assert adopt(directory, "--undo") == 0
        assert snapshot(directory) == before

    def test_folder_without_a_repository_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "app.py").write_text("")
        assert adopt(tmp_path) == 2
        assert "git" in capsys.readouterr().err
        assert [path.name for path in tmp_path.iterdir()] == ["app.py"]

    def test_repository_without_code_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        directory = Foreign({"README.md": "x"}).create(tmp_path)
        assert adopt(directory) == 2
        assert "ml-cicd init" in capsys.readouterr().err


class TestUndo:
    def test_edited_files_are_named_and_nothing_is_removed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        directory = Foreign({"app.py": ""}).create(tmp_path)
        assert adopt(directory) == 0
        toml = directory / "ml-cicd.toml"
        toml.write_text(toml.read_text() + "# mine\n")
        before = snapshot(directory)
        capsys.readouterr()
        assert adopt(directory, "--undo") == 1
        assert "ml-cicd.toml" in capsys.readouterr().err
        assert snapshot(directory) == before
        assert adopt(directory, "--undo", "--keep-edited") == 0
        assert sorted(snapshot(directory)) == ["app.py", "ml-cicd.toml"]

    def test_files_of_others_stay(self, tmp_path: Path) -> None:
        directory = Foreign({"app.py": ""}).create(tmp_path)
        assert adopt(directory) == 0
        (directory / ".github" / "workflows" / "theirs.yml").write_text("on: push\n")
        assert adopt(directory, "--undo") == 0
        assert sorted(snapshot(directory)) == [
            ".github", ".github/workflows", ".github/workflows/theirs.yml", "app.py",
        ]  # fmt: skip

    def test_nothing_to_undo(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        directory = Foreign({"app.py": ""}).create(tmp_path)
        assert adopt(directory, "--undo") == 0
        assert "nothing to undo" in capsys.readouterr().out

    def test_file_that_appears_meanwhile_is_not_overwritten(self, tmp_path: Path) -> None:
        directory = Foreign({"app.py": ""}).create(tmp_path)
        adopted = adoption.plan(directory, Options())
        (directory / "ml-cicd.toml").write_text("name = 'theirs'\n")
        with pytest.raises(Exception, match="appeared while"):
            adoption.apply(adopted)
        assert (directory / "ml-cicd.toml").read_text() == "name = 'theirs'\n"


def marks(directory: Path) -> list[str]:
    """Return the marks that one run passes."""
    trace = directory.parent / "trace"
    assert killed(directory, ML_CICD_CRASH_TRACE=str(trace)) == 0
    return trace.read_text().splitlines()


def killed(directory: Path, *words: str, **environment: str) -> int:
    command = [sys.executable, "-m", "cicd.cli", "adopt", "--directory", str(directory), *words]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False)
    return done.returncode


@pytest.fixture(scope="module")
def every_mark(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return marks(Foreign({"app.py": ""}).create(tmp_path_factory.mktemp("marks") / "a"))


@pytest.mark.case("K3", "adopt is killed between two files")
@pytest.mark.parametrize("number", range(20))
def test_killed_run_loses_nothing_and_is_completed_or_undone(
    tmp_path: Path, every_mark: list[str], number: int
) -> None:
    assert len(every_mark) == 20
    directory = Foreign({"app.py": "", ".github/keep": ""}).create(tmp_path / "a")
    (directory / "app.py").write_text("a = 1\n")
    before = snapshot(directory)
    assert killed(directory, ML_CICD_CRASH_AT=every_mark[number]) == -signal.SIGKILL
    left = snapshot(directory)
    assert {path: text for path, text in left.items() if path in before} == before
    rendered = adoption.plan(Foreign({"app.py": ""}).create(tmp_path / "b"), Options()).texts
    files = {path: text for path, text in left.items() if path not in before and (directory / path).is_file()}
    assert all(text == rendered[path].replace('"b"', '"a"').encode() for path, text in files.items())
    if number % 2:
        assert adopt(directory) == 0
        assert {path for path in snapshot(directory) if path in rendered} == set(rendered)
        kept = base.load((directory / base.FILE).read_text())
        assert {path: file.text for path, file in kept.files.items()} == {
            path: text for path, text in rendered.items() if path.startswith(".github/")
        }
    assert adopt(directory, "--undo") == 0
    assert snapshot(directory) == before
    assert not (directory / ".git" / "ml-cicd").exists()


def test_record_that_can_not_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = Foreign({"app.py": ""}).create(tmp_path)
    file = record.store(directory).file
    file.parent.mkdir(parents=True)
    file.write_text("{")
    assert adopt(directory, "--undo") == 2
    assert str(file) in capsys.readouterr().err


def test_two_projects_of_a_repository_are_adopted_and_undone_alone(tmp_path: Path, kit: kits.Kit) -> None:
    first = Foreign({"app.py": ""}, folder="projects/a").create(tmp_path)
    second = tmp_path / "projects" / "b"
    second.mkdir()
    (second / "app.py").write_text("")
    assert (adopt(first), adopt(second)) == (0, 0)
    assert [str(finding) for finding in findings(kits.load(tmp_path), kit)] == []
    assert adopt(first, "--undo") == 0
    names = {path.name for path in (tmp_path / ".github" / "workflows").iterdir()}
    assert names == {f"b-{name}.yml" for name in callers.USUAL}


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folders of two projects of one repository; the first is adopted."""
    first = Foreign({"app.py": ""}, folder="projects/a").create(tmp_path)
    second = tmp_path / "projects" / "b"
    second.mkdir()
    (second / "app.py").write_text("")
    assert adopt(first, "--kit", "acme/ml-cicd", "--main", "main", "--integration", "develop") == 0
    return first, second


def test_undo_of_one_project_leaves_the_other_its_updates(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = tmp_path / ".github" / "dependabot.yml"
    written = shared.read_text()
    assert adopt(two[1], "--kit", "acme/ml-cicd") == 0
    capsys.readouterr()
    assert adopt(two[0], "--undo") == 0
    assert shared.read_text() == written
    assert "kept, since other workflows call the kit, too: .github/dependabot.yml" in capsys.readouterr().out


def test_undo_of_the_only_project_removes_its_updates(two: tuple[Path, Path], tmp_path: Path) -> None:
    assert adopt(two[0], "--undo") == 0
    assert not (tmp_path / ".github").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kit", "acme/ml-cicd", "--integration", "develop"), ""),
        (("--kit", "acme/ml-cicd", "--integration", "next"), "add an entry with target-branch: next"),
        (("--kit", "other/ml-cicd", "--integration", "develop"), "names another copy of the kit than other/ml-cicd"),
    ],
)
def test_updates_that_the_first_project_brought_and_the_second_needs_otherwise_are_named(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    shared = tmp_path / ".github" / "dependabot.yml"
    written = shared.read_text()
    capsys.readouterr()
    assert adopt(two[1], "--main", "main", *words) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert ("dependabot.yml" in printed) is bool(said)
    assert said in printed
    assert shared.read_text() == written


def test_questions_are_asked_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = Foreign(
        {"app.py": "from flask import Flask\napp = Flask(__name__)\n", "requirements.txt": "flask"}
    ).create(tmp_path)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "/up")
    assert adopt(directory) == 0
    assert config.load(directory).service.health == "/up"


def test_folder_that_nobody_named_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = Foreign({"app/main.py": ""}).create(tmp_path)
    said = r"folder +The project is the folder app, not the whole repository\.\n +otherwise: --directory \.\.\n"
    monkeypatch.chdir(directory / "app")
    assert cli.main(["adopt", "--dry-run"]) == 0
    assert re.search(said, capsys.readouterr().out)
    assert cli.main(["adopt", "--dry-run", "--directory", str(directory / "app")]) == 0
    assert cli.main(["adopt", "--dry-run", "--directory", ".."]) == 0
    assert not re.search(said, capsys.readouterr().out)


def test_input_that_ends_at_a_question_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = Foreign(
        {"app.py": "from flask import Flask\napp = Flask(__name__)\n", "requirements.txt": "flask"}
    ).create(tmp_path)
    before = everything(directory)

    def end(_: str) -> str:
        raise EOFError

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", end)
    assert adopt(directory) == 2
    assert "The options --command and --health answer, too." in capsys.readouterr().err
    assert everything(directory) == before


def test_command_with_an_open_quote_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = Foreign({"app.py": ""}).create(tmp_path)
    assert adopt(directory, "--command", "python -c 'x") == 2
    assert "'python -c 'x' is no command: no closing quotation." in capsys.readouterr().err
    assert sorted(snapshot(directory)) == ["app.py"]


def test_comment_follows_the_workflows_that_are_there(tmp_path: Path) -> None:
    """A project may have renamed the caller of ci; GitHub follows workflows by their names."""
    directory = Foreign({"app.py": ""}).create(tmp_path)
    assert adopt(directory) == 0
    folder = directory / ".github" / "workflows"
    (folder / "comment.yml").unlink()
    ci = folder / "ci.yml"
    ci.write_text(ci.read_text().replace("\nname: ci\n", "\nname: Build and test\n"))
    assert adopt(directory) == 0
    text = (folder / "comment.yml").read_text()
    assert '    workflows: ["Build and test", integration, staging, production]\n' in text
    assert callers.existing({"comment.yml": text, "ci.yml": ci.read_text()}, "").keys() == {"ci", "comment"}


def test_comment_of_a_project_in_a_folder_follows_its_own_workflows(tmp_path: Path) -> None:
    first = Foreign({"app.py": ""}, folder="projects/a").create(tmp_path)
    assert adopt(first) == 0
    (file,) = tmp_path.rglob("a-comment.yml")
    assert "    workflows: [a-ci, a-integration, a-staging, a-production]\n" in file.read_text()
    assert "directory" not in file.read_text()
    before = snapshot(tmp_path)
    assert adopt(first) == 0
    assert snapshot(tmp_path) == before, "the caller is recognised"
