"""The released form of the kit: every sibling in full, and nothing else changed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import freeze
from cicd.cli import main
from cicd.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

WORKFLOW = """\
on: {workflow_call: {}}   # $/ is kept in a comment
jobs:
  a:
    steps:
      - uses: $/actions/greet
      - {uses: "$/actions/greet"}
      - run: echo '$/actions/greet'  \r
      - uses: actions/checkout@v7
  b:
    uses: $/.github/workflows/other.yml
"""


def git(kit: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "-C", str(kit), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    kit = tmp_path / "kit"
    files = {
        ".github/workflows/ci.yml": WORKFLOW,
        ".github/workflows/.test.yml": "jobs: {a: {uses: $/.github/workflows/ci.yml}}\n",
        "actions/greet/action.yml": "runs: {using: composite, steps: [{uses: $/actions/deep/er}]}\n",
        "docs/page.md": "uses: $/actions/greet\n",
        "run.sh": "true\n",
        ".gitignore": "ignored\n",
    }
    for name, text in files.items():
        (kit / name).parent.mkdir(parents=True, exist_ok=True)
        (kit / name).write_bytes(text.encode())
    (kit / "run.sh").chmod(0o755)
    (kit / "link").symlink_to("run.sh")
    git(kit, "init", "-q")
    git(kit, "add", "-A")
    git(kit, "commit", "-qm", "one")
    return kit


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_only_siblings_are_rewritten(kit: Path, tmp_path: Path) -> None:
    freeze.freeze(kit, tmp_path / "out", "acme/kit", "v1.2.3")
    frozen = content(tmp_path / "out")
    workflow = frozen[".github/workflows/ci.yml"].decode()
    assert workflow.count("uses: acme/kit/actions/greet@v1.2.3\n") == 1
    assert '{uses: "acme/kit/actions/greet@v1.2.3"}' in workflow
    assert "uses: acme/kit/.github/workflows/other.yml@v1.2.3\n" in workflow
    for full, short in (("acme/kit/actions/greet@v1.2.3", "$/actions/greet"), ("acme/kit/.github", "$/.github")):
        workflow = workflow.replace(full, short)
    assert workflow.replace("other.yml@v1.2.3", "other.yml") == WORKFLOW
    assert frozen["actions/greet/action.yml"] == (
        b"runs: {using: composite, steps: [{uses: acme/kit/actions/deep/er@v1.2.3}]}\n"
    )
    assert b"uses: acme/kit/.github/workflows/ci.yml@v1.2.3}" in frozen[".github/workflows/.test.yml"]
    others = {name for name in frozen if not name.endswith(".yml")}
    assert {name: frozen[name] for name in others} == {name: content(kit)[name] for name in others}
    assert set(frozen) == set(content(kit))
    assert (tmp_path / "out" / "run.sh").stat().st_mode & 0o111
    assert (tmp_path / "out" / "link").is_symlink()


def test_commit_or_worktree_is_frozen(kit: Path, tmp_path: Path) -> None:
    (kit / "run.sh").write_text("changed\n")
    (kit / "new").write_text("new\n")
    (kit / "ignored").write_text("ignored\n")
    (kit / "docs" / "page.md").unlink()
    freeze.freeze(kit, tmp_path / "commit", "acme/kit", "v1")
    freeze.freeze(kit, tmp_path / "files", "acme/kit", "v1", worktree=True)
    commit, files = content(tmp_path / "commit"), content(tmp_path / "files")
    assert (commit["run.sh"], files["run.sh"]) == (b"true\n", b"changed\n")
    assert set(commit) - set(files) == {"docs/page.md"}
    assert set(files) - set(commit) == {"new"}


def test_full_directory_is_left_alone(kit: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(UsageError, match="not an empty directory"):
        freeze.freeze(kit, tmp_path / "out", "acme/kit", "v1")
    assert content(tmp_path / "out") == {"mine": b"mine"}


@pytest.mark.parametrize("used", ["./actions/greet", "'./x'", "$/"])
def test_unresolved_sibling_is_named_by_line(kit: Path, tmp_path: Path, used: str) -> None:
    (kit / "actions" / "greet" / "action.yml").write_text(f"runs:\n  steps:\n    - uses: {used}\n")
    with pytest.raises(UsageError, match=r"actions/greet/action.yml:3: ") as failure:
        freeze.freeze(kit, tmp_path / "out", "acme/kit", "v1", worktree=True)
    assert failure.value.exit_code == 2


def test_other_folder_is_not_the_kit(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not the kit") as failure:
        freeze.check_kit(tmp_path)
    assert failure.value.exit_code == 2


def test_kit_needs_a_git_repository(tmp_path: Path, kit: Path) -> None:
    (kit / ".git").rename(tmp_path / "away")
    with pytest.raises(UsageError, match="is not in a git repository"):
        freeze.freeze(kit, tmp_path / "out", "acme/kit", "v1")


def test_fingerprint_changes_with_the_files(kit: Path) -> None:
    first = freeze.fingerprint(kit)
    (kit / "ignored").write_text("x")
    assert freeze.fingerprint(kit) == first
    (kit / "run.sh").write_text("something else\n")
    second = freeze.fingerprint(kit)
    (kit / "new").write_text("x")
    assert len({first, second, freeze.fingerprint(kit)}) == 3


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/ml-cicd.git", "acme/ml-cicd"),
        ("git@github.com:acme/release-road", "acme/release-road"),
        ("ssh://git@git.acme.example:2222/acme/ml-cicd/", "acme/ml-cicd"),
        ("/srv/git/ml-cicd", ""),
        ("", ""),
    ],
)
def test_kit_is_known_by_the_remote_of_its_clone(kit: Path, address: str, name: str) -> None:
    if address:
        git(kit, "remote", "add", "origin", address)
    assert freeze.hosted_at(kit) == name
    assert freeze.names(kit) == ({name} if name else set())


def test_released_kit_is_known_by_its_own_workflows(kit: Path) -> None:
    (kit / ".github" / "workflows" / "ci.yml").write_text(
        "jobs: {a: {steps: [{uses: acme/road/actions/greet@0123}, {uses: other/kit/actions/none@v1},"
        " {uses: actions/checkout@v7}]}}\n"
    )
    assert freeze.names(kit) == {"acme/road"}


@pytest.mark.parametrize(
    ("repository", "known", "is_kit"),
    [
        ("org/ml-cicd", (), True),
        ("acme/ml-cicd", (), True),
        ("acme/road", (), False),
        ("acme/road", ("acme/road",), True),
        ("ml-cicd/app", (), False),
    ],
)
def test_forks_are_the_kit_whoever_owns_them(repository: str, known: tuple[str, ...], *, is_kit: bool) -> None:
    assert freeze.is_kit(repository, known) is is_kit


def test_command_freezes_this_kit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--worktree", "--repository", "acme/ml-cicd", "--ref", "v1"]
    assert main(["freeze", *words, str(tmp_path / "out")]) == 0
    assert "acme/ml-cicd as of v1" in capsys.readouterr().out
    frozen = "".join(path.read_text() for path in (tmp_path / "out" / ".github" / "workflows").glob("*.yml"))
    assert "uses: acme/ml-cicd/actions/" in frozen
    assert "uses: $/" not in frozen
    assert main(["freeze", "--ref", "v1", str(tmp_path / "out")]) == 2


def test_no_module_names_the_repository_of_the_kit() -> None:
    """A fork or a mirror works as the original does, so `freeze.PLACEHOLDER` is the one place."""
    package = freeze.kit_root() / "cicd"
    files = [path for pattern in ("*.py", "*.yml", "*.sh", "*.json") for path in package.rglob(pattern)]
    assert len(files) > 100
    assert [path.name for path in files if freeze.PLACEHOLDER in path.read_text("utf-8")] == []
