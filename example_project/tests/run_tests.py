#!/usr/bin/env python3
"""Run the tests: python tests/run_tests.py --test-type {unit,integration,acceptance,all}, or one of the DESKS.

What follows is for pytest: python tests/run_tests.py --test-type unit -k schemas --no-cov
"""

import argparse
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
TYPES = ("unit", "integration", "acceptance")
DESKS = ("workbench", "tracking", "report")
"""Each needs the lock of its name, so `all` leaves them out."""
DEPLOYED = ("SERVICE_URL", "EXPECTED_DIGEST")


def main() -> int:
    """Run the chosen tests and return pytest's exit code; 2 if SERVICE_URL or EXPECTED_DIGEST is missing."""
    parser = argparse.ArgumentParser(
        description=f"integration and acceptance need {' and '.join(DEPLOYED)}. Other options are pytest's."
    )
    parser.add_argument("--test-type", choices=[*TYPES, "all", *DESKS], required=True)
    asked, for_pytest = parser.parse_known_args()
    types = TYPES if asked.test_type == "all" else (asked.test_type,)
    if {"integration", "acceptance"} & {*types} and (
        missing := [name for name in DEPLOYED if not os.environ.get(name)]
    ):
        print(f"Set {' and '.join(missing)}: the URL of a service, and the digest it must name.", file=sys.stderr)
        return 2
    arguments = [str(TESTS / name) for name in types]
    if "unit" in types:
        # Imported before coverage begins: it looks at each of the many calls that importing these makes.
        for library in ("pandas", "skops.io", "sqlalchemy"):
            import_module(library)
        os.environ.setdefault("COVERAGE_FILE", str(Path(tempfile.gettempdir()) / ".coverage"))
        arguments += ["--cov", f"--cov-config={TESTS / '.coveragerc'}", "--cov-report=term-missing:skip-covered"]
    return pytest.main([*arguments, *for_pytest])


if __name__ == "__main__":
    sys.exit(main())
