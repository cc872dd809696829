"""HAProxy's configuration: the routing of an environment, and what the proxy lets through and adds to requests."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING

from cicd.deploy.docker import scripts
from cicd.deploy.docker.routing import SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.config import ProxySettings
    from cicd.deploy.docker.routing import Routing

ADDED = 4096
"""Bytes of room for the headers that the proxy adds."""
BYTES_OF_A_HEADER = 32
"""What a buffer needs for a header beside its text."""


def render(routing: Routing, settings: ProxySettings, placeholder: str, port: int) -> str:
    """Return HAProxy's configuration: releases have that port, and an empty slot gets the name `placeholder`."""
    head = Template((scripts.FOLDER / "haproxy.cfg").read_text("utf-8")).substitute(
        connections=settings.connections,
        buffer=settings.header_bytes + BYTES_OF_A_HEADER * settings.headers + ADDED,
        headers=settings.headers,
        idle=int(1000 * settings.idle_timeout),
        rules="\n".join(f"  {rule}" for rule in _rules(settings)),
    )
    lines = []
    for slot in SLOTS:
        disabled = "" if routing.name and slot == routing.slot else " disabled"
        lines.append(f"  server {slot} {routing.name or placeholder}:{port}{disabled}")
    return head + "\n".join(lines) + "\n"


def settings_hash(settings: ProxySettings) -> str:
    """Return a hash of the settings that a proxy reads only when it starts."""
    return hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()[:16]


def _rules(settings: ProxySettings) -> Iterator[str]:
    """Yield what is done with a request: too large ones are refused, and the release learns who asked for what.

    Only a trusted proxy before this one is believed what it says of the user.
    """
    trusted = " ".join(settings.trusted_proxies) or "0.0.0.0/32"
    yield f"acl trusted src {trusted}"
    for name in ("For", "Proto", "Host"):
        yield f"acl has-{name.lower()} req.hdr(X-Forwarded-{name}) -m found"
    yield "acl has-name req.hdr(Host) -m found"
    if settings.body_bytes is not None:
        yield f"http-request return status 413 if {{ req.body_size gt {settings.body_bytes} }}"
        yield "http-request return status 411 if { req.hdr(Transfer-Encoding) -m found }"
    yield "http-request del-header Forwarded unless trusted"
    yield r"http-request set-header X-Forwarded-For %[req.fhdr(X-Forwarded-For)],\ %[src] if trusted has-for"
    yield "http-request set-header X-Forwarded-For %[src] unless trusted has-for"
    yield "http-request set-header X-Forwarded-Proto http unless trusted has-proto"
    yield "http-request del-header X-Forwarded-Host unless trusted has-host"
    yield "http-request set-header X-Forwarded-Host %[req.hdr(Host)] if has-name !has-host"
