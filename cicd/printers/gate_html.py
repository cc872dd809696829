"""The report of the model gate as one HTML file: without scripts, and without anything from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from cicd.printers import gate_figures as figures
from cicd.printers import gate_words as words
from cicd.printers.gate_figures import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicd.gate.curves import Confusion
    from cicd.gate.report import Report
    from cicd.gate.verdict import Mark

SHOWN = 500
"""How many slices are listed at most, the most urgent first."""
PICTURE = "gain in margins"
_KINDS = {"metric": "name left", "slice": "slice left", PICTURE: "picture", "shown": "left"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report(judged: Report, model: str = "") -> str:
    """Return the report as a page; `model` is the name of the model, empty if there is one only."""
    style = files("cicd.printers").joinpath("gate.css").read_text("utf-8")
    title = f"{text(model)}: {judged.verdict}" if model else f"Model gate: {judged.verdict}"
    body = "\n".join([*_header(judged, model), *_metrics(judged), *_plots(judged), *_remarks(judged), *_set(judged)])
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _header(judged: Report, model: str) -> Iterator[str]:
    yield "<header>"
    if model:
        yield f'<p class="model">{text(model)}</p>'
    yield f'<h1><span class="verdict {judged.verdict}">{judged.verdict}</span></h1>'
    yield f"<p>{_sentence(words.MEANING[judged.verdict])}</p>"
    yield f'<p class="quiet">{words.size(judged)}</p>'
    yield "</header>"


def _metrics(judged: Report) -> Iterator[str]:
    yield "<section>\n<h2>Metrics</h2>"
    yield from _table(words.whole(judged), slices=False)
    yield (
        '<p class="quiet">The bar is the 92 % interval of the gain: right of the line in the middle is better. '
        "In the shaded part, the loss is larger than the margin.</p>"
    )
    yield "</section>"
    slices = words.slices(judged)
    if slices:
        yield "<section>\n<h2>Slices</h2>"
        yield from _table(slices[:SHOWN], slices=True)
        if len(slices) > SHOWN:
            yield f"<p>{words.left_out(slices[SHOWN:])}</p>"
        yield "</section>"


def _table(marks: Sequence[Mark], *, slices: bool) -> Iterator[str]:
    head = words.SLICE_HEAD if slices else words.HEAD
    names = [*head[:-1], PICTURE, head[-1]]
    yield '<table class="metrics">'
    head_cells = "".join(f'<th class="{"left" if name in _KINDS else ""}">{name}</th>' for name in names)
    yield f"<thead><tr>{head_cells}</tr></thead>\n<tbody>"
    span = figures.span(marks)
    for mark in marks:
        cells = [text(cell) for cell in words.cells(mark)]
        if slices:
            cells = [text(words.slice_name(mark)), f"{mark.comparison.rows:,}", *cells]
        cells[-1:] = [figures.interval(mark, span), f'<span class="shown {mark.shown}">{mark.shown}</span>']
        row = "".join(
            f'<td class="{_KINDS.get(name, "number")}" data-name="{name}">{cell}</td>'
            for name, cell in zip(names, cells, strict=True)
        )
        yield f"<tr>{row}</tr>"
    yield "</tbody></table>"


def _plots(judged: Report) -> Iterator[str]:
    curves = judged.curves
    if curves is None:
        return
    plots = figures.plots(curves)
    if plots:
        yield '<section>\n<h2>Curves</h2>\n<p class="legend"><span class="key candidate"></span>candidate'
        if any(mark.comparison.champion is not None for mark in judged.marks):
            yield '<span class="key champion"></span>champion'
        yield '</p>\n<div class="plots">'
        for title, picture, explanation in plots:
            yield f"<figure><figcaption><strong>{title}.</strong> {explanation}</figcaption>{picture}</figure>"
        yield "</div>\n</section>"
    if curves.confusion:
        yield from _confusion(curves.confusion)


def _confusion(confusion: Confusion) -> Iterator[str]:
    """Yield how many rows of each target get each label, and how that changed."""
    names = [text(word, 24) for word in confusion.words] + (["<em>others</em>"] if confusion.other else [])
    yield "<section>\n<h2>Labels</h2>\n"
    yield '<div class="wide"><table class="confusion">'
    yield f"<thead><tr><th>target</th>{''.join(f'<th>{name}</th>' for name in names)}</tr></thead>\n<tbody>"
    for row, name in enumerate(names):
        cells = []
        for column in range(len(names)):
            count = confusion.candidate[row][column]
            change = None if confusion.champion is None else count - confusion.champion[row][column]
            kind = "right" if row == column else "wrong"
            good = "" if not change else "better" if (change > 0) == (row == column) else "worse"
            if row == column == len(confusion.words):  # the rest holds many labels
                kind = good = ""
            shown = f'<small class="{good}">{change:+,}</small>' if change else ""
            cells.append(f'<td class="{kind}">{count:,} {shown}</td>')
        yield f"<tr><th>{name}</th>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"
    yield (
        '<p class="quiet">Rows by target (down) and the label that the candidate gives (across), '
        "and how many more or fewer than with the champion.</p>\n</section>"
    )


def _remarks(judged: Report) -> Iterator[str]:
    yield "<section>\n<h2>Remarks</h2>\n<ul>"
    for remark in words.remarks(judged):
        yield f"<li>{text(remark, 400)}</li>"
    yield "</ul>\n</section>\n<section>\n<h2>Checks</h2>\n<ul>"
    for finding in words.told(judged):
        kind = str(finding.status).replace(" ", "-")
        yield (
            f'<li>{finding.check.code} <span class="shown {kind}">{words.ending(finding)}</span> '
            f"{finding.check.title}: {text(words.detail(finding), 400)}</li>"
        )
    for line in words.other_checks(judged):
        yield f"<li>{_sentence(line)}</li>"
    yield "</ul>\n</section>"


def _set(judged: Report) -> Iterator[str]:
    yield "<section>\n<h2>Digests</h2>\n<dl>"
    for name, digest in {"evaluation set": judged.evaluation, **judged.answers}.items():
        yield f"<dt>{name}</dt><dd><code>{digest}</code></dd>"
    yield "</dl>\n</section>"


def _sentence(words_: str) -> str:
    return f"{words_[:1].upper()}{words_[1:].rstrip('.')}."
