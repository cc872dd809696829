"""Serve: python -m flights.service."""

import sys
from collections.abc import Sequence

import uvicorn

from flights import config
from flights.models.common import bundle
from flights.service.app import create_app
from flights.targets import target


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Load the bundle, then serve until SIGTERM: requests under way are answered first."""
    options = config.read(config.Serve, "serve", arguments)
    app = create_app(bundle.load(options.bundle), config.Release())
    uvicorn.run(app, host=options.host, port=options.port, access_log=False, timeout_graceful_shutdown=30)
    return 0


if __name__ == "__main__":
    sys.exit(main())
