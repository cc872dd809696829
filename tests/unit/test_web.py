"""Which login follows a redirect."""

from __future__ import annotations

import urllib.request
from email.message import Message

import pytest

from cicd.web import _Redirects


@pytest.mark.parametrize(
    ("before", "after", "keeps"),
    [
        ("https://index.example.org/a", "https://index.example.org/b", True),
        ("http://index.example.org/a", "https://index.example.org/a", True),
        ("http://localhost:5000/a", "http://localhost:5000/b", True),
        ("https://index.example.org/a", "http://index.example.org/a", False),
        ("https://index.example.org/a", "https://storage.example.org/a", False),
    ],
)
def test_login_stays_at_its_host_and_under_tls(*, before: str, after: str, keeps: bool) -> None:
    request = urllib.request.Request(before)
    request.add_unredirected_header("Authorization", "Bearer secret")
    redirected = _Redirects().redirect_request(request, None, 302, "", Message(), after)
    assert redirected is not None
    assert redirected.full_url == after
    assert redirected.has_header("Authorization") is keeps
