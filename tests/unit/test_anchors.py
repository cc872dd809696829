"""R7 for the newest entry: the registry's tag tells that it was altered or removed, signed or not."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd import cli, ledger
from cicd.ledger import anchors, signing
from cicd.repository import Repository
from tests.unit.support.production import CONFIG

if TYPE_CHECKING:
    from tests.unit.support.production import Production

PAIR = signing.new_pair()
PROMOTE = ["promote", "production", "COMMIT", "--yes"]
VERIFY = ["verify", "--environment", "production", "--commit", "COMMIT"]
COMMANDS = {
    "promote": PROMOTE, "verify": VERIFY, "deploy": ["deploy", *VERIFY[1:]], "verify --ledger": ["verify", "--ledger"],
    "status": ["status"],
}  # fmt: skip


class Staging:
    """Staging, whose newest entry is a failed deployment that is recorded and anchored."""

    def __init__(self, production: Production) -> None:
        self.production, self.workspace = production, production.road.workspace
        self.commit = production.road.accepted("integration")
        self.entry = self.record(self.commit, "failed")

    def record(self, commit: str, result: ledger.Result) -> ledger.Entry:
        """Record and anchor a deployment to staging, as the job `record` does."""
        repository = self.workspace.repository()
        accepted = ledger.last_passed(ledger.read(repository, "app", "integration"), commit)
        assert accepted
        done = replace(
            accepted.deployment, environment="staging", result=result, basis=accepted.basis, started="now", bundle=""
        )
        entry = ledger.append(repository, done)
        anchors.write(repository, entry)
        return entry

    def edit(self, private: str = "") -> None:
        """Turn the newest entry from failed to passed."""
        forged = replace(self.entry.deployment, result="passed", reason="")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LEDGER_KEY", private)
            signer = ledger.signer(signing.Keyring())
        content = ledger.envelope(forged, self.entry.number, self.entry.previous, signer)
        self.workspace.put_entry(f"ledger/app/staging/{self.entry.number}", content)

    def remove(self) -> None:
        """Remove the newest entry from the remote."""
        name = f"refs/tags/ledger/app/staging/{self.entry.number}"
        Repository(self.workspace.remote, "").git("update-ref", "-d", name)
        self.workspace.repository()

    def run(self, command: str) -> int:
        return cli.main([self.commit if word == "COMMIT" else word for word in COMMANDS[command]])


@pytest.fixture(params=["unsigned", "signed"])
def staging(request: pytest.FixtureRequest, production: Production, monkeypatch: pytest.MonkeyPatch) -> Staging:
    """Return staging with a failed newest entry; the ledger is signed from then on, or not."""
    if request.param == "signed":
        monkeypatch.setenv("LEDGER_KEY", PAIR[0])
        workspace = production.road.workspace
        (workspace.clone / "ml-cicd.toml").write_text(f"{CONFIG}[ledger]\nkeys = {json.dumps([PAIR[1]])}\n")
        workspace.git("commit", "--quiet", "--all", "-m", "keys")
        workspace.push("main")
    staging = Staging(production)
    assert bool(staging.entry.keyid) == (request.param == "signed")
    return staging


@pytest.mark.case("K14", "newest entry edited")
@pytest.mark.parametrize("command", COMMANDS)
def test_r7_edited_newest_entry_is_found(
    staging: Staging, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    staging.edit(PAIR[0] if staging.entry.keyid else "")  # even somebody who has the key
    monkeypatch.setenv("LEDGER_KEY", PAIR[0])
    assert staging.run(command) == (1 if command == "status" else 4)
    output = "".join(capsys.readouterr())
    assert f"does not hold together at entry {staging.entry.number}: it was altered: the registry has the tag" in output


@pytest.mark.case("K14", "newest entry removed")
@pytest.mark.parametrize("command", COMMANDS)
def test_r7_removed_newest_entry_is_found(staging: Staging, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    staging.remove()
    assert staging.run(command) == (1 if command == "status" else 4)
    output = "".join(capsys.readouterr())
    assert f"at entry {staging.entry.number}: it is missing, but the registry has its tag ledger-app-staging-" in output


def test_untouched_ledger_agrees_with_its_anchors(staging: Staging, capfd: pytest.CaptureFixture[str]) -> None:
    staging.run("status")
    assert "does not hold together" not in capfd.readouterr().out
    assert cli.main(["verify", "--ledger", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["environments"]["staging"]["anchor"] == "yes"


def test_entry_recorded_meanwhile_is_fetched(production: Production) -> None:
    elsewhere = copy.copy(production)
    elsewhere.road = copy.copy(production.road)
    elsewhere.road.workspace = production.road.workspace.another_clone()
    repository = elsewhere.road.workspace.repository()
    old = ledger.read_all(repository, "app")
    Staging(production)
    assert len(anchors.compared(repository, "app", old)["staging"]) == len(old["staging"]) + 1


def test_approval_has_no_anchor(production: Production) -> None:
    commit, before = production.second, dict(production.road.registry.manifests)
    assert cli.main(["approve", "--yes", "production", commit, "--reason", "seen"]) == 0
    repository = production.road.workspace.repository()
    anchors.write(repository, ledger.read(repository, "app", "production")[-1])
    assert production.road.registry.manifests == before


def test_registry_that_takes_no_tag_is_a_warning(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    commit = production.lose()
    production.road.registry.status = 503
    assert production.record(commit) == 0
    assert "The registry has no tag of entry 3" in capsys.readouterr().err
    assert production.entries()[-1].deployment.commit == commit


def test_comparison_that_the_registry_does_not_answer_is_told(
    production: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = production.road.workspace.repository()
    chains = ledger.read_all(repository, "app")
    production.road.registry.status = 503
    assert anchors.compared(repository, "app", chains) is chains
    assert "The ledger was not compared with the registry" in capsys.readouterr().err


def test_verify_ledger_tells_whether_the_newest_entry_has_an_anchor(
    production: Production, capfd: pytest.CaptureFixture[str]
) -> None:
    manifests = production.road.registry.manifests
    for name in [name for name in manifests if "/ledger-app-production-000002-" in name]:
        del manifests[name]
    capfd.readouterr()
    assert cli.main(["verify", "--ledger", "--json"]) == 0
    environments = json.loads(capfd.readouterr().out)["environments"]
    assert environments["production"]["anchor"] == "no"
    repository = production.road.workspace.repository()
    assert not anchors.has_newest(repository, "app", [], ledger.read_all(repository, "app"))


def test_removed_environment_is_found(production: Production) -> None:
    repository = production.road.workspace.repository()
    chains = ledger.read_all(repository, "app")
    staging = Staging(production)
    del chains["staging"]
    problem = anchors.contradiction(repository, "app", chains)
    assert problem
    environment, number, reason = problem
    assert (environment, number) == ("staging", staging.entry.number)
    assert reason.startswith("it is missing")


def test_local_ledgers_that_share_a_registry_do_not_accuse_each_other(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry of a local forge may outlive the forge; an anchor of the ledger before must not count."""
    monkeypatch.setattr("cicd.forge_identity.of_remote", lambda _: "laptop")
    repository = production.road.workspace.repository()
    Staging(production)
    chains = ledger.read_all(repository, "app")
    first = chains["integration"][0].sha256[:8]
    names = [name for name in production.road.registry.manifests if name.endswith(f"-{first}")]
    assert len(names) == 2  # the release's and the test's
    another = {"staging": chains["staging"][:1]}
    for begun in (another, {}):
        assert anchors.contradiction(repository, "app", begun) is None
    removed = {**chains, "staging": chains["staging"][:-1]}
    problem = anchors.contradiction(repository, "app", removed)
    assert problem
    assert problem[0] == "staging"


