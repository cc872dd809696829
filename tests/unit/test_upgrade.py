"""`upgrade` brings a project to another version of the kit: what people changed stays, and git names conflicts."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, freeze, git
from cicd.errors import UsageError
from cicd.kit import changelog
from cicd.start import base, earlier, pins, skeleton, target, upgrading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.start.generated import Answers

CI, STAGING, README = ".github/workflows/ci.yml", ".github/workflows/staging.yml", "README.md"
BUILD = "cicd/build/build.sh"
OLD, NEW = base.Version("v1.0.0", "a" * 40), base.Version("v1.1.0", "b" * 40)
CHANGELOG = """# Changelog

## [1.1.0] - 2026-12-01

### Added

* A fine thing.

## [1.0.0] - 2026-11-01

* The first one.
"""


@dataclass(frozen=True)
class Edited(target.Kit):
    """A version of the kit that generates other texts: `edits` maps a path to `(old words, new words)`."""

    edits: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)
    """Old path -> new path; an empty one removes the file."""
    more: Mapping[str, str] = field(default_factory=dict)

    def generate(self, answers: Answers) -> dict[str, base.File]:
        result = super().generate(answers)
        for path, (old, new) in self.edits.items():
            assert old in result[path].text
            result[path] = replace(result[path], text=result[path].text.replace(old, new))
        for path, new_path in self.moves.items():
            file = result.pop(path)
            if new_path:
                result[new_path] = file
        return {**result, **{path: base.File("100644", text) for path, text in self.more.items()}}


def callers_at(project: Project, ref: str) -> dict[str, str]:
    """Return the callers of a project with another ref of the kit."""
    paths = Path(project.directory, ".github/workflows").glob("*.yml")
    return {f".github/workflows/{path.name}": path.read_text().replace("@v1.0.0", f"@{ref}") for path in paths}


class Project:
    """A project that `init` or `adopt` made, and the kit to which it is upgraded."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.directory = directory
        self.monkeypatch = monkeypatch

    def offers(self, version: base.Version = NEW, log: str = CHANGELOG, **changes: object) -> None:
        """Let the kit be another version."""

        @contextlib.contextmanager
        def at(_: str = "") -> Iterator[target.Kit]:
            yield Edited(version, log, None, **changes)  # type: ignore[arg-type]

        self.monkeypatch.setattr(target, "at", at)

    def run(self, *words: str) -> int:
        return cli.main(["upgrade", "--directory", str(self.directory), *words])

    def git(self, *words: str) -> str:
        return git.text(self.directory, *words)

    def commit(self, texts: Mapping[str, str] | None = None, message: str = "work") -> None:
        for path, text in (texts or {}).items():
            (self.directory / path).parent.mkdir(parents=True, exist_ok=True)
            (self.directory / path).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", message)

    def text(self, path: str) -> str:
        return (self.directory / path).read_text()

    def status(self) -> list[str]:
        return [line for line in self.git("status", "--porcelain").split("\n") if line]

    def base(self) -> base.Base:
        return base.load(self.text(base.FILE))


