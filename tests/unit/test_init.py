"""`init` makes a project that is whole: its own tests and linters pass, and its callers fit the kit."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import cli, config
from cicd.start import base, callers, generated, skeleton
from cicd.start.project import Kind
from tests.static.rules.callers import calls, findings
from tests.static.support import kit as kits
from tests.static.support.kit import ROOT
from tests.static.test_locks import LOCKED, wanted
from tests.unit.support.foreign_projects import git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BIN = Path(sys.executable).parent
EXAMPLE = ROOT / "example_project"
TOKENS = re.compile(
    r"PYTHON_PACKAGE|PROJECT_NAME|PYTHON_VERSION|KIT_REPOSITORY|KIT_REF|CI_NAME|INTEGRATION_NAME|INTEGRATION_BRANCH|MAIN_BRANCH|ROAD_BRANCHES|\bdot_"
)
SHARED = {
    ".github/CODEOWNERS": (), ".pre-commit-config.yaml": (), "cicd/build/build.sh": (), "cicd/release/release.sh": (),
    "cicd/release/Dockerfile.dockerignore": (), "requirements/tools.in": (), "requirements/tools.txt": (),
    ".github/workflows/ci.yml": (), ".github/workflows/integration.yml": (), ".github/workflows/staging.yml": (),
    ".github/workflows/production.yml": (), ".github/workflows/deploy.yml": (), ".github/workflows/approve.yml": (),
    ".github/workflows/comment.yml": (),
    ".github/zizmor.yml": ("  # tracking.yml", "  dangerous-triggers:", "    ignore: [tracking.yml]"),
    "cicd/build/Dockerfile.dockerignore": ("!docs", "!dvc.yaml", "!evaluation_set", "!services"),
    ".gitignore": ("/site/", "/evaluation/", "/runs/", "/mlruns/", "/mlflow.db", "/services/.env"),
}  # fmt: skip
"""Files that the example has from the skeleton, and what its domain adds to them."""

GENERATED = {base.FILE, generated.DEPENDABOT}
"""What a new project has besides the skeleton and its callers."""


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Kind, str], Path]:
    """Return a function that gives the project of a kind and a branch model, each made once."""
    projects: dict[tuple[Kind, str], Path] = {}

    def project(kind: Kind, branches: str = "develop") -> Path:
        if (kind, branches) not in projects:
            directory = tmp_path_factory.mktemp("init") / "house-prices"
            assert cli.main(["init", str(directory), "--kind", kind, "--branches", branches, "--approve"]) == 0
            projects[kind, branches] = directory
        return projects[kind, branches]

    return project


@pytest.fixture(scope="module")
def kit() -> kits.Kit:
    """Return the workflows that callers must fit."""
    return kits.load()


def run(directory: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / words[0]), *words[1:]]
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "RUFF_NO_CACHE": "true", **environment}
    return subprocess.run(command, cwd=directory, env=surroundings, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", Kind)
class TestEveryKind:
    def test_nothing_is_left_to_fill_in(self, made: Callable[..., Path], kind: Kind) -> None:
        directory = made(kind)
        files = git(directory, "ls-files").split()
        assert not [path for path in files if TOKENS.search(path) or TOKENS.search((directory / path).read_text())]
        assert git(directory, "status", "--porcelain") == ""

    def test_configuration_is_valid(self, made: Callable[..., Path], kind: Kind) -> None:
        found = config.load(made(kind))
        assert found.name == "house-prices"
        assert (found.job is None) == (kind is Kind.SERVICE)
        assert found.has_model == (kind is not Kind.PACKAGE)

    def test_own_linters_pass(self, made: Callable[..., Path], kind: Kind) -> None:
        for name, command in config.load(made(kind)).checks.items():
            done = run(made(kind), *command)
            assert done.returncode == 0, (name, done.stdout)

    @pytest.mark.parametrize(
        "command",
        ["actionlint -ignore cache-mode", "zizmor --persona auditor --offline --no-progress --quiet .github/workflows",
         "check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml",
         f"yamllint --strict --config-file {ROOT}/.yamllint.yml .", "hadolint --no-color --ignore DL3008 {docker}",
         "shellcheck {shell}"],
        ids=lambda command: command.split()[0],
    )  # fmt: skip
    def test_linters_of_the_kit_pass(self, made: Callable[..., Path], kind: Kind, command: str) -> None:
        directory = made(kind)
        places = {
            "{docker}": [*directory.rglob("Dockerfile")], "{shell}": [*directory.rglob("*.sh")],
        }  # fmt: skip
        words = [str(place) for word in command.split() for place in places.get(word, [word])]
        done = run(directory, *words)
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("branches", ["develop", "trunk"])
    def test_callers_fit_the_kit(self, made: Callable[..., Path], kit: kits.Kit, kind: Kind, branches: str) -> None:
        own = kits.load(made(kind, branches))
        assert [str(finding) for finding in findings(own, kit)] == []
        assert {name for _, _, name in calls(own)} == {f"{name}.yml" for name in callers.ALL}

    def test_locks_hold_what_their_sources_name(self, made: Callable[..., Path], kind: Kind) -> None:
        for source in (made(kind) / "requirements").glob("*.in"):
            lock = source.with_suffix(".txt").read_text()
            locked = {match[0] for match in LOCKED.findall(lock)}
            assert wanted(source) <= locked, source.name
            assert "://" not in lock

    def test_own_unit_tests_pass(self, made: Callable[..., Path], kind: Kind, tmp_path: Path) -> None:
        aside = ["--ignore=tests/unit/test_service.py"] if kind is Kind.SERVICE else []  # it needs FastAPI
        done = run(
            made(kind), "python", "-m", "pytest", "tests/unit", "-q", *aside, "-p", "no:xdist",
            PYTEST_ADDOPTS="", COVERAGE_FILE=str(tmp_path / "coverage"),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def test_every_file_of_the_skeleton_is_used(self, made: Callable[..., Path], kind: Kind) -> None:
        layers = [ROOT / "cicd" / "start" / "template" / layer for layer in skeleton.LAYERS[kind]]
        count = {path.relative_to(layer) for layer in layers for path in layer.rglob("*") if path.is_file()}
        assert len(git(made(kind), "ls-files").split()) == len(count) + len(callers.ALL) + len(GENERATED)


SEVERAL = [("service", "batch"), ("service", "package"), ("batch", "package"), ("service", "batch", "package")]


@pytest.mark.parametrize("kinds", SEVERAL, ids="+".join)
class TestSeveralKinds:
    @pytest.fixture
    def several(self, tmp_path: Path, kinds: tuple[str, ...]) -> Path:
        directory = tmp_path / "house-prices"
        words = [word for kind in reversed(kinds) for word in ("--kind", kind)]
        assert cli.main(["init", str(directory), *words]) == 0
        return directory

    def test_configuration_has_each(self, several: Path, kinds: tuple[str, ...]) -> None:
        parsed = config.load(several)
        assert (parsed.package is not None) == ("package" in kinds)
        assert [job.name for job in parsed.jobs] == (["predict"] if kinds[:2] == ("service", "batch") else [])
        assert (parsed.job is None) == ("service" in kinds)
        assert parsed.has_model

    def test_files_are_those_of_each(self, several: Path, kinds: tuple[str, ...]) -> None:
        files = git(several, "ls-files").split()
        assert ("cicd/wheels/Dockerfile" in files) == ("package" in kinds)
        assert (f"src/house_prices/{Kind.SERVICE}.py" in files) == ("service" in kinds)
        assert not [path for path in files if TOKENS.search((several / path).read_text())]
        readme = (several / "README.md").read_text()
        assert [title for title in ("## The batch job", "## The package") if title in readme] == [
            f"## The {'batch job' if kind == 'batch' else kind}" for kind in kinds[1:]
        ]


class TestBranches:
    def test_develop_and_main_begin_at_one_commit(self, made: Callable[..., Path]) -> None:
        directory = made(Kind.SERVICE)
        assert git(directory, "rev-parse", "main") == git(directory, "rev-parse", "develop")
        assert git(directory, "branch", "--show-current").strip() == "develop"

    def test_trunk_has_main_alone(self, made: Callable[..., Path]) -> None:
        directory = made(Kind.SERVICE, "trunk")
        assert git(directory, "branch", "--format=%(refname:short)").split() == ["main"]
        assert "develop" not in "".join(
            (directory / path).read_text()
            for path in git(directory, "ls-files").split()
            if not path.startswith("requirements")
        )


def test_project_may_have_the_name_of_the_job(tmp_path: Path) -> None:
    kinds = ("--kind", "service", "--kind", "batch", "--kind", "package")
    assert cli.main(["init", str(tmp_path / "predict"), *kinds]) == 0
    parsed = config.load(tmp_path / "predict")
    assert ([job.name for job in parsed.jobs], parsed.package and parsed.package.name) == (["batch"], "predict")
    assert "`[deliverables.batch]`" in (tmp_path / "predict" / "README.md").read_text()


class TestNames:
    @pytest.mark.parametrize(
        "name",
        ["Churn", "1churn", "churn_risk", "churn--risk", "-churn", "churn-",
         "class", "json", "tests", "a", "c" * 41, "ß"],
    )  # fmt: skip
    def test_name_that_something_refuses_is_refused_at_once(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
    ) -> None:
        assert cli.main(["init", str(tmp_path / "new"), f"--name={name}"]) == 2
        error = capsys.readouterr().err
        assert f"'{name}' can't be the name of a project" in error
        suggestion = re.search(r"--name (\S+)", error)
        assert suggestion
        assert skeleton.check_name(suggestion[1])
        assert not (tmp_path / "new").exists()

    @pytest.mark.parametrize("name", ["churn", "churn-risk", "a1", "x" * 40])
    def test_usable_name_is_taken(self, name: str) -> None:
        assert skeleton.check_name(name) == name


class TestPlace:
    def refused(self, capsys: pytest.CaptureFixture[str], directory: Path) -> str:
        assert cli.main(["init", str(directory), "--name", "new-one"]) == 2
        return capsys.readouterr().err

    def test_folder_with_files_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "app.py").write_text("")
        assert "ml-cicd adopt" in self.refused(capsys, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["app.py"]

    def test_folder_in_a_repository_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(tmp_path, "init", "--quiet")
        assert "inside of a git repository" in self.refused(capsys, tmp_path / "a" / "b")
        assert [path.name for path in tmp_path.iterdir()] == [".git"]

    def test_git_that_does_not_know_who_commits(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{name}_NAME", "")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert "user.name" in self.refused(capsys, tmp_path / "new")
        assert not (tmp_path / "new").exists()

    def test_empty_folder_is_taken(self, tmp_path: Path) -> None:
        assert cli.main(["init", str(tmp_path), "--name", "new-one", "--kind", "package"]) == 0
        assert (tmp_path / "src" / "new_one" / "rounding.py").is_file()


def test_json_names_the_files(tmp_path: Path) -> None:
    done = run(ROOT, "python", "-m", "cicd.cli", "init", str(tmp_path / "new"), "--json", "--kind", "package")
    data = json.loads(done.stdout)
    assert (data["name"], data["branches"]) == ("new", ["main", "develop"])
    assert "ml-cicd.toml" in data["files"]


def test_questions_are_asked_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = itertools.chain(["prices", "package, batch", "trunk", "3.12"], itertools.repeat(""))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    assert cli.main(["init", str(tmp_path / "new")]) == 0
    assert config.load(tmp_path / "new").job is not None
    assert config.load(tmp_path / "new").package is not None
    assert "python:3.12-slim" in (tmp_path / "new" / "cicd" / "build" / "Dockerfile").read_text()
    assert (tmp_path / "new" / "src" / "prices").is_dir()


def test_answer_without_a_word_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "," if "Kind" in question else "")
    assert cli.main(["init", str(tmp_path / "new")]) == 0
    assert config.load(tmp_path / "new").service is not None


@pytest.mark.parametrize("ending", [EOFError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")])
def test_input_that_ends_or_is_no_text_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ending: Exception
) -> None:
    answers: Iterator[str | Exception] = itertools.chain(["prices"], itertools.repeat(ending))

    def end(_: str) -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", end)
    assert cli.main(["init", str(tmp_path / "new")]) == 2
    assert "Nothing was changed.\nEnter takes the answer in brackets, and --yes all of them." in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_answer_that_is_not_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "web" if "Kind" in question else "")
    assert cli.main(["init", str(tmp_path / "new")]) == 2
    assert "service, batch, package" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    """Return the skeleton under the example's name."""
    choice = callers.Choices("org/ml-cicd", "v1", callers.Branches("main", "develop"))
    return skeleton.render(skeleton.Choices("flights", Kind.SERVICE, choice, approve=True))


