"""The certificate authorities that this machine trusts."""

from __future__ import annotations

import os
from pathlib import Path

CA_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/cert.pem",  # macOS
)


def ca_bundle() -> Path | None:
    """Return the file with the certificate authorities that this machine trusts; None when there is no such file."""
    candidates = [os.environ.get("SSL_CERT_FILE"), os.environ.get("REQUESTS_CA_BUNDLE"), *CA_BUNDLES]
    return next((Path(file) for file in candidates if file and Path(file).is_file()), None)
