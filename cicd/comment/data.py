"""What a run of a stage says about its commit, as the artifact holds it: JSON, checked field by field when read."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from cicd import encoding, stages
from cicd.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
ARTIFACT = "ml-cicd-comment"
"""The name of the artifact; for a project in a folder, a word for the folder follows."""
FILE = "comment.json"
"""The only file in the artifact."""
MOST_BYTES = 200_000
NAMES = (stages.BRANCHES, *stages.STAGES)
OPTIONAL = ("model", "coverage", "commit")
"""The fields that the file has only if they are not empty."""
RESULTS = ("passed", "failed", "superseded")
_MOST = 100
"""How many jobs, counts or checks there may be."""
_LONGEST = 200
"""How many characters a name may have."""
_HIGHEST = 10**9
_ENCODED = re.compile(r"[G-Z_]*")
_COVERAGE = re.compile(r"(?:100(?:\.0{1,9})?|\d{1,2}(?:\.\d{1,9})?)?")
_COMMIT = re.compile(r"(?:[0-9a-f]{40})?")
_PLAIN = re.compile(r"(?!.*--)[A-Za-z0-9][A-Za-z0-9._/-]{0,99}(?<!-)")


@dataclass(frozen=True)
class Said:
    """What a run says. Every name in it may be text of a project."""

    stage: str
    result: str
    directory: str = "."
    jobs: Mapping[str, str] = field(default_factory=dict)
    """The result of each job, as GitHub names it."""
    tests: Mapping[str, int] | None = None
    """The counts of the unit tests; None if they did not run, no counts if there are none."""
    checks: Mapping[str, bool] | None = None
    """Whether each check passed; None if they did not run."""
    outcome: str = ""
    """The outcome of the deployment, as `ml-cicd deploy` encodes it; empty if nothing was deployed, as in `ci`."""
    model: str = ""
    """What the thin training of a branch showed, as `ml-cicd rehearse` encodes it; empty if nothing was trained."""
    coverage: str = ""
    """How much of the code the unit tests ran, in percent; empty if they do not measure it."""
    commit: str = ""
    """The commit of the stage's tag, as the job `verify` found it; empty if it found none."""

    def speaks_of(self, commit: str, *, of_branch: bool) -> bool:
        """Return whether this is said of a commit, by a run that began at it.

        A stage with a tag can be asked to bring another commit, and says which. `of_branch` is whether the run was of
        the branch that the commit belongs to.
        """
        return self.commit == commit if self.stage in stages.TAGGED else of_branch

    @property
    def place(self) -> str:
        """Return a word for the project's folder that can stand in a marker; empty for the repository's root."""
        if self.directory == ".":
            return ""
        known = _PLAIN.fullmatch(self.directory)
        return self.directory if known else f"x{hashlib.sha256(self.directory.encode()).hexdigest()[:16]}"


def artifact_name(said: Said) -> str:
    """Return the name of the artifact for what a run says; the names of two projects differ."""
    if not said.place:
        return ARTIFACT
    return f"{ARTIFACT}-{hashlib.sha256(said.place.encode()).hexdigest()[:16]}"


def of_needs(needs: str, stage: str, directory: str, result: str) -> Said:
    """Return what a run says, from the context `needs` of its last job, as JSON.

    Raises:
        UsageError: there is no such stage.

    """
    if stage not in NAMES:
        raise UsageError(f"There is no stage '{stage}' to report.", f"Pass one of: {', '.join(NAMES)}.")
    context: dict[str, Any] = json.loads(needs)
    outputs = _outputs(context)
    tests, checks = (_decoded(outputs, name) for name in ("tests", "checks"))
    said = Said(
        stage, result, directory.removeprefix("./").rstrip("/") or ".",
        {name[:_LONGEST]: str(job["result"]) for name, job in context.items()},
        tests if _are(tests, _is_count) else None, checks if _are(checks, _is_flag) else None,
        outcome=_text(outputs, "recorded") or _text(outputs, "outcome"),  # the ledger has the final verdict
        **{name: _text(outputs, name) for name in ("model", "coverage")},
        commit=_text(outputs, "commit") if stage in stages.TAGGED else "",
    )  # fmt: skip
    fits = not _problem(said) and len(dump(said)) <= MOST_BYTES
    return said if fits else Said(stage, result, said.directory[:_LONGEST])