class TestExample:
    """The example project is the skeleton plus its domain."""

    @pytest.mark.parametrize("path", SHARED)
    def test_shared_file_has_not_drifted(self, rendered: dict[str, str], path: str) -> None:
        domain = SHARED[path]
        lines = (EXAMPLE / path).read_text().splitlines()
        assert not [line for line in domain if not any(line in other for other in lines)]
        kept = [line for line in lines if not any(line.startswith(own) for own in domain)]
        assert kept == [line for line in rendered[path].splitlines() if line not in ("/data/", ".ml-cicd/")] + (
            ["/data/"] if path == ".gitignore" else []
        )

    @pytest.mark.parametrize("path", ["cicd/build/Dockerfile", "cicd/release/Dockerfile"])
    def test_stages_that_both_images_share_have_not_drifted(self, rendered: dict[str, str], path: str) -> None:
        tools = re.compile(r"^FROM \$\{BASE\} AS tools\n.*?\n\n", re.MULTILINE | re.DOTALL)
        pair = [tools.search(text) for text in (rendered[path], (EXAMPLE / path).read_text())]
        assert len({match[0] for match in pair if match}) == 1
        assert all(pair)

    def test_folders_are_those_of_the_example(self, rendered: dict[str, str]) -> None:
        folders = {path.rpartition("/")[0] for path in rendered if path.startswith("src/flights/")}
        assert {folder for folder in folders if not (EXAMPLE / folder).is_dir()} == set()
