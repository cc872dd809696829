"""Track: keep the record of a training, and say which one is in Production.

python -m flights.tracking record --bundle bundle
python -m flights.tracking promote --service https://flights.example.com
python -m flights.tracking promote --bundle bundle
"""

import argparse
import json
import os
import sys
import urllib.request
from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flights.errors import UnreadableSourceError
from flights.models.common.location import add_option
from flights.targets import target
from flights.tracking import record

EMBEDDED = "sqlite:///mlflow.db"
OFF = "MLflow is off: it is not installed here (requirements/tracking.txt)."


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Record or promote, say what was done, and return the exit code: 2 where promoting needs an MLflow that is off."""
    parser = argparse.ArgumentParser(prog="track", description="Runs and registered models in MLflow.")
    parser.add_argument(
        "--uri",
        default=os.environ.get("MLFLOW_TRACKING_URI") or EMBEDDED,
        help="sqlite:///FILE, or that of a server (default: MLFLOW_TRACKING_URI, else %(default)s)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="a bundle: a file in any case, and a run and versions in MLflow")
    add_option(recording)
    recording.add_argument("--runs", type=Path, default=Path("runs"), help="folder of the files (default: %(default)s)")
    promoting = commands.add_parser("promote", help="make champions of the models that are in Production")
    which = promoting.add_mutually_exclusive_group(required=True)
    which.add_argument("--service", help="its URL, whose /health names a bundle that was recorded")
    which.add_argument("--bundle", type=Path, help="the bundle in its release; recorded first, where it was not")
    for command in (recording, promoting):
        command.add_argument("--commit", default=os.environ.get("ML_CICD_COMMIT"), help="(default: ML_CICD_COMMIT)")
        command.add_argument("--image", default=os.environ.get("ML_CICD_DIGEST"), help="(default: ML_CICD_DIGEST)")
    options = parser.parse_args(arguments)
    return _record(options) if options.command == "record" else _promote(options)


def _record(options: argparse.Namespace) -> int:
    kept = record.of(options.bundle, options.commit, options.image)
    print(f"recorded  {record.write(kept, options.runs)}")
    if find_spec("mlflow") is None:
        print(OFF)
        return 0
    with _connected(options.uri) as registry:
        versions = registry.record(kept, options.bundle)
        registry.challenge(versions)
    for name, version in versions.items():
        print(f"recorded  {name} version {version}")
    return 0


def _promote(options: argparse.Namespace) -> int:
    if find_spec("mlflow") is None:
        print(OFF, file=sys.stderr)
        return 2
    kept = record.of(options.bundle, options.commit, options.image) if options.bundle else None
    digest = kept.bundle if kept else _served(options.service)
    with _connected(options.uri) as registry:
        if kept:
            registry.record(kept, options.bundle)
        versions = registry.promote(digest)
    for name, version in versions.items():
        print(f"champion  {name} version {version}")
    return 0


def _served(service: str) -> str:
    """The digest of the bundle that a service answers with."""
    try:
        with urllib.request.urlopen(f"{service.rstrip('/')}/health", timeout=10) as answer:  # noqa: S310
            return str(json.load(answer)["model"]["digest"])
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableSourceError(f"{service} does not say which bundle it serves: {error}") from None


def _connected(uri: str) -> AbstractContextManager[Any]:
    from flights.tracking.registry import connected  # noqa: PLC0415 -- where MLflow is not installed it can't be

    return connected(uri)


if __name__ == "__main__":
    sys.exit(main())
