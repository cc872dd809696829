"""The report as Markdown and as a page: what a project supplies stays text, and what does not fit is counted."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn import metrics as oracle

from cicd import cli
from cicd.gate import curves, report
from cicd.printers import gate, gate_html, gate_markdown, gate_words, verdicts
from tests.unit.support.judged import judgement
from tests.unit.support.predictions import ask, labels, write

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.gate.report import Report
    from cicd.ledger import Judgement

ROWS = 1200
HOSTILE = [
    "<script>alert(1)</script>", "a|b", "`code`", "two\nlines", "@everyone", "[x](http://evil.example)",
    "</code></td></details>", "&lt;b&gt;", "**bold**", "\x1b[31m\u202ered", "www.evil.example", "#1", "\\|",
    "'\"><img src=x>",
]  # fmt: skip


def hostile_words() -> np.ndarray:
    return np.array(HOSTILE, object)[np.arange(ROWS) % len(HOSTILE)]


@pytest.fixture
def judged(tmp_path: Path) -> Report:
    """Return a report in which every text that a project supplies is hostile."""
    rng = np.random.default_rng(1)
    target = np.where(rng.random(ROWS) < 0.5, "<b>yes</b>", "`no`|")
    sides = []
    for name, noise in (("candidate", 0.3), ("champion", 0.5)):
        probability = np.clip((target == "<b>yes</b>") + rng.normal(0, noise, ROWS), 0, 1).round(3)
        prediction = np.where(probability > 0.5, "<b>yes</b>", "`no`|")
        columns: dict[str, Any] = {
            "id": [f"<i>{row}|" for row in range(ROWS)],
            "target": target,
            "kind|<u>": hostile_words(),
        }
        sides.append(write(tmp_path / f"{name}.csv", {**columns, "prediction": prediction, "probability": probability}))
    asked = ask(
        "accuracy:margin=0.05,floor=0.1", "roc_auc:margin=0.02", "calibration_error", slices=(("kind|<u>",),),
        positive="<b>yes</b>", exempt={"G009": "<script>x</script> | @org/team `y`\nz"}, look=2,
    )  # fmt: skip
    return report.judge(sides[0], sides[1], asked, drawn=True)


class Page(HTMLParser):
    """Elements, attributes and text of a page; elements must be closed in order."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(content)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