def test_ledger_without_anchors_is_not_accused(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    staging = Staging(production)
    for name in [name for name in production.road.registry.manifests if "/ledger-app-staging-" in name]:
        del production.road.registry.manifests[name]  # a clean-up
    staging.edit()
    assert cli.main(["verify", "--ledger"]) == 0
    assert staging.run("verify") == 0
    assert "WARNING" not in capsys.readouterr().err


def test_silent_registry_is_a_warning(production: Production, capsys: pytest.CaptureFixture[str]) -> None:
    production.road.registry.status = 503
    cli.main(["status"])
    assert "The ledger was not compared with the registry" in capsys.readouterr().err
    assert cli.main(["verify", "--ledger"]) == 0


def test_other_projects_in_the_registry_are_left_alone(production: Production) -> None:
    manifests = production.road.registry.manifests
    for name in ("ledger-app-two-staging-000009-" + "a" * 16, "ledger-other-staging-000009-" + "a" * 16, "ledger-app"):
        manifests[f"acme/app/{name}"] = b"{}"
    assert cli.main(["verify", "--ledger"]) == 0


def test_all_pages_of_tags_are_read(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    from cicd.oci import registry, registry_http  # noqa: PLC0415

    pages = {"": ["a", "b"], "b": ["c"]}

    def send(method: str, url: str, *_: object) -> registry_http.Response:
        last = url.partition("&last=")[2]
        headers = {"link": "next"} if not last else {}
        return registry_http.Response(200, headers, json.dumps({"tags": pages[last]}).encode())

    monkeypatch.setattr(registry_http, "send", send)
    assert registry.tags("ghcr.io/acme/app") == ["a", "b", "c"]
    assert production
