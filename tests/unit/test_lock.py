"""Holding the lock of an environment, in a store in memory; the deploy and kubernetes tiers have the real ones."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import pytest

from cicd import failpoints
from cicd.deploy import holder as holders
from cicd.deploy import lock
from cicd.deploy.holder import Holder
from cicd.deploy.lock import Lock
from cicd.errors import RefusedError

ADA = holders.this_process("ada", "https://example.org/runs/1")
DEAD = replace(holders.this_process("bob"), process=ADA.process.replace("@", "@1", 1))
ELSEWHERE = Holder("eve", "another-machine", "7@1@elsewhere")


@dataclass
class MemoryStore:
    """A lock in memory; `taken_over` is the lock that somebody else takes right after the first is found."""

    current: Lock | None = None
    taken_over: Lock | None = None
    kind: str = "memory"
    poll: float = 0.01
    care: str = "Do not forget it."
    released: threading.Event = field(default_factory=threading.Event)
    attempts: int = 0
    released_before_a_look: bool = False

    def take(self, holder: Holder) -> str:
        self.attempts += 1
        if self.current:
            return ""
        self.current = Lock(holder, f"lock of {holder.who}")
        return self.current.identity

    def find(self) -> Lock | None:
        if self.released_before_a_look:
            self.current = None
        found = self.current
        if self.taken_over:
            self.current, self.taken_over = self.taken_over, None
        return found

    def remove(self, identity: str) -> None:
        if self.current and self.current.identity == identity:
            self.current = None
            self.released.set()


def test_lock_is_held_inside_only() -> None:
    store = MemoryStore()
    with lock.hold(store, "staging", ADA, 0):
        assert store.current == Lock(ADA, "lock of ada")
    assert store.current is None


def test_holder_survives_as_labels() -> None:
    assert holders.from_labels(holders.to_labels(ADA)) == ADA
    assert set(holders.to_labels(ADA)) == {f"ml-cicd.holder.{name}" for name in ("who", "where", "process", "run")}
    assert holders.from_labels({"ml-cicd.holder.who": "ada"}) == Holder("ada", "", "", "")


def test_holder_is_named_with_its_run() -> None:
    here = holders.this_process("ada", "https://example.org/runs/1")
    process = here.process.partition("@")[0]
    assert str(here) == f"ada on {here.where}, process {process} (https://example.org/runs/1)"
    assert str(replace(here, run="")) == f"ada on {here.where}, process {process}"


def test_failed_deployment_releases_the_lock() -> None:
    store = MemoryStore()
    with pytest.raises(ZeroDivisionError), lock.hold(store, "staging", ADA, 0):
        raise ZeroDivisionError
    assert store.current is None


def test_refusal_names_holder_and_unlock_command() -> None:
    store = MemoryStore(Lock(ELSEWHERE, "1"))
    with pytest.raises(RefusedError) as refused, lock.hold(store, "staging", ADA, 0.02):
        pytest.fail("two hold the lock")
    assert refused.value.message == "Another deployment to staging is under way, by eve on another-machine, process 7."
    assert refused.value.hint.endswith("ml-cicd unlock staging")
    assert store.current == Lock(ELSEWHERE, "1")


def test_waiting_is_announced_once(capsys: pytest.CaptureFixture[str]) -> None:
    store = MemoryStore(Lock(ELSEWHERE, "1"))
    threading.Timer(0.1, store.remove, ["1"]).start()
    with lock.hold(store, "staging", ADA, 30):
        assert store.released.is_set()
    assert capsys.readouterr().err.splitlines() == [
        "another deployment to staging is under way, by eve on another-machine, process 7: waiting up to 30 s"
    ]


def test_waiting_polls_at_the_pace_of_the_store() -> None:
    store = MemoryStore(Lock(ELSEWHERE, "1"), poll=0.1)
    with pytest.raises(RefusedError), lock.hold(store, "staging", ADA, 0.3):
        pytest.fail("two hold the lock")
    assert 2 <= store.attempts <= 5, "one attempt per poll, and one at the end"


def test_lock_that_is_released_between_attempt_and_look_is_taken() -> None:
    store = MemoryStore(Lock(ELSEWHERE, "1"), released_before_a_look=True)
    with lock.hold(store, "staging", ADA, 0):
        assert store.attempts == 2
        assert store.current == Lock(ADA, "lock of ada")


def test_marks_of_the_crash_tests_stand_around_taking_and_releasing(monkeypatch: pytest.MonkeyPatch) -> None:
    store, marks = MemoryStore(), list[tuple[str, bool]]()
    monkeypatch.setattr(failpoints, "boundary", lambda name: marks.append((name, store.current is not None)))
    with lock.hold(store, "staging", ADA, 0):
        marks.append(("inside", True))
    assert marks == [
        ("memory.lock.before", False), ("memory.lock.after", True), ("inside", True),
        ("memory.unlock.before", True), ("memory.unlock.after", False),
    ]  # fmt: skip


def test_dead_holders_lock_is_taken_over(capsys: pytest.CaptureFixture[str]) -> None:
    store = MemoryStore(Lock(DEAD, "1"))
    with lock.hold(store, "staging", ADA, 0):
        assert store.current == Lock(ADA, "lock of ada")
    assert "bob" in capsys.readouterr().err


def test_lock_taken_over_by_another_stays() -> None:
    """Two find the same dead holder: the slower one must not remove the lock that the faster one has taken."""
    store = MemoryStore(Lock(DEAD, "1"), taken_over=Lock(ELSEWHERE, "2"))
    with pytest.raises(RefusedError, match="by eve"), lock.hold(store, "staging", ADA, 0):
        pytest.fail("two hold the lock")
    assert store.current == Lock(ELSEWHERE, "2")


def test_unlock_returns_the_holder() -> None:
    store = MemoryStore(Lock(ELSEWHERE, "1"))
    assert lock.unlock(store) == ELSEWHERE
    assert lock.unlock(store) is None


def test_a_removed_lock_is_noticed() -> None:
    store = MemoryStore()
    with lock.hold(store, "staging", ADA, 0) as check:
        check()
        store.remove("lock of ada")
        with pytest.raises(RefusedError, match="removed while this deployment held it; nobody holds it now"):
            check()


def test_the_lock_of_another_holder_is_noticed_and_stays() -> None:
    store = MemoryStore()
    with lock.hold(store, "staging", ADA, 0) as check:
        store.remove("lock of ada")
        with lock.hold(store, "staging", ELSEWHERE, 0) as check_other:
            check_other()
            with pytest.raises(RefusedError, match="eve on another-machine, process 7 holds it now"):
                check()
            store.remove("lock of ada")
            check_other()
