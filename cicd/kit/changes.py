"""What changed for callers between two releases, and whether a version may bring such changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.kit import versions
from cicd.kit.contract import LEVELS, Interface

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cicd.kit.contract import Contract, Input
    from cicd.kit.versions import Version


@dataclass(frozen=True)
class Change:
    """A change of a workflow or an action. A `breaking` one stops callers that worked with the release before."""

    where: str
    text: str
    breaking: bool = False

    def __str__(self) -> str:
        """Return the place and the change."""
        return f"{self.where}: {self.text}"


@dataclass(frozen=True)
class Judgement:
    """Whether a version may bring changes. `reason` says in words why breaking ones are allowed; empty for none."""

    allowed: bool
    reason: str = ""


def compare(before: Contract, after: Contract) -> tuple[Change, ...]:
    """Return every change between two contracts, the breaking ones first."""
    changes: list[Change] = []
    for kind, old, new in (
        ("the workflow", before.workflows, after.workflows),
        ("the action", before.actions, after.actions),
    ):
        for name in sorted(old.keys() | new.keys()):
            if name not in new:
                changes.append(Change(name, f"{kind} was removed", breaking=True))
            elif name not in old:
                changes.append(Change(name, f"{kind} is new"))
            else:
                changes += _interface(name, old[name], new[name])
    return tuple(sorted(changes, key=lambda change: not change.breaking))


def _interface(where: str, old: Interface, new: Interface) -> Iterator[Change]:
    yield from _inputs(where, old.inputs, new.inputs)
    yield from _outputs(where, old.outputs, new.outputs)
    yield from _secrets(where, old.secrets, new.secrets)
    yield from _permissions(where, old.permissions, new.permissions)


def _inputs(where: str, old: Mapping[str, Input], new: Mapping[str, Input]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield Change(where, f"the input {name} was removed", breaking=True)
            continue
        after = new[name]
        if name not in old:
            yield Change(where, f"the input {name} is new{' and required' * after.required}", breaking=after.required)
            continue
        before = old[name]
        if before.type != after.type:
            yield Change(where, f"the input {name} is a {after.type}, and was a {before.type}", breaking=True)
        if before.required != after.required:
            text = "is required now" if after.required else "is not required any more"
            yield Change(where, f"the input {name} {text}", breaking=after.required)
        if before.default != after.default:
            was, now = (_shown(one.default) for one in (before, after))
            yield Change(where, f"the default of the input {name} is {now}, and was {was}")


def _shown(default: str | None) -> str:
    return "none" if default is None else f"'{default}'"


def _outputs(where: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
    for name in sorted({*old} - {*new}):
        yield Change(where, f"the output {name} was removed", breaking=True)
    for name in sorted({*new} - {*old}):
        yield Change(where, f"the output {name} is new")


def _secrets(where: str, old: Mapping[str, bool], new: Mapping[str, bool]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield Change(where, f"the secret {name} was removed", breaking=True)
        elif name not in old:
            yield Change(where, f"the secret {name} is new{' and required' * new[name]}", breaking=new[name])
        elif old[name] != new[name]:
            text = "is required now" if new[name] else "is not required any more"
            yield Change(where, f"the secret {name} {text}", breaking=new[name])


def _permissions(where: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for scope in sorted(old.keys() | new.keys()):
        before, after = old.get(scope, "none"), new.get(scope, "none")
        if LEVELS.index(after) > LEVELS.index(before):
            text = f"callers must grant {scope}: {after}, and granted {before}"
            yield Change(where, f"{text}; with less, GitHub starts no job of the run", breaking=True)
        elif before != after:
            yield Change(where, f"callers need to grant {scope}: {after} alone, and granted {before}")


def base(version: Version, released: Iterable[Version]) -> Version | None:
    """Return the release that a version is compared with; None for the first one.

    It is the newest final version of the same major version, so that changes of candidates add up. Without one: the
    newest release before it.
    """
    earlier = [one for one in released if one.order < version.order]
    return versions.newest(earlier, version.major, final=True) or versions.newest(earlier)


def judge(version: Version, before: Version | None, changes: Iterable[Change]) -> Judgement:
    """Say whether a version may bring these changes since the release `before` it."""
    if not any(change.breaking for change in changes) or before is None:
        return Judgement(allowed=True)
    if before.major != version.major:
        return Judgement(allowed=True, reason=f"{version.moving} is a new major version.")
    if not before.final:
        return Judgement(
            allowed=True, reason=f"No final version {version.moving}.Y.Z exists yet: candidates may change everything."
        )
    if not version.final:
        final = f"v{version.major}.{version.minor}.{version.patch}"
        return Judgement(
            allowed=True,
            reason=f"{version} is a release candidate; {final} itself would be refused with them.",
        )
    return Judgement(allowed=False)
