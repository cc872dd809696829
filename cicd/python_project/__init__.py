"""What a directory says about its Python project: packaging tool, locks, package, and the Python that it asks for."""

from __future__ import annotations

from cicd.python_project.packaging import Packaging, Tool, detect

__all__ = ["Packaging", "Tool", "detect"]
