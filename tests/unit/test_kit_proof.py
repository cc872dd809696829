"""`ml-cicd freeze --check`: a release is what freeze makes of a merged commit, and every way to fake one is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from cicd import git
from cicd.cli import main
from cicd.errors import RefusedError, UsageError
from cicd.kit import commits, planning, proof, publishing, tree, versions
from cicd.kit.tree import File
from cicd.repository import Repository
from tests.unit.support.kit_repository import GREET, NAME, SHA, WORKFLOW, KitRepository, new_kit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.workspace import Workspace

V1, V2 = "v1.0.0-rc.1", "v1.0.0-rc.2"


@pytest.fixture
def kit(workspace: Workspace) -> KitRepository:
    return new_kit(workspace)


def refused(kit: KitRepository, name: str = V1) -> str:
    with pytest.raises(RefusedError) as failure:
        proof.prove(kit.fetched(), name, NAME)
    assert failure.value.hint
    return failure.value.message


def test_release_is_proven_by_tag_and_by_commit(kit: KitRepository) -> None:
    made = kit.release(V1)
    source = kit.workspace.git("rev-parse", "main")
    by_tag = proof.prove(kit.fetched(), V1, NAME)
    assert by_tag == made == proof.prove(kit.fetched(), made.commit, NAME)
    assert (by_tag.source, by_tag.rewritten) == (source, (WORKFLOW,))
    assert by_tag.commit == kit.workspace.git("ls-remote", "origin", f"refs/tags/{V1}").split()[0]
    kit.workspace.git("fetch", "--quiet", "--tags", "origin")
    released = kit.workspace.git("show", f"{V1}:{WORKFLOW}")
    assert f"uses: {NAME}/actions/greet@{source}\n" in released
    assert "$/" not in released
    assert kit.workspace.git("diff", "--name-only", f"{V1}^", V1) == WORKFLOW


def test_same_source_makes_the_same_commit(kit: KitRepository) -> None:
    """Anybody makes the same commit of a source, at any time: so a second run finishes an interrupted release."""
    first = kit.release(V1)
    clone = kit.fetched()
    assert publishing.tag(clone, planning.plan(clone, V1, first.source), NAME) == first


def test_commit_of_a_release_depends_on_its_source_alone(kit: KitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    """On no person, no clock, and not on what is checked out."""
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, "2001-02-03T04:05:06+01:00")
    first = kit.release(V1)
    source = kit.merge(V2)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2002-02-03T04:05:06+01:00")
    kit.merge()
    clone = kit.fetched()
    second = publishing.tag(clone, planning.plan(clone, V2, source), NAME)
    _, parent, *rest = clone.git("cat-file", "commit", second.commit).split("\n")
    person = "ml-cicd <release@ml-cicd.invalid> 981169506 +0100"
    assert parent == f"parent {source}"
    assert rest == [
        f"author {person}", f"committer {person}", "", f"Release {V2}", "", f"Source: {source}",
        f"Previous: {V1} {first.commit}",
    ]  # fmt: skip
    assert git.output(clone.path, "cat-file", "commit", second.commit).endswith(f"{first.commit}\n".encode())


def test_mirror_without_contents_releases_without_fetching_them(kit: KitRepository, tmp_path: Path) -> None:
    source, page = kit.merge(V1), kit.workspace.git("rev-parse", "HEAD:docs/page.md")
    mirror = tmp_path / "mirror"
    words = ("clone", "--quiet", "--bare", "--filter=blob:none", kit.workspace.remote.as_uri(), str(mirror))
    git.text(tmp_path, *words)
    commits.make(Repository(mirror, "origin"), source, versions.parse(V1), NAME, None)
    missing = git.text(mirror, "rev-list", "--objects", "--missing=print", source).split("\n")
    assert f"?{page}" in missing


def test_workflow_that_is_no_text_is_named(kit: KitRepository) -> None:
    file = kit.workspace.clone / WORKFLOW
    file.write_bytes(file.read_bytes() + b"# gr\xfc\xdfe\n")
    with pytest.raises(UsageError, match=rf"{WORKFLOW}:\d+: this is no text in UTF-8"):
        kit.release(V1)


@pytest.mark.parametrize(
    ("line", "previous"),
    [
        (f"Previous: v1.0.0 {SHA}", (versions.parse("v1.0.0"), SHA)), (f"Previous: v1.0 {SHA}", None),
        ("Previous: v1.0.0 abc", None), ("", None),
    ],
)  # fmt: skip
def test_message_of_a_release_names_the_one_before(line: str, previous: object) -> None:
    made = commits.parse("c", f"tree t\nparent p\n\nRelease v1.0.1\n\nSource: p\n{line}\n")
    assert made == commits.Release("c", versions.parse("v1.0.1"), ("p",), previous)  # type: ignore[arg-type]


EDITS = {
    "a broken pin": (WORKFLOW, "actions/greet@", f"actions/greet@{SHA} #", f"{WORKFLOW}:18: has '- uses: "),
    "a pin that floats": (WORKFLOW, f"actions/checkout@{SHA}", "actions/checkout@v7", f"{WORKFLOW}:17: has "),
    "another action": (GREET, "hello", "goodbye", f"{GREET}:7: has "),
    "another package": ("cicd/__init__.py", "1.0.0", "6.6.6", "cicd/__init__.py: has another content"),
    "another page": ("docs/page.md", "greet", "part", "docs/page.md: has another content"),
}


@pytest.mark.parametrize(("path", "old", "new", "says"), EDITS.values(), ids=EDITS)
def test_release_that_freeze_does_not_make_is_refused(
    kit: KitRepository, path: str, old: str, new: str, says: str
) -> None:
    kit.release(V1)
    kit.forge_release(V1, {path: (old, new)})
    message = refused(kit)
    assert says in message
    assert message.count("\n") == 1, message


def test_line_and_what_freeze_makes_are_named(kit: KitRepository) -> None:
    source = kit.release(V1).source
    kit.forge_release(V1, {WORKFLOW: (source, SHA)})
    assert (
        f"has '- uses: {NAME}/actions/greet@{SHA}', and freeze makes '- uses: {NAME}/actions/greet@{source}'"
        in refused(kit)
    )


def test_files_that_come_go_or_may_be_run_are_refused(kit: KitRepository) -> None:
    kit.release(V1)
    kit.workspace.git("fetch", "--quiet", "--tags", "origin")
    kit.workspace.git("checkout", "--quiet", "--detach", V1)
    (kit.workspace.clone / "run.sh").chmod(0o755)
    (kit.workspace.clone / "docs" / "page.md").unlink()
    kit.put("actions/more/action.yml", "name: More\n")
    kit.workspace.git("add", "--all")
    kit.workspace.git("commit", "--quiet", "--amend", "--no-edit")
    kit.workspace.push("--force", f"HEAD:refs/tags/{V1}")
    kit.workspace.git("update-ref", f"refs/tags/{V1}", "HEAD")
    message = refused(kit)
    for says in ("run.sh: has the mode 100755, and 100644", "docs/page.md: is in the source commit, and not",
                 "actions/more/action.yml: is in the release, and not"):  # fmt: skip
        assert says in message


def test_action_that_floats_in_the_source_is_not_released(kit: KitRepository) -> None:
    kit.edit(WORKFLOW, f"@{SHA} # v7.0.1", "@v7")
    with pytest.raises(RefusedError, match=r"ci.yml:17: 'actions/checkout@v7' is not pinned") as failure:
        kit.release(V1)
    assert re.match("The commit [0-9a-f]{12} can't be released:", failure.value.message)
    assert failure.value.exit_code == 4
    assert kit.workspace.git("ls-remote", "--tags", "origin") == ""


@pytest.mark.parametrize("key", ['"uses": ', "uses : ", "'uses':   "])
def test_action_that_floats_is_found_however_the_key_is_written(kit: KitRepository, key: str) -> None:
    kit.edit(WORKFLOW, f"uses: actions/checkout@{SHA} # v7.0.1", f"{key}actions/checkout@v7")
    with pytest.raises(RefusedError, match=r"ci.yml:17: 'actions/checkout@v7' is not pinned"):
        kit.release(V1)


def test_action_that_names_a_sibling_is_not_released(kit: KitRepository) -> None:
    kit.edit(GREET, "{run: echo hello, shell: bash}", "{uses: $/actions/part}")
    with pytest.raises(RefusedError, match=f"{GREET}: names a sibling"):
        kit.release(V1)


def test_tag_that_moved_since_this_clone_fetched_it_is_refused(kit: KitRepository) -> None:
    """To a commit that is a sound release by itself."""
    first = kit.release(V1)
    kit.workspace.git("fetch", "--quiet", "--tags", "origin")
    kit.workspace.push("--delete", V1)
    kit.put("more", "more\n")
    second = kit.release(V1).commit
    message = refused(kit)
    assert (first.commit[:12] in message, second[:12] in message) == (True, True)
    assert message.startswith(f"The tag {V1} was moved")
    kit.workspace.git("tag", "--delete", V1)
    assert proof.prove(kit.fetched(), V1, NAME).commit == second


def test_next_release_records_the_one_before(kit: KitRepository) -> None:
    """So a moved tag is found also by who never fetched it."""
    first = kit.release(V1)
    kit.put("more", "more\n")
    kit.release("v1.0.0-rc.2")
    forged = kit.forge_release(V1, {}, parent=kit.workspace.git("rev-parse", "main^"))
    assert forged != first.commit
    kit.workspace.git("tag", "--delete", V1)
    assert refused(kit).startswith(f"The tag {V1} was moved: v1.0.0-rc.2 recorded {first.commit[:12]} for it")
    assert proof.prove(kit.fetched(), "v1.0.0-rc.2", NAME).version.candidate == 2


def test_tag_on_another_release_is_refused(kit: KitRepository) -> None:
    kit.release(V1)
    second = kit.release("v1.0.0-rc.2")
    kit.workspace.push("--force", f"{second.commit}:refs/tags/{V1}")
    assert refused(kit) == f"The tag {V1} was moved: it names the commit of v1.0.0-rc.2."


def test_commit_that_claims_a_version_with_another_tag_is_refused(kit: KitRepository) -> None:
    first = kit.release(V1)
    other = kit.forge_release(V1, {"run.sh": ("true", "false")})
    assert f"says that it is {V1}, whose tag names {other[:12]}" in refused(kit, first.commit)


def test_other_tags_that_look_like_versions_prove_nothing(kit: KitRepository) -> None:
    source = kit.release(V1).source
    kit.workspace.push(f"{source}:refs/tags/v0.9.0")
    assert str(proof.prove(kit.fetched(), V1, NAME).version) == V1


def test_moving_tag_without_a_final_version_is_refused(kit: KitRepository) -> None:
    kit.workspace.push(f"{kit.release(V1).commit}:refs/tags/v1")
    assert refused(kit, "v1").endswith("and not the newest release v1.Y.Z.")


def test_remote_without_a_main_branch_has_no_source(kit: KitRepository) -> None:
    source = kit.release(V1).source
    kit.workspace.git("-C", str(kit.workspace.remote), "update-ref", "-d", "refs/heads/main")
    assert refused(kit) == f"The source commit {source[:12]} is not on the branch main."


def test_source_must_be_merged(kit: KitRepository) -> None:
    kit.release(V1)
    kit.workspace.git("checkout", "--quiet", "-b", "side", "main")
    aside = kit.workspace.commit("never merged")
    kit.workspace.git("checkout", "--quiet", "main")
    kit.forge_release(V1, {}, parent=aside)
    assert f"The source commit {aside[:12]} is not on the branch main." == refused(kit)


def test_release_has_one_parent(kit: KitRepository) -> None:
    source = kit.release(V1).source
    kit.workspace.git("fetch", "--quiet", "--tags", "origin")
    git = kit.workspace.git
    message = git("show", "--no-patch", "--format=%B", V1)
    merged = git("commit-tree", f"{V1}^{{tree}}", "-p", source, "-p", git("rev-parse", f"{source}^"), "-m", message)
    git("update-ref", f"refs/tags/{V1}", merged)
    kit.workspace.push("--force", f"refs/tags/{V1}")
    assert refused(kit) == f"{V1} has 2 parents, and the commit of a release has one: its source."


def test_ordinary_commit_is_no_release(kit: KitRepository) -> None:
    source = kit.release(V1).source
    assert "is no release" in refused(kit, source)
    kit.workspace.push("--force", f"{source}:refs/tags/{V1}")
    assert "is no release" in refused(kit)


def test_release_of_a_mirror_is_proven_by_its_name(kit: KitRepository) -> None:
    kit.release(V1)
    with pytest.raises(RefusedError) as failure:
        proof.prove(kit.fetched(), V1, "corp/road")
    assert "--repository OWNER/NAME" in failure.value.hint


def test_missing_tag_is_a_slip(kit: KitRepository) -> None:
    kit.release(V1)
    with pytest.raises(UsageError, match=r"The remote has no tag v9\.9\.9"):
        proof.prove(kit.fetched(), "v9.9.9", NAME)


def test_remote_that_lost_a_tag_is_refused(kit: KitRepository) -> None:
    kit.release(V1)
    kit.workspace.git("fetch", "--quiet", "--tags", "origin")
    kit.workspace.push("--delete", V1)
    assert "has no tag v1.0.0-rc.1 any more" in refused(kit)


def problems(source: str, release: str) -> list[str]:
    """Return what is wrong with the release of one workflow."""
    before, after = (File("100644", text, text) for text in (source, release))
    return [str(problem) for problem in tree.problems({WORKFLOW: before}, {WORKFLOW: after}, NAME, SHA)]


@pytest.mark.parametrize(
    ("source", "release", "problem"),
    [
        ("a: 1\n", "a: 1\nb: 2\n", "2: has 'b: 2', and freeze makes ''"),
        ("a: 1\nb: 2\n", "a: 1\n", "2: has '', and freeze makes 'b: 2'"),
        ("a: 1\n", "a: 1", "2: ends elsewhere than what freeze makes"),
        ("a: 1", "a: 1\n", "2: ends elsewhere than what freeze makes"),
    ],
)
def test_workflow_that_ends_elsewhere_is_no_released_form(source: str, release: str, problem: str) -> None:
    assert problems(source, release) == [f"{WORKFLOW}:{problem}"]


def test_action_that_floats_in_words_that_no_line_has_is_found() -> None:
    text = 'jobs: {a: {steps: [{uses: "actions\\u002fcheckout@v7"}]}}\n'
    assert problems(text, text) == [f"{WORKFLOW}: 'actions/checkout@v7' is not pinned to a full commit SHA"]


def test_release_without_its_own_actions_names_no_kit() -> None:
    assert tree.named({WORKFLOW: File("100644", "x", f"uses: {NAME}/actions/greet@{SHA}\n")}) == ""


def test_files_are_those_of_the_whole_commit_and_of_no_submodule(kit: KitRepository) -> None:
    commit = kit.merge(V1)
    kit.workspace.git("update-index", "--add", "--cacheinfo", f"160000,{SHA},actions/sub/action.yml")
    kit.workspace.git("commit", "--quiet", "-m", "a submodule")
    files = tree.read(Repository(kit.workspace.clone / "docs", "origin"), "HEAD")
    assert files.pop("actions/sub/action.yml") == File("160000", SHA, "")
    assert files == tree.read(kit.fetched(), commit)


def check(kit: KitRepository, *words: str) -> int:
    return main(["freeze", "--kit", str(kit.workspace.clone), "--repository", NAME, *words])


def test_command_proves_and_refuses(kit: KitRepository, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    proven = kit.release(V1)
    record = tmp_path / "record.json"
    assert check(kit, "--check", V1, "--record", str(record)) == 0
    shown = capfd.readouterr().out
    assert (f"{V1} is a proven release of {NAME}." in shown, proven.source in shown) == (True, True)
    content = json.loads(record.read_text())
    assert (content["commit"], content["version"]) == (proven.commit, V1)
    assert content["contract"]["workflows"]["ci.yml"]["permissions"] == {"contents": "read"}
    assert check(kit, "--check", V1, "--json") == 0
    assert json.loads(capfd.readouterr().out)["rewritten"] == [WORKFLOW]
    kit.forge_release(V1, {WORKFLOW: (proven.source, SHA)})
    assert check(kit, "--check", V1) == 4
    assert "is not what freeze makes of its source commit" in capfd.readouterr().err
    assert check(kit, "--check", "v7.0.0") == 2
    kit.workspace.git("remote", "set-url", "origin", str(tmp_path / "nowhere"))
    assert check(kit, "--check", V1) == 69


def test_command_takes_a_folder_or_a_release(kit: KitRepository, tmp_path: Path) -> None:
    assert check(kit, "--check", V1, str(tmp_path)) == 2
    assert check(kit, str(tmp_path)) == 2
    assert check(kit) == 2
