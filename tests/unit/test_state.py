"""What `status` derives from targets and ledger, and what the examination of the whole ledger finds."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import ledger
from cicd.config import KubernetesSettings
from cicd.deploy.target import running
from cicd.errors import RefusedError, UsageError
from cicd.ledger import anchors, signing
from cicd.oci.reference import digest_of
from cicd.road import status
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import CONFIG as FILE
from tests.unit.support.road import CONFIG
from tests.unit.support.wares import Wares

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Environment
    from cicd.deploy.target import Running
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

ALL = ("integration", "staging", "production")
OTHER = f"ghcr.io/acme/app@sha256:{'e' * 64}"


@pytest.fixture
def wares(workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wares:
    for name in ("GITHUB_TRIGGERING_ACTOR", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
    wares = Wares(workspace, registry, tmp_path)
    nowhere = FolderTarget(tmp_path / "nowhere")

    def target_for(_: object, environment: Environment, __: object) -> FolderTarget:
        return wares.target if environment.name == "production" else nowhere

    monkeypatch.setattr("cicd.road.status.target_for", target_for)
    return wares


def runs(wares: Wares, commit: str, **facts: Any) -> None:
    """Let the target run the release of a commit, with its second service."""
    report = running(wares.part("report", commit), commit, {}, url="http://localhost:2", problem="it restarts")
    others = {"report": asdict(report)}
    wares.bring(wares.release(commit)[0], commit, url="http://localhost:1", others=others, **facts)


def states(wares: Wares, config: Any = CONFIG) -> dict[str, status.State]:
    return status.status(wares.workspace.repository(), config)


class TestStatus:
    def test_it_says_what_each_service_of_an_environment_runs(self, wares: Wares) -> None:
        first, second = wares.accepted(*ALL), wares.accepted(*ALL)
        runs(wares, second, notice="the proxy ended")
        wares.retains(wares.release(first)[0])
        report: dict[str, str | bool]
        report = {"digest": digest_of(wares.part("report", second)), "healthy": False, "url": "http://localhost:2"}
        assert states(wares)["production"] == status.State(
            commit=second, digest=digest_of(wares.release(second)[0]), entry=2, healthy=True, url="http://localhost:1",
            problem="", trust="unchecked", others={"report": report},
            notices=("the proxy ended", "1 of 1 earlier release can come back without the registry"),
        )  # fmt: skip

    def test_release_that_is_not_healthy_is_a_problem(self, wares: Wares) -> None:
        runs(wares, wares.accepted(*ALL), healthy=False, detail="it restarts")
        state = states(wares)["production"]
        assert (state.healthy, state.problem) == (False, "it restarts")

    def test_release_that_the_target_does_not_name_has_no_digest(self, wares: Wares) -> None:
        wares.accepted(*ALL)
        wares.bring("")
        assert (states(wares)["production"].digest, states(wares)["production"].healthy) == ("", True)

    def test_environment_is_listed_if_something_runs_or_should(self, wares: Wares) -> None:
        assert states(wares) == {}
        wares.record("integration", wares.on_main(), ephemeral=True)
        assert states(wares) == {}, "its environment vanished with the job"
        wares.bring(OTHER)
        assert [*states(wares)] == ["production"]
        assert (states(wares)["production"].entry, states(wares)["production"].trust) == (None, None)
        wares.record("integration", wares.on_main())
        assert [*states(wares)] == ["integration", "production"]

    def test_ledger_that_contradicts_the_registry_is_a_problem_of_its_environment(
        self, wares: Wares, capsys: pytest.CaptureFixture[str]
    ) -> None:
        commit = wares.accepted(*ALL)
        runs(wares, commit)
        wares.registry.manifests[f"acme/app/ledger-app-staging-000009-{'a' * 16}"] = b"{}"
        problem = states(wares)["staging"].problem
        assert problem.startswith("the ledger does not hold together at entry 9: it is missing, but the registry has")
        assert states(wares)["production"].problem == ""
        assert capsys.readouterr().err == ""
        wares.registry.status = 503
        assert states(wares)["staging"].problem.startswith("nothing runs, but the ledger says")
        assert "The ledger was not compared with the registry" in capsys.readouterr().err

    def test_tests_that_the_project_does_not_have_are_named(self, wares: Wares) -> None:
        commit = wares.accepted(*ALL)
        done = replace(wares.newest("production").deployment, undeclared="smoke")
        wares.workspace.put_entry("ledger/app/production/1", ledger.envelope(done, 1, ""))
        runs(wares, commit)
        assert states(wares)["production"].notices == ("no smoke tests declared",)


class TestRetained:
    """Which of the releases that an engine should retain it still has."""

    def notice(self, wares: Wares, config: Any = CONFIG) -> str:
        return "".join(states(wares, config)["production"].notices)

    def test_releases_that_were_removed_from_the_engine_are_told(self, wares: Wares) -> None:
        first, second, third, fourth = (wares.accepted(*ALL) for _ in range(4))
        runs(wares, fourth)
        releases = [wares.release(commit)[0] for commit in (third, second, first)]
        for kept, words in (
            (releases, "3 of 3 earlier releases can come back without the registry"),
            (releases[:2], "2 of 3 earlier releases can come back without the registry; the others were removed"),
            ([], "0 of 3 earlier releases can come back without the registry; the others were removed"),
        ):
            wares.retains(*kept, wares.part("report", third))
            assert self.notice(wares).startswith(words)
            assert self.notice(wares).endswith("docker system prune") is (len(kept) < 3)

    def test_only_so_many_are_wanted(self, wares: Wares) -> None:
        commits = [wares.accepted(*ALL) for _ in range(4)]
        runs(wares, commits[-1])
        wares.retains(wares.release(commits[0])[0], wares.release(commits[2])[0])
        few = {**CONFIG.environments, "production": replace(CONFIG.environments["production"], retain=2)}
        assert self.notice(wares, replace(CONFIG, environments=few)).startswith("1 of 2 earlier releases")

    def test_what_runs_and_what_failed_or_vanished_is_not_wanted(self, wares: Wares) -> None:
        commit = wares.accepted(*ALL)
        wares.record("production", wares.accepted("integration", "staging"), "failed")
        wares.record("production", wares.accepted("integration", "staging"), ephemeral=True)
        wares.record("production", commit)
        runs(wares, commit)
        assert self.notice(wares) == ""
        (wares.target.folder / "running.json").unlink()
        assert self.notice(wares).startswith("0 of 1 earlier release can come back")

    def test_cluster_retains_nothing(self, wares: Wares) -> None:
        runs(wares, [wares.accepted(*ALL) for _ in range(2)][-1])
        place = replace(CONFIG.environments["production"], settings=KubernetesSettings())
        cluster = replace(CONFIG, environments={**CONFIG.environments, "production": place})
        assert self.notice(wares, cluster) == ""


class TestExamination:
    def examined(self, wares: Wares) -> dict[str, status.Examined]:
        return status.examine(wares.workspace.repository(), CONFIG)

    def test_it_says_what_was_verified(self, wares: Wares) -> None:
        first, second = wares.accepted(*ALL), wares.accepted(*ALL)
        newest = wares.newest("production")
        runs(wares, second, entry=wares.newest("staging").name)
        anchors.write(wares.workspace.repository(), newest)
        assert self.examined(wares)["production"] == status.Examined(
            entries=2, newest=newest.name, trust="unchecked", signatures=0, links=2, anchor="yes",
            running=wares.newest("staging").name,
        )  # fmt: skip
        assert (self.examined(wares)["integration"].links, self.examined(wares)["integration"].anchor) == (0, "no")
        assert first != second

    def test_environment_without_entries_is_empty(self, wares: Wares) -> None:
        empty = status.Examined(0, "", None, 0, 0, "no", "nothing runs")
        assert self.examined(wares) == dict.fromkeys(ALL, empty)

    def test_entry_that_the_running_release_names_must_exist(self, wares: Wares) -> None:
        runs(wares, wares.accepted(*ALL), after=f"production/9@{'0' * 64}")
        with pytest.raises(RefusedError, match=r"production does not hold together at entry 2: .* it was cut off"):
            self.examined(wares)

    def test_target_that_can_not_be_asked_is_told(self, wares: Wares) -> None:
        class Unnamed(FolderTarget):
            def observe(self) -> Running | None:
                raise UsageError("No host is named.", "Name it.")

        wares.accepted(*ALL)
        wares.target = Unnamed(wares.target.folder)
        assert self.examined(wares)["production"].running == "not compared: No host is named."

    def test_registry_that_does_not_answer_is_told(self, wares: Wares) -> None:
        wares.accepted(*ALL)
        wares.registry.status = 503
        assert self.examined(wares)["production"].anchor.startswith("not asked: ")

    @pytest.mark.parametrize("forged", [False, True])
    def test_every_signature_is_checked(self, wares: Wares, forged: bool) -> None:
        private, public = signing.new_pair()
        (wares.workspace.clone / "ml-cicd.toml").write_text(f"{FILE}[ledger]\nkeys = {json.dumps([public])}\n")
        wares.workspace.git("add", "--all")
        commit, signer = wares.on_main(), signing.signer(private, signing.Keyring())
        release, test = wares.release(commit)
        done = ledger.Deployment("app", "integration", "deploy", "passed", commit, release, test, started="1")
        first = signing.decode(ledger.envelope(done, 1, "", signer))
        if forged:
            forgery = signing.decode(ledger.envelope(replace(done, reason="forged"), 1, ""))
            first = replace(first, payload=forgery.payload)
        newest = ledger.envelope(replace(done, started="2"), 2, ledger.parse(first.encode()).sha256, signer)
        for number, content in enumerate((first.encode(), newest), start=1):
            wares.workspace.put_entry(f"ledger/app/integration/{number}", content)
        assert len(ledger.read(wares.workspace.repository(), "app", "integration")) == 2, "the newest signature counts"
        if forged:
            with pytest.raises(RefusedError, match="at entry 1: its signature does not match its content"):
                self.examined(wares)
            return
        examined = self.examined(wares)["integration"]
        assert (examined.trust, examined.signatures) == ("signed", 2)

    def test_trust_is_that_of_the_newest_entry(self, wares: Wares, monkeypatch: pytest.MonkeyPatch) -> None:
        commit, (private, public) = wares.accepted(*ALL), signing.new_pair()
        (wares.workspace.clone / "ml-cicd.toml").write_text(f"{FILE}[ledger]\nkeys = {json.dumps([public])}\n")
        wares.workspace.git("add", "--all")
        wares.on_main()
        done = wares.newest("production").deployment
        monkeypatch.setenv("LEDGER_KEY", private)
        ledger.append(wares.workspace.repository(), replace(done, started="later"))
        examined = self.examined(wares)
        assert [(examined[name].trust, examined[name].signatures) for name in ALL] == [
            ("unsigned", 0), ("unsigned", 0), ("signed", 1),
        ]  # fmt: skip
        runs(wares, commit)
        assert states(wares)["production"].trust == "signed"
