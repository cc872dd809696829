#!/usr/bin/env python3
"""The application: python run.py {train,evaluate,predict} [options]; each mode has --help."""

import sys
from importlib import import_module
from pathlib import Path

MODES = ("train", "evaluate", "predict")


def main() -> int:
    """Run a mode and return its exit code."""
    if len(sys.argv) == 1 or sys.argv[1] not in MODES:
        print(__doc__, file=sys.stderr)
        return 2
    sys.path.insert(0, str(Path(__file__).parent / "src"))
    return int(import_module(f"PYTHON_PACKAGE.pipelines.{sys.argv[1]}").main(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
