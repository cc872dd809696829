"""No output shows a secret, however it arrives: in pieces, line by line, or encoded."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicd import github, masking
from cicd.oci.output import Output

KEY = "-----BEGIN KEY-----\nMIIEv/+gIBADAN\n\n-----END KEY-----\n"
PASSWORD = 'p@ss "word"/ü'


@pytest.fixture(autouse=True)
def hidden() -> None:
    for value in (PASSWORD, KEY):
        masking.hide(value)


def shown(*chunks: bytes, stream: str = "stdout") -> str:
    texts: list[str] = []
    output = Output(texts.append)
    for chunk in chunks:
        output.feed(chunk, stream)
    output.end()
    assert output.last == "".join(texts)
    return "".join(texts)


def forms(value: str) -> list[str]:
    return [
        value, quote(value, safe=""), json.dumps(value), base64.b64encode(f"user:{value}".encode()).decode(),
        base64.b64encode(f"me:{value}!".encode()).decode(), base64.b64encode(value.encode()).decode(),
    ]  # fmt: skip


@pytest.mark.case("K3", "no log shows a build secret")
@pytest.mark.parametrize("form", forms(PASSWORD))
def test_every_form_of_a_secret_is_hidden(form: str) -> None:
    text = shown(f"before {form} after\n".encode())
    assert "***" in text
    assert text.startswith("before ")
    assert text.endswith(" after\n")
    assert form.strip('"')[4:-4] not in text


def test_lines_of_a_secret_are_hidden_each() -> None:
    lines = "".join(f"#7 0.1 {line}\n" for line in KEY.splitlines())
    assert shown(lines.encode()) == "#7 0.1 ***\n#7 0.1 ***\n#7 0.1 \n#7 0.1 ***\n"


@given(cuts=st.lists(st.integers(0, 60), max_size=6))
def test_secret_in_pieces_is_hidden(cuts: list[int]) -> None:
    data = f"a {PASSWORD} b p@ss p@ss {PASSWORD}{PASSWORD} p@".encode()
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(places)]
    for value in (PASSWORD, KEY):  # hypothesis runs this more often than the fixture
        masking.hide(value)
    assert shown(*pieces) == "a *** b p@ss p@ss ****** p@"


def test_secret_that_ends_with_the_beginning_of_another_is_hidden() -> None:
    masking.hide("wxyz-abcd")
    masking.hide("abcd-efgh")
    assert shown(b"1 wxyz-ab", b"cd 2 abcd-", b"efgh") == "1 *** 2 ***"


def test_streams_do_not_mix() -> None:
    texts: list[str] = []
    output = Output(texts.append)
    half = PASSWORD.encode()[:6]
    output.feed(half, "stdout")
    output.feed(b"error\n", "stderr")
    output.feed(PASSWORD.encode()[6:], "stdout")
    output.end()
    assert "".join(texts) == "error\n***"


def test_annotations_hide_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    github.annotate("error", f"pip said: {PASSWORD}")
    assert PASSWORD not in "".join(capsys.readouterr())


def test_short_lines_and_values_stay() -> None:
    masking.hide("{\n}\nab")
    assert shown(b"{ab}") == "{ab}"
