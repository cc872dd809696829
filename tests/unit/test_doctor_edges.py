"""`ml-cicd doctor` and `rulesets` where a project or machine is not the usual one: nothing right is called wrong."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli
from cicd.config import parse
from cicd.doctor import calling, comparison, hosted, machine, project, repository, rulesets, settings
from cicd.doctor.check import State, ok
from cicd.doctor.hosted import Refusal
from cicd.doctor.rulesets import Choices, Mode
from cicd.start import callers
from tests.unit.support import fake_github
from tests.unit.support.foreign_projects import git, write_callers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.doctor.check import Check

TOML = 'name = "app"\n'
PROTECTED = ("--mode", "protected", "--app-id", "7")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone of two projects, one of them in the root, in a folder with a space."""
    folder = tmp_path / "my app"
    for place, prefix in (("", ""), ("projects/b", "b")):
        (folder / place).mkdir(parents=True, exist_ok=True)
        (folder / place / "ml-cicd.toml").write_text(TOML)
        choices = callers.Choices(
            "acme/ml-cicd", "v1", callers.Branches("main", "develop"), prefix=prefix, directory=place
        )
        write_callers(folder, choices)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", "https://github.com/acme/app.git")
    return folder


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[fake_github.GitHub]:
    """Return GitHub as a token sees it."""
    github = fake_github.GitHub()
    monkeypatch.setenv("GITHUB_TOKEN", "x")
    for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    with fake_github.serve(github) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        yield github


