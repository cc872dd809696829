#!/usr/bin/env python3
"""Draw which package of the code imports which: python docs/imports.py writes docs/imports.md."""

from pathlib import Path

import grimp

PAGE = Path(__file__).with_suffix(".md")
HEAD = """# Which package imports which

Drawn by `docs/imports.py` from the code; a unit test says when it is outdated. What is allowed stands in
`pyproject.toml`, section `tool.importlinter`, and is one of the checks in the image (`lint-imports`).

```mermaid
graph TD
"""


def page() -> str:
    """Return the page, with an arrow from each package of `flights` to the packages that its modules import."""
    graph = grimp.build_graph("flights", cache_dir=None)
    arrows = set()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            source, target = (module.split(".")[1] for module in (importer, imported))
            if source != target:
                arrows.add(f"    {source} --> {target}\n")
    return HEAD + "".join(sorted(arrows)) + "```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
