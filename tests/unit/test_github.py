"""What is written for GitHub arrives as it was meant, whatever characters are in it."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from email.message import Message
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicd import github, github_answers
from cicd.errors import CicdError, UnreachableError
from tests.unit.support import broken_answers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_outputs(text: str) -> dict[str, str]:
    """Read GITHUB_OUTPUT as the runner does."""
    outputs, lines = {}, iter(text.split("\n"))
    for line in lines:
        name, equals, value = line.partition("=")
        if "<<" in name:
            name, _, mark = line.partition("<<")
            value = "\n".join(iter(lambda: next(lines), mark))
        elif not equals:
            assert line == ""
            continue
        outputs[name] = value
    return outputs


@given(st.dictionaries(st.sampled_from(["a", "b-c"]), st.text(st.characters(codec="utf-8", exclude_characters="\r"))))
def test_outputs_are_read_back_whole(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    file: Path = tmp_path_factory.mktemp("outputs") / "output"
    file.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_OUTPUT", str(file))
        github.set_outputs(values)
    assert read_outputs(file.read_bytes().decode()) == values


def test_annotation_hides_no_second_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    github.annotate("error", "one\n::add-mask::two", title="a: b, c")
    assert capsys.readouterr().out == "::error title=a%3A b%2C c::one%0A::add-mask::two\n"


PRINTED_BY_PROJECTS = (
    "::set-output name=outcome::{}",
    "::error::not ours",
    "::add-mask::passed",
    "::stop-commands::mine",
    "::mine::",
    "::group::x",
)


def commands_acted_on(output: str) -> Iterator[str]:
    """Yield the workflow commands that a runner acts on, as GitHub documents `stop-commands`."""
    token = ""
    for line in output.splitlines():
        command, _, argument = line.removeprefix("::").partition("::")
        if not line.startswith("::") or (token and command != token):
            continue
        if command == token:
            token = ""
        elif command == "stop-commands":
            token = argument
        else:
            yield line


@pytest.mark.case("K13", "project code prints workflow commands")
@pytest.mark.parametrize("line", PRINTED_BY_PROJECTS)
def test_printed_commands_do_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(github, "_commands", github._Commands())
    github.ignore_printed_commands()
    print(line)
    github.annotate("error", "ours")
    print(line)
    github.ignore_printed_commands()
    github.annotate("notice", "ours, too")
    print(line)
    assert [*commands_acted_on(capsys.readouterr().out)] == ["::error::ours", "::notice::ours, too"]


def test_each_stop_has_a_token_of_its_own(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(github, "_commands", github._Commands())
    github.ignore_printed_commands()
    github.annotate("error", "ours")
    tokens = [line.rpartition("::")[2] for line in capsys.readouterr().out.splitlines() if "stop-commands" in line]
    assert len({*tokens}) == len(tokens) == 2


def test_a_terminal_sees_no_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    github.ignore_printed_commands()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("status", "words", "kind", "hint"),
    [
        (401, "Bad credentials", github_answers.AnswerError, "github.token"),
        (403, "Resource not accessible by integration", github_answers.AnswerError, "actions: write"),
        (403, "API rate limit exceeded for installation", UnreachableError, "rate limit"),
        (404, "Not Found", github_answers.AnswerError, "exist"),
        (422, "Unexpected inputs provided", github_answers.AnswerError, "workflow_dispatch"),
        (429, "Too Many Requests", UnreachableError, "rate limit"),
        (502, "Server Error", UnreachableError, "githubstatus.com"),
    ],
)
def test_refused_call_says_what_to_change(
    monkeypatch: pytest.MonkeyPatch, status: int, words: str, kind: type[CicdError], hint: str
) -> None:
    def refuse(request: urllib.request.Request, **_: object) -> None:
        raise urllib.error.HTTPError(request.full_url, status, "", Message(), io.BytesIO(words.encode()))

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(CicdError, match=f"GitHub answered {status} to POST /repos/acme/app/.*: {words}") as caught:
        github.dispatch_workflow("acme/app", "staging.yml", "main", {})
    assert type(caught.value) is kind
    assert hint in caught.value.hint


def test_answer_without_json_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: io.BytesIO(b"<html>a proxy</html>"))
    with pytest.raises(UnreachableError, match="does not answer"):
        github.api("GET", "/rate_limit")


@pytest.mark.case("K1", "an answer of GitHub's API breaks off")
@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("length", [broken_answers.INCOMPLETE, broken_answers.ENDLESS], ids=["incomplete", "endless"])
def test_answer_that_breaks_off_is_unreachable(monkeypatch: pytest.MonkeyPatch, status: int, length: int) -> None:
    with broken_answers.serving(status, length) as address:
        monkeypatch.setenv("GITHUB_API_URL", f"http://{address}")
        with pytest.raises(UnreachableError, match="does not answer"):
            github.api("GET", "/rate_limit")
