"""R7: an entry that was altered, swapped, replayed, forged, removed or cut off is found, and the error names it.

The remote is a real one. The tests change it as somebody could who may force a push.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from securesystemslib.dsse import Envelope as InTotoEnvelope
from securesystemslib.signer._key import SSlibKey

from cicd import ledger
from cicd.errors import RefusedError, UsageError
from cicd.ledger import integrity, signing
from cicd.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicd.ledger import Deployment, Entry
    from tests.unit.support.workspace import Workspace

RELEASE = "localhost:5000/acme/app@sha256:" + "a" * 64
TEST = "localhost:5000/acme/app/test@sha256:" + "b" * 64
OTHER = "localhost:5000/acme/app@sha256:" + "e" * 64


def p256() -> tuple[str, str]:
    """Return a new ECDSA P-256 key pair, as `signing.new_pair` does for Ed25519."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
    return private, signing.KeySigner(key).public


NEW_PAIR = {"Ed25519": signing.new_pair, "ECDSA P-256": p256}
PAIR, STRANGER = signing.new_pair(), signing.new_pair()


class Ledger:
    """A ledger in a real remote, and the changes that somebody could make who may force a push."""

    def __init__(self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.workspace, self.monkeypatch = workspace, monkeypatch
        self.repository, self.remote = Repository(workspace.clone, "origin"), Repository(workspace.remote, "")

    def name_keys(self, *public: str, text: str = "") -> None:
        """Commit the keys to main."""
        keys = f"[ledger]\nkeys = {json.dumps(public)}\n" if public else ""
        (self.workspace.clone / "ml-cicd.toml").write_text(text or f'name = "app"\n{keys}')
        self.workspace.git("add", "--all")
        self.workspace.commit("keys")
        self.workspace.push("main")
        self.repository.fetch()

    def sign_with(self, private: str) -> None:
        self.monkeypatch.setenv("LEDGER_KEY", private)

    def add(self, environment: str = "integration", basis: Entry | None = None, **more: object) -> Entry:
        return ledger.append(self.repository, deployment(environment, basis, **more))

    def road(self) -> list[Entry]:
        """Record a release that reached production, and a second one that failed in staging."""
        first = self.add()
        second = self.add("staging", first)
        third = self.add("production", second)
        return [first, second, third, self.add("staging", first, result="failed")]

    def read(self, *, every_signature: bool = True) -> dict[str, list[Entry]]:
        return ledger.read_all(self.repository, "app", every_signature=every_signature)

    def blob(self, environment: str, number: int) -> bytes:
        ref = f"refs/ml-cicd/tags/ledger/app/{environment}/{number}^{{blob}}"
        return self.repository.git("cat-file", "blob", ref).encode()

    def overwrite(self, environment: str, number: int, content: bytes) -> None:
        """Move an entry's tag to another envelope."""
        self.workspace.put_entry(f"ledger/app/{environment}/{number}", content)

    def remove(self, environment: str, number: int) -> None:
        self.remote.git("update-ref", "-d", f"refs/tags/ledger/app/{environment}/{number}")
        self.repository.fetch()

    def forge(self, entry: Entry, private: str = "", **changed: object) -> bytes:
        """Return the entry with changes, signed by any signer."""
        forged = replace(entry.deployment, **changed)  # type: ignore[arg-type]
        signer = None
        if private:
            self.sign_with(private)
            signer = ledger.signer(signing.Keyring())
        return ledger.envelope(forged, entry.number, entry.previous, signer)


def deployment(environment: str, basis: Entry | None, **more: object) -> Deployment:
    passed = ledger.Deployment(
        "app", environment, "deploy", "passed", "c" * 40, RELEASE, TEST, basis=basis.basis if basis else None
    )
    return replace(passed, **more)  # type: ignore[arg-type]


@pytest.fixture
def unsigned(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Return a ledger without named keys, and with no key in the environment."""
    monkeypatch.delenv("LEDGER_KEY", raising=False)
    empty = Ledger(workspace, monkeypatch)
    empty.repository.fetch()
    return empty


@pytest.fixture(scope="module")
def roads(blank: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Workspace]:
    """Return a ledger with a road, unsigned and signed; each test gets a copy."""
    workspaces = {}
    for signed in (False, True):
        workspaces[signed] = blank.copy(tmp_path_factory.mktemp("road") / "workspace")
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("LEDGER_KEY", raising=False)
            template = Ledger(workspaces[signed], patch)
            if signed:
                template.sign_with(PAIR[0])
                template.name_keys(PAIR[1])
            template.road()
    return workspaces


@pytest.fixture
def signed(roads: dict[bool, Workspace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Return a ledger that must be signed, with a road."""
    monkeypatch.setenv("LEDGER_KEY", PAIR[0])
    return Ledger(roads[True].copy(tmp_path / "road"), monkeypatch)


@pytest.fixture(params=[False, True], ids=["unsigned", "signed"])
def either(
    request: pytest.FixtureRequest, roads: dict[bool, Workspace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ledger:
    """Return the ledger with a road: once unsigned, once signed."""
    monkeypatch.delenv("LEDGER_KEY", raising=False)
    if request.param:
        monkeypatch.setenv("LEDGER_KEY", PAIR[0])
    return Ledger(roads[request.param].copy(tmp_path / "road"), monkeypatch)


class TestR7Tampering:
    def test_untouched_ledger_holds(self, either: Ledger) -> None:
        assert {name: len(entries) for name, entries in either.read().items()} == {
            "integration": 1, "staging": 2, "production": 1,
        }  # fmt: skip

    def test_altered_entry_is_found(self, either: Ledger) -> None:
        first = either.read()["staging"][0]
        either.overwrite("staging", 1, either.forge(first, reason="it was fine"))
        with pytest.raises(RefusedError, match="of staging does not hold together at entry 2: it does not hold the"):
            either.read()

    def test_swapped_digest_is_found_despite_new_hashes(self, either: Ledger) -> None:
        first, second = either.read()["staging"]
        forged = either.forge(first, release=OTHER)
        again = replace(second, previous=ledger.parse(forged).sha256)
        either.overwrite("staging", 1, forged)
        either.overwrite("staging", 2, either.forge(again, release=OTHER))
        with pytest.raises(
            RefusedError, match=r"of production .* entry 1: it rests on staging/1@\w+, which the ledger does not"
        ):
            either.read()

    def test_entry_of_another_environment_is_found(self, either: Ledger) -> None:
        either.overwrite("production", 1, either.blob("integration", 1))
        with pytest.raises(
            RefusedError, match=r"production .* entry 1: it was written as entry 1 of integration of app"
        ):
            either.read()

    def test_entry_of_another_project_is_found(self, either: Ledger) -> None:
        entry = either.read()["production"][0]
        either.overwrite("production", 1, either.forge(entry, PAIR[0], project="other"))
        with pytest.raises(RefusedError, match=r"of production .* entry 1: it was written as entry 1 of .* of other"):
            either.read()

    def test_missing_entry_is_found(self, either: Ledger) -> None:
        either.remove("staging", 1)
        with pytest.raises(RefusedError, match="of staging does not hold together at entry 1: it is missing"):
            either.read()

    def test_missing_content_is_found(self, either: Ledger) -> None:
        blob = either.repository.git("rev-parse", "refs/ml-cicd/tags/ledger/app/staging/1^{blob}")
        (either.workspace.clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        with pytest.raises(UsageError, match=f"missing object {blob} for .*/ledger/app/staging/1"):
            either.read()

    def test_missing_basis_is_found(self, either: Ledger) -> None:
        for number in (2, 1):
            either.remove("staging", number)
        with pytest.raises(
            RefusedError, match=r"of production .* entry 1: it rests on staging/1@\w+, which the ledger"
        ):
            either.read()

    def test_missing_link_is_found(self, either: Ledger) -> None:
        entry = either.read()["production"][0]
        either.overwrite("production", 1, either.forge(entry, PAIR[0], basis=None))
        with pytest.raises(RefusedError, match=r"of production .* entry 1: it does not name the entry"):
            either.read()

    @pytest.mark.parametrize(
        ("environment", "number", "reason"),
        [("staging", 2, "did not pass this release"), ("integration", 1, "not the stage before")],
        ids=["failed there", "skipped staging"],
    )
    def test_wrong_link_is_found(self, either: Ledger, environment: str, number: int, reason: str) -> None:
        chains = either.read()
        other = chains[environment][number - 1]
        basis = ledger.Basis(environment, number, other.sha256)
        either.overwrite("production", 1, either.forge(chains["production"][0], PAIR[0], basis=basis))
        with pytest.raises(RefusedError, match=f"of production .* entry 1: .*{reason}"):
            either.read()

    @pytest.mark.parametrize(
        ("name", "words"),
        [("latest", ()), ("latest", ("--annotate", "--message=x")), ("99", ())],
        ids=["no number", "annotated without a number", "not annotated"],
    )
    def test_foreign_tag_is_found(self, either: Ledger, name: str, words: tuple[str, ...]) -> None:
        either.workspace.git("tag", *words, f"ledger/app/staging/{name}")
        either.workspace.push(f"ledger/app/staging/{name}")
        either.repository.fetch()
        with pytest.raises(RefusedError, match=f"holds a tag that is no entry: ledger/app/staging/{name}"):
            either.read()

    def test_cut_off_end_is_found(self, either: Ledger) -> None:
        chains = either.read()
        names = {"entry": chains["staging"][0].name, "after": chains["production"][0].name}
        assert integrity.cut_off(chains, names.values()) == ""
        for altered in (f"production/1@{'0' * 64}", f"production/2@{'0' * 64}", "production", f"x/1@{'0' * 64}"):
            assert integrity.cut_off(chains, ["", altered]) == altered
        either.remove("production", 1)
        assert integrity.cut_off(either.read(), names.values()) == names["after"]
        for number in (2, 1):
            either.remove("staging", number)
        assert integrity.cut_off(either.read(), names.values()) == names["entry"]

    def test_broken_ledger_takes_no_entry(self, either: Ledger) -> None:
        either.remove("staging", 1)
        with pytest.raises(RefusedError, match="it is missing"):
            either.add()

    def test_breaking_entry_is_not_added(self, either: Ledger) -> None:
        before = either.read()
        with pytest.raises(RefusedError, match=r"can't take this entry.*does not name the entry"):
            either.add("production")
        either.repository.fetch()
        assert either.read() == before


class TestR7Signatures:
    @pytest.mark.parametrize("new_pair", NEW_PAIR.values(), ids=NEW_PAIR)
    def test_flipped_bit_of_any_byte_is_found(self, new_pair: Callable[[], tuple[str, str]]) -> None:
        pair = new_pair()
        keys = signing.keyring([pair[1]])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LEDGER_KEY", pair[0])
            signer = ledger.signer(keys)
        contents = {1: ledger.envelope(deployment("integration", None), 1, "", signer)}
        contents[2] = ledger.envelope(deployment("integration", None), 2, ledger.parse(contents[1]).sha256, signer)
        assert [entry.trust for entry in ledger.chain(contents, "app", "integration", keys)] == ["signed", "signed"]
        for number, content in contents.items():
            for place in range(len(content)):
                flipped = bytearray(content)
                flipped[place] ^= 1 << place % 8
                with pytest.raises(RefusedError, match="of integration does not hold together at entry"):
                    ledger.chain({**contents, number: bytes(flipped)}, "app", "integration", keys)

    def test_stranger_adds_no_entry(self, signed: Ledger) -> None:
        (newest,) = signed.read()["production"]
        for private, reason in (("", "it is not signed"), (STRANGER[0], r"is not one of \[ledger\] keys")):
            following = replace(newest, number=2, previous=newest.sha256)
            signed.overwrite("production", 2, signed.forge(following, private, reason="forged"))
            with pytest.raises(RefusedError, match=f"of production .* at entry 2: .*{reason}"):
                signed.read(every_signature=False)

    def test_entry_that_its_own_signature_does_not_fit_is_not_added(self, signed: Ledger) -> None:
        class Broken:
            def sign(self, message: bytes) -> signing.Signature:
                signer = ledger.signer(ledger.keyring(signed.repository))
                assert signer
                return signer.sign(message + b" ")

        before = signed.read()
        signed.monkeypatch.setattr(sys.modules["cicd.ledger.chain"], "signer", lambda _: Broken())
        with pytest.raises(RefusedError, match=r"can't take this entry: .* its signature does not match its content"):
            signed.add(reason="another")
        assert signed.read() == before

    def test_foreign_signature_is_found(self, signed: Ledger) -> None:
        (entry,) = signed.read()["production"]
        outer = signing.decode(signed.blob("production", 1))
        forged = signing.decode(ledger.envelope(replace(entry.deployment, reason="forged"), 1, ""))
        signed.overwrite("production", 1, signing.Envelope(forged.payload, outer.signature).encode())
        with pytest.raises(RefusedError, match=r"of production .* entry 1: its signature does not match its content"):
            signed.read(every_signature=False)

    def test_first_signature_binds_earlier_entries(self, unsigned: Ledger) -> None:
        unsigned.road()
        assert {entry.trust for entries in unsigned.read().values() for entry in entries} == {"unchecked"}
        unsigned.sign_with(PAIR[0])
        unsigned.name_keys(PAIR[1])
        assert {entry.trust for entries in unsigned.read().values() for entry in entries} == {"unsigned"}
        unsigned.add("staging", unsigned.read()["integration"][0], started="later")
        chains = unsigned.read()
        assert [entry.trust for entry in chains["staging"]] == ["signed"] * 3
        assert [bool(entry.keyid) for entry in chains["staging"]] == [False, False, True]
        assert {entry.trust for entry in chains["production"]} == {"unsigned"}
        unsigned.overwrite("staging", 2, unsigned.forge(chains["staging"][1], result="passed"))
        with pytest.raises(RefusedError, match=r"of staging .* entry 3: it does not hold the hash"):
            unsigned.read()

    def test_new_key_ends_the_old_one(self, signed: Ledger) -> None:
        old, new = PAIR, STRANGER
        signed.name_keys(old[1], new[1])
        accepted = signed.read()["integration"][0]
        signed.add("staging", accepted, started="with the old key")
        signed.sign_with(new[0])
        signed.add("staging", accepted, started="with the new key")
        assert len({entry.keyid for entry in signed.read()["staging"]}) == 2
        signed.sign_with(old[0])
        with pytest.raises(RefusedError, match="older than the key of the entry before"):
            signed.add("staging", accepted, started="with the old key again")

    def test_missing_or_wrong_key_is_a_usage_error(self, signed: Ledger) -> None:
        signed.monkeypatch.delenv("LEDGER_KEY")
        with pytest.raises(UsageError, match="LEDGER_KEY is not set") as caught:
            signed.add(started="later")
        assert "environment `ledger`" in caught.value.hint
        signed.sign_with(STRANGER[0])
        with pytest.raises(UsageError, match=r"is not one of \[ledger\] keys"):
            signed.add(started="later")
        signed.sign_with("not a key")
        with pytest.raises(UsageError, match="not a private key in PEM form"):
            signed.add(started="later")

    @pytest.mark.parametrize(
        ("key", "problem"),
        [
            ("not a key", "Key 1 of .* is not a public key in PEM form"),
            (PAIR[0], "is a private key: everybody who can read"),
        ],
        ids=["no key", "private"],
    )
    def test_wrong_key_on_main_is_a_usage_error(self, unsigned: Ledger, key: str, problem: str) -> None:
        unsigned.name_keys(key)
        with pytest.raises(UsageError, match=problem) as caught:
            unsigned.read()
        assert key not in caught.value.message + caught.value.hint

    @pytest.mark.parametrize("new_pair", NEW_PAIR.values(), ids=NEW_PAIR)
    def test_in_toto_library_agrees(self, new_pair: Callable[[], tuple[str, str]]) -> None:
        private, public = new_pair()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LEDGER_KEY", private)
            content = ledger.envelope(deployment("integration", None), 1, "", ledger.signer(signing.Keyring()))
        (keyid,) = signing.keyring([public]).keyids
        key = SSlibKey.from_crypto(form.load_pem_public_key(public.encode()), keyid)
        envelope = InTotoEnvelope.from_dict(json.loads(content))
        assert set(envelope.verify([key], 1)) == {keyid}
