"""`ml-cicd freeze --release` and `--publish`: what is checked, what is made, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.cli import main
from cicd.errors import CicdError, RefusedError, UnreachableError, UsageError
from cicd.kit import planning, proof, publishing, versions
from cicd.repository import LostRaceError, Repository
from tests.unit.support import release_server
from tests.unit.support.kit_repository import NAME, WORKFLOW, KitRepository, new_kit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.support.workspace import Workspace

V1, V2 = "v1.0.0-rc.1", "v1.0.0-rc.2"


@pytest.fixture
def kit(workspace: Workspace) -> KitRepository:
    return new_kit(workspace)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[release_server.Releases]:
    releases = release_server.Releases()
    with release_server.serving(releases) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_TOKEN", release_server.TOKEN)
        yield releases


def command(kit: KitRepository, *words: str) -> int:
    return main(["freeze", "--kit", str(kit.workspace.clone), "--repository", NAME, *words])


def release(kit: KitRepository, version: str, tmp_path: Path) -> int:
    """Release and publish a version, as the workflow does."""
    record = tmp_path / f"{version}.json"
    return command(kit, "--release", version, "--record", str(record)) or command(kit, "--publish", version)


def tags(kit: KitRepository) -> dict[str, str]:
    listing = kit.workspace.git("ls-remote", "--tags", "origin").split()
    return {name.removeprefix("refs/tags/"): commit for commit, name in zip(listing[::2], listing[1::2], strict=True)}


def why_not(kit: KitRepository, version: str, kind: type[CicdError] = RefusedError) -> str:
    before = tags(kit)
    with pytest.raises(kind) as failure:
        planning.plan(kit.fetched(), version, "")
    assert failure.value.hint
    assert tags(kit) == before
    return failure.value.message


def test_candidate_is_tagged_published_and_followed_by_nothing(
    kit: KitRepository, github: release_server.Releases, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = kit.merge(V1)
    assert release(kit, V1, tmp_path) == 0
    assert set(tags(kit)) == {V1}
    made = github.releases[V1]
    assert (made["prerelease"], made["name"], github.latest) == (True, V1, "")
    assert ("* News of 1.0.0-rc.1." in made["body"], f"Made from {source}." in made["body"]) == (True, True)
    assert "This is a release candidate: what callers rely on may still change" in made["body"]
    assert "No moving tag follows it." in capfd.readouterr().out
    assert proof.prove(kit.fetched(), V1, NAME).source == source


def test_moving_tag_follows_the_newest_final_version(
    kit: KitRepository, github: release_server.Releases, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    moved = {}
    for version in (V1, "v1.0.0", "v1.1.0", "v1.2.0-rc.1", "v2.0.0"):
        kit.merge(version)
        capfd.readouterr()
        assert release(kit, version, tmp_path) == 0
        assert ("No moving tag follows it." in capfd.readouterr().out) is ("rc" in version)
        if version == "v1.0.0":  # this clone keeps the tag v1 as it is now
            kit.workspace.git("fetch", "--quiet", "--tags", "origin")
        moved[version] = {name: commit for name, commit in tags(kit).items() if versions.MOVING.fullmatch(name)}
    made = tags(kit)
    assert moved[V1] == {}
    assert moved["v1.0.0"] == {"v1": made["v1.0.0"]}
    assert moved["v1.1.0"] == moved["v1.2.0-rc.1"] == {"v1": made["v1.1.0"]}
    assert github.latest == "v2.0.0"
    assert moved["v2.0.0"] == {"v1": made["v1.1.0"], "v2": made["v2.0.0"]}
    assert command(kit, "--publish", "v1.0.0") == 0
    assert tags(kit) == made, "an older version that is published again takes nothing back"
    assert proof.prove(kit.fetched(), "v1", NAME).version == versions.parse("v1.1.0")
    kit.workspace.push("--force", f"{made['v1.0.0']}:refs/tags/v1")
    with pytest.raises(RefusedError, match=r"The tag v1 names .* and not the newest release v1\.1\.0"):
        proof.prove(kit.fetched(), "v1", NAME)


def test_interrupted_release_is_finished_by_a_second_run(
    kit: KitRepository, github: release_server.Releases, tmp_path: Path
) -> None:
    source = kit.merge("v1.0.0")
    assert command(kit, "--release", "v1.0.0", "--record", str(tmp_path / "r")) == 0
    first = tags(kit)
    kit.put("more", "main went on\n")
    kit.merge()
    for _ in range(2):
        assert command(kit, "--release", "v1.0.0", "--commit", source, "--record", str(tmp_path / "r")) == 0
        assert command(kit, "--publish", "v1.0.0") == 0
    assert tags(kit) == {**first, "v1": first["v1.0.0"]}
    assert github.calls.count("POST /releases") == 1


def test_dry_run_changes_nothing(kit: KitRepository, capfd: pytest.CaptureFixture[str]) -> None:
    kit.merge(V1)
    assert command(kit, "--release", V1, "--dry-run") == 0
    assert f"{V1}, the first one, from the commit " in capfd.readouterr().out
    assert tags(kit) == {}


def test_attestations_only_where_the_plan_has_them(
    kit: KitRepository, github: release_server.Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.merge(V1)
    said: list[str] = []
    for visibility, words in (("public", ()), ("private", ()), ("private", ("--attestations", "yes"))):
        github.visibility = visibility
        outputs = tmp_path / f"outputs-{len(said)}"
        monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
        assert command(kit, "--release", V1, "--record", str(tmp_path / "record.json"), *words) == 0
        said.append(outputs.read_text().split("\n")[0])
    assert said == ["attests=true", "attests=false", "attests=true"]


def test_release_that_is_not_immutable_is_a_warning(
    kit: KitRepository, github: release_server.Releases, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    github.immutable = False
    kit.merge(V1)
    assert release(kit, V1, tmp_path) == 0
    assert f"gh api --method PUT repos/{NAME}/immutable-releases" in capfd.readouterr().err


def test_refusal_of_github_leaves_the_moving_tag(
    kit: KitRepository, github: release_server.Releases, tmp_path: Path
) -> None:
    kit.merge("v1.0.0")
    github.refuses = "POST"
    assert release(kit, "v1.0.0", tmp_path) == 4
    assert set(tags(kit)) == {"v1.0.0"}


def test_release_that_can_not_be_looked_up_is_not_made_again(
    kit: KitRepository, github: release_server.Releases
) -> None:
    kit.release("v1.0.0")
    github.refuses = "GET"
    assert command(kit, "--publish", "v1.0.0") == 4
    assert github.calls == ["GET /releases/tags/v1.0.0"]


def test_release_that_was_altered_is_not_published(kit: KitRepository, github: release_server.Releases) -> None:
    kit.release("v1.0.0")
    kit.forge_release("v1.0.0", {"run.sh": ("true", "false")})
    assert command(kit, "--publish", "v1.0.0") == 4
    assert (github.calls, set(tags(kit))) == ([], {"v1.0.0"})


def test_lost_race_for_a_moving_tag_is_told(
    kit: KitRepository, github: release_server.Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def push(*_: object, **__: object) -> None:
        raise LostRaceError("stale info")

    version = kit.release("v1.0.0").version
    clone = kit.fetched()
    monkeypatch.setattr(Repository, "push", push)
    with pytest.raises(UnreachableError, match="Somebody else moved the tag v1 at the same time") as lost:
        publishing.publish(clone, version, NAME, "notes")
    assert lost.value.hint == "Run this again: ml-cicd freeze --publish v1.0.0"
    assert github.releases


def test_answer_of_another_form_is_an_error_and_not_a_crash(
    kit: KitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = kit.release(V1).version
    monkeypatch.setattr("cicd.github.api", lambda *_: {})
    with pytest.raises(UnreachableError, match="a form that it does not describe"):
        publishing.may_attest(NAME)
    with pytest.raises(UnreachableError, match="a form that it does not describe"):
        publishing.publish(kit.fetched(), version, NAME, "notes")
    monkeypatch.setattr("cicd.github.api", lambda *_: {"html_url": "https://x"})
    assert not publishing.publish(kit.fetched(), version, NAME, "notes").immutable, "a server that does not know it"


def test_clone_knows_the_tag_that_it_pushed(kit: KitRepository) -> None:
    kit.merge(V1)
    clone = kit.fetched()
    assert clone.tag(V1) is None
    assert publishing.tag(clone, planning.plan(clone, V1, ""), NAME).commit == clone.tag(V1)


def test_version_must_be_the_next_one(kit: KitRepository) -> None:
    kit.release("v1.0.0")
    kit.merge(V2)
    assert why_not(kit, V2) == f"{V2} is not greater than the last release, v1.0.0."
    kit.merge("v1.0.0")
    assert why_not(kit, "v1.0.0").startswith("v1.0.0 is released already, as ")
    assert "is no version" in why_not(kit, "1.1", UsageError)


def test_tag_that_names_no_release_is_no_interrupted_release(kit: KitRepository) -> None:
    kit.merge(V1)
    kit.workspace.push(f"HEAD:refs/tags/{V1}")
    assert why_not(kit, V1).startswith(f"{V1} is released already, as ")


def test_second_run_records_the_same_release_before(kit: KitRepository) -> None:
    first, second = kit.release(V1), kit.release(V2)
    clone = kit.fetched()
    plan = planning.plan(clone, V2, second.source)
    assert plan.previous == (first.version, first.commit)
    assert publishing.tag(clone, plan, NAME) == second


def test_nothing_follows_a_release_whose_tag_moved_since_this_clone_fetched_it(kit: KitRepository) -> None:
    kit.release(V1)
    kit.workspace.git("fetch", "--quiet", "--tags", "origin")
    kit.workspace.push("--delete", V1)
    kit.put("more", "more\n")
    kit.release(V1)
    kit.merge(V2)
    assert why_not(kit, V2).startswith(f"The tag {V1} was moved")


def test_changelog_and_package_must_name_the_version(kit: KitRepository) -> None:
    kit.merge(V1)
    assert why_not(kit, V2, UsageError) == f"CHANGELOG.md has no section for {V2}."
    kit.edit("CHANGELOG.md", "* News of 1.0.0-rc.1.\n", "")
    kit.merge()
    assert "is empty" in why_not(kit, V1, UsageError)
    kit.merge(V1)
    kit.edit("cicd/__init__.py", "1.0.0rc1", "0.9.0")
    kit.merge()
    message = why_not(kit, V1, UsageError)
    assert ("cicd/__init__.py of the commit" in message, "v1.0.0-rc.1 needs 1.0.0rc1" in message) == (True, True)
    kit.merge(V1)
    kit.edit("pyproject.toml", "1.0.0rc1", "0.9.0")
    kit.merge()
    assert "pyproject.toml of the commit" in why_not(kit, V1, UsageError)


def test_files_that_a_release_needs_are_named(kit: KitRepository) -> None:
    kit.merge(V1)
    for text in ("", None):
        if text is None:
            (kit.workspace.clone / "cicd/__init__.py").unlink()
        else:
            kit.put("cicd/__init__.py", text)
        kit.merge()
        assert "has the version (none), and v1.0.0-rc.1 needs 1.0.0rc1" in why_not(kit, V1, UsageError)
    (kit.workspace.clone / "CHANGELOG.md").unlink()
    kit.merge()
    assert why_not(kit, V1, UsageError).endswith("has no CHANGELOG.md.")


def test_nothing_follows_a_release_that_was_altered(kit: KitRepository) -> None:
    """Or the next release would record the altered one."""
    kit.release(V1)
    kit.forge_release(V1, {"run.sh": ("true", "false")})
    kit.merge(V2)
    assert why_not(kit, V2).startswith(f"{V1} is not what freeze makes of its source commit")


def test_a_fork_continues_the_releases_of_the_kit(kit: KitRepository) -> None:
    kit.release(V1)
    kit.merge(V2)
    clone = kit.fetched()
    assert publishing.tag(clone, planning.plan(clone, V2, ""), "corp/road").repository == "corp/road"
    assert proof.prove(kit.fetched(), V1, NAME).repository == NAME


def test_kit_that_is_not_complete_has_candidates_alone(
    kit: KitRepository, github: release_server.Releases, tmp_path: Path
) -> None:
    def prepare(version: str) -> None:
        kit.merge(version)
        kit.put("pyproject.toml", kit.read("pyproject.toml") + '[tool.ml-cicd]\nmissing = ["drift", "review apps"]\n')
        kit.merge()

    prepare("v1.0.0")
    assert why_not(kit, "v1.0.0") == (
        "v1.0.0 would be final, and the kit is not complete. It lacks: drift, review apps."
    )
    prepare(V1)
    assert release(kit, V1, tmp_path) == 0
    assert "Not in it yet: drift, review apps." in github.releases[V1]["body"]


def test_only_merged_commits_are_released(kit: KitRepository) -> None:
    kit.merge(V1)
    aside = kit.workspace.commit("never merged")
    kit.workspace.push("HEAD:side")
    with pytest.raises(RefusedError, match="is not on the branch main"):
        planning.plan(kit.fetched(), V1, aside)


def test_release_that_breaks_callers_is_refused(kit: KitRepository) -> None:
    kit.release("v1.0.0")
    kit.edit(WORKFLOW, "contents: read", "contents: write")
    for version in ("v1.1.0", "v1.0.1"):
        kit.merge(version)
        message = why_not(kit, version)
        assert message.startswith(f"{version} would break callers of v1.0.0:\n  ci.yml: callers must grant contents:")


def test_major_version_may_break_callers(kit: KitRepository) -> None:
    kit.release("v1.0.0")
    kit.edit(WORKFLOW, "contents: read", "contents: write")
    kit.merge("v2.0.0")
    comparison = planning.plan(kit.fetched(), "v2.0.0", "").comparison
    assert (str(comparison.before), comparison.judgement.reason) == ("v1.0.0", "v2 is a new major version.")
    assert comparison.changes[0].breaking


def test_what_a_candidate_or_a_major_version_breaks_stands_in_its_notes(
    kit: KitRepository, github: release_server.Releases, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    kit.release(V1)
    kit.edit(WORKFLOW, "contents: read", "contents: write")
    kit.merge(V2)
    assert release(kit, V2, tmp_path) == 0
    assert "No final version v1.Y.Z exists yet: candidates may change everything." in capfd.readouterr().out
    assert "* **Breaking:** `ci.yml`: callers must grant contents: write" in github.releases[V2]["body"]


def test_lost_race_for_a_tag_is_refused(kit: KitRepository) -> None:
    kit.merge(V1)
    clone = kit.fetched()
    plan = planning.plan(clone, V1, "")
    kit.workspace.push(f"HEAD:refs/tags/{V1}")
    with pytest.raises(RefusedError, match=f"The tag {V1} exists at the remote"):
        publishing.tag(clone, plan, NAME)
