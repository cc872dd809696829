"""Results as JSON, for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, is_dataclass
from typing import Any


def show(value: Any) -> None:
    """Print a dataclass, or plain data, as indented JSON on the true stdout."""
    data = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    print(json.dumps(data, indent=2, default=asdict), file=sys.__stdout__)
