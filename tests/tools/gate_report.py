"""The report of the model gate on the example, which docs/model-gate.md shows, and README.md without its slices.

    python -m tests.tools.gate_report                   write the report into both pages
    python -m tests.tools.gate_report --train PYTHON    train both models first; PYTHON has the example's dev.txt

The champion is the example's model. The candidate has half of its trees.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import config
from cicd.gate import asked, report
from cicd.printers import gate
from tests.road.support.project import EXAMPLE, KIT

if TYPE_CHECKING:
    from cicd.gate.report import Report

PAGE, README = KIT / "docs" / "model-gate.md", KIT / "README.md"
SET = EXAMPLE / "evaluation_set" / "flights.csv"
ANSWERS = KIT / "tests" / "fixtures" / "gate" / "flights.csv"
"""The answers of both models, in the order of the set."""
BEGIN, END = "<!-- from here: python -m tests.tools.gate_report -->\n", "<!-- to here -->"
MODELS = ("champion", "candidate")
TRAIN = """
import csv, sys
from dataclasses import replace
from pathlib import Path
from flights import datasets
from flights.models.arrival_delay import model as delay
from flights.models.common import bundle
from flights.models.late_arrival import model as late
from flights.pipelines import evaluation_set, train
flights, known = datasets.load(None, None), datasets.load(sys.argv[1], None)
columns = []
for trees in (100, 50):
    delay.SETTINGS["max_iter"] = late.SETTINGS["max_iter"] = trees
    folder = Path(sys.argv[3], str(trees))
    train.train(flights, Path("requirements/default.txt"), folder)
    rows = evaluation_set.predictions(known, bundle.load(folder))
    columns += [rows["prediction"].round(2), rows["late_log_loss"].round(4)]
with open(sys.argv[2], "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\\n")
    writer.writerow(["champion", "champion_loss", "candidate", "candidate_loss"])
    writer.writerows(zip(*columns))
"""


def train(python: Path) -> None:
    """Train both models, and write their answers."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [python, "-c", TRAIN, SET, ANSWERS, folder],
            cwd=EXAMPLE, env={**os.environ, "PYTHONPATH": "src", "OMP_NUM_THREADS": "1"}, check=True,
        )  # fmt: skip


def rows(model: str) -> list[dict[str, str]]:
    """Return the predictions of a model as the example's `evaluate` writes them."""
    with SET.open(newline="") as known, ANSWERS.open(newline="") as answers:
        return [
            {
                "id": str(number), "day": flight["scheduled_departure"][:10], "carrier": flight["carrier"],
                "origin": flight["origin"], "target": flight["arrival_delay"],
                "prediction": answer[model], "late_log_loss": answer[f"{model}_loss"],
            }
            for number, (flight, answer) in enumerate(zip(csv.DictReader(known), csv.DictReader(answers), strict=True))
        ]  # fmt: skip


def judged(*, drawn: bool = False) -> Report:
    """Return the report; `drawn` says whether it has its curves."""
    settings = config.load(EXAMPLE).gate
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{model}.csv") for model in MODELS]
        for model, file in zip(MODELS, files, strict=True):
            with file.open("w", newline="") as stream:
                content = rows(model)
                writer = csv.DictWriter(stream, content[0])
                writer.writeheader()
                writer.writerows(content)
        champion, candidate = files
        return report.judge(candidate, champion, asked.rules(settings, champion=True, look=1), drawn=drawn)


def short(words: str) -> str:
    """Return the report without its slices and checks."""
    head, metrics, _, notes, _ = words.split("\n\n")
    return f"{head}\n\n{metrics}\n...\n{notes}"


def pages() -> dict[Path, str]:
    """Return both pages with what they show of the report."""
    words = gate.report(judged())
    return {PAGE: shown(PAGE, words), README: shown(README, short(words))}


def shown(page: Path, words: str) -> str:
    """Return a page with these words between its markers."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n```text\n{words}\n```\n\n{END}{after}"


def main() -> None:
    """Write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, metavar="PYTHON", help="train the models with this Python first")
    if python := parser.parse_args().train:
        train(python)
    for page, content in pages().items():
        page.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
