"""Pictures of what the model gate shows of the example: the HTML report, the job's summary, the pull request's comment.

    python -m tests.tools.screenshots FOLDER    in light and dark, 1,200 and 400 pixels wide; needs chromium

Summary and comment are Markdown. They are rendered here with a style close to GitHub's.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from cicd import config, ledger, stages
from cicd.comment import document
from cicd.comment.data import Said
from cicd.printers import comment, gate_html, gate_markdown
from cicd.road import judging
from cicd.road.model_rules import Governing
from tests.road.support.project import EXAMPLE
from tests.tools import gate_report

if TYPE_CHECKING:
    from cicd.gate.report import Report

WIDTHS, SCHEMES = (1200, 400), ("dark", "light")
"""The place of a scheme is Chromium's number for it."""
COMMIT, IMAGE = "3f9c1e7a" * 5, f"ghcr.io/acme/flights@sha256:{'5d' * 32}"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
:root { color-scheme: light dark; --text: #1f2328; --page: #fff; --line: #d1d9e0; --soft: #818b981f }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --page: #0d1117; --line: #3d444d; --soft: #656c7633 } }
body { color: var(--text); background: var(--page); font: 14px/1.5 sans-serif; margin: 16px auto; max-width: 900px;
  padding: 0 16px; overflow-wrap: break-word }
h3 { margin: 24px 0 16px }
table { border-collapse: collapse; display: block; margin: 0 0 16px; max-width: 100%%; overflow: auto;
  width: max-content }
th, td { border: 1px solid var(--line); padding: 6px 13px }
code { background: var(--soft); border-radius: 6px; font: 85%% monospace; padding: .2em .4em }
</style>%s</html>"""
PROBE = """<iframe src="{page}" style="width: {width}px; border: 0" onload="
  const shown = this.contentDocument.documentElement;
  document.body.dataset.size = `${{shown.scrollWidth}}x${{shown.scrollHeight}}`"></iframe>"""
"""Chromium prints the text of no page that is narrower than 500 pixels, except in a frame."""


def pages(judged: Report) -> dict[str, str]:
    """Return the HTML of each page, by its name."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")

    def unfolded(text: str) -> str:
        return str(markdown.render(text)).replace("<details>", "<details open>")

    return {
        "report": gate_html.report(judged),
        "summary": PAGE % unfolded(gate_markdown.report(judged)),
        "comment": PAGE % unfolded(_comment(judged)),
    }


def _comment(judged: Report) -> str:
    settings = config.load(EXAMPLE).gate
    assert settings
    gate = judging.decided(Governing(settings, settings), judged, [], champion=IMAGE, image=IMAGE)
    deployed = ledger.Deployment(
        "flights", stages.INTEGRATION.name, "deploy", "passed", COMMIT, IMAGE, IMAGE, tests={"passed": 12}, actor="ada",
        url="https://integration.example.com", ended="2026-05-04T09:30:00+00:00", gate=gate,
    )  # fmt: skip
    runs = [
        (
            Said(stages.BRANCHES, "passed", tests={"passed": 148, "skipped": 2}, checks={"types": True}, coverage="93"),
            None,
        ),
        (Said(stages.INTEGRATION.name, "passed"), deployed),
    ]
    link = "https://github.com/acme/flights/actions/runs/"
    sections: dict[str, str] = {}
    for number, (said, deployment) in enumerate(runs, 1):
        sections |= comment.sections(said, deployment, COMMIT, f"{link}{number}", f"run {number}")
    return document.refreshed("", sections, comment.ORDER)


def picture(page: Path, width: int, scheme: str) -> Path:
    """Write a picture of a whole page beside it, and return its file."""
    chromium = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--allow-file-access-from-files", f"--blink-settings=preferredColorScheme={SCHEMES.index(scheme)}",
    ]  # fmt: skip
    probe, target = page.with_suffix(".probe.html"), page.with_name(f"{page.stem}-{scheme}-{width}.png")
    probe.write_text(PROBE.format(page=page.as_uri(), width=width), "utf-8")
    dom = _run([*chromium, "--dump-dom", probe.as_uri()])
    probe.unlink()
    size = re.search(r'data-size="(\d+)x(\d+)"', dom)
    assert size, f"chromium did not measure {page}"
    _run([*chromium, f"--window-size={width},{size[2]}", f"--screenshot={target}", page.as_uri()])
    wider = f", but the page is {size[1]} pixels wide" if int(size[1]) > width else ""
    print(f"{target}{wider}")
    return target


def _run(words: list[str]) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout


def main() -> None:
    """Write all pages and pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder: Path = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name, html in pages(gate_report.judged(drawn=True)).items():
        page = folder / f"{name}.html"
        page.write_text(html, "utf-8")
        for width in WIDTHS:
            for scheme in SCHEMES:
                picture(page, width, scheme)


if __name__ == "__main__":
    main()
