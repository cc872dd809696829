"""Report: python -m flights.report --evaluation evaluation."""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from flights import config
from flights.errors import WrongImageError
from flights.report import EVALUATION
from flights.targets import target

PAGE = Path(__file__).with_name("page.py")


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Replace this process by Streamlit, which serves the page until it is ended.

    Raises:
        WrongImageError: Streamlit is not installed.

    """
    options = config.read(config.Report, "report", arguments)
    if find_spec("streamlit") is None:
        raise WrongImageError(
            "Streamlit is not installed: the report has an image of its own (cicd/report), or install "
            "requirements/report.txt."
        )
    settings = {
        "server.headless": "true",
        "server.port": options.port,
        "server.scriptHealthCheckEnabled": "true",
        "browser.gatherUsageStats": "false",
    }
    words = [f"--{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(PAGE), *words]
    os.execve(sys.executable, command, {**os.environ, EVALUATION: str(options.evaluation)})  # noqa: S606 -- no shell


if __name__ == "__main__":
    sys.exit(main())