def counted(needs: str) -> dict[str, Any]:
    """Return `tests` and `checks` of the context `needs`, decoded; None for what no job handed on."""
    outputs = _outputs(json.loads(needs))
    return {name: _decoded(outputs, name) for name in ("tests", "checks")}


def dump(said: Said) -> str:
    """Return the text of the artifact's file; it is ASCII."""
    fields = {name: value for name, value in asdict(said).items() if value or name not in OPTIONAL}
    return json.dumps({"version": VERSION, **fields}, indent=1) + "\n"


def parse(content: bytes) -> Said:
    """Return what a run says, from the content of the artifact's file.

    Raises:
        RefusedError: the content is not that of such a file.

    """
    try:
        loaded = json.loads(content.decode()) if len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError) as error:
        raise _malformed("it is no JSON") from error
    if not isinstance(loaded, dict):
        raise _malformed(f"it is no JSON object of at most {MOST_BYTES:,} bytes")
    if type(loaded.get("version")) is not int or loaded.pop("version") != VERSION:
        raise _malformed(f"its version is not {VERSION}")
    if {*loaded, *OPTIONAL} != set(asdict(Said("", ""))):
        raise _malformed("its fields are not those of this version")
    said = Said(**loaded)
    if problem := _problem(said):
        raise _malformed(f"{problem} is wrong")
    return said


def _problem(said: Said) -> str:
    """Return the first field that is wrong; empty for none."""
    checked = {
        "stage": said.stage in NAMES,
        "result": said.result in RESULTS,
        "directory": _is_name(said.directory),
        "jobs": _are(said.jobs, _is_name),
        "tests": said.tests is None or _are(said.tests, _is_count),
        "checks": said.checks is None or _are(said.checks, _is_flag),
        "outcome": _is_encoded(said.outcome) and not (said.outcome and said.stage == stages.BRANCHES),
        "model": _is_encoded(said.model) and not (said.model and said.stage != stages.BRANCHES),
        "coverage": _is_text(said.coverage, _COVERAGE) and not (said.coverage and said.stage != stages.BRANCHES),
        "commit": _is_text(said.commit, _COMMIT) and not (said.commit and said.stage not in stages.TAGGED),
    }
    return next((name for name, right in checked.items() if not right), "")


def _are(values: object, right: Any) -> bool:
    """Return whether `values` are a mapping from a few names to values for which `right` is true."""
    if not isinstance(values, dict) or len(values) > _MOST:
        return False
    return all(_is_name(name) and right(value) for name, value in values.items())


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _HIGHEST


def _is_encoded(value: object) -> bool:
    return _is_text(value, _ENCODED) and len(str(value)) < MOST_BYTES


def _is_text(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _text(outputs: list[dict[str, Any]], name: str) -> Any:
    """Return the first output of that name; empty if there is none."""
    return next((value[name] for value in outputs if value.get(name)), "")


def _outputs(context: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [job.get("outputs") or {} for job in context.values()]


def _decoded(outputs: list[dict[str, Any]], name: str) -> Any:
    """Return the first output of that name, encoded or as JSON; None if there is none."""
    text = _text(outputs, f"encoded-{name}") or _text(outputs, name)
    try:
        return encoding.decode(str(text)) if text else None
    except ValueError:
        return None


def _malformed(reason: str) -> RefusedError:
    return RefusedError(
        f"The file {FILE} of an artifact is not what a run writes for the comment: {reason}.",
        "The comment leaves that run out. Its workflow must end with the kit's action `conclude`.",
    )
