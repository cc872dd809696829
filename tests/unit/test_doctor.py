"""`ml-cicd doctor`: what is missing is named with the command that mends it; what it may not read is no fault."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, labels
from cicd.config import parse
from cicd.doctor import comparison, credentials, hosted, machine, project, repository, settings
from cicd.doctor.calling import Call
from cicd.doctor.check import State, ok, unknown, wrong
from cicd.doctor.hosted import Hosted, HostedEnvironment, Refusal
from cicd.doctor.project import Project
from cicd.doctor.rulesets import Choices
from cicd.errors import UnreachableError
from cicd.forge import lifecycle, remote, run_secrets
from cicd.forge.state import Forge
from cicd.oci import engine
from cicd.printers import doctor as printer
from cicd.produce import build_image
from cicd.start import base, callers, generated
from cicd.start.callers import Branches
from tests.unit.support import fake_github
from tests.unit.support.foreign_projects import git, write_callers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicd.doctor.check import Check
    from cicd.doctor.settings import Settings

SHA = "0123456789abcdef0123456789abcdef01234567"
BRANCHES = Branches("main", "develop")
TOML = 'name = "app"\n'
MEND = "ml-cicd rulesets --script | sh"


def by_name(checks: Iterator[Check] | list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone of a project that is whole."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "ml-cicd.toml").write_text(TOML)
    (folder / "requirements").mkdir()
    (folder / "requirements" / "default.txt").write_text("# a lock\n")
    write_callers(folder, callers.Choices("acme/ml-cicd", SHA, BRANCHES))
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", "https://github.com/acme/app.git")
    return folder


def of_repository(clone: Path) -> dict[str, Check]:
    read = project.read(clone)
    return by_name(repository.checks(clone, read, settings.plan(read, Choices()), "acme/app"))


def edit(clone: Path, stage: str, old: str, new: str) -> None:
    file = clone / ".github" / "workflows" / f"{stage}.yml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


class TestRepository:
    def test_whole_project_has_nothing_to_mend(self, clone: Path) -> None:
        checks = of_repository(clone)
        assert {check.state for check in checks.values()} == {State.OK}
        assert {name.partition("/")[2] for name in checks} == {
            "configuration", "branches", "callers", "pins", "secrets", "permissions", "code owners", "locks",
            "credentials",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("check", "stage", "edit_of", "says"),
        [
            ("pins", "ci", (SHA, "v1"), "different versions"),
            (
                "secrets",
                "production",
                ("      LEDGER_KEY: ${{ secrets.LEDGER_KEY }}\n", ""),
                "does not pass on LEDGER_KEY",
            ),
            (
                "secrets",
                "staging",
                ("LEDGER_KEY: ${{ secrets.LEDGER_KEY }}", "LEDGER_KEY: x"),
                "does not pass on LEDGER",
            ),
            ("permissions", "integration", ("      packages: write", "      packages: read"), "lacks packages: write"),
            (
                "permissions",
                "production",
                ("      id-token: write # to log in to registry and cluster, with what ends with the job\n", ""),
                "lacks id-token: write",
            ),
        ],
    )
    def test_fault_in_a_caller_is_named(
        self, clone: Path, check: str, stage: str, edit_of: tuple[str, str], says: str
    ) -> None:
        edit(clone, stage, *edit_of)
        found = of_repository(clone)[f"repository/{check}"]
        assert found.state is State.WRONG
        assert says in f"{found.what} {found.why}"
        assert found.mend
        if check != "pins":
            assert f".github/workflows/{stage}.yml" in found.what

    def test_inherited_secrets_are_named(self, clone: Path) -> None:
        file = clone / ".github" / "workflows" / "production.yml"
        file.write_text(file.read_text().partition("    secrets:")[0] + "    secrets: inherit\n")
        assert "secrets: inherit" in of_repository(clone)[repository.SECRETS].what

    @pytest.mark.parametrize(
        ("ref", "state"), [(SHA, State.OK), ("v1", State.OK), ("v1.2.3", State.OK), ("main", State.WRONG)]
    )
    def test_a_branch_is_no_pin(self, clone: Path, ref: str, state: State) -> None:
        for stage in callers.USUAL:
            edit(clone, stage, SHA, ref)
        assert of_repository(clone)[repository.PINS].state is state

    @pytest.mark.parametrize(("made", "pinned", "says"), [
        ("v1.2.0", "v1.2.3", "; the files of the kit are those of v1.2.0: ml-cicd upgrade --to v1.2.3"),
        ("v1.2.3", "v1.2.3", ""), ("v1.3.0", "v1.2.3", ""), ("", "v1.2.3", ""), ("v1.2.0", "v1", ""),
    ])  # fmt: skip
    def test_files_that_are_older_than_the_pin_are_named(self, clone: Path, made: str, pinned: str, says: str) -> None:
        for stage in callers.USUAL:
            edit(clone, stage, SHA, pinned)
        answers = generated.Answers(callers.Choices("acme/ml-cicd", "v1", callers.Branches("main", "develop")), ())
        (clone / base.FILE).write_text(base.dump(base.Base(base.Version(made), answers, {}, {})))
        found = of_repository(clone)[repository.PINS]
        assert found.state is State.OK
        assert found.what == f"acme/ml-cicd@{pinned}{says}"

    def test_base_of_upgrades_that_can_not_be_read_is_named(self, clone: Path) -> None:
        (clone / base.FILE).write_text("<<<<<<<")
        assert "can't be read" in of_repository(clone)[repository.PINS].what

    def test_placeholder_of_the_kit_is_wrong_once_the_project_is_on_github(self, clone: Path) -> None:
        for stage in callers.USUAL:
            edit(clone, stage, "acme/ml-cicd", "org/ml-cicd")
        assert of_repository(clone)[repository.PINS].state is State.WRONG
        read = project.read(clone)
        local = by_name(repository.checks(clone, read, settings.plan(read, Choices()), ""))
        assert local[repository.PINS].state is State.UNKNOWN

    def test_caller_that_a_merge_queue_would_wait_for_is_named(self, clone: Path) -> None:
        def queue() -> Check:
            read = project.read(clone)
            planned = settings.plan(read, Choices(merge_queue=True))
            return by_name(repository.checks(clone, read, planned, ""))[repository.QUEUE]

        assert queue().state is State.OK
        edit(clone, "ci", "  merge_group:\n", "")
        assert (queue().state, "for ever" in queue().why) == (State.WRONG, True)
        assert repository.QUEUE not in of_repository(clone)

    @pytest.mark.parametrize(
        ("stage", "toml", "missing"),
        [
            ("ci", "", "ci"),
            ("staging", "", "staging"),
            ("approve", '[environments.production]\napprovers = ["ann", "bob"]\n', "approve"),
        ],
    )
    def test_missing_caller_is_named_with_its_command(self, clone: Path, stage: str, toml: str, missing: str) -> None:
        (clone / "ml-cicd.toml").write_text(TOML + toml)
        (clone / ".github" / "workflows" / f"{stage}.yml").unlink(missing_ok=True)
        found = of_repository(clone)[repository.CALLERS]
        assert (found.state, found.mend) == (State.WRONG, f"ml-cicd adopt --stage {missing}")

    def test_stage_may_be_left_out(self, clone: Path) -> None:
        (clone / ".github" / "workflows" / "production.yml").unlink()
        found = of_repository(clone)[repository.CALLERS]
        assert found.state is State.OK
        assert "none of production" in found.what

    def test_code_owners_of_the_template_own_nothing(self, clone: Path) -> None:
        (clone / ".github" / "CODEOWNERS").write_text("* @org/data-science\n")
        assert of_repository(clone)[repository.OWNERS].state is State.WRONG
        (clone / ".github" / "CODEOWNERS").write_text("* @acme/data-science\n")
        assert of_repository(clone)[repository.OWNERS].state is State.OK

    def test_packages_that_nothing_locks_are_named(self, clone: Path) -> None:
        (clone / "requirements" / "default.txt").unlink()
        (clone / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
        assert of_repository(clone)[repository.LOCKS].state is State.WRONG

    def test_ignored_lock_is_named(self, clone: Path) -> None:
        (clone / ".gitignore").write_text("*.txt\n")
        assert "ignores requirements/default.txt" in of_repository(clone)[repository.LOCKS].what

    def test_long_lived_credentials_are_named(self, clone: Path) -> None:
        (clone / "ml-cicd.toml").write_text(TOML + '[environments.production]\ntarget = "kubernetes"\n')
        found = of_repository(clone)[credentials.NAME]
        assert found.state is State.OK
        assert "KUBECONFIG (a kubeconfig with a token or a client certificate) of production" in found.what

    def test_what_replaces_long_lived_credentials_is_named(self, clone: Path) -> None:
        image, cluster = 'image = "flights.azurecr.io/flights"\n', '[environments.production]\ntarget = "kubernetes"\n'
        (clone / "ml-cicd.toml").write_text(f"{image}{TOML}{cluster}")
        mend = of_repository(clone)[credentials.NAME].mend
        assert 'instead of REGISTRY_TOKEN, write in ml-cicd.toml: [registry.login] kind = "azure"' in mend
        assert '[environments.production.login] kind = "azure" (AKS) or "oidc"' in mend

    def test_short_lived_credentials_are_not_named(self, clone: Path) -> None:
        ids = 'tenant = "11111111-2222-3333-4444-555555555555"\nclient = "66666666-7777-8888-9999-000000000000"\n'
        login = f'kind = "azure"\n{ids}'
        cluster = f'[environments.production]\ntarget = "kubernetes"\n[environments.production.login]\n{login}'
        text = f'image = "flights.azurecr.io/flights"\n{TOML}{cluster}[registry.login]\n{login}'
        (clone / "ml-cicd.toml").write_text(text)
        found = of_repository(clone)[credentials.NAME]
        assert (found.what, found.mend) == ("the configuration asks for none that is long-lived", "")
        planned = settings.plan(project.read(clone), Choices()).secrets
        assert "REGISTRY_TOKEN" not in {secret.name for secret in planned}
        (kubeconfig,) = (secret for secret in planned if secret.name == "KUBECONFIG")
        assert kubeconfig.why.startswith("the kubeconfig of the cluster, without a user")

    def test_branch_that_the_kit_does_not_move_is_named(self, clone: Path) -> None:
        read = project.read(clone, main="release")
        found = by_name(repository.checks(clone, read, settings.plan(read, Choices()), ""))[repository.BRANCHES]
        assert (found.state, "git branch -m release main" in found.mend) == (State.WRONG, True)


class TestMachine:
    def test_missing_engine_is_named_and_the_rest_is_still_checked(
        self, clone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def connect() -> Any:
            raise UnreachableError("No Docker engine answers.", "Start Docker.")

        monkeypatch.setattr(engine, "connect", connect)
        monkeypatch.setattr(machine, "_unreachable", lambda url: "offline")
        checks = by_name(machine.checks(clone, parse(TOML)))
        assert (checks[machine.ENGINE].state, checks[machine.ENGINE].mend) == (State.WRONG, "Start Docker.")
        assert checks[machine.GIT].state is State.OK
        assert checks[machine.REGISTRY].state is State.UNKNOWN

    def test_full_disk_is_named(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "ROOM", 1e9)
        (found,) = [check for check in machine.quick(clone) if check.name == machine.DISK]
        assert found.state is State.WRONG
        assert "docker builder prune" in found.mend

    @pytest.mark.parametrize(
        ("version", "state"),
        [("git version 2.39.5", State.OK), ("git version 2.9.1", State.WRONG), ("", State.WRONG)],
    )
    def test_old_git_is_named(self, monkeypatch: pytest.MonkeyPatch, version: str, state: State) -> None:
        monkeypatch.setattr(machine, "_printed", lambda command: version)
        assert machine._git().state is state

    def test_port_that_another_program_has_is_named(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            config = parse(f"{TOML}[environments.production]\nport = {port}\n")
            (found,) = machine._ports(config, None)
        assert (found.name, found.state) == (f"machine/port {port}", State.WRONG)
        assert "[environments.production]" in found.mend
        (free,) = machine._ports(config, None)
        assert free.state is State.OK

    @pytest.mark.parametrize(
        ("marks", "state"),
        [({labels.PROJECT: "app"}, State.OK), ({labels.PROJECT: "other"}, State.WRONG), ({}, State.WRONG)],
        ids=["the project itself", "another project", "another container"],
    )
    def test_port_of_a_running_release_is_no_fault(
        self, marks: dict[str, str], state: State, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        holder = SimpleNamespace(labels=marks, name="postgres")
        client: Any = SimpleNamespace(containers=SimpleNamespace(list=lambda **_: [holder]))
        monkeypatch.setattr(machine, "_free", lambda port: False)
        (found,) = machine._ports(parse(f"{TOML}[environments.production]\nport = 8080\n"), client)
        assert found.state is state
        if state is State.WRONG:
            assert (marks.get(labels.PROJECT) or "the container postgres") in found.what

    def test_registry_of_the_local_forge_counts_while_it_is_up(
        self, clone: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (clone / ".ml-cicd").mkdir()
        forge = Forge.of_project(clone)
        forge.path.mkdir(parents=True, exist_ok=True)
        state = {"project": "app", "repository": "acme/app", "source": "", "registry": "localhost:1", "base": "",
                 "proxy": "", "engine": ""}  # fmt: skip
        (forge.path / "state.json").write_text(json.dumps(state))
        found = machine._registry(clone, parse(TOML))
        assert (found.state, found.mend) == (State.WRONG, "ml-cicd local up")


def test_local_up_shows_what_is_wrong_with_the_machine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forge = SimpleNamespace(remote=lambda name: "/srv/app.git")
    state = SimpleNamespace(
        repository="acme/app", registry="localhost:1", base="", runner="", workflows="kit", variables={}
    )
    monkeypatch.setattr(lifecycle, "up", lambda *words, **more: (forge, state))
    monkeypatch.setattr(remote, "hosted", lambda forge, state: SimpleNamespace(default_branch="main"))
    monkeypatch.setattr(run_secrets, "names", lambda forge: [])
    monkeypatch.setattr(machine, "quick", lambda directory: [wrong("machine/disk", "1 GB", "Too small.", "Free some.")])
    assert cli.main(["local", "up"]) == 0
    assert "WRONG  disk: 1 GB Too small. mend: Free some. All checks: ml-cicd doctor" in capsys.readouterr().out


@pytest.mark.parametrize("in_job", [True, False])
def test_first_command_of_ci_says_in_a_line_how_the_machine_is(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, in_job: bool
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true" if in_job else "")
    monkeypatch.setattr(machine, "quick", lambda directory: [ok("machine/git", "git 2")])
    monkeypatch.setattr(build_image, "build", lambda *words, **more: "app-build")
    assert cli.main(["build", "--directory", str(clone)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("::")]
    assert lines == [*(["This machine: 1 ok"] if in_job else []), "build image: app-build"]


PLANNED_TOML = TOML + '[environments.production]\ntarget = "kubernetes"\nsecrets = ["DATABASE_URL"]\n'


@pytest.fixture
def planned() -> tuple[Project, Settings]:
    read = Project(parse(PLANNED_TOML), BRANCHES)
    return read, settings.plan(read, Choices())


def whole(settings: Settings) -> Hosted:
    """Return what GitHub says where everything is set."""
    return Hosted(
        {ruleset.name: ruleset.body for ruleset in settings.rulesets},
        ({"type": "deletion"}, {"type": "non_fast_forward"}),
        {
            rules.name: HostedEnvironment(
                True, frozenset((ref.kind, ref.name) for ref in rules.refs),
                frozenset(secret.name for secret in settings.secrets if secret.environment == rules.name),
            )
            for rules in settings.environments
        },
    )  # fmt: skip


class TestGitHub:
    def compared(self, planned: tuple[Project, Settings], actual: Hosted) -> dict[str, Check]:
        return by_name(comparison.checks(*planned, actual, MEND))

    def test_settings_of_the_script_are_right(self, planned: tuple[Project, Settings]) -> None:
        checks = self.compared(planned, whole(planned[1]))
        assert {check.state for check in checks.values()} == {State.OK}
        assert len(checks) == 1 + 3 + 1 + 4 + len(planned[1].secrets)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"enforcement": "evaluate"}, "not active"),
            ({"rules": [{"type": "deletion"}]}, "lacks the rule 'update'"),
            (
                {"conditions": {"ref_name": {"include": ["refs/tags/x"], "exclude": []}}},
                "does not cover refs/tags/ledger",
            ),
            ({"conditions": {"ref_name": {"include": ["~ALL"], "exclude": ["refs/tags/ledger/a"]}}}, "does not cover"),
            ({"bypass_actors": [{"actor_type": "RepositoryRole", "actor_id": 5}]}, "bypassed by RepositoryRole"),
        ],
    )
    def test_weaker_ruleset_is_named(
        self, planned: tuple[Project, Settings], change: dict[str, Any], says: str
    ) -> None:
        actual = whole(planned[1])
        assert not isinstance(actual.rulesets, Refusal)
        rulesets = {**actual.rulesets, "ml-cicd: ledger": {**actual.rulesets["ml-cicd: ledger"], **change}}
        found = self.compared(planned, Hosted(rulesets, (), actual.environments))["github/ruleset ledger"]
        assert (found.state, says in found.what, found.mend) == (State.WRONG, True, MEND)

    @pytest.mark.parametrize(
        ("rule", "change", "says"),
        [
            ("pull_request", {"required_approving_review_count": 0}, "0 reviews instead of 1"),
            ("pull_request", {"dismiss_stale_reviews_on_push": False}, "dismiss stale reviews on push is off"),
            ("pull_request", {"required_approving_review_count": 2}, ""),
            ("required_status_checks", {"required_status_checks": []}, "the check 'ci / ci-passed' is not required"),
        ],
    )
    def test_weaker_rule_is_named_and_a_stricter_one_is_right(
        self, planned: tuple[Project, Settings], rule: str, change: dict[str, Any], says: str
    ) -> None:
        body = planned[1].rulesets[0].body
        rules = [
            {**one, "parameters": {**one["parameters"], **change}} if one["type"] == rule else one
            for one in body["rules"]
        ]
        assert [*comparison.differences(body, {**body, "rules": rules})] == ([says] if says else [])

    def test_missing_ruleset_and_environment_are_named(self, planned: tuple[Project, Settings]) -> None:
        checks = self.compared(planned, Hosted({}))
        for name in ("github/ruleset merges", "github/environment production"):
            assert (checks[name].state, checks[name].mend) == (State.WRONG, MEND)

    def test_rule_that_stops_the_road_is_named(self, planned: tuple[Project, Settings]) -> None:
        right = whole(planned[1])
        actual = Hosted(right.rulesets, ({"type": "pull_request"},), right.environments)
        assert self.compared(planned, actual)["github/way to main"].state is State.WRONG

    @pytest.mark.parametrize(
        ("environment", "state", "says"),
        [
            (HostedEnvironment(False), State.WRONG, "not limited"),
            (HostedEnvironment(True, frozenset({("branch", "main")})), State.WRONG, "tag Production may not use it"),
            (
                HostedEnvironment(True, frozenset({("branch", "main"), ("tag", "Production"), ("branch", "*")})),
                State.WRONG,
                "branch * may use it, too",
            ),
            (HostedEnvironment(True, Refusal("no right")), State.UNKNOWN, "not readable"),
        ],
    )
    def test_environment_of_other_refs_is_named(
        self, planned: tuple[Project, Settings], environment: HostedEnvironment, state: State, says: str
    ) -> None:
        right = whole(planned[1])
        assert not isinstance(right.environments, Refusal)
        actual = Hosted(right.rulesets, (), {**right.environments, "production": environment})
        found = self.compared(planned, actual)["github/environment production"]
        assert (found.state, says in found.what) == (state, True)

    def test_missing_secret_is_named_with_its_command_and_an_optional_one_is_no_fault(
        self, planned: tuple[Project, Settings]
    ) -> None:
        environments = {"production": HostedEnvironment(True), "ledger": HostedEnvironment(True)}
        checks = self.compared(planned, Hosted({}, (), environments))
        found = checks["github/secret APP_SECRETS of production"]
        assert (found.state, found.mend) == (State.WRONG, "gh secret set APP_SECRETS --env production")
        assert checks["github/secret LEDGER_KEY of ledger"].state is State.OK

    def test_secret_of_an_environment_is_wrong_at_the_repository(self, planned: tuple[Project, Settings]) -> None:
        checks = self.compared(planned, Hosted({}, secrets=frozenset({"KUBECONFIG", "BUILD_SECRETS"})))
        found = checks["github/places of secrets"]
        assert (found.state, found.what.split(" of ")[0]) == (State.WRONG, "KUBECONFIG")

    def test_environment_in_which_branches_train_waits_for_nobody_and_has_a_secret_of_its_own(self) -> None:
        read = Project(
            parse('name = "app"\n[train]\ncommand = ["t"]\nbranch = ["t", "-n"]\nsecrets = ["TOKEN"]\n'),
            Branches("main", "main"), [Call("ci.yml", "ci", "", "", "ci", {"training-environment": "training"})],
        )  # fmt: skip
        wanted = settings.plan(read, Choices())
        right = whole(wanted)
        checks = by_name(comparison.checks(read, wanted, right, MEND))
        assert checks["github/environment training"].state is State.OK
        assert checks["github/secret TRAIN_SECRETS of training"].state is State.OK
        assert not isinstance(right.environments, Refusal)
        training = right.environments["training"]
        slow = replace(training, secrets=frozenset(), waits_for=("reviewers",))
        slow_one = replace(
            right, environments={**right.environments, "training": slow}, secrets=frozenset({"TRAIN_SECRETS"})
        )
        checks = by_name(comparison.checks(read, wanted, slow_one, MEND))
        environment, secret = checks["github/environment training"], checks["github/secret TRAIN_SECRETS of training"]
        assert (environment.state, environment.what) == (State.WRONG, "its runs wait for reviewers")
        assert secret.state is State.WRONG, "that of the repository is not one that branches alone have"
        assert secret.mend == "gh secret set TRAIN_SECRETS --env training"

    def test_what_may_not_be_read_is_unknown(self, planned: tuple[Project, Settings]) -> None:
        no = Refusal("the plan does not offer it")
        checks = self.compared(planned, Hosted(no, no, no, no))
        assert {check.state for check in checks.values()} == {State.UNKNOWN}
        assert {check.why for check in checks.values()} == {no.why}


class TestCommand:
    @pytest.fixture
    def github(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[fake_github.GitHub]:
        github = fake_github.GitHub()
        monkeypatch.setenv("GITHUB_TOKEN", "x")
        monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
        with fake_github.serve(github) as url:
            monkeypatch.setenv("GITHUB_API_URL", url)
            yield github

    def run(self, clone: Path, capfd: pytest.CaptureFixture[str], *parts: str) -> tuple[int, dict[str, Any]]:
        options = [word for part in parts for word in ("--part", part)]
        code = cli.main(["doctor", "--directory", str(clone), "--json", *options])
        checks = json.loads(capfd.readouterr().out)["checks"]
        return code, {check["name"]: check for check in checks}

    def set_everything(self, github: fake_github.GitHub, clone: Path) -> None:
        for ruleset in settings.plan(project.read(clone), Choices()).rulesets:
            github.rulesets[github.number()] = ruleset.body
        for rules in settings.plan(project.read(clone), Choices()).environments:
            policies = {github.number(): {"type": ref.kind, "name": ref.name} for ref in rules.refs}
            github.environments[rules.name] = {"limited": True, "policies": policies, "secrets": []}

    def test_settings_on_github_are_compared(
        self, clone: Path, github: fake_github.GitHub, capfd: pytest.CaptureFixture[str]
    ) -> None:
        code, checks = self.run(clone, capfd, "github")
        assert (code, checks["github/ruleset merges"]["state"]) == (1, "wrong")
        self.set_everything(github, clone)
        code, checks = self.run(clone, capfd, "github")
        assert (code, {check["state"] for check in checks.values()}) == (0, {"ok"})

    @pytest.mark.parametrize(
        ("refused", "says"),
        [
            ({"/rulesets": (404, "Not Found")}, "no repository"),
            (
                {"/repos": (403, "Upgrade to GitHub Pro or make this repository public.")},
                "or the plan does not offer it. GitHub: Upgrade to GitHub Pro or make this repository public.",
            ),
            ({"/repos": (401, "Bad credentials")}, "missing or expired"),
            ({"/repos": (403, "API rate limit exceeded")}, "rate limit"),
            ({"/repos": (502, "Bad Gateway")}, "502"),
        ],
        ids=["another repository", "the plan", "a wrong token", "the rate limit", "a failure"],
    )
    def test_what_github_refuses_is_unknown_and_no_failure(
        self, clone: Path, github: fake_github.GitHub, capfd: pytest.CaptureFixture[str],
        refused: dict[str, tuple[int, str]], says: str,
    ) -> None:  # fmt: skip
        github.refused = refused
        code, checks = self.run(clone, capfd, "github")
        assert (code, {check["state"] for check in checks.values()}) == (0, {"unknown"})
        assert any(says in check["why"] for check in checks.values())

    def test_secrets_that_a_token_may_not_list_are_unknown_alone(
        self, clone: Path, github: fake_github.GitHub, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.set_everything(github, clone)
        github.refused["/secrets"] = (403, "Resource not accessible by personal access token")
        code, checks = self.run(clone, capfd, "github")
        assert code == 0
        assert {name for name, check in checks.items() if check["state"] == "unknown"} == {
            "github/secret LEDGER_KEY of ledger"
        }

    def test_more_than_a_page_is_read(self, github: fake_github.GitHub) -> None:
        github.secrets = [f"NAME_{number}" for number in range(150)]
        assert len(hosted._secrets(fake_github.NAME)) == 150

    def test_without_a_token_nothing_is_asked(
        self, clone: Path, github: fake_github.GitHub, monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        monkeypatch.delenv("GITHUB_TOKEN")
        code, checks = self.run(clone, capfd, "github")
        assert (code, checks["github/settings"]["mend"]) == (
            0,
            f"GITHUB_TOKEN=$(gh auth token) ml-cicd doctor --directory {clone}",
        )
        assert github.seen == []

    def test_clone_that_is_not_on_github_says_so(
        self, clone: Path, github: fake_github.GitHub, capfd: pytest.CaptureFixture[str]
    ) -> None:
        git(clone, "remote", "remove", "origin")
        code, checks = self.run(clone, capfd, "github")
        assert (code, checks["github/settings"]["state"]) == (0, "unknown")

    def test_invalid_configuration_is_a_check_and_ends_the_rest(
        self, clone: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (clone / "ml-cicd.toml").write_text("name = 3\n")
        code, checks = self.run(clone, capfd, "repository", "github")
        assert (code, [*checks]) == (1, ["repository/configuration"])
        assert checks["repository/configuration"]["mend"]


def test_words_show_state_reason_and_mend() -> None:
    checks = [ok("machine/git", "git 2"), wrong("machine/disk", "1 GB", "Too small.", "Free some."),
              unknown("github/settings", "not read", "No token.")]  # fmt: skip
    assert printer.text(checks).splitlines() == [
        "machine:",
        "  ok       git       git 2",
        "  WRONG    disk      1 GB",
        "                     Too small.",
        "                     mend: Free some.",
        "github:",
        "  unknown  settings  not read",
        "                     No token.",
        "1 ok, 1 wrong, 1 unknown",
    ]
    assert printer.brief(checks) == "WRONG  disk: 1 GB Too small. mend: Free some"
    assert printer.brief(checks[:1]) == "This machine: 1 ok"
