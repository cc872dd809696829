"""The model gate by real pushes: each kind of candidate ends where it must, and the ledger says why."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from cicd import account
from tests.road.support.project import COMMAND, EXAMPLE, TINY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 2000
GATE = """
[gate]
evaluate = ["python3", "-m", "app.evaluate"]
set = "data/rows.csv"
development = "data/development.csv"

[gate.metrics.accuracy]
margin = 0.03
floor = 0.5

[gate.metrics.recall]
margin = 0.05
"""
THIN = '[train]\nbranch = ["python3", "-m", "app.train"]\n'
PRODUCTION = '[environments.production]\napprovers = ["grace"]\n'
EVALUATE = '''"""Write the model's predictions of the evaluation set."""

import csv
import os
from pathlib import Path

from app.skill import is_wrong

with open(os.environ["ML_CICD_EVALUATION_SET"], newline="") as file:
    rows = list(csv.DictReader(file))
with Path(os.environ["ML_CICD_PREDICTIONS"], "predictions.csv").open("w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["id", "target", "prediction"])
    for row in rows:
        number, truth = int(row["id"]), int(row["target"])
        writer.writerow([number, truth, 1 - truth if is_wrong(number, truth) else truth])
'''


def skill(first: int, last: int, *, of: str = "number") -> str:
    """Return the code of a model that is wrong on these rows; `of` is `number` or, for one class, an expression."""
    return f'"""What the model can\'t do."""\n\n\ndef is_wrong(number, truth):\n    return {first} <= {of} < {last}\n'


def rows(first: int = 0, last: int = ROWS) -> str:
    return "id,target\n" + "".join(f"{number},{number % 2}\n" for number in range(first, last))


class Gated(Project):
    """The tiny project with a gate, and a champion that is wrong on 100 of 2,000 rows."""

    def candidate(self, code: str, message: str = "a new model") -> list[str]:
        """Push a model that is wrong on these rows, and return how the runs ended."""
        self.write("app/skill.py", code)
        self.commit(message)
        return [run.result for run in self.push("--force", "develop")]

    def approve(self, commit: str = "HEAD", *, who: str = "grace") -> subprocess.CompletedProcess[str]:
        """Approve a release for Production as this person."""
        words = ["approve", "production", commit, "--yes", "--reason", "the rows do not matter", "--remote", "local"]
        return subprocess.run(
            [COMMAND, *words], cwd=self.path, env={**os.environ, "GITHUB_ACTOR": who}, check=False,
            capture_output=True, text=True,
        )  # fmt: skip

    def promote(self, commit: str = "HEAD") -> str:
        self.git("tag", "--force", "Production", commit)
        return self.push("--force", "Production")[-1].result

    def newest(self) -> dict[str, Any]:
        deployment: dict[str, Any] = self.history("integration")[0]["deployment"]
        return deployment

    @property
    def verdict(self) -> str:
        return str(self.newest()["gate"]["verdict"])

    def fetch(self) -> str:
        """Return the commit of main at the forge."""
        self.git("fetch", "--quiet", "--tags", "--force", "local")
        return self.git("rev-parse", "local/main")


@pytest.fixture(scope="module")
def champion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    project = Gated(tmp_path_factory.mktemp("gated") / "gated", TINY, name="gated", quiet=True)
    project.create()
    shutil.copytree(EXAMPLE / ".github", project.path / ".github")
    text = (project.path / "ml-cicd.toml").read_text() + GATE
    text = text.replace("[environments.production]\n", PRODUCTION).replace("[train]\n", THIN)
    project.write("ml-cicd.toml", text)
    project.write("app/evaluate.py", EVALUATE)
    project.write("app/skill.py", skill(0, 100))
    project.write("data/rows.csv", rows())
    project.write("data/development.csv", rows(ROWS, ROWS + 400))
    project.commit("a model gate")
    assert project.up() == 0
    try:
        project.push("main")
        project.git("checkout", "--quiet", "-b", "develop")
        assert [run.result for run in project.push("develop")] == ["success", "success"], project.said
        assert project.approve().returncode == 0
        assert project.promote() == "success", project.said
        yield project
    finally:
        project.down()


@pytest.fixture
def gated(champion: Gated) -> Gated:
    champion.fetch()
    champion.git("checkout", "--quiet", "--force", "-B", "develop", "local/main")
    return champion


def test_the_first_model_has_a_verdict_of_its_own(gated: Gated) -> None:
    first = gated.history("integration")[-1]["deployment"]["gate"]
    assert (first["verdict"], first["decision"], first["champion"]) == ("first", "pass", "")
    assert (first["record"]["rows"], first["record"]["champion"]) == (ROWS, "")
    assert "/evaluation@sha256:" in first["evaluation_set"]


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(skill(10, 110), "non-inferior"), (skill(0, 5), "superior"), (skill(0, 100) + "\n# other code\n", "unchanged")],
    ids=["equal", "better", "unchanged"],
)
def test_a_model_that_is_good_enough_goes_on(gated: Gated, code: str, verdict: str) -> None:
    assert gated.candidate(code) == ["success", "success"], gated.said
    newest = gated.newest()
    assert (newest["result"], newest["gate"]["verdict"]) == ("passed", verdict)
    production = gated.history("production")[0]["deployment"]["release"]
    assert newest["gate"]["champion"] == production != newest["release"]
    assert gated.fetch() == gated.git("rev-parse", "HEAD")


def test_a_worse_model_goes_no_further(gated: Gated) -> None:
    main, runs = gated.fetch(), gated.environments()["integration"]["digest"]
    assert gated.candidate(skill(0, 500)) == ["failure"]
    newest = gated.newest()
    assert (newest["result"], newest["gate"]["verdict"]) == ("failed", "regressed")
    assert "The model gate's verdict on the release is regressed: accuracy is worse" in gated.said
    assert gated.fetch() == main
    assert gated.environments()["integration"]["digest"] == runs


def test_a_model_that_can_not_be_evaluated_goes_no_further(gated: Gated) -> None:
    assert gated.candidate("raise SystemExit('no model')\n") == ["failure"]
    assert gated.newest()["reason"] == "The command evaluate failed with exit code 1."


def test_a_commit_that_lowers_the_margin_is_judged_by_the_old_one(gated: Gated) -> None:
    text = (gated.path / "ml-cicd.toml").read_text()
    gated.write("ml-cicd.toml", text.replace("margin = 0.03\nfloor = 0.5", "margin = 0.9\nfloor = 0.1"))
    assert gated.candidate(skill(0, 500)) == ["failure"]
    assert gated.verdict == "regressed"


def test_a_branch_that_changes_the_model_reports_without_a_verdict(gated: Gated) -> None:
    gated.git("checkout", "--quiet", "-B", "feature/model")
    gated.write("app/train.py", (gated.path / "app" / "train.py").read_text() + "\n# another way to train\n")
    gated.write("app/skill.py", skill(ROWS, ROWS + 100))
    gated.commit("another model")
    entries = gated.history("integration")
    assert [(run.file, run.result) for run in gated.push("feature/model")] == [("ci.yml", "success")], gated.said
    section = gated.command("local", "comments", "feature/model").stdout.partition("  model: ")[2]
    assert section.startswith("thin training on the development set, no verdict"), section
    assert f"400 rows\n  compared with {gated.history('production')[0]['deployment']['release']}\n" in section
    assert re.search(r"accuracy +- +1 +0\.75 ", section), section
    assert gated.history("integration") == entries


def test_people_decide_on_what_the_gate_can_not_and_on_the_champion_of_that_day(gated: Gated) -> None:
    mixed = skill(0, 300, of="(number if truth == 0 else -1)")
    assert gated.candidate(mixed) == ["success", "success"], gated.said
    assert (gated.verdict, gated.newest()["gate"]["decision"]) == ("mixed", "ask")
    gated.write("data/rows.csv", rows(80, 180))
    assert gated.candidate(skill(85, 105)) == ["success", "success"], gated.said
    assert gated.verdict == "inconclusive"
    asking = gated.git("rev-parse", "HEAD")
    gated.write("data/rows.csv", rows())
    assert gated.candidate(skill(84, 104), "waits") == ["success", "success"], gated.said
    waiting = gated.git("rev-parse", "HEAD")

    assert gated.promote(asking) == "failure"
    assert "needs an approval for production by grace" in gated.said
    for person in ("eve", account.name()):  # a stranger, and who promotes
        refused = gated.approve(asking, who=person)
        assert (refused.returncode, f"{person} may not approve releases for production" in refused.stderr) == (4, True)
    assert gated.command("promote", "production", asking, "--remote", "local", "--yes").returncode == 4
    approved = gated.approve(asking)
    assert approved.returncode == 0, approved.stderr
    assert approved.stdout.index("model gate: inconclusive") < approved.stdout.index("approved by")
    promoted = gated.command("promote", "production", asking, "--remote", "local", "--yes")
    assert promoted.returncode == 0, promoted.stderr
    runs = gated.history("production")[0]["deployment"]
    assert (runs["commit"], runs["action"], runs["result"]) == (asking, "deploy", "passed")

    assert gated.approve(waiting).returncode == 0
    assert gated.promote(waiting) == "failure"
    assert "another release than what runs now" in gated.said
    (again,) = re.findall(r"ml-cicd (local rerun \d+)", gated.said)
    assert gated.command(*again.split()).returncode == 0
    newest = gated.newest()
    assert (newest["commit"], newest["gate"]["verdict"]) == (waiting, "non-inferior")
    assert newest["gate"]["champion"] == runs["release"]
    promoted = gated.command("promote", "production", waiting, "--remote", "local", "--yes")  # the tag is there already
    assert promoted.returncode == 0, promoted.stderr
    runs = gated.history("production")[0]["deployment"]
    assert (runs["commit"], runs["action"], runs["result"]) == (waiting, "deploy", "passed")
