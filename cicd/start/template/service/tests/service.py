"""A client for a service that is known by its URL."""

import json
import os
import urllib.error
import urllib.request
from typing import Any

URL = os.environ.get("SERVICE_URL", "").rstrip("/")


def get(path: str) -> tuple[int, Any]:
    """Return status and JSON body."""
    return _send(urllib.request.Request(URL + path))


def post(path: str, body: Any) -> tuple[int, Any]:
    """Send JSON; return status and JSON body."""
    headers = {"Content-Type": "application/json"}
    return _send(urllib.request.Request(URL + path, json.dumps(body).encode(), headers))


def _send(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
