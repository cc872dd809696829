"""Track: record a training, or mark the model that is in Production.

python -m flights.tracking record --bundle bundle
python -m flights.tracking promote --service https://flights.example.com
python -m flights.tracking promote --bundle bundle
"""

import json
import sys
import urllib.request
from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from typing import Any

from flights import config
from flights.errors import UnreadableSourceError
from flights.targets import target
from flights.tracking import record

OFF = "MLflow is off: it is not installed here (requirements/tracking.txt)."


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Record or promote, print what was done, and return the exit code: 2 to promote without MLflow."""
    options = config.read(config.Track, "track", arguments)
    return _record(options) if options.command == "record" else _promote(options)


def _record(options: config.Track) -> int:
    kept = _kept(options)
    print(f"recorded  {record.write(kept, options.runs)}")
    if find_spec("mlflow") is None:
        print(OFF)
        return 0
    with _connected(options) as registry:
        versions = registry.record(kept, options.bundle)
        registry.challenge(versions)
    for name, version in versions.items():
        print(f"recorded  {name} version {version}")
    return 0


def _promote(options: config.Track) -> int:
    if find_spec("mlflow") is None:
        print(OFF, file=sys.stderr)
        return 2
    kept = None if options.service else _kept(options)
    digest = kept.bundle if kept else _served(str(options.service))
    with _connected(options) as registry:
        if kept:
            registry.record(kept, options.bundle)
        versions = registry.promote(digest)
    for name, version in versions.items():
        print(f"champion  {name} version {version}")
    return 0


def _kept(options: config.Track) -> record.Record:
    release = config.Release()
    return record.of(options.bundle, options.commit or release.commit, options.image or release.digest)


def _served(service: str) -> str:
    """Return the digest of the bundle that a service answers with."""
    try:
        with urllib.request.urlopen(f"{service.rstrip('/')}/health", timeout=10) as answer:  # noqa: S310
            return str(json.load(answer)["model"]["digest"])
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableSourceError(f"{service} does not say which bundle it serves: {error}") from None


def _connected(options: config.Track) -> AbstractContextManager[Any]:
    from flights.tracking.registry import connected  # noqa: PLC0415 -- it can't be where MLflow is not installed

    return connected(options.uri or config.MlflowServer().uri)


if __name__ == "__main__":
    sys.exit(main())
