"""The output of a program arrives character by character, and never takes more memory than it may."""

from __future__ import annotations

import tracemalloc

import pytest

from cicd.oci.output import HEAD, TAIL, Output


def passed_on(*chunks: bytes, head: int = HEAD, tail: int = TAIL) -> str:
    texts: list[str] = []
    output = Output(texts.append, head, tail)
    for chunk in chunks:
        output.feed(chunk)
    output.end()
    return "".join(texts)


def pieces(text: bytes, size: int) -> list[bytes]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.case("K11", "a character that is cut at 16 kB")
@pytest.mark.parametrize("size", [1, 3, 16 * 1024, 10**6])
def test_characters_survive_any_cut(size: int) -> None:
    text = "ä" * 20_000 + "€" * 9_000 + "\n"
    shown = passed_on(*pieces(text.encode() + b"\xff\xfe\n", size))
    assert shown == text + "\ufffd\ufffd\n"


@pytest.mark.parametrize("head", [0, 1, 2, 5, 8])
def test_no_character_is_lost_between_beginning_and_end(head: int) -> None:
    assert passed_on("äöü€€".encode(), head=head, tail=100) == "äöü€€"


def test_streams_do_not_break_each_others_characters() -> None:
    texts: list[str] = []
    output = Output(texts.append)
    for chunk, stream in (("ä".encode()[:1], "stdout"), (b"x", "stderr"), ("ä".encode()[1:], "stdout")):
        output.feed(chunk, stream)
    output.end()
    assert "".join(texts) == "xä"


def test_the_middle_is_left_out_and_counted() -> None:
    shown = passed_on(b"head", *pieces("…".encode() * 1000, 7), b"the tail", head=4, tail=13)
    assert shown == "head\n... 2997 bytes left out ...\n…the tail"


def test_a_cut_character_is_left_out_whole() -> None:
    assert passed_on("€€€".encode(), head=0, tail=5) == "\n... 6 bytes left out ...\n€"


@pytest.mark.case("K11", "128 MB without a line feed")
def test_memory_is_bounded_however_long_a_line_is() -> None:
    output, chunk = Output(lambda _: None), b"x" * 2**16
    output.feed(chunk)
    tracemalloc.start()
    for _ in range(2**11):  # 128 MB
        output.feed(chunk)
    for _ in range(2**16):
        output.feed(b"\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * (TAIL + 2**20)


def test_the_end_is_there_for_the_reason_of_a_failure() -> None:
    output = Output(lambda _: None, head=0, tail=0)
    output.feed(b"x" * 10**6 + b"\nexec /run.sh: exec format error\n")
    assert output.last.endswith("\nexec /run.sh: exec format error\n")


def test_output_of_a_second_program_is_cut_and_counted_by_itself() -> None:
    texts: list[str] = []
    output = Output(texts.append, head=4, tail=2)
    output.feed(b"0123456789")
    output.end()
    assert "".join(texts) == "0123\n... 4 bytes left out ...\n89"
    texts.clear()
    output.feed(b"abc")
    output.end()
    assert "".join(texts) == "\n... 1 bytes left out ...\nbc"