def checked(folder: Path, capfd: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code of `ml-cicd doctor`, and its checks by name."""
    code = cli.main(["doctor", "--directory", str(folder), "--json", *options])
    return code, {check["name"]: check for check in json.loads(capfd.readouterr().out)["checks"]}


def of_repository(clone: Path) -> dict[str, Check]:
    read = project.read(clone)
    return {check.name: check for check in repository.checks(clone, read, settings.plan(read, Choices()), "acme/app")}


def edit(clone: Path, stage: str, old: str, new: str) -> None:
    file = clone / ".github" / "workflows" / f"{stage}.yml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


class TestCallers:
    def test_secret_may_have_another_name_in_a_repository_of_several_projects(self, clone: Path) -> None:
        edit(clone, "production", "${{ secrets.LEDGER_KEY }}", "${{ secrets.APP_LEDGER_KEY }}")
        assert of_repository(clone)[repository.SECRETS].state is State.OK

    @pytest.mark.parametrize(("level", "state"), [("write-all", State.OK), ("read-all", State.WRONG)])
    def test_permissions_may_stand_in_a_word(self, clone: Path, level: str, state: State) -> None:
        file = clone / ".github" / "workflows" / "integration.yml"
        lines = file.read_text().splitlines(keepends=True)
        start = lines.index("    permissions:\n")
        end = next(number for number, line in enumerate(lines) if number > start and not line.startswith("      "))
        file.write_text("".join([*lines[:start], f"    permissions: {level}\n", *lines[end:]]))
        assert of_repository(clone)[repository.PERMISSIONS].state is state

    def test_comment_belongs_to_each_project_of_the_repository(self, clone: Path) -> None:
        for folder in (clone, clone / "projects" / "b"):
            assert "none of" not in of_repository(folder)[repository.CALLERS].what

    def test_inputs_that_are_no_mapping_are_none(self, clone: Path) -> None:
        text = "jobs:\n  ci:\n    uses: acme/ml-cicd/.github/workflows/ci.yml@v1\n    with: everything\n"
        (call,) = calling.of_text("x.yml", text)
        assert (call.directory, call.on_own_runner) == ("", False)

    @pytest.mark.parametrize("command", ["doctor", "rulesets"])
    def test_workflow_that_is_no_text_is_named(
        self, clone: Path, capsys: pytest.CaptureFixture[str], command: str
    ) -> None:
        (clone / ".github" / "workflows" / "old.yml").write_bytes(b"name: \xe4\n")
        assert cli.main([command, "--directory", str(clone)]) in (1, 2)
        shown = capsys.readouterr()
        assert ".github/workflows/old.yml is not UTF-8 text: line 1" in shown.out + shown.err

    @pytest.mark.parametrize("command", ["doctor", "rulesets"])
    def test_folder_that_is_not_there_is_named(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
    ) -> None:
        assert cli.main([command, "--directory", str(tmp_path / "none")]) in (1, 2)
        shown = capsys.readouterr()
        assert f"There is no ml-cicd.toml in {tmp_path / 'none'}" in shown.out + shown.err


class TestMachine:
    def test_machine_is_checked_alone_where_there_is_no_project(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(machine, "checks", lambda directory, config: iter(()))
        assert checked(tmp_path, capfd, "--part", "machine") == (0, {})

    def test_image_repository_that_nobody_can_have_is_a_check(
        self, clone: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(machine, "_engine", lambda: (None, ok(machine.ENGINE, "Docker")))
        (clone / "ml-cicd.toml").write_text(f'{TOML}image = "acme/team/app"\n')
        code, checks = checked(clone, capfd)
        for name in (machine.REGISTRY, repository.CONFIGURATION):
            assert "can't be an image repository of Docker Hub" in checks[name]["what"]
        assert (code, machine.DISK in checks) == (1, True)

    @pytest.mark.parametrize("held", [True, False])
    def test_port_that_this_account_may_not_bind_is_free_unless_something_answers(
        self, monkeypatch: pytest.MonkeyPatch, *, held: bool
    ) -> None:
        """The engine may bind port 80, whoever asks it."""

        class Socket(socket.socket):
            def bind(self, address: Any) -> None:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            if held:
                taken.listen()
            monkeypatch.setattr(socket, "socket", Socket)
            (found,) = machine._ports(parse(f"{TOML}[environments.production]\nport = {port}\n"), None)
        assert found.state is (State.WRONG if held else State.OK)

    def test_folder_of_the_engine_that_this_account_may_not_enter_is_not_checked(
        self, clone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Client:
            def info(self) -> dict[str, str]:
                return {"DockerRootDir": "/srv/docker"}

        usage = shutil.disk_usage

        def disk_usage(folder: str) -> Any:
            if str(folder).startswith("/srv/docker"):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return usage(folder)

        monkeypatch.setattr(shutil, "disk_usage", disk_usage)
        client: Any = Client()
        assert str(clone.resolve()) in machine._disk(clone, client).what
        assert machine._disk(clone.parent / "none", None).state is State.UNKNOWN


class TestGitHub:
    @pytest.mark.parametrize(
        ("url", "asked"),
        [
            ("https://github.com/acme/app.git", True),
            ("ssh://git@ssh.github.com:443/acme/app.git", True),
            ("https://gitlab.com/acme/app.git", False),
        ],
    )
    def test_repository_of_another_host_is_not_looked_up_on_github(
        self, clone: Path, github: fake_github.GitHub, capfd: pytest.CaptureFixture[str], url: str, *, asked: bool
    ) -> None:
        git(clone, "remote", "set-url", "origin", url)
        _, checks = checked(clone, capfd, "--part", "github")
        assert bool(github.seen) is asked
        assert ("github/settings" in checks) is not asked

    def test_environment_may_have_capital_letters_on_github(self, github: fake_github.GitHub) -> None:
        github.environments["Production"] = {"limited": False, "policies": {}, "secrets": []}
        environments = hosted.read(fake_github.NAME, "main", ["production"]).environments
        assert not isinstance(environments, Refusal)
        assert [*environments] == ["production"]

    def test_what_runs_of_an_environment_wait_for_is_read(self, github: fake_github.GitHub) -> None:
        rules = [{"id": 1, "node_id": "x", "type": kind} for kind in ("wait_timer", "branch_policy")]
        github.environments["training"] = {"limited": False, "policies": {}, "secrets": [], "rules": rules}
        environments = hosted.read(fake_github.NAME, "main", ["training"]).environments
        assert not isinstance(environments, Refusal)
        assert environments["training"].waits_for == ("a timer",)

    def test_branch_is_quoted(self, github: fake_github.GitHub) -> None:
        assert hosted.read(fake_github.NAME, "release 1#a", []).rules_of_main == ()

    def test_answer_in_another_form_is_unknown(
        self, clone: Path, github: fake_github.GitHub, capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setitem(fake_github.ROUTES, "GET environments", lambda *_: (200, {"total_count": 0}))
        _, checks = checked(clone, capfd, "--part", "github")
        assert checks["github/environments"]["state"] == "unknown"
        assert "in a form that it does not describe" in checks["github/environments"]["why"]

    def test_who_can_bypass_is_unknown_where_github_does_not_show_it(self, clone: Path) -> None:
        (wanted, *_) = settings.plan(project.read(clone), Choices()).rulesets
        shown = {name: value for name, value in wanted.body.items() if name != "bypass_actors"}
        found = comparison._ruleset(wanted.body, shown, "mend")
        assert (found.state, "not readable" in found.what) == (State.UNKNOWN, True)

    def test_check_that_anybody_may_report_is_named(self, clone: Path) -> None:
        (wanted, *_) = settings.plan(project.read(clone), Choices()).rulesets
        actual = json.loads(json.dumps(wanted.body))
        (rule,) = [rule for rule in actual["rules"] if rule["type"] == "required_status_checks"]
        for check in rule["parameters"]["required_status_checks"]:
            if check["context"] == "ci / ci-passed":
                del check["integration_id"]
        says = "the check 'ci / ci-passed' counts from others than GitHub Actions"
        assert [*comparison.differences(wanted.body, actual)] == [says]

    @pytest.mark.parametrize(
        ("left_out", "environments"),
        [
            (("production",), {"integration", "staging", "production", "ledger"}),
            (("production", "deploy"), {"integration", "staging", "ledger"}),
            (callers.USUAL, {"integration", "staging", "production", "ledger"}),
        ],
        ids=["deploy can start it", "nothing starts it", "nothing calls the kit yet"],
    )
    def test_stage_that_is_left_out_needs_no_environment(
        self, clone: Path, left_out: tuple[str, ...], environments: set[str]
    ) -> None:
        for stage in left_out:
            (clone / ".github" / "workflows" / f"{stage}.yml").unlink()
        (clone / "ml-cicd.toml").write_text(TOML + '[environments.production]\nsecrets = ["TOKEN"]\n')
        read = project.read(clone)
        if left_out == callers.USUAL:
            read = replace(read, calls=())
        planned = settings.plan(read, Choices())
        assert {rules.name for rules in planned.environments} == environments
        assert ("production" in environments) == ("APP_SECRETS" in {secret.name for secret in planned.secrets})

    def test_ruleset_that_stops_the_app_of_the_road_is_named(self, clone: Path) -> None:
        planned = settings.plan(project.read(clone), Choices(Mode.PROTECTED, app=7))
        wanted = next(ruleset.body for ruleset in planned.rulesets if ruleset.bypass)
        others = [actor for actor in wanted["bypass_actors"] if actor["actor_id"] != 7]
        assert [*comparison.differences(wanted, {**wanted, "bypass_actors": others})] == ["it stops Integration 7"]


class TestCommands:
    def test_what_mends_keeps_the_mode_and_the_project(
        self, clone: Path, github: fake_github.GitHub, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """Without the options it would set the open mode."""
        folder = clone / "projects" / "b"
        more = ("--merge-queue", "--reviews", "2", "--main", "main", "--integration", "develop")
        _, checks = checked(folder, capfd, "--part", "github", *PROTECTED, *more)
        mend = checks["github/ruleset promotions"]["mend"]
        assert mend == (
            f"ml-cicd rulesets --main main --integration develop --directory '{folder}' --mode protected --app-id 7 "
            "--reviews 2 --merge-queue --script | sh"
        )
        assert mend == rulesets.command_to_set(
            ["--main", "main", "--integration", "develop", "--directory", str(folder), *PROTECTED, "--reviews", "2",
             "--merge-queue"]
        )  # fmt: skip

    def test_text_names_the_same_settings(
        self, clone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(clone)
        assert cli.main(["rulesets", *PROTECTED]) == 0
        shown = capsys.readouterr().out
        assert "set rulesets and environments: ml-cicd rulesets --mode protected --app-id 7 --script | sh" in shown
        assert "To compare: ml-cicd doctor --mode protected --app-id 7\n" in shown
