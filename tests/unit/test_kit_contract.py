"""What callers rely on, and which changes of it a version may bring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicd import freeze
from cicd.cli import main
from cicd.errors import UsageError
from cicd.kit import changes, contract, versions
from cicd.kit.contract import Contract, Input
from tests.unit.support.kit_repository import ACTION, CI, GREET, NAME, WORKFLOW, KitRepository, new_kit

if TYPE_CHECKING:
    from tests.unit.support.workspace import Workspace

FILES = {WORKFLOW: CI, GREET: ACTION, ".github/workflows/.test.yml": "on: push\njobs: {}\n"}
BEFORE = contract.of_files(FILES)


def changed(path: str, old: str, new: str) -> tuple[changes.Change, ...]:
    assert old in FILES[path]
    return changes.compare(BEFORE, contract.of_files({**FILES, path: FILES[path].replace(old, new, 1)}))


def test_contract_has_inputs_outputs_secrets_and_permissions() -> None:
    ci = BEFORE.workflows["ci.yml"]
    assert ci.inputs == {"directory": Input("string", False, "."), "lfs": Input("boolean", False, "false")}
    assert (ci.outputs, ci.secrets, ci.permissions) == (("commit",), {"TOKEN": False}, {"contents": "read"})
    assert BEFORE.actions["greet"].inputs["whom"] == Input("string", True, None)
    assert list(BEFORE.workflows) == ["ci.yml"], "the kit's own workflows are nobody's contract"


def test_contract_of_this_kit_names_every_workflow_and_action() -> None:
    root = freeze.kit_root()
    files = [*(root / ".github/workflows").iterdir(), *root.glob("actions/*/action.yml")]
    content = contract.of_files({str(path.relative_to(root)): path.read_text("utf-8") for path in files})
    assert {"ci.yml", "integration.yml", "staging.yml", "production.yml", "deploy.yml"} <= content.workflows.keys()
    assert content.workflows["integration.yml"].permissions["contents"] == "write"
    assert content.actions.keys() == {path.name for path in (root / "actions").iterdir()}


@pytest.mark.parametrize(
    ("permissions", "needed"),
    [
        ("permissions: {}\njobs: {a: {}}", {}),
        ("permissions: {contents: read}\njobs: {a: {}}", {"contents": "read"}),
        ("jobs: {a: {permissions: {packages: read}}, b: {permissions: {packages: write}}}", {"packages": "write"}),
        ("jobs: {a: {permissions: {packages: none}}}", {}),
        ("jobs: {a: {permissions: write-all}}", {"all": "write"}),
        ("permissions: read-all\njobs: {a: {}}", {"all": "read"}),
        ("permissions:\njobs: {a: {}}", {}),
        ("jobs: {a: {}}", {}),
        ("permissions: {contents: read}", {}),
        ("permissions: {contents: read}\njobs:", {}),
    ],
)
def test_permissions_are_the_most_that_any_job_asks_for(permissions: str, needed: dict[str, str]) -> None:
    text = f"on: workflow_call\n{permissions}\n"
    assert contract.of_files({WORKFLOW: text}).workflows["ci.yml"].permissions == needed


def test_what_says_nothing_of_itself_is_an_optional_text() -> None:
    text = "on: {workflow_call: {inputs: {plain: }, secrets: {KEY: }, outputs: }}"
    ci = contract.of_files({WORKFLOW: text}).workflows["ci.yml"]
    assert (ci.inputs, ci.secrets, ci.outputs) == ({"plain": Input("string", False, None)}, {"KEY": False}, ())


def test_workflow_that_nothing_starts_is_nobodys_contract() -> None:
    assert contract.of_files({WORKFLOW: "name: ci\n"}) == contract.of_files({WORKFLOW: "on:\n"}) == Contract({}, {})


BREAKING = {
    "an input goes": (WORKFLOW, "lfs: {type", "large: {type", "the input lfs was removed"),
    "a required input comes": (
        GREET,
        "inputs:\n",
        "inputs:\n  when: {required: true}\n",
        "the input when is new and required",
    ),
    "an input becomes required": (
        GREET,
        '{required: false, default: "false"}',
        "{required: true}",
        "the input aloud is required now",
    ),
    "another type": (WORKFLOW, "{type: boolean", "{type: string", "the input lfs is a string, and was a boolean"),
    "an output goes": (WORKFLOW, "commit: {value", "sha: {value", "the output commit was removed"),
    "an output of an action goes": (GREET, "greeting: {value", "text: {value", "the output greeting was removed"),
    "a secret goes": (WORKFLOW, "TOKEN: {", "KEY: {", "the secret TOKEN was removed"),
    "a required secret comes": (
        WORKFLOW,
        "secrets:\n",
        "secrets:\n      KEY: {required: true}\n",
        "the secret KEY is new and required",
    ),
    "a secret becomes required": (
        WORKFLOW,
        "TOKEN: {required: false}",
        "TOKEN: {required: true}",
        "the secret TOKEN is required now",
    ),
    "a permission comes": (
        WORKFLOW,
        "contents: read\n",
        "contents: read\n      packages: read\n",
        "callers must grant packages: read, and granted none",
    ),
    "a permission grows": (
        WORKFLOW,
        "contents: read\n",
        "contents: write\n",
        "callers must grant contents: write, and granted read",
    ),
    "a job asks for more": (
        WORKFLOW,
        "jobs:\n",
        "jobs:\n  more: {if: false, permissions: {id-token: write}}\n",
        "callers must grant id-token: write, and granted none",
    ),
}
HARMLESS = {
    "an optional input comes": (
        WORKFLOW,
        "lfs: {type",
        "more: {type: string, required: false, default: ''}\n      lfs: {type",
        "the input more is new",
    ),
    "an input is no longer required": (
        GREET,
        "whom: {required: true}",
        "whom: {required: false}",
        "the input whom is not required any more",
    ),
    "another default": (
        WORKFLOW,
        "default: .",
        "default: src",
        "the default of the input directory is 'src', and was '.'",
    ),
    "an output comes": (WORKFLOW, "commit: {value", "sha: {value: y}\n      commit: {value", "the output sha is new"),
    "an optional secret comes": (
        WORKFLOW,
        "secrets:\n",
        "secrets:\n      KEY: {required: false}\n",
        "the secret KEY is new",
    ),
    "a permission goes": (
        WORKFLOW,
        "contents: read",
        "contents: none",
        "callers need to grant contents: none alone, and granted read",
    ),
}


@pytest.mark.parametrize(("path", "old", "new", "says"), BREAKING.values(), ids=BREAKING)
def test_change_that_stops_callers_is_breaking(path: str, old: str, new: str, says: str) -> None:
    breaking = [change.text for change in changed(path, old, new) if change.breaking]
    assert [text.partition(";")[0] for text in breaking] == [says]


@pytest.mark.parametrize(("path", "old", "new", "says"), HARMLESS.values(), ids=HARMLESS)
def test_change_that_stops_nobody_is_named(path: str, old: str, new: str, says: str) -> None:
    assert [(change.text, change.breaking) for change in changed(path, old, new)] == [(says, False)]


def test_workflows_and_actions_that_go_are_breaking() -> None:
    found = changes.compare(BEFORE, contract.of_files({"actions/other/action.yml": ACTION}))
    assert [(change.where, change.breaking) for change in found] == [
        ("ci.yml", True),
        ("greet", True),
        ("other", False),
    ]


def test_nothing_changed_is_nothing_said() -> None:
    assert changes.compare(BEFORE, contract.of_files(FILES)) == ()


BREAK, NEWS = changes.Change("ci.yml", "x", breaking=True), changes.Change("ci.yml", "x")


@pytest.mark.parametrize(
    ("version", "before", "change", "allowed"),
    [
        ("v1.2.1", "v1.2.0", BREAK, False),
        ("v1.3.0", "v1.2.0", BREAK, False),
        ("v1.3.0", "v1.2.0", NEWS, True),
        ("v2.0.0", "v1.2.0", BREAK, True),
        ("v2.0.0-rc.1", "v1.2.0", BREAK, True),
        ("v1.3.0-rc.1", "v1.2.0", BREAK, True),
        ("v1.0.0-rc.2", "v1.0.0-rc.1", BREAK, True),
        ("v1.0.0", "v1.0.0-rc.2", BREAK, True),
    ],
)
def test_minor_and_patch_releases_break_nobody(
    version: str, before: str, change: changes.Change, allowed: bool
) -> None:
    judgement = changes.judge(versions.parse(version), versions.parse(before), [NEWS, change])
    assert judgement.allowed is allowed
    assert bool(judgement.reason) is (allowed and change.breaking), "what is allowed is said in words"


def test_first_release_breaks_nobody() -> None:
    assert changes.judge(versions.parse("v1.0.0"), None, [BREAK]).allowed


@pytest.mark.parametrize(
    ("version", "released", "before"),
    [
        ("v1.0.0-rc.1", [], None),
        ("v1.0.0-rc.2", ["v1.0.0-rc.1"], "v1.0.0-rc.1"),
        ("v1.1.0", ["v1.0.0", "v1.1.0-rc.1", "v1.1.0-rc.2"], "v1.0.0"),
        ("v1.1.0-rc.2", ["v1.0.0", "v1.1.0-rc.1"], "v1.0.0"),
        ("v2.0.0", ["v1.0.0", "v1.4.0"], "v1.4.0"),
        ("v1.4.1", ["v1.4.0", "v2.0.0"], "v1.4.0"),
        ("v2.0.0-rc.2", ["v1.4.0", "v2.0.0-rc.1"], "v2.0.0-rc.1"),
    ],
)
def test_changes_of_candidates_add_up(version: str, released: list[str], before: str | None) -> None:
    """A candidate hides no breaking change from the final version: that is compared with the last final one."""
    base = changes.base(versions.parse(version), map(versions.parse, released))
    assert (str(base) if base else None) == before


def test_versions_are_in_order() -> None:
    tags = ["v1.0.0-rc.1", "v1.0.0-rc.2", "v1.0.0-rc.10", "v1.0.0", "v1.2.0", "v1.10.0-rc.1", "v2.0.0"]
    assert [str(version) for version in versions.of_tags([*reversed(tags), "v1", "v1.0", "latest", "v01.0.0"])] == tags


@pytest.mark.parametrize(
    "tag", ["1.0.0", "v1", "v1.0", "v1.0.0.0", "v1.0.0-rc1", "v1.0.0-rc.0", "v1.0.0-beta.1", "v01.0.0", "v1.0.0\n"]
)
def test_other_words_are_no_versions(tag: str) -> None:
    with pytest.raises(UsageError, match="is no version"):
        versions.parse(tag)


@pytest.fixture
def kit(workspace: Workspace) -> KitRepository:
    return new_kit(workspace)


def test_command_shows_changes_since_the_last_release(kit: KitRepository, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["freeze", "--kit", str(kit.workspace.clone), "--contract", "main"]
    kit.merge()
    assert main(words) == 0
    assert "No version is released yet" in capfd.readouterr().out
    kit.release("v1.0.0")
    assert main(words) == 0
    assert "Nothing changes for callers of v1.0.0." in capfd.readouterr().out
    kit.edit(WORKFLOW, "contents: read", "contents: write")
    kit.merge()
    assert main(words) == 4
    assert "breaking  ci.yml: callers must grant contents: write" in capfd.readouterr().out
    assert main([*words, "--json"]) == 4
    shown = json.loads(capfd.readouterr().out)
    assert (shown["since"], shown["allowed"], shown["changes"][0]["breaking"]) == ("v1.0.0", False, True)
    assert shown["workflows"]["ci.yml"]["inputs"]["directory"] == {"type": "string", "required": False, "default": "."}
    assert NAME not in json.dumps(shown), "the contract of a fork is the same"