class TestPage:
    def test_text_of_a_project_stays_text(self, judged: Report) -> None:
        page = Page(gate_html.report(judged, "<script>model</script>"))
        allowed = (
            "html head meta title style body main header section h1 h2 p span strong em small ul li dl dt dd code "
            "table thead tbody tr th td div figure figcaption svg g path line rect circle polyline text"
        )
        assert set(page.elements) <= set(allowed.split())
        words = " ".join(page.words)
        for text in (
            "<script>model</script>",
            "<script>alert(1)</script>",
            "a|b",
            "@everyone",
            "&lt;b&gt;",
            "two\\nlines",
        ):
            assert text in words
        assert "<script>x</script> | @org/team `y`\\nz" in words
        assert "\\x1b[31m\\u202ered" in words

    def test_it_needs_nothing_from_elsewhere_and_no_script(self, judged: Report) -> None:
        content = gate_html.report(judged)
        page = Page(content)
        names = {name for name, _ in page.attributes}
        assert not names & {"src", "href", "style", "srcset", "action", "xlink:href"}
        assert not [name for name in names if name.startswith("on")]
        assert not re.search(r"@import|url\(", content)
        assert "default-src 'none'" in content

    def test_it_has_light_and_dark_colours_and_fits_a_telephone(self, judged: Report) -> None:
        content = gate_html.report(judged)
        light, dark = content.split("prefers-color-scheme: dark")[:2]
        colours = set(re.findall(r"--[a-z-]+(?=: #)", light))
        assert colours == set(re.findall(r"--[a-z-]+(?=: #)", dark.partition("\n* {")[0]))
        assert set(re.findall(r"var\((--[a-z-]+)\)", content)) <= colours
        assert 'name="viewport"' in content
        assert "max-width: 760px" in content

    def test_every_picture_has_words(self, judged: Report) -> None:
        content = gate_html.report(judged)
        pictures = re.findall(r"<svg [^>]*>", content)
        assert len(pictures) == 2 + 2 * len(HOSTILE) + 2
        assert all('role="img"' in picture and 'aria-label="' in picture for picture in pictures)

    def test_a_metric_without_a_verdict_has_no_picture(self, judged: Report) -> None:
        page = gate_html.report(judged)
        row = page[page.index("calibration_error<") :].partition("</tr>")[0]
        assert '<td class="picture" data-name="gain in margins"></td>' in row

    def test_it_shows_what_the_report_holds(self, judged: Report) -> None:
        words = " ".join(Page(gate_html.report(judged)).words)
        for text in (judged.verdict, "ROC curve", "Calibration", judged.evaluation, judged.answers["champion"]):
            assert text in words
        assert "Look 2 at this set: passing may err in 0.667%" in words

    def test_slices_beyond_the_list_are_counted(self, judged: Report, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gate_html, "SHOWN", 5)
        content = gate_html.report(judged)
        assert f"{2 * len(HOSTILE) - 5} more are not listed: " in content

    def test_a_first_model_and_equal_predictions_have_a_page(self, tmp_path: Path) -> None:
        side = write(tmp_path / "a.csv", labels(ROWS, both_wrong=30)[0])
        first = report.judge(side, None, ask("accuracy:floor=0.5", champion=False), drawn=True)
        assert "champion</span>" not in gate_html.report(first)
        equal = report.judge(side, side, ask("accuracy:margin=0.1"), drawn=True)
        for one in (first, equal):
            Page(gate_html.report(one))
            gate_markdown.report(one)

    def test_a_report_without_curves_has_a_page(self, tmp_path: Path) -> None:
        sides = [write(tmp_path / name, side) for name, side in zip("ab", labels(ROWS, lost=9), strict=True)]
        Page(gate_html.report(report.judge(sides[0], sides[1], ask("accuracy:margin=0.1"))))

    def test_a_value_that_is_not_known_does_not_break_a_picture(self, tmp_path: Path) -> None:
        columns = [{**side, "half": np.arange(ROWS) // 5} for side in labels(ROWS, lost=9, won=4)]
        sides = [write(tmp_path / name, side) for name, side in zip("ab", columns, strict=True)]
        asked = ask("f1:margin=0.1", "accuracy:margin=1e-9", slices=(("half",),))
        content = gate_html.report(report.judge(sides[0], sides[1], asked, drawn=True))
        Page(content)
        assert not re.search(r'(x1|x2|cx|width)="(nan|inf|-inf)', content)


def rows_of_tables(content: str) -> list[str]:
    return [line for line in content.splitlines() if line.startswith("|")]


class TestMarkdown:
    def test_text_of_a_project_stays_text(self, judged: Report) -> None:
        content = gate_markdown.report(judged)
        assert set(re.findall(r"</?(\w+)", content)) == {"code", "details", "summary"}
        inside = re.findall(r"<code>(.*?)</code>", content)
        assert all(re.fullmatch(r"[\w ,=-]|(?:[\w ,=-]|&#\d+;)+", text) for text in inside)
        outside = re.sub(r"<code>.*?</code>", "", content)
        assert not re.search(r"[@`\[\]\\]|http|www", outside)
        shown = {unescape(text) for text in inside}
        assert {f"kind|<u>={text}" for text in ("a|b", "two\\nlines", "@everyone", "#1")} <= shown
        assert "<script>x</script> | @org/team `y`\\nz" in shown

    def test_every_row_has_as_many_cells_as_its_head(self, judged: Report) -> None:
        rows = rows_of_tables(gate_markdown.report(judged))
        assert len(rows) == (2 + 3) + (2 + 2 * len(HOSTILE))
        assert [row.count("|") for row in rows] == [8] * 5 + [10] * (2 + 2 * len(HOSTILE))

    @pytest.mark.parametrize("most", [200_000, 60_000, 10_000])
    def test_whole_rows_are_left_out_and_counted(self, tmp_path: Path, most: int) -> None:
        rows = 4_000
        rng = np.random.default_rng(1)
        shared = {"group": [f"<&{'x' * 40}{row % 2000}" for row in range(rows)]}
        sides = [
            write(tmp_path / name, {**side, **shared, "n": rng.integers(0, 4, rows)})
            for name, side in zip("ab", labels(rows, lost=90, won=80), strict=True)
        ]
        asked = ask("accuracy:margin=0.05", slices=(("group",),))
        judged = report.judge(sides[0], sides[1], asked)
        content = gate_markdown.report(judged, most)
        assert len(content.encode()) <= most
        listed = len(rows_of_tables(content)) - 5
        (more,) = re.findall(r"^([\d,]+) more are not listed: (.*)\.$", content, re.MULTILINE)
        assert listed + int(more[0].replace(",", "")) == 2000
        assert sum(int(count.replace(",", "")) for count in re.findall(r"[\d,]*\d(?= [a-z])", more[1])) == int(
            more[0].replace(",", "")
        )
        assert len(content.encode()) > most - 3000
        assert content.endswith("\n")
        assert content.count("<details>") == content.count("</details>") == 1
        assert "Not checked: " in content

    def test_the_limit_is_below_that_of_github(self) -> None:
        assert gate_markdown.SUMMARY < 2**20

    def test_many_metrics_are_left_out_too(self, tmp_path: Path) -> None:
        sides = [write(tmp_path / name, side) for name, side in zip("ab", labels(ROWS, lost=9), strict=True)]
        judged = report.judge(sides[0], sides[1], ask("accuracy:margin=0.1", "mae:margin=0.1", "rmse:margin=1"))
        content = gate_markdown.report(judged, 1500)
        assert re.search(r"^[123] more metrics are not listed\.$", content, re.MULTILINE)


def test_an_interval_without_any_bound_is_a_dash(tmp_path: Path) -> None:
    """One row has no interval; the comment of a pull request shows it so, too."""
    target = np.arange(400.0)
    sides = [
        write(tmp_path / f"{name}.csv", {"target": target, "prediction": target + noise, "last": target > 398})
        for name, noise in (("candidate", np.sin(target)), ("champion", np.cos(target)))
    ]
    judged = report.judge(sides[0], sides[1], ask("mae:margin=1", slices=(("last",),)))
    intervals = {mark.comparison.slice: gate_words.cells(mark)[4] for mark in judged.marks}
    assert intervals.pop("last=True") == "-"
    assert len(intervals) == 2
    assert all(re.fullmatch(r"-0\.\d{4} to \+0\.\d{4}", words) for words in intervals.values())


def test_the_same_words_stand_everywhere(judged: Report) -> None:
    terminal, markdown = gate.report(judged), gate_markdown.report(judged)
    page = unescape(gate_html.report(judged))
    for words in (
        "accuracy: the floor of 0.1 is reached.", "Look 2 at this set: passing may err in 0.667%",
        "the candidate loses less than every margin",
    ):  # fmt: skip
        assert all(words in text or words.capitalize() in text for text in (terminal, markdown, page)), words


class TestFinal:
    """The verdict that the ledger gets heads every report."""

    def final(self, judged: Report, verdict: str, reason: str) -> Judgement:
        return replace(judgement(verdict, "ask", reason=reason), metrics=())

    def test_a_reason_beside_the_same_verdict_is_named(self, judged: Report) -> None:
        final = self.final(judged, str(judged.verdict), "as entry 3 of the same predictions")
        first, second, *_ = gate.report(judged, final).splitlines()
        assert first == verdicts.line(final)
        assert second == f"{judged.verdict}: {gate_words.MEANING[judged.verdict]}"

    def test_without_a_reason_it_is_the_report(self, judged: Report) -> None:
        final = replace(self.final(judged, str(judged.verdict), ""), decision="pass")
        assert gate.report(judged, final) == gate.report(judged)
        assert gate_markdown.report(judged, final=final) == gate_markdown.report(judged)

    def test_a_reason_is_text_of_the_project(self, judged: Report) -> None:
        summary = gate_markdown.report(judged, final=self.final(judged, "mixed", "<img src=x> @all"))
        assert summary.startswith("### ⚠️ Model: mixed; production needs an approval\n")
        assert not [mark for mark in ("<img", "@all") if mark in summary]


class TestCommand:
    def run(self, folder: Path, *words: str, code: int = 0) -> None:
        sides = [write(folder / name, side) for name, side in zip("ab", labels(ROWS, lost=9, won=9), strict=True)]
        files = ["--candidate", str(sides[0]), "--champion", str(sides[1]), "--metric", "accuracy:margin=0.05"]
        assert cli.main(["gate", *files, *words]) == code

    def test_it_writes_both_files_beside_what_it_prints(self, tmp_path: Path, capfd: Any) -> None:
        self.run(tmp_path, "--markdown", str(tmp_path / "x.md"), "--html", str(tmp_path / "x.html"), "--json")
        assert '"verdict": "non-inferior"' in capfd.readouterr().out
        assert (tmp_path / "x.md").read_text().startswith("### ")
        page = (tmp_path / "x.html").read_text()
        assert page.startswith("<!doctype html>")
        assert "<h2>Labels</h2>" in page

    def test_a_file_that_cant_be_written_is_named(self, tmp_path: Path, capfd: Any) -> None:
        self.run(tmp_path, "--html", str(tmp_path / "nowhere" / "x.html"), code=2)
        assert "x.html can't be written: No such file or directory." in capfd.readouterr().err


class TestCurves:
    @pytest.fixture
    def binary(self, tmp_path: Path) -> Any:
        rng = np.random.default_rng(2)
        target = (rng.random(ROWS) < 0.3).astype(int)
        weight = rng.integers(1, 4, ROWS)
        sides = []
        for name in "ab":
            probability = np.clip(target * 0.3 + rng.random(ROWS) * 0.7, 0, 1).round(2)
            columns = {
                "target": target,
                "weight": weight,
                "prediction": (probability > 0.5) * 1,
                "probability": probability,
            }
            sides.append((write(tmp_path / name, columns), columns))
        judged = report.judge(sides[0][0], sides[1][0], ask("accuracy:margin=0.1", "brier:margin=0.1"), drawn=True)
        assert judged.curves
        return judged.curves, [columns for _, columns in sides]

    def test_the_roc_curve_is_scikit_learns(self, binary: Any) -> None:
        drawn, sides = binary
        for points, side in zip(drawn.roc, sides, strict=True):
            false, true, _ = oracle.roc_curve(
                side["target"], side["probability"], sample_weight=side["weight"], drop_intermediate=False
            )
            exact = np.array([false, true]).T
            assert len(points) <= curves.POINTS
            assert (points[0], points[-1]) == ((0.0, 0.0), pytest.approx((1.0, 1.0)))
            for point in points:
                assert np.abs(exact - point).sum(1).min() < 1e-9
            assert abs(oracle.auc(*np.array(points).T) - oracle.auc(false, true)) < 0.001

    def test_the_calibration_is_that_of_each_bin(self, binary: Any) -> None:
        drawn, sides = binary
        for bins, side in zip(drawn.calibration, sides, strict=True):
            place = np.minimum((side["probability"] * 10).astype(int), 9)
            assert len(bins) == len(set(place.tolist()))
            for number, shown in zip(sorted(set(place.tolist())), bins, strict=True):
                some = place == number
                weight = side["weight"][some]
                assert shown.weight == weight.sum()
                assert shown.predicted == pytest.approx(np.average(side["probability"][some], weights=weight))
                assert shown.observed == pytest.approx(np.average(side["target"][some], weights=weight))

    def test_labels_are_counted_like_scikit_learn(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(2)
        words = np.array([f"w{number}" for number in range(12)])
        target = words[np.minimum(rng.geometric(0.25, ROWS) - 1, 11)]
        predicted = [np.where(rng.random(ROWS) < 0.7, target, words[rng.integers(0, 12, ROWS)]) for _ in range(2)]
        sides = [
            write(tmp_path / name, {"target": target, "prediction": side})
            for name, side in zip("ab", predicted, strict=True)
        ]
        judged = report.judge(sides[0], sides[1], ask("accuracy:margin=0.1"), drawn=True)
        assert judged.curves
        confusion = judged.curves.confusion
        assert confusion is not None
        assert confusion.other
        assert len(confusion.words) == curves.LABELS - 1

        def short(column: np.ndarray) -> list[str]:
            return [word if word in confusion.words else "other" for word in column]

        for matrix, side in ((confusion.candidate, predicted[0]), (confusion.champion, predicted[1])):
            expected = oracle.confusion_matrix(short(target), short(side), labels=[*confusion.words, "other"])
            assert matrix == expected.tolist()

    def test_residuals_are_counted(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(2)
        target = rng.normal(size=ROWS)
        predicted = [target + rng.normal(size=ROWS), target + 1]
        sides = [
            write(tmp_path / name, {"target": target, "prediction": side})
            for name, side in zip("ab", predicted, strict=True)
        ]
        judged = report.judge(sides[0], sides[1], ask("mae:margin=0.1"), drawn=True)
        assert judged.curves
        residuals = judged.curves.residuals
        assert residuals is not None
        assert residuals.champion is not None
        assert sum(residuals.candidate) == sum(residuals.champion) == ROWS
        inner = [count for count in residuals.champion if count]
        assert inner == [ROWS]
        middle = (np.histogram(predicted[0] - target, residuals.edges)[0]).tolist()
        assert list(residuals.candidate)[1:-1] == middle[1:-1]

    def test_trials_are_drawn_too(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(2)
        target = np.tile((rng.random(ROWS) < 0.3) * 1, 2)
        columns = {"id": np.tile(np.arange(ROWS), 2), "trial": np.repeat([0, 1], ROWS), "target": target}
        sides = [
            write(tmp_path / name, {**columns, "probability": rng.random(2 * ROWS), "prediction": target})
            for name in "ab"
        ]
        judged = report.judge(sides[0], sides[1], ask("brier:margin=0.1", "accuracy:margin=0.1"), drawn=True)
        assert judged.curves
        assert judged.curves.confusion is not None
        assert sum(map(sum, judged.curves.confusion.candidate)) == 2 * ROWS
        assert sum(shown.weight for shown in judged.curves.calibration[0]) == 2 * ROWS

    def test_one_class_has_no_roc_curve(self, tmp_path: Path) -> None:
        side = write(tmp_path / "a", {"target": [0] * 50, "probability": np.linspace(0, 1, 50)})
        judged = report.judge(side, side, ask("brier:margin=0.1"), drawn=True)
        assert judged.curves
        assert judged.curves.roc == [[], []]
        Page(gate_html.report(judged))
