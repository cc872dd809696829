"""Serve: python -m flights.service."""

import argparse
import sys
from collections.abc import Sequence

import uvicorn

from flights.models.common import bundle
from flights.models.common.location import add_option
from flights.service.app import create_app
from flights.targets import target


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Load the bundle, then serve until SIGTERM: requests under way are answered first."""
    parser = argparse.ArgumentParser(prog="serve", description="Serve predictions over HTTP.")
    parser.add_argument("--host", default="0.0.0.0")  # noqa: S104 -- a container's only way out
    parser.add_argument("--port", type=int, default=8000)
    add_option(parser)
    options = parser.parse_args(arguments)
    app = create_app(bundle.load(options.bundle))
    uvicorn.run(app, host=options.host, port=options.port, access_log=False, timeout_graceful_shutdown=30)
    return 0


if __name__ == "__main__":
    sys.exit(main())