def identify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    identify(monkeypatch)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that `init` made, for each test to copy."""
    directory = tmp_path_factory.mktemp("init") / "prices"
    with pytest.MonkeyPatch.context() as patch:
        identify(patch)
        patch.setattr(target, "installed", lambda: OLD)
        assert cli.main(["init", str(directory), "--kit", "acme/ml-cicd", "--ref", "v1.0.0", "--yes"]) == 0
    return directory


@pytest.fixture
def project(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    shutil.copytree(made, tmp_path / "prices")
    return Project(tmp_path / "prices", monkeypatch)


@pytest.fixture
def adopted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(target, "installed", lambda: OLD)
    directory = tmp_path / "theirs"
    directory.mkdir()
    git.output(directory, "init", "--quiet", "--initial-branch=main")
    result = Project(directory, monkeypatch)
    result.commit({"app.py": "import flask\n", "requirements.txt": "flask\n"})
    words = ["--kit", "acme/ml-cicd", "--ref", "v1.0.0", "--json"]
    assert cli.main(["adopt", "--directory", str(directory), *words]) == 0
    return result


class TestMerge:
    def test_unedited_files_are_those_of_the_new_version(self, project: Project) -> None:
        project.offers(edits={README: ("# prices", "# prices\n\nNew words.")}, more={"docs/new.md": "new\n"})
        assert project.run() == 0
        assert "New words." in project.text(README)
        assert project.text("docs/new.md") == "new\n"
        assert "@v1.1.0" in project.text(CI)
        assert "@v1.0.0" not in project.text(CI)
        assert {line[:2] for line in project.status()} == {"M ", "A "}

    def test_edited_file_keeps_the_edit(self, project: Project) -> None:
        project.commit({README: project.text(README) + "\nOurs.\n"})
        project.offers(edits={README: ("# prices", "# prices of houses")})
        assert project.run() == 0
        assert project.text(README).startswith("# prices of houses")
        assert project.text(README).endswith("\nOurs.\n")

    def test_renamed_file_gets_the_new_text_and_keeps_edits(self, project: Project) -> None:
        (project.directory / "docs").mkdir()
        project.git("mv", README, "docs/start.md")
        project.commit({"docs/start.md": project.text("docs/start.md") + "\nOurs.\n"})
        project.offers(edits={README: ("# prices", "# prices of houses")})
        assert project.run() == 0
        assert project.text("docs/start.md").startswith("# prices of houses")
        assert project.text("docs/start.md").endswith("\nOurs.\n")
        assert not (project.directory / README).exists()

    def test_file_that_the_kit_renamed_keeps_the_edit(self, project: Project) -> None:
        project.commit({BUILD: project.text(BUILD) + "\n# ours\n"})
        project.offers(moves={BUILD: "cicd/build/make.sh"})
        assert project.run() == 0
        assert project.text("cicd/build/make.sh").endswith("# ours\n")
        assert os.access(project.directory / "cicd/build/make.sh", os.X_OK)
        assert not (project.directory / BUILD).exists()

    def test_new_file_in_a_renamed_folder_follows(self, project: Project) -> None:
        project.git("mv", "src/prices/features", "src/prices/columns")
        project.commit()
        project.offers(more={"src/prices/features/scale.py": "SCALE = 1\n"})
        assert project.run() == 0
        assert project.text("src/prices/columns/scale.py") == "SCALE = 1\n"

    def test_removed_file_stays_removed_and_is_named(
        self, project: Project, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project.git("rm", "--quiet", BUILD)
        project.commit()
        project.offers(edits={BUILD: ("#!/bin/sh", "#!/bin/sh\n# new")})
        assert project.run() == 0
        assert not (project.directory / BUILD).exists()
        assert f"stays removed, changed in the kit: {BUILD}" in capsys.readouterr().out

    def test_file_that_both_sides_removed_is_not_named(self, project: Project) -> None:
        project.git("rm", "--quiet", BUILD)
        project.commit()
        project.offers(moves={BUILD: ""})
        assert upgrading.plan(project.directory).removed == ()

    def test_file_that_the_kit_removed_goes_unless_it_was_edited(self, project: Project) -> None:
        project.offers(moves={BUILD: ""})
        assert project.run() == 0
        assert not (project.directory / BUILD).exists()

    def test_file_that_the_kit_removed_and_the_project_edited_is_a_conflict(self, project: Project) -> None:
        project.commit({BUILD: project.text(BUILD) + "\n# ours\n"})
        project.offers(moves={BUILD: ""})
        assert project.run() == 3
        assert project.text(BUILD).endswith("# ours\n")
        assert f"UD {BUILD}" in project.status()

    def test_files_that_are_the_projects_own_stay(self, project: Project) -> None:
        project.commit(
            {"src/prices/own.py": "OWN = 1\n", "notes.bin": "\udcff".encode("utf-8", "surrogateescape").hex()}
        )
        project.offers(edits={README: ("# prices", "# houses")})
        assert project.run() == 0
        assert not [line for line in project.status() if "own" in line or "notes" in line]


class TestConflict:
    @pytest.fixture
    def conflict(self, project: Project) -> Project:
        project.commit({README: project.text(README).replace("# prices", "# ours")})
        project.offers(edits={README: ("# prices", "# the kit's")}, more={"docs/new.md": "new\n"})
        return project

    def test_conflict_has_the_markers_of_git_and_both_names(
        self, conflict: Project, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert conflict.run() == 3
        text = conflict.text(README)
        assert "<<<<<<< yours\n# ours\n=======\n# the kit's\n>>>>>>> ml-cicd v1.1.0\n" in text
        assert f"conflict: {README}" in capsys.readouterr().out
        assert f"UU {README}" in conflict.status()
        assert conflict.text("docs/new.md") == "new\n"

    def test_resolved_it_is_a_commit_that_the_next_upgrade_builds_on(self, conflict: Project) -> None:
        conflict.run()
        conflict.commit({README: "# ours and the kit's\n"})
        newer = base.Version("v1.2.0", "c" * 40)
        conflict.offers(newer, edits={README: ("# prices", "# the kit's")}, more={"docs/new.md": "newer\n"})
        assert conflict.run() == 0
        assert conflict.text(README) == "# ours and the kit's\n"
        assert conflict.text("docs/new.md") == "newer\n"

    def test_reset_brings_everything_back(self, conflict: Project) -> None:
        conflict.run()
        conflict.git("reset", "--quiet", "--hard")
        assert conflict.status() == []
        assert not (conflict.directory / "docs/new.md").exists()
        assert "# ours" in conflict.text(README)

    def test_check_names_it_and_changes_nothing(self, conflict: Project, capsys: pytest.CaptureFixture[str]) -> None:
        assert conflict.run("--check") == 1
        assert f"conflict: {README}" in capsys.readouterr().out
        assert conflict.status() == []

    def test_file_that_both_renamed_is_lost_on_neither_side(self, project: Project) -> None:
        project.git("mv", BUILD, "cicd/build/ours.sh")
        project.commit({"cicd/build/ours.sh": project.text("cicd/build/ours.sh") + "\n# ours\n"})
        project.offers(moves={BUILD: "cicd/build/theirs.sh"})
        assert project.run() == 3
        assert project.text("cicd/build/ours.sh").endswith("# ours\n")
        assert (project.directory / "cicd/build/theirs.sh").is_file()

    def test_file_of_the_project_where_the_kit_has_a_folder_stays(self, project: Project) -> None:
        project.commit({"docs": "ours\n"})
        project.offers(more={"docs/new.md": "theirs\n"})
        assert project.run() == 3
        (moved,) = project.directory.glob("docs~*")
        assert moved.read_text() == "ours\n"
        assert project.text("docs/new.md") == "theirs\n"

    def test_same_file_added_on_both_sides(self, project: Project) -> None:
        project.commit({"docs/new.md": "ours\n"})
        project.offers(more={"docs/new.md": "theirs\n"})
        assert project.run() == 3
        assert "AA docs/new.md" in project.status()


class TestPins:
    def test_edits_of_callers_survive(self, project: Project) -> None:
        text = project.text(STAGING).replace("'[\"self-hosted\"]'", "'[\"gpu\"]'")
        text = text.replace("    secrets:", "      timeout: 90\n    secrets:").replace(
            "  workflow_dispatch:", "  schedule: [{cron: '0 4 * * 1'}]\n  workflow_dispatch:"
        )
        project.commit({STAGING: text})
        project.offers(edits={STAGING: ("      packages: write", "      id-token: write # new\n      packages: write")})
        assert project.run() == 0
        merged = project.text(STAGING)
        assert all(
            words in merged for words in ('["gpu"]', "timeout: 90", "cron:", "id-token: write", "staging.yml@v1.1.0")
        )

    def test_line_that_was_added_beside_the_pin_is_no_conflict(self, project: Project) -> None:
        project.commit({CI: project.text(CI).replace("ci.yml@v1.0.0\n", "ci.yml@v1.0.0\n    with:\n      lfs: true\n")})
        project.offers()
        assert project.run() == 0
        assert "ci.yml@v1.1.0\n    with:\n      lfs: true\n" in project.text(CI)

    def test_after_dependabot_moved_the_pin_first(self, project: Project) -> None:
        """Base and pin differ then: the pin is no edit, and what is merged are the texts of the base."""
        for path in (project.directory / ".github/workflows").iterdir():
            path.write_text(path.read_text().replace("@v1.0.0", "@v1.1.0"))
        project.commit(message="Bump the kit")
        project.offers(edits={CI: ("permissions: {}", "permissions: {} # new"), README: ("# prices", "# houses")})
        assert project.run() == 0
        assert "permissions: {} # new" in project.text(CI)
        assert "# houses" in project.text(README)
        assert "@v1.1.0" in project.text(CI)

    def test_after_dependabot_to_a_version_between(self, project: Project) -> None:
        path = project.directory / CI
        project.commit({CI: path.read_text().replace("@v1.0.0", "@v1.0.5")})
        project.offers()
        assert project.run() == 0
        assert "ci.yml@v1.1.0" in project.text(CI)

    def test_newer_pin_than_the_kit_is_refused_with_the_command(
        self, project: Project, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project.commit({CI: project.text(CI).replace("@v1.0.0", "@v1.4.0")})
        project.offers()
        assert project.run() == 2
        assert "ml-cicd upgrade --to v1.4.0" in capsys.readouterr().err
        assert project.status() == []

    def test_workflows_of_the_project_that_use_the_kit_move_too(self, project: Project) -> None:
        own = "jobs:\n  a:\n    steps:\n      - uses: acme/ml-cicd/actions/setup@v1.0.0\n"
        own += "      - uses: acme/other@v1.0.0\n"
        project.commit({".github/workflows/own.yml": own})
        project.offers()
        assert project.run() == 0
        assert project.text(".github/workflows/own.yml") == own.replace("setup@v1.0.0", "setup@v1.1.0")

    def test_copy_of_the_kit_that_the_project_names_since_stays(self, project: Project) -> None:
        for path in (project.directory / ".github/workflows").iterdir():
            path.write_text(path.read_text().replace("acme/ml-cicd", "mirror/ml-cicd"))
        project.commit()
        project.offers(edits={CI: ("permissions: {}", "permissions: {} # new")})
        assert project.run() == 0
        assert "mirror/ml-cicd/.github/workflows/ci.yml@v1.1.0" in project.text(CI)
        assert "# new" in project.text(CI)
        assert 'patterns: ["mirror/ml-cicd*"]' in project.text(".github/dependabot.yml")

    def test_removed_caller_is_named_only_if_more_than_its_pin_changed(
        self, project: Project, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project.git("rm", "--quiet", CI)
        project.commit()
        project.offers()
        assert project.run() == 0
        assert not (project.directory / CI).exists()
        assert "stays removed" not in capsys.readouterr().out

    def test_commit_pins_stay_commit_pins_with_the_version_beside(self, project: Project) -> None:
        for path in (project.directory / ".github/workflows").iterdir():
            path.write_text(path.read_text().replace("@v1.0.0", f"@{'a' * 40} # v1.0.0"))
        project.commit()
        project.offers()
        assert project.run() == 0
        assert f"ci.yml@{'b' * 40} # v1.1.0\n" in project.text(CI)

    @pytest.mark.parametrize(("ref", "version", "expected"), [
        ("v1", "v1.3.0", "v1"), ("v1", "v2.0.0", "v2"), ("v1", "v1.1.0-rc.1", "v1.1.0-rc.1"),
        ("v1.0.0", "", "v1.0.0"), ("main", "v1.3.0", "main"),
    ])  # fmt: skip
    def test_ref_keeps_its_kind(self, ref: str, version: str, expected: str) -> None:
        assert pins.moved(ref, base.Version(version, "b" * 40)) == expected


class TestLocks:
    LOCK = "requirements/default.txt"

    def test_untouched_lock_is_that_of_the_new_version(self, project: Project) -> None:
        project.offers(edits={self.LOCK: ("==", "===")})
        assert project.run() == 0
        assert "===" in project.text(self.LOCK)

    def test_lock_of_the_project_is_never_merged(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        project.commit({self.LOCK: "own==1\n"})
        project.offers(edits={self.LOCK: ("==", "===")})
        assert project.run() == 0
        assert project.text(self.LOCK) == "own==1\n"
        assert self.LOCK in capsys.readouterr().out

    def test_lock_that_is_new_in_the_kit_comes(self, project: Project) -> None:
        project.offers(more={"requirements/gpu.txt": "torch\n"})
        assert project.run() == 0
        assert project.text("requirements/gpu.txt") == "torch\n"

    def test_lock_that_the_project_removed_stays_removed(self, project: Project) -> None:
        project.git("rm", "--quiet", self.LOCK)
        project.commit()
        project.offers(edits={self.LOCK: ("==", "===")})
        assert upgrading.plan(project.directory).locks == ()
        assert project.run() == 0
        assert not (project.directory / self.LOCK).exists()

    def test_lock_that_the_project_had_first_stays(self, project: Project) -> None:
        project.commit({"requirements/gpu.txt": "ours\n"})
        project.offers(more={"requirements/gpu.txt": "torch\n"})
        assert upgrading.plan(project.directory).locks == ("requirements/gpu.txt",)
        assert project.run() == 0
        assert project.text("requirements/gpu.txt") == "ours\n"

    def test_lock_that_was_kept_is_not_named_again_where_nothing_is_new(self, project: Project) -> None:
        project.commit({self.LOCK: "ours\n"})
        project.offers(edits={self.LOCK: ("==", "===")})
        assert upgrading.plan(project.directory).locks == (self.LOCK,)
        assert project.run() == 0
        project.commit()
        assert upgrading.plan(project.directory).locks == ()


class TestOrder:
    def test_second_upgrade_on_top_of_the_first(self, project: Project) -> None:
        project.commit({README: project.text(README) + "\nOurs.\n"})
        project.offers(edits={README: ("# prices", "# first")})
        assert project.run() == 0
        project.commit()
        project.offers(base.Version("v1.2.0", "c" * 40), edits={README: ("# prices", "# second")})
        assert project.run() == 0
        assert project.text(README).startswith("# second\n")
        assert project.text(README).endswith("\nOurs.\n")
        assert project.base().version.name == "v1.2.0"

    def test_twice_is_once(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        project.offers(edits={README: ("# prices", "# first")})
        assert project.run() == 0
        project.commit()
        assert project.run("--check") == 0
        assert project.run() == 0
        assert "nothing to upgrade" in capsys.readouterr().out
        assert project.status() == []

    def test_version_alone_is_nothing_to_upgrade(self, project: Project) -> None:
        """Callers that name a branch follow it by themselves."""
        project.commit(callers_at(project, "main"))
        project.offers()
        assert not upgrading.plan(project.directory).needed

    def test_what_the_project_has_already_is_nothing_to_upgrade(self, project: Project) -> None:
        project.commit({README: project.text(README).replace("# prices", "# first"), **callers_at(project, "main")})
        project.offers(edits={README: ("# prices", "# first")})
        assert not upgrading.plan(project.directory).needed

    def test_kit_without_a_version_has_no_order(self, project: Project) -> None:
        unknown = replace(project.base(), version=base.Version())
        project.commit({base.FILE: base.dump(unknown), **callers_at(project, "main")})
        project.offers()
        assert upgrading.plan(project.directory).until == NEW

    def test_commit_that_is_no_release_has_no_order(self, project: Project) -> None:
        project.offers(base.Version("", "c" * 40))
        assert upgrading.plan(project.directory).until == base.Version("", "c" * 40)

    def test_older_kit_is_refused(self, project: Project) -> None:
        project.offers(base.Version("v0.9.0", "c" * 40))
        assert project.run() == 2
        project.commit(callers_at(project, "main"))
        with pytest.raises(UsageError, match=r"is at v1\.0\.0 of the kit already, which is newer than v0\.9\.0"):
            upgrading.plan(project.directory)

    def test_shallow_clone_of_a_squashed_branch_upgrades(self, project: Project, tmp_path: Path) -> None:
        """What is merged from travels with the branch: no history and no old kit is needed."""
        project.commit({README: project.text(README) + "\nOurs.\n"})
        project.git("checkout", "--quiet", "--orphan", "squashed")
        project.commit(message="all in one")
        git.output(
            tmp_path, "clone", "--quiet", "--depth=1", "--branch=squashed", f"file://{project.directory}", "clone"
        )
        clone = Project(tmp_path / "clone", project.monkeypatch)
        clone.offers(edits={README: ("# prices", "# houses")})
        assert clone.run() == 0
        assert clone.text(README).startswith("# houses")
        assert clone.text(README).endswith("\nOurs.\n")


class TestTree:
    def test_uncommitted_changes_are_refused(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        (project.directory / README).write_text("work in progress\n")
        project.offers()
        assert project.run() == 2
        assert README in capsys.readouterr().err
        assert project.text(README) == "work in progress\n"

    def test_files_that_git_does_not_know_and_changes_in_a_submodule_are_no_changes(self, project: Project) -> None:
        module = project.directory / "module"
        module.mkdir()
        git.text(module, "init", "--quiet", "--template=")
        (module / "file").write_text("old\n")
        git.text(module, "add", "file")
        git.text(module, "commit", "--quiet", "--message", "a module")
        project.commit()
        (module / "file").write_text("new\n")
        (project.directory / "notes").write_text("of mine\n")
        upgrading.check_clean(project.directory)

    def test_file_that_git_does_not_know_is_never_overwritten(self, project: Project) -> None:
        (project.directory / "docs").mkdir()
        (project.directory / "docs/new.md").write_text("not committed\n")
        project.offers(more={"docs/new.md": "theirs\n"})
        assert project.run() == 2
        assert project.text("docs/new.md") == "not committed\n"
        assert project.status() == ["?? docs/"]

    def test_message_of_the_commit_is_prepared_with_the_changelog(
        self, project: Project, capfd: pytest.CaptureFixture[str]
    ) -> None:
        project.offers()
        capfd.readouterr()
        assert project.run("--json") == 0
        project.git("commit", "--quiet", "--no-edit")
        message = project.git("log", "-1", "--format=%B").rstrip()
        assert message == ("Upgrade ml-cicd from v1.0.0 to v1.1.0\n\n**1.1.0**\n\n**Added**\n\n* A fine thing.")
        assert json.loads(capfd.readouterr().out)["message"].rstrip() == message

    def test_links_of_the_changelog_lead_to_the_kit(self, project: Project) -> None:
        project.offers(log="## [1.1.0]\n\n* [A](docs/a.md#b), [c](https://example.org), [d](#d)\n")
        assert project.run() == 0
        project.git("commit", "--quiet", "--no-edit")
        there = f"https://github.com/acme/ml-cicd/blob/{NEW.commit}/docs/a.md#b"
        assert f"* [A]({there}), [c](https://example.org), [d](#d)" in project.git("log", "-1", "--format=%B")

    def test_long_changelog_is_cut_on_the_terminal_and_whole_in_the_message(
        self, project: Project, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project.offers(log="## [1.1.0]\n\n" + "".join(f"* line {number}.\n" for number in range(100)))
        assert project.run() == 0
        assert "line 99." not in capsys.readouterr().out
        project.git("commit", "--quiet", "--no-edit")
        assert "line 99." in project.git("log", "-1", "--format=%B")

    @pytest.mark.case("K9", "git is too old for upgrade")
    def test_git_that_is_too_old_says_so(self, project: Project, monkeypatch: pytest.MonkeyPatch,
                                         capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        true = git.text
        monkeypatch.setattr(
            git, "text", lambda *words, **more: "git version 2.34.1" if words[1] == "version" else true(*words, **more)
        )
        project.offers()
        assert project.run() == 69
        assert "2.38" in capsys.readouterr().err

    @pytest.mark.case("K3", "the base of upgrades holds a conflict")
    def test_broken_base_is_named(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        project.commit({base.FILE: "<<<<<<< HEAD\n"})
        project.offers()
        assert project.run() == 2
        assert f"git checkout BRANCH -- {base.FILE}" in capsys.readouterr().err
        (project.directory / base.FILE).write_bytes(b"\xff")
        project.commit()
        assert project.run() == 2


class TestAdopted:
    def test_callers_are_upgraded_and_nothing_else(self, adopted: Project) -> None:
        adopted.commit()
        adopted.commit({CI: adopted.text(CI) + "      MINE: ${{ secrets.MINE }}\n"})
        adopted.offers(edits={CI: ("permissions: {}", "permissions: {} # new")})
        assert adopted.run() == 0
        assert "permissions: {} # new" in adopted.text(CI)
        assert adopted.text(CI).endswith("MINE: ${{ secrets.MINE }}\n")
        assert all(line.split()[-1].startswith((".github/", base.FILE)) for line in adopted.status())

    def test_caller_edited_before_the_first_commit_keeps_the_edit(self, adopted: Project) -> None:
        adopted.commit({CI: adopted.text(CI) + "      MINE: ${{ secrets.MINE }}\n"})
        adopted.offers(edits={CI: ("permissions: {}", "permissions: {} # new")})
        assert adopted.run() == 0
        assert adopted.text(CI).endswith("MINE: ${{ secrets.MINE }}\n")
        assert "# new" in adopted.text(CI)

    def test_project_in_a_folder_has_a_base_of_its_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        git.output(tmp_path, "init", "--quiet")
        repository = Project(tmp_path, monkeypatch)
        repository.commit({f"projects/{name}/app.py": "" for name in "ab"})
        monkeypatch.setattr(target, "installed", lambda: OLD)
        for name in "ab":
            assert cli.main(["adopt", "--directory", str(tmp_path / "projects" / name), "--ref", "v1.0.0"]) == 0
        repository.commit()
        folder = Project(tmp_path / "projects/a", monkeypatch)
        folder.offers(edits={".github/workflows/a-ci.yml": ("permissions: {}", "permissions: {} # new")})
        assert folder.run() == 0
        assert "# new" in repository.text(".github/workflows/a-ci.yml")
        assert "# new" not in repository.text(".github/workflows/b-ci.yml")
        assert "M  projects/a/.ml-cicd.base.json" in repository.status()
        assert "M  projects/b/.ml-cicd.base.json" not in repository.status()
        repository.commit({"projects/a/.ml-cicd.base.json": "{"})
        with pytest.raises(UsageError, match=r"^projects/a/\.ml-cicd\.base\.json can't be read"):
            upgrading.plan(folder.directory)

    def test_undo_leaves_no_trace(self, adopted: Project) -> None:
        assert cli.main(["adopt", "--undo", "--directory", str(adopted.directory)]) == 0
        assert adopted.status() == []

    def test_a_caller_that_is_added_later_is_upgraded_too(self, adopted: Project) -> None:
        adopted.commit()
        shutil.rmtree(adopted.directory / ".git/ml-cicd")  # another person's clone has no record of the first run
        words = ["--stage", "approve", "--kit", "acme/ml-cicd", "--ref", "v1.0.0"]
        assert cli.main(["adopt", "--directory", str(adopted.directory), *words]) == 0
        adopted.commit()
        approve = ".github/workflows/approve.yml"
        adopted.offers(edits={approve: ("permissions: {}", "permissions: {} # new")})
        assert adopted.run() == 0
        assert "# new" in adopted.text(approve)

    def test_dependabot_of_the_project_is_left_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                     capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        git.output(tmp_path, "init", "--quiet")
        project = Project(tmp_path, monkeypatch)
        project.commit({"app.py": "", ".github/dependabot.yml": "version: 2\nupdates: []\n"})
        assert cli.main(["adopt", "--directory", str(tmp_path)]) == 0
        assert project.text(".github/dependabot.yml") == "version: 2\nupdates: []\n"
        assert "dependabot.yml does not update the kit's version" in capsys.readouterr().out


def test_upgrades_of_two_projects_keep_what_was_added_to_their_dependabot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "installed", lambda: OLD)
    git.output(tmp_path, "init", "--quiet")
    repository, name = Project(tmp_path, monkeypatch), ".github/dependabot.yml"
    repository.commit({"a/app.py": "", "b/app.py": ""})
    for folder in ("a", "b"):
        words = ["--kit", "acme/ml-cicd", "--ref", "v1.0.0", "--main", "main", "--integration", "develop"]
        assert cli.main(["adopt", "--directory", str(tmp_path / folder), *words]) == 0
    added = "  - {package-ecosystem: docker, directory: /b, schedule: {interval: weekly}}\n"
    repository.commit({name: repository.text(name) + added})
    repository.offers(edits={name: ("A week of cooldown", "Seven days of cooldown")})
    assert cli.main(["upgrade", "--directory", str(tmp_path / "a")]) == 0
    repository.commit()
    wanted = repository.text(name)
    assert "Seven days" in wanted
    assert wanted.endswith(added)
    repository.offers()
    assert cli.main(["upgrade", "--directory", str(tmp_path / "b")]) == 0
    assert repository.text(name) == wanted


def killed_after_the_files(project: Project) -> int:
    """Run an upgrade that is killed when git has written its files; return the signal."""
    process = os.fork()
    if process == 0:
        output = git.output

        def strikes(directory: Path, *words: str, **options: Any) -> bytes:
            printed = output(directory, *words, **options)
            if "-u" in words:
                os.kill(os.getpid(), signal.SIGKILL)
            return printed

        project.monkeypatch.setattr(git, "output", strikes)
        project.run()
        os._exit(1)
    return os.WTERMSIG(os.waitpid(process, 0)[1])


def test_killed_upgrade_is_run_again(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.commit({README: project.text(README).replace("# prices", "# ours")})
    project.offers(edits={README: ("# prices", "# theirs")}, moves={BUILD: "cicd/build/renamed.sh"})
    assert killed_after_the_files(project) == signal.SIGKILL
    assert project.run() == 3
    assert "An earlier upgrade was cut off" in capsys.readouterr().err
    assert "UU README.md" in project.status()


class TestEarlier:
    """Projects that were made before the kit kept what it generated."""

    @pytest.fixture
    def without(self, project: Project) -> Project:
        project.git("rm", "--quiet", base.FILE, ".github/dependabot.yml")
        project.git("commit", "--quiet", "--amend", "--no-edit")
        return project

    def test_it_says_where_to_start(self, without: Project, capsys: pytest.CaptureFixture[str]) -> None:
        without.commit({README: "# ours\n"})
        without.offers()
        assert without.run() == 2
        first = without.git("rev-list", "--max-parents=0", "HEAD")
        assert f"ml-cicd upgrade --base {first[:12]}" in capsys.readouterr().err

    def test_it_starts_from_the_commit_of_init(self, without: Project) -> None:
        first = without.git("rev-parse", "HEAD")
        without.commit({README: without.text(README) + "\nOurs.\n", "own.py": "OWN = 1\n"})
        without.offers(edits={README: ("# prices", "# houses")}, moves={BUILD: ""})
        assert without.run("--base", first) == 0
        assert without.text(README).startswith("# houses")
        assert without.text(README).endswith("\nOurs.\n")
        assert not (without.directory / BUILD).exists()
        assert without.text("own.py") == "OWN = 1\n"
        assert (without.directory / ".github/dependabot.yml").is_file()
        without.commit()
        assert without.run("--check") == 0

    def test_from_a_later_commit_no_file_of_the_project_is_removed(self, without: Project) -> None:
        without.commit({"own.py": "OWN = 1\n"})
        without.offers(edits={README: ("# prices", "# houses")})
        assert without.run("--base", "HEAD") == 0
        assert without.text("own.py") == "OWN = 1\n"
        assert without.text(README).startswith("# houses")

    def test_it_starts_from_the_commit_of_adopt(self, adopted: Project) -> None:
        (adopted.directory / base.FILE).unlink()
        adopted.commit()
        adopted.offers(edits={CI: ("permissions: {}", "permissions: {} # new")})
        assert adopted.run("--base", "HEAD") == 0
        assert "# new" in adopted.text(CI)
        assert "ci.yml@v1.1.0" in adopted.text(CI)

    def test_it_writes_the_file_even_if_nothing_else_changes(self, adopted: Project) -> None:
        (adopted.directory / base.FILE).unlink()
        adopted.commit()
        adopted.offers(OLD)
        assert adopted.run("--base", "HEAD") == 0
        assert adopted.status() == [f"A  {base.FILE}"]

    def test_commit_without_callers_is_refused(self, adopted: Project) -> None:
        adopted.commit()
        adopted.offers()
        assert adopted.run("--base", "HEAD~1") == 2
        assert adopted.run("--base", "nothing") == 2

    @pytest.mark.parametrize("words", [
        ["--kind", "service", "--branches", "trunk", "--python", "3.13", "--approve", "--deploy-runs-on", ""],
        ["--kind", "batch", "--kind", "package", "--deploy-runs-on", "gpu,linux"], ["--kind", "package"],
        ["--kind", "service", "--kind", "batch", "--kind", "package"],
    ])  # fmt: skip
    def test_answers_are_those_of_init(self, tmp_path: Path, words: list[str]) -> None:
        directory = tmp_path / "prices"
        assert cli.main(["init", str(directory), "--kit", "acme/ml-cicd", "--yes", *words]) == 0
        kept = base.load((directory / base.FILE).read_text())
        shown = earlier.base_of(directory, "HEAD", "")
        assert replace(shown.answers, dependabot=True) == kept.answers


class TestKitOfAClone:
    """The version to upgrade to is a tag of the kit's clone: its own code generates the files."""

    @pytest.fixture
    def clone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        root = Path(skeleton.__file__).parents[2]
        directory = tmp_path / "kit"
        shutil.copytree(root / "cicd", directory / "cicd", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("actions", ".github/workflows"):
            (directory / name).mkdir(parents=True)
        git.output(directory, "init", "--quiet")
        released = Project(directory, monkeypatch)
        released.commit({"CHANGELOG.md": CHANGELOG})
        released.commit({".github/workflows/ci.yml": "frozen\n"})
        released.git("tag", "v1.0.0")
        path = "cicd/start/template/service/README.md"
        released.commit({path: released.text(path) + "\nWords of the release.\n"})
        released.git("tag", "v1.1.0")
        released.git("checkout", "--quiet", "v1.0.0")
        monkeypatch.setattr(target, "PACKAGE", directory / "cicd")
        monkeypatch.setattr(freeze, "kit_root", lambda: directory)
        return directory

    def test_one_command_upgrades_to_a_release(
        self, project: Project, clone: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert target.installed().name == "v1.0.0"
        assert project.run("--to", "v1.1.0") == 0
        assert project.text(README).endswith("Words of the release.\n")
        assert "ci.yml@v1.1.0" in project.text(CI)
        assert "A fine thing." in capsys.readouterr().out
        assert git.text(clone, "describe", "--tags") == "v1.0.0"
        assert git.text(clone, "status", "--porcelain") == ""

    def test_source_of_a_release_is_that_version(self, clone: Path) -> None:
        git.output(clone, "checkout", "--quiet", "v1.0.0~1")
        assert target.installed().name == "v1.0.0"

    def test_tag_that_only_the_remote_has_is_fetched(self, project: Project, clone: Path, tmp_path: Path) -> None:
        git.output(tmp_path, "clone", "--quiet", "--bare", str(clone), "origin")
        git.output(clone, "remote", "add", "origin", str(tmp_path / "origin"))
        git.output(clone, "tag", "--delete", "v1.1.0")
        assert project.run("--to", "v1.1.0") == 0
        assert project.text(README).endswith("Words of the release.\n")

    def test_without_the_remote_the_release_at_hand_still_does(self, project: Project, clone: Path) -> None:
        git.output(clone, "remote", "add", "origin", str(clone / "nowhere"))
        assert project.run("--to", "v1.1.0") == 0
        assert project.run("--to", "v9.0.0") in (2, 69)


@pytest.mark.parametrize(("remote", "code", "words"), [
    ("there", 2, "no tag and no commit v99.0.0, and its remote gave none"),
    ("gone", 69, "no tag and no commit v99.0.0. The git remote does not answer"),
])  # fmt: skip
def test_release_that_does_not_exist_is_refused(
    remote: str, code: int, words: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project.directory.parent
    git.output(folder, "init", "--quiet", "--bare", str(folder / "there"))
    git.output(folder, "clone", "--quiet", str(folder / "there"), str(folder / "kit"))
    git.output(folder / "kit", "remote", "set-url", "origin", str(folder / remote))
    project.monkeypatch.setattr(freeze, "kit_root", lambda: folder / "kit")
    assert project.run("--to", "v99.0.0") == code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(("since", "until", "expected"), [
    ("v1.0.0", "v1.1.0", ["1.1.0"]), ("v1.0.0", "", ["Unreleased", "1.1.0"]), ("", "v1.1.0", ["1.1.0"]),
    ("v1.0.0", "v1.0.0", []), ("v0.1.0", "v1.1.0", ["1.1.0"]),
])  # fmt: skip
def test_changelog_between_versions(since: str, until: str, expected: list[str]) -> None:
    text = "# Log\n\n## [Unreleased]\n\n* x\n\n## [1.1.0] - 2026-12-01\n\n### Fixed\n\n* y\n\n## 1.0.0\n\n* z\n"
    shown = changelog.between(text, since.removeprefix("v"), until.removeprefix("v"))
    assert [line.strip("*") for line in shown.split("\n") if line.startswith("**") and line != "**Fixed**"] == expected
    assert "#" not in shown
