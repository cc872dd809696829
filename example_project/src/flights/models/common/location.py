"""Where the bundle is."""

import os
from argparse import ArgumentParser
from pathlib import Path


def add_option(parser: ArgumentParser) -> None:
    """The option --bundle: by default ML_CICD_BUNDLE, and in an image /opt/bundle."""
    default = Path(os.environ.get("ML_CICD_BUNDLE", "/opt/bundle"))
    parser.add_argument("--bundle", type=Path, default=default, help="the model bundle (default: %(default)s)")
