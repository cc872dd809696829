"""The texts that GitHub's runner replaces by *** for a secret."""

from __future__ import annotations

import base64


def masked(secret: str) -> set[str]:
    """Return what GitHub's runner masks for a secret: its lines, trimmed too, and their Base64, by byte shifted."""
    lines = {part for line in (secret, *secret.splitlines()) for part in (line, line.strip(), line.strip('"'))} - {""}
    shifted = {base64.b64encode(line.encode()[shift:]).decode() for line in lines for shift in (0, 1, 2)} - {""}
    return lines | shifted
