"""A project needs no made-up parts: its own Dockerfile is used as it is, or one is written from its packaging."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import config as configuration
from cicd.errors import CheckFailedError, UsageError
from cicd.produce import conventions, readiness

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config
    from cicd.produce.recipe import Recipe

NAMED = 'name = "app"\n'
CALLER = """on: push
jobs:
  go:
    uses: acme/ml-cicd/.github/workflows/{stage}.yml@v1
    secrets:
      {secrets}: x
"""
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJYxvA4LEVvKZDLqH6bDqSYIqcPj0TBPzCLW4aR0bUbM"
PLAIN = "FROM python:3.11\nCOPY app app\n"
STAGES = "FROM python:3.11 AS base\nFROM base AS Test\nCOPY . .\nFROM base AS release\nCOPY app app\n"
BUILDER = "FROM python:3.11 AS build\nRUN make\nFROM scratch\nCOPY --from=build /x /x\n"
COMPILED = "FROM python:3.11 AS build\nCOPY app app\nFROM x\n"
TARGETS = "[build]\ntarget = 'base'\n[release]\ntarget = 'test'"
PACKAGE = {"requirements.txt": "idna\n", "app/__init__.py": "", "tests/test_app.py": "", "requirements-dev.txt": "x\n"}
JOB = NAMED + '[job]\ncommand = ["python", "-m", "app"]\n'


@pytest.fixture(autouse=True)
def no_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ML_CICD_BASE", raising=False)


class Project:
    def __init__(self, path: Path, toml: str, files: dict[str, str]) -> None:
        self.path = path
        for name, text in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(text)
        self.config: Config = configuration.parse(toml)

    @property
    def test_image(self) -> Recipe:
        return conventions.test_image(self.config, self.path)

    @property
    def release(self) -> Recipe:
        return conventions.release(self.config, self.path)

    @property
    def sources(self) -> tuple[str, str, str, str]:
        build, release = self.test_image, self.release
        return build.name, build.target, release.name, release.target


TWO = {"cicd/build/Dockerfile": PLAIN, "cicd/release/Dockerfile": PLAIN}
WRITTEN, WRITTEN_RELEASE = conventions.GENERATED


@pytest.mark.parametrize(
    ("toml", "files", "sources"),
    [
        ("", TWO, ("cicd/build/Dockerfile", "", "cicd/release/Dockerfile", "")),
        ("", {**TWO, "Dockerfile": STAGES}, ("cicd/build/Dockerfile", "", "cicd/release/Dockerfile", "")),
        ("", {"Dockerfile": STAGES}, ("Dockerfile", "test", "Dockerfile", "release")),
        ("", {"Dockerfile": STAGES.replace("release", "app")}, ("Dockerfile", "test", "Dockerfile", "")),
        ("", {"Dockerfile": COMPILED}, ("Dockerfile", "build", "Dockerfile", "")),
        ("", {"Dockerfile": BUILDER}, (WRITTEN, "", "Dockerfile", "")),
        ("", {"Dockerfile": PLAIN}, (WRITTEN, "", "Dockerfile", "")),
        ("", {"Dockerfile": PLAIN, "cicd/release/Dockerfile": PLAIN}, (WRITTEN, "", "cicd/release/Dockerfile", "")),
        (TARGETS, {"Dockerfile": STAGES}, ("Dockerfile", "base", "Dockerfile", "test")),
        ("[build]\ndockerfile = 'a'\n[release]\ndockerfile = 'b/c'", {"a": PLAIN, "b/c": PLAIN}, ("a", "", "b/c", "")),
        ('[job]\ncommand = ["x"]', PACKAGE, (WRITTEN, "", WRITTEN_RELEASE, "")),
    ],
)  # fmt: skip
def test_dockerfile_by_convention(
    tmp_path: Path, toml: str, files: dict[str, str], sources: tuple[str, str, str, str]
) -> None:
    assert Project(tmp_path, NAMED + toml, files).sources == sources


@pytest.mark.parametrize(
    ("toml", "files", "message"),
    [
        ("", {"cicd/build/Dockerfile": PLAIN}, "no Dockerfile of the release"),
        ("", {}, "no file that says which packages"),
        ("", PACKAGE, "Nothing says how the release starts"),
        ("[build]\ntarget = 'x'", {"Dockerfile": STAGES}, r"has no stage 'x', which \[build\] target names"),
        ("[release]\ndockerfile = 'x'", {}, r"has no x, which \[release\] dockerfile names"),
        ("[build]\ncontext = 'x'", TWO, r"has no folder x, which \[build\] context names"),
        ('[build]\ncontext = ".."\n[job]\ncommand = ["x"]', PACKAGE, "the project has no Dockerfile"),
        ('[build.arguments]\nA = "b"\n[job]\ncommand = ["x"]', PACKAGE, "the project has no Dockerfile"),
        ('[release.arguments]\nA = "b"\n[job]\ncommand = ["x"]', PACKAGE, "the project has no Dockerfile"),
        ("[build]\nrequirements = ['x.txt']", {"Dockerfile": PLAIN}, r"has no x.txt, which \[build\] requirements"),
        (
            '[train]\ncommand = ["x"]',
            {"Dockerfile": f"ARG BUNDLE\nFROM ${{BUNDLE}} AS bundle\n{PLAIN}"},
            "which needs the model",
        ),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, toml: str, files: dict[str, str], message: str) -> None:
    project = Project(tmp_path, NAMED + toml, files)
    with pytest.raises(UsageError, match=message):
        _ = project.sources


@pytest.mark.parametrize("line", ['target = "x"', 'context = "."', 'arguments = { A = "b" }'])
def test_how_a_dockerfile_is_built_is_no_setting_without_one(tmp_path: Path, line: str) -> None:
    places = ("staging", "production")
    ports = "[service]\nport = 8000\n" + "".join(f"[environments.{name}.ports]\nreport = 8501\n" for name in places)
    service = f'[deliverables.report]\nkind = "service"\ncommand = ["serve"]\n{line}\n'
    project = Project(tmp_path, NAMED + ports + service, TWO)
    with pytest.raises(UsageError, match=r"\[deliverables.report\] has `target`, `context` or `arguments`"):
        conventions.other(project.config, tmp_path, project.config.others[0])
    config = configuration.parse(f'{NAMED}[deliverables.kit]\nkind = "package"\n{line}\n')
    with pytest.raises(UsageError, match=r"\[deliverables.kit\] has `target`, `context` or `arguments`"):
        conventions.wheels(config, tmp_path)


def test_generated_builds_get_what_they_need_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ML_CICD_BASE", "acme/base:1")
    files = {**PACKAGE, "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n', ".dockerignore": "secret.txt\n"}
    secrets = '[build]\nsecrets = ["INDEX"]\n[release]\nsecrets = ["OTHER"]\n'
    project = Project(tmp_path, JOB + secrets, files)
    alone = configuration.parse(f'{NAMED}[deliverables.app]\nkind = "package"\n{secrets}')
    wheels, installed = conventions.wheels(alone, tmp_path), conventions.release(alone, tmp_path)
    assert [recipe.name for recipe in (project.test_image, project.release, wheels, installed)] == [
        WRITTEN, WRITTEN_RELEASE, conventions.GENERATED_WHEELS, WRITTEN_RELEASE,
    ]  # fmt: skip
    for recipe, named in (
        (project.test_image, "INDEX"), (project.release, "OTHER"), (wheels, "INDEX"), (installed, "OTHER"),
    ):  # fmt: skip
        assert recipe.arguments == {"BASE": "acme/base:1"}
        assert recipe.named == (named,)
        assert named in recipe.text
        assert recipe.note == "The base image is acme/base:1, as ML_CICD_BASE says."
        assert recipe.secrets["tools"].is_file()
        assert recipe.ignore == "*\n" if recipe is installed else "secret.txt" in recipe.ignore.split("\n")


def test_image_of_the_release_alone_gets_tests_and_what_they_need(tmp_path: Path) -> None:
    files = {
        **PACKAGE,
        "Dockerfile": PLAIN,
        ".dockerignore": "tests\n*.txt\nsecrets\n",
        "pytest.ini": "",
        "bench/x": "",
    }
    project = Project(tmp_path, NAMED + '[tests]\nunit = ["pytest", "bench/x::test", "app"]\n', files)
    recipe = project.test_image
    assert recipe.release == project.release
    assert [line for line in recipe.text.split("\n") if line.startswith("COPY [") and "./" in line][-3:] == [
        'COPY ["tests", "./tests"]', 'COPY ["pytest.ini", "./pytest.ini"]', 'COPY ["bench/x", "./bench/x"]',
    ]  # fmt: skip
    assert "--requirement requirements-dev.txt" in recipe.text
    assert recipe.text.endswith("USER ${RELEASE_USER}\n")
    ignored = recipe.ignore.split("\n")
    assert ignored.index("!tests") > ignored.index("tests")
    assert "secrets" in ignored


@pytest.mark.case("K3", "tests at the project's root, which its Dockerfile does not copy")
def test_tests_beside_the_code_come_to_the_image(tmp_path: Path) -> None:
    files = {"Dockerfile": PLAIN, "server.py": "", "test_server.py": "", "model_test.py": "", "requirements.txt": ""}
    toml = NAMED + '[tests]\nunit = ["python", "-m", "unittest", "discover", "-s", "."]\n'
    copied = [line for line in Project(tmp_path, toml, files).test_image.text.split("\n") if line.startswith("COPY [")]
    assert copied == ['COPY ["model_test.py", "./model_test.py"]', 'COPY ["test_server.py", "./test_server.py"]']


def test_context_above_the_project(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    toml = NAMED + '[build]\ncontext = ".."\n[release]\ncontext = ".."\narguments = { EXTRAS = "gpu" }\n'
    release = Project(tmp_path / "flights", toml, TWO).release
    assert (release.context, dict(release.arguments)) == (tmp_path, {"EXTRAS": "gpu"})


@pytest.mark.parametrize(
    ("default", "stand_in", "base", "said"),
    [
        ("python:3.11-slim-bookworm", "ml-cicd/python:3.11-standin", "ml-cicd/python:3.11-standin", "in place of"),
        ("python:3.12-slim", "ml-cicd/python:3.11-standin", "python:3.12-slim", "stays python:3.12-slim"),
        ("acme/cuda:12", "ml-cicd/python:3.11-standin", "ml-cicd/python:3.11-standin", "in place of acme/cuda:12"),
        ("python:3.11", "", "python:3.11", ""),
    ],
)
def test_base_is_replaced_only_by_the_same_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, default: str, stand_in: str, base: str, said: str
) -> None:
    monkeypatch.setenv("ML_CICD_BASE", stand_in)
    release = Project(tmp_path, NAMED, {"Dockerfile": f"ARG BASE={default}\nFROM ${{BASE}}\n"}).release
    assert (release.arguments["BASE"], said in release.note) == (base, True)


@pytest.mark.parametrize(
    ("asked", "stand_in", "base"),
    [
        (">=3.9", "", "3.11-slim"),
        (">=3.12", "", "3.12-slim"),
        (">=3.11.4", "", "3.11-slim"),
        ("==3.12.3", "", "3.12.3-slim"),
        ("~=3.13", "", "3.13-slim"),
        (">=3.9", "ml-cicd/python:3.11-standin", "3.11-slim"),
        ("<3.11", "", "for which the kit makes no build"),
        (">=3.12", "ml-cicd/python:3.11-standin", "base image at hand, ml-cicd/python:3.11-standin, has Python 3.11"),
    ],
)  # fmt: skip
def test_python_that_the_project_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, asked: str, stand_in: str, base: str
) -> None:
    monkeypatch.setenv("ML_CICD_BASE", stand_in)
    files = {**PACKAGE, "pyproject.toml": f'[project]\nname = "app"\nversion = "1"\nrequires-python = "{asked}"\n'}
    project = Project(tmp_path, JOB, files)
    if "slim" in base:
        assert f"ARG BASE=python:{base}-bookworm" in project.release.text
        assert project.release.arguments == ({"BASE": stand_in} if stand_in else {})
        return
    with pytest.raises(UsageError, match=base):
        _ = project.release


PUBLISHED = """[deliverables.kit]
kind = "package"
index-url = "https://index.example/simple/"
publish-url = "https://index.example/"
secret = "TOKEN"
"""


THIN = """[train]
command = ["train"]
branch = ["train"]
[gate]
evaluate = ["evaluate"]
set = "x"
development = "dev.csv"
[gate.metrics.mae]
margin = 1
"""


@pytest.mark.parametrize(
    ("toml", "files", "error", "message"),
    [
        ('[job]\ncommand = ["x"]\nsample = "data/a.csv"', TWO, UsageError, "no 'data/a.csv', which job.sample names"),
        ('[model]\npaths = ["m.pkl"]', TWO, UsageError, r"no 'm.pkl', which model.paths names"),
        ('[train]\ncommand = ["x"]\nlock = "x.lock"', TWO, UsageError, "no lock file x.lock"),
        ('[train]\ncommand = ["x"]\ninputs = ["x"]', TWO, UsageError, "no 'x', which train.inputs names"),
        (
            '[environments.staging]\ntarget = "kubernetes"\nmanifests = "k8s"',
            TWO,
            UsageError,
            "no 'k8s', which environments.staging.manifests names",
        ),
        ("[release]\ndockerfile = 'x'", TWO, UsageError, "has no x"),
        (
            '[tests]\nintegration = ["python", "-m", "pytest", "-q", "tests/integration"]',
            {**TWO, "tests/unit/test_a.py": ""},
            UsageError,
            r"has no 'tests/integration', which the command of \[tests\] integration names",
        ),
        ('[tests]\nsmoke = ["bash", "smoke.sh"]', TWO, UsageError, r"no 'smoke.sh', .* \[tests\] smoke"),
        (
            '[tests]\nacceptance = ["python3", "-m", "unittest", "discover", "-s", "tests/acceptance"]',
            TWO,
            UsageError,
            "no 'tests/acceptance'",
        ),
        (
            '[environments.production]\nsecrets = ["API_KEY"]',
            {**TWO, ".github/workflows/go.yml": CALLER.format(stage="production", secrets="LEDGER_KEY")},
            UsageError,
            r"go.yml does not pass on the secret APP_SECRETS, which `secrets` of \[environments.production\] needs",
        ),
        (
            f'[environments.staging]\nhost = "ssh://a@b"\nhost-key = "{HOST_KEY}"',
            {**TWO, ".github/workflows/go.yml": CALLER.format(stage="staging", secrets="APP_SECRETS")},
            UsageError,
            "go.yml does not pass on the secret DEPLOY_SSH_KEY, which `host`",
        ),
        (
            f"[service]\n{PUBLISHED}",
            {
                **TWO,
                "pyproject.toml": '[project]\nname = "kit"\nversion = "1"\n',
                ".github/workflows/go.yml": CALLER.format(stage="production", secrets="LEDGER_KEY"),
            },
            UsageError,
            r"go.yml does not pass on the secret APP_SECRETS, which `secret` of \[deliverables.kit\] needs",
        ),
        (
            '[build]\nsecrets = ["INDEX"]',
            {**TWO, ".github/workflows/go.yml": CALLER.format(stage="ci", secrets="TRAIN_SECRETS")},
            UsageError,
            r"go.yml does not pass on the secret BUILD_SECRETS, which `secrets` of \[build\]",
        ),
        (
            '[train]\ncommand = ["train"]\nsecrets = ["DATA_KEY"]',
            {**TWO, ".github/workflows/go.yml": CALLER.format(stage="integration", secrets="BUILD_SECRETS")},
            UsageError,
            r"go.yml does not pass on the secret TRAIN_SECRETS, which `secrets` of \[train\] needs",
        ),
        (
            THIN,
            {**TWO, "x": ""},
            UsageError,
            "has no 'dev.csv', which gate.development names",
        ),
        (
            '[train]\ncommand = ["train"]\nbranch = ["train"]\nsecrets = ["DATA_KEY"]',
            {**TWO, ".github/workflows/go.yml": CALLER.format(stage="ci", secrets="BUILD_SECRETS")},
            UsageError,
            r"go.yml does not pass on the secret TRAIN_SECRETS, which `secrets` of \[train\] needs",
        ),
        (
            "",
            {**TWO, "m.bin": f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\n"},
            CheckFailedError,
            "pointers of Git LFS",
        ),
    ],
)
def test_what_a_later_stage_needs_is_checked_before_the_first_build(
    tmp_path: Path, toml: str, files: dict[str, str], error: type[Exception], message: str
) -> None:
    project = Project(tmp_path, NAMED + toml, files)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with pytest.raises(error, match=message):
        readiness.check(project.config, tmp_path, project.test_image)


def test_a_ready_project_passes(tmp_path: Path) -> None:
    project = Project(tmp_path, JOB, PACKAGE)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    readiness.check(project.config, tmp_path, project.test_image)


SUITE = "[tests]\nintegration = {}\n"
WITHOUT = CALLER.format(stage="staging", secrets="X")
SECRETS = '[environments.staging]\nsecrets = ["API_KEY"]\n'


@pytest.mark.parametrize(
    ("toml", "files"),
    [
        (SUITE.format('["pytest", "tests/it::test_a", "-k", "a/b", "--cov", "src/x"]'), {"tests/it/test_a.py": ""}),
        (SUITE.format('["pytest", "it/deep"]'), {"src/it/deep/test_a.py": ""}),
        (SUITE.format('["pytest", "made/it"]'), {"cicd/build/Dockerfile": f"{PLAIN}RUN make made/it\n"}),
        (SUITE.format('["pytest", "/opt/it/a.py"]'), {}),
        (SUITE.format('["pytest", "~/it/a.py"]'), {}),
        (SUITE.format('["pytest", "it/*/a.py"]'), {}),
        (SUITE.format('["pytest", "$HOME/it", "it/[ab].py", "it/{a,b}.py", "it/?.py"]'), {}),
        (SUITE.format('["pytest", "it/../other/a.py"]'), {}),
        (SUITE.format('["npm", "run", "it/none"]'), {}),
        (
            '[train]\ncommand = ["train"]\nsecrets = ["DATA_KEY"]\n',
            {".github/workflows/go.yml": CALLER.format(stage="ci", secrets="BUILD_SECRETS")},
        ),
        (SUITE.format('["python", "-m", "acceptance", "it/none"]'), {}),
        (SECRETS, {"W/go.yml": CALLER.format(stage="staging", secrets="APP_SECRETS")}),
        (SECRETS, {"W/go.yml": WITHOUT.replace("secrets:\n", "secrets: inherit\n")}),
        (SECRETS, {"W/go.yml": CALLER.format(stage="production", secrets="X")}),
        (SECRETS, {"W/go.yml": WITHOUT.replace("ml-cicd", "another")}),
        (SECRETS, {"W/go.yml": WITHOUT + "    with:\n      directory: other\n"}),
    ],
)  # fmt: skip
def test_what_may_be_there_is_not_refused(tmp_path: Path, toml: str, files: dict[str, str]) -> None:
    files = {name.replace("W/", ".github/workflows/"): text for name, text in files.items()}
    project = Project(tmp_path, NAMED + toml, {**TWO, **files})
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    readiness.check(project.config, tmp_path, project.test_image)


@pytest.mark.parametrize(
    ("line", "warned"),
    [("LEDGER_KEY: x", True), ("KUBECONFIG: x", False), ("LEDGER_KEY: x\n    with:\n      runs-on: own", False)],
)
def test_cluster_without_a_kubeconfig_is_warned_of(
    tmp_path: Path, line: str, warned: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    caller = CALLER.format(stage="staging", secrets="X").replace("X: x", line)
    toml = '[environments.staging]\ntarget = "kubernetes"\n'
    project = Project(tmp_path, NAMED + toml, {**TWO, ".github/workflows/go.yml": caller})
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    readiness.check(project.config, tmp_path, project.test_image)
    assert ("passes on no KUBECONFIG" in "".join(capfd.readouterr())) == warned


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[job]\ncommand = ["x"]\n[service]\nport = 1', r"it has \[service\] and \[job\]"),
        ('[train]\ncommand = ["x"]\n[model]\npaths = ["x"]', r"it has \[train\] and \[model\]"),
        (f'[model]\npaths = ["x"]\nimage = "a@sha256:{"0" * 64}"', "either `paths` or `image`"),
        ('[job]\ncommand = ["x"]\n[environments.staging]\ntarget = "kubernetes"', "job: missing: schedule"),
    ],
)
def test_tables_that_exclude_each_other(toml: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        configuration.parse(NAMED + toml)
