#!/usr/bin/env python3
"""The application: python run.py MODE [options]. Without a mode it lists the modes."""

import sys
from importlib import import_module

MODES = {
    "train": "flights.pipelines.train",
    "tune": "flights.pipelines.tune",
    "compare": "flights.pipelines.compare",
    "evaluate": "flights.pipelines.evaluate",
    "evaluation-set": "flights.pipelines.evaluation_set",
    "predict": "flights.pipelines.predict",
    "validate": "flights.validation.__main__",
    "export-csv": "flights.data_exports.csv_file",
    "export-table": "flights.data_exports.table",
    "snapshot": "flights.data_exports.snapshot",
    "track": "flights.tracking.__main__",
    "report": "flights.report.__main__",
    "serve": "flights.service.__main__",
}


def main(arguments: list[str]) -> int:
    """Run a mode with the options that follow it; return its exit code, 2 if there is no such mode."""
    if not arguments or arguments[0] not in MODES:
        print(f"usage: run.py {{{','.join(MODES)}}} [options]     (--help after a mode says more)", file=sys.stderr)
        return 2
    code: int = import_module(MODES[arguments[0]]).main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
