"""Plots as SVG, written without a library, so that the release image needs none."""

from html import escape

import pandas as pd

WIDTH, HEIGHT, MARGIN = 260, 150, 34


def partial_dependence_plots(dependence: pd.DataFrame, title: str) -> str:
    """Return one small plot per input, all with the same vertical axis, so that they can be compared."""
    low, high = dependence["answer"].min(), dependence["answer"].max()
    span = (high - low) or 1.0
    inputs = [*dependence["input"].unique()]
    columns = 3
    plots = []
    for place, name in enumerate(inputs):
        points = dependence[dependence["input"] == name]
        first, last = points["value"].min(), points["value"].max()
        across = (points["value"] - first) / ((last - first) or 1.0) * (WIDTH - 2 * MARGIN) + MARGIN
        down = (high - points["answer"]) / span * (HEIGHT - 2 * MARGIN) + MARGIN
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
        x, y = place % columns * WIDTH, place // columns * HEIGHT + MARGIN
        plots.append(
            f'<g transform="translate({x},{y})">'
            f'<text x="{MARGIN}" y="20" font-weight="bold">{escape(name)}</text>'
            f'<polyline points="{line}" fill="none" stroke="#0b62a4" stroke-width="2"/>'
            f'<text x="2" y="{MARGIN + 4}">{high:.3g}</text><text x="2" y="{HEIGHT - MARGIN}">{low:.3g}</text>'
            f'<text x="{MARGIN}" y="{HEIGHT - 14}">{first:g}</text>'
            f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 14}" text-anchor="end">{last:g}</text></g>'
        )
    height = (len(inputs) + columns - 1) // columns * HEIGHT + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{columns * WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="11">'
        f'<text x="{MARGIN}" y="20" font-size="14">{escape(title)}</text>{"".join(plots)}</svg>\n'
    )
