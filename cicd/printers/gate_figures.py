"""The pictures of a report of the model gate: inline SVG that takes its colours from the page."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.gate.curves import Curves, Residuals
    from cicd.gate.verdict import Mark

LEAST, MOST = 2.5, 8.0
"""How many margins the picture of an interval shows on either side of no change, at least and at most."""
WIDTH, HEIGHT = 220, 22
SIZE, EDGE = 300, 42
"""The side of a plot, and the room for its axis."""
MODELS = ("candidate", "champion")


def text(words: str, most: int = 200) -> str:
    """Return text of a project so that it is shown as it is."""
    return html.escape(visible(words, most))


def span(marks: Sequence[Mark]) -> float:
    """Return how many margins the pictures of these intervals show on either side of no change."""
    bounds = [abs(bound) for mark in marks if has_picture(mark) for bound in _bounds(mark) if math.isfinite(bound)]
    return min(max([LEAST, *bounds]), MOST)


def has_picture(mark: Mark) -> bool:
    """Whether a metric has an interval and a margin."""
    return mark.comparison.judged and math.isfinite(mark.comparison.margin)


def _bounds(mark: Mark) -> tuple[float, float]:
    """Return the bounds of the gain in margins; above 0 is better."""
    sign, margin = mark.comparison.rule.sign, mark.comparison.margin
    low, high = sorted(sign * bound / margin for bound in mark.comparison.interval())
    return low, high


def interval(mark: Mark, span: float) -> str:
    """Return the interval of a gain, in margins: right of the middle is better; empty for a metric without one."""
    if not has_picture(mark):
        return ""
    low, high = _bounds(mark)
    gain = mark.comparison.rule.sign * mark.comparison.difference / mark.comparison.margin

    def across(margins: float) -> float:
        return WIDTH * (min(max(margins, -span), span) + span) / (2 * span)

    parts = [
        f'<rect class="beyond" x="0" y="0" width="{across(-1):.1f}" height="{HEIGHT}"/>',
        f'<line class="zero" x1="{across(0):.1f}" y1="0" x2="{across(0):.1f}" y2="{HEIGHT}"/>',
        f'<line class="bar" x1="{across(low):.1f}" y1="11" x2="{max(across(high), across(low) + 1):.1f}" y2="11"/>',
    ]
    if low < -span:
        parts.append('<path class="tip" d="M8 5 L1 11 L8 17 Z"/>')
    if high > span:
        parts.append(f'<path class="tip" d="M{WIDTH - 8} 5 L{WIDTH - 1} 11 L{WIDTH - 8} 17 Z"/>')
    if abs(gain) <= span:
        parts.append(f'<circle class="tip" cx="{across(gain):.1f}" cy="11" r="4"/>')
    label = f"gain of {gain:+.2f} margins, interval from {low:+.2f} to {high:+.2f}"
    return (
        f'<svg class="interval {mark.shown}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


def plots(curves: Curves) -> list[tuple[str, str, str]]:
    """Return title, picture and explanation of each plot that the data allows."""
    drawn = []
    if all(curves.roc) and curves.roc:
        lines = [_line(points, model) for points, model in zip(curves.roc, MODELS, strict=False)]
        drawn.append((
            "ROC curve", _unit_plot("false positives", "true positives", [_diagonal(), *lines[::-1]], "ROC curves"),
            "The share of true positives against that of false ones, for every threshold. Higher is better.",
        ))  # fmt: skip
    if curves.calibration:
        lines = []
        for bins, model in list(zip(curves.calibration, MODELS, strict=False))[::-1]:
            points = [(bin_.predicted, bin_.observed) for bin_ in bins]
            heaviest = max(bin_.weight for bin_ in bins)
            lines += [_line(points, model), *(
                _dot(bin_.predicted, bin_.observed, 2 + 4 * math.sqrt(bin_.weight / heaviest), model) for bin_ in bins
            )]  # fmt: skip
        drawn.append((
            "Calibration", _unit_plot("predicted probability", "observed share", [_diagonal(), *lines], "Calibration"),
            "A point on the diagonal is a probability that comes true. Larger points hold more rows.",
        ))  # fmt: skip
    if curves.residuals:
        drawn.append((
            "Residuals", _histogram(curves.residuals),
            "Rows by prediction minus target. The outermost bars hold what lies beyond.",
        ))  # fmt: skip
    return drawn


def _x(share: float) -> float:
    return EDGE + share * (SIZE - EDGE - 8)


def _y(share: float) -> float:
    return SIZE - EDGE - share * (SIZE - EDGE - 8)


def _line(points: Sequence[tuple[float, float]], model: str) -> str:
    path = " ".join(f"{_x(across):.1f},{_y(up):.1f}" for across, up in points)
    return f'<polyline class="{model}" points="{path}"/>'


def _dot(across: float, up: float, radius: float, model: str) -> str:
    return f'<circle class="{model}" cx="{_x(across):.1f}" cy="{_y(up):.1f}" r="{radius:.1f}"/>'


def _diagonal() -> str:
    return f'<line class="zero" x1="{_x(0):.1f}" y1="{_y(0):.1f}" x2="{_x(1):.1f}" y2="{_y(1):.1f}"/>'


def _unit_plot(across: str, up: str, content: Sequence[str], label: str) -> str:
    ticks = [(share, f"{share:g}") for share in (0.0, 0.5, 1.0)]
    return _plot(across, up, ticks, ticks, content, label=label)


def _plot(
    across: str, up: str, below: Sequence[tuple[float, str]], left: Sequence[tuple[float, str]],
    content: Sequence[str], *, label: str,
) -> str:  # fmt: skip
    """Return a plot with its axes; ticks are pairs of a share of the axis and a text."""
    marks = [f'<text x="{_x(share):.1f}" y="{SIZE - EDGE + 14}" text-anchor="{_anchor(share)}">{word}</text>'
             for share, word in below]  # fmt: skip
    marks += [f'<text x="{EDGE - 5}" y="{_y(share) + 4:.1f}" text-anchor="end">{word}</text>' for share, word in left]
    axes = f'<path class="axis" d="M{_x(0):.1f} {_y(1):.1f} V{_y(0):.1f} H{_x(1):.1f}"/>'
    names = (
        f'<text x="{_x(0.5):.1f}" y="{SIZE - 4}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(10 {_y(0.5):.1f}) rotate(-90)" text-anchor="middle">{up}</text>'
    )
    return (
        f'<svg class="plot" viewBox="0 0 {SIZE} {SIZE}" role="img" aria-label="{label}">'
        f"{axes}{''.join(content)}{''.join(marks)}{names}</svg>"
    )


def _anchor(share: float) -> str:
    return "end" if share == 1 else "start" if share == 0 else "middle"


def _histogram(residuals: Residuals) -> str:
    edges = residuals.edges
    models = [(residuals.candidate, MODELS[0])]
    if residuals.champion is not None:
        models.append((residuals.champion, MODELS[1]))
    most = max(max(counts) for counts, _ in models)
    span = edges[-1] - edges[0]
    content = []
    for counts, model in models[::-1]:
        path = f"M{_x(0):.1f} {_y(0):.1f}"
        for place, count in enumerate(counts):
            path += f" V{_y(count / most):.1f} H{_x((edges[place + 1] - edges[0]) / span):.1f}"
        content.append(f'<path class="{model} area" d="{path} V{_y(0):.1f} Z"/>')
    if edges[0] < 0 < edges[-1]:
        zero = _x(-edges[0] / span)
        content.insert(0, f'<line class="zero" x1="{zero:.1f}" y1="{_y(1):.1f}" x2="{zero:.1f}" y2="{_y(0):.1f}"/>')
    ticks = [(0.0, f"{edges[0]:.3g}"), (1.0, f"{edges[-1]:.3g}")]
    return _plot("prediction minus target", "rows", ticks, [(1.0, _short(most))], content, label="Residuals")


def _short(count: int) -> str:
    for unit, word in ((10**6, "M"), (10**3, "k")):
        if count >= unit:
            return f"{count / unit:.3g}{word}"
    return str(count)
