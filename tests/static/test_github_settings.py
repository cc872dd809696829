"""The settings of a project on GitHub, and what sets and reads them, match GitHub's own description of its API."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from cicd.cli import COMMANDS, parser_of
from cicd.config import parse
from cicd.doctor import calling, comparison, hosted, settings
from cicd.doctor.check import State
from cicd.doctor.project import GATE, Project
from cicd.doctor.rulesets import Choices, Mode
from cicd.printers import rulesets as printer
from cicd.start import callers, generated
from cicd.start.callers import Branches
from tests.static.node import build
from tests.static.rules.wording import REQUIRED_CHECK
from tests.static.support.kit import ROOT, tracked
from tests.static.support.openapi import JSON, Description, Exchange, calls
from tests.unit.support import fake_github

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.doctor.settings import Settings

TRUNK, DEVELOP = Branches("main", "main"), Branches("main", "develop")
CHOICES = {
    "open": Choices(),
    "open, a merge queue": Choices(merge_queue=True),
    "open, no reviews": Choices(reviews=0),
    "protected": Choices(Mode.PROTECTED, app=42),
    "protected, a merge queue": Choices(Mode.PROTECTED, app=42, merge_queue=True),
}
CONFIG = """
name = "app"
image = "registry.example.org/acme/app"
[environments.production]
target = "kubernetes"
approvers = ["ann"]
secrets = ["DATABASE_URL"]
"""


def planned(branches: Branches, choices: Choices) -> Settings:
    called = [
        calling.Call(f"{name}.yml", name, "", "", name, {"training-environment": "training"} if name == "ci" else {})
        for name in callers.USUAL
    ]
    project = Project(parse(CONFIG), branches, called, code_owners=".github/CODEOWNERS")
    return settings.plan(project, choices)


@pytest.fixture(scope="module")
def description() -> Description:
    return Description(json.loads(build.description().read_text()))


def request(method: str, path: str, body: Any) -> Exchange:
    """Return a request of GitHub's API, whose answer does not count."""
    return Exchange(method, path, {"content-type": JSON}, json.dumps(body).encode(), 404, {}, b"{}")


def exchange(seen: fake_github.Seen) -> Exchange:
    """Return a request and its answer as the fake GitHub saw them."""
    content = {"content-type": JSON}
    headers = {"content-type": JSON, **seen.headers}
    return Exchange(seen.method, seen.url, headers, seen.body, seen.status, content, seen.answer)


def problems(description: Description, sent: Exchange) -> list[str]:
    """Return what is wrong with a request."""
    return [problem for problem in description.problems(sent) if problem.startswith("the request")]


@pytest.mark.parametrize("branches", [TRUNK, DEVELOP], ids=["trunk-based", "with develop"])
@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
def test_settings_are_requests_that_github_describes(
    description: Description, branches: Branches, choices: Choices
) -> None:
    data = printer.data(planned(branches, choices))
    for body in data["rulesets"]:
        assert problems(description, request("POST", "/repos/acme/app/rulesets", body)) == []
        assert problems(description, request("PUT", "/repos/acme/app/rulesets/1", body)) == []
    for environment in data["environments"]:
        path = f"/repos/acme/app/environments/{environment['name']}"
        assert problems(description, request("PUT", path, printer.POLICY)) == []
        for policy in environment["deployment_branch_policies"]:
            assert problems(description, request("POST", f"{path}/deployment-branch-policies", policy)) == []


def test_a_rule_that_github_does_not_know_is_seen(description: Description) -> None:
    body = printer.data(planned(TRUNK, Choices()))["rulesets"][0]
    body["rules"][2]["parameters"]["required_reviews"] = 1
    assert problems(description, request("POST", "/repos/acme/app/rulesets", body))


def test_the_required_check_is_the_job_of_ci() -> None:
    assert GATE == REQUIRED_CHECK


class Script:
    """Runs the script of `rulesets` with a command `gh` that asks a fake GitHub."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.github = fake_github.GitHub()
        gh = folder / "gh"
        gh.write_text(fake_github.GH.format(python=sys.executable))
        gh.chmod(gh.stat().st_mode | stat.S_IXUSR)

    def run(self, text: str) -> subprocess.CompletedProcess[str]:
        with fake_github.serve(self.github) as url:
            surroundings = {
                **os.environ, "PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}", "GH_REPO": fake_github.NAME,
                "FAKE_GITHUB": url.rpartition(":")[2],
            }  # fmt: skip
            return subprocess.run(
                ["sh"], input=text, capture_output=True, text=True, env=surroundings, timeout=120, check=False
            )

    @property
    def refs(self) -> dict[str, set[str]]:
        """The refs that each environment is limited to."""
        return {
            name: {f"{one['type']} {one['name']}" for one in data["policies"].values()}
            for name, data in self.github.environments.items()
            if data["limited"]
        }


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return Script(tmp_path)


REFS = {
    "integration": {"branch main", "branch develop"},
    "staging": {"branch main", "tag Staging"},
    "production": {"branch main", "tag Production"},
    "ledger": {"branch main", "branch develop", "tag Staging", "tag Production"},
    "training": {"branch *", "branch **/*", "branch refs/pull/*/merge"},
}


def test_script_creates_what_is_missing_and_mends_what_is_there_by_name(
    description: Description, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = planned(DEVELOP, Choices())
    github = script.github
    github.rulesets = {
        1: {"name": "another", "target": "tag", "enforcement": "disabled"},
        2: {**wanted.rulesets[0].body, "rules": []},
    }
    somebody_added = {3: {"type": "branch", "name": "main"}, 4: {"type": "branch", "name": "any/*"}}
    github.environments = {
        "staging": {"limited": False, "policies": {}, "secrets": []},
        "production": {"limited": True, "policies": somebody_added, "secrets": []},
    }
    github.numbers = 4
    done = script.run(printer.script(wanted))
    assert (done.returncode, done.stderr) == (0, "")
    assert list(github.rulesets.values())[1:] == [ruleset.body for ruleset in wanted.rulesets]
    assert script.refs == REFS
    writes = [(seen.method, seen.url.partition("/app/")[2]) for seen in github.seen if seen.method != "GET"]
    of_production = [write for write in writes if "production" in write[1]]
    policies = "environments/production/deployment-branch-policies"
    assert of_production == [("POST", policies), ("DELETE", f"{policies}/4")]
    assert ("PUT", "rulesets/2") in writes
    assert [problem for seen in github.seen for problem in description.problems(exchange(seen))] == []
    before = len(github.seen)
    again = script.run(printer.script(wanted))
    assert (again.returncode, again.stderr, script.refs) == (0, "", REFS)
    assert {seen.method for seen in github.seen[before:] if "/environments/" in seen.url} == {"GET"}
    # What the script set, doctor has nothing to say about.
    with fake_github.serve(github) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_TOKEN", "x")
        actual = hosted.read(fake_github.NAME, "main", REFS)
    checks = comparison.checks(Project(parse(CONFIG), DEVELOP), wanted, actual, "")
    assert [check for check in checks if check.state is not State.OK and "/secret " not in check.name] == []


def test_doctor_asks_only_what_github_describes(description: Description, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = {1: {"type": "tag", "name": "Staging"}}
    github = fake_github.GitHub(
        {number: ruleset.body for number, ruleset in enumerate(planned(DEVELOP, Choices()).rulesets)},
        {name: {"limited": True, "policies": policies, "secrets": ["LEDGER_KEY"]} for name in REFS},
        ["REGISTRY_TOKEN"],
    )
    with fake_github.serve(github) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_TOKEN", "x")
        actual = hosted.read(fake_github.NAME, "main", REFS)
    assert not isinstance(actual.environments, hosted.Refusal)
    assert set(actual.environments) == set(REFS)
    exchanges = [exchange(seen) for seen in github.seen]
    assert [problem for one in exchanges for problem in description.problems(one)] == []
    asked = {str(description.of_request(one.method, one.url)) for one in exchanges}
    sources = {str(path): path.read_text() for path in (ROOT / "cicd" / "doctor").glob("*.py")}
    assert asked == {str(description.of_call(call)) for call in calls(sources)}


def test_script_stops_where_github_refuses(script: Script) -> None:
    script.github.refused["/rulesets"] = (403, "Upgrade to GitHub Pro or make this repository public.")
    done = script.run(printer.script(planned(DEVELOP, Choices())))
    assert done.returncode != 0
    assert script.github.environments == {}


GUIDE = (ROOT / "docs" / "github.md").read_text()
CALLED = re.compile(
    r"gh api (?P<words>[^\n|)`\"]*repos/[^\n|)`\"]*?)(?: <<'END'\n(?P<body>.*?)\n *END)?[\n|)`\"]", re.DOTALL
)
"""A request of a page or a message, and its body if it is typed below."""
SCRIPTED = "cicd/printers/rulesets.py"
"""Its requests have variables of a shell: what they send is held above."""


def lines_of_guide() -> list[str]:
    """Return the lines of the guide's shell blocks, without their comments."""
    blocks = re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]


def typed_requests() -> dict[str, list[Exchange]]:
    """Return the requests by `gh api` that pages and messages tell people to type, by file."""
    files = [*tracked(":(glob)docs/*.md", ":(glob)*.md"), *(ROOT / "cicd").rglob("*.py")]
    texts = {str(file.relative_to(ROOT)): file.read_text() for file in files}
    requests: dict[str, list[Exchange]] = {}
    for file in sorted(texts.keys() - {SCRIPTED}):
        for match in CALLED.finditer(texts[file]):
            words = shlex.split(match["words"])
            (path,) = [word for word in words if word.startswith("repos/")]
            fields = dict(after.split("=") for before, after in pairwise(words) if before in ("-f", "-F"))
            body = {name: {"true": True, "false": False}.get(value, value) for name, value in fields.items()}
            body = json.loads(match["body"]) if match["body"] else body
            method = words[words.index("--method") + 1] if "--method" in words else "GET"
            sent = request(method, f"/{re.sub('{owner}/{repo}|{name}', 'acme/app', path)}", body)
            requests.setdefault(file, []).append(sent if body else replace(sent, body=b""))
    return requests


def test_requests_that_people_type_are_described(description: Description) -> None:
    requests = typed_requests()
    assert {file: len(sent) for file, sent in requests.items()} == {
        "docs/github.md": 4, "docs/releases.md": 4, "cicd/commands/freeze.py": 1,
    }  # fmt: skip
    for file, exchanges in requests.items():
        for sent in exchanges:
            assert description.of_request(sent.method, sent.url), f"{file}: {sent.method} {sent.url}"
            assert problems(description, sent) == [], f"{file}: {sent.method} {sent.url}"


def test_lines_of_the_guide_name_the_kit_and_the_code_owners(tmp_path: Path) -> None:
    folder = tmp_path / callers.FOLDER
    folder.mkdir(parents=True)
    for name in callers.ALL:
        (folder / f"{name}.yml").write_text(callers.render(name, callers.Choices("org/ml-cicd", "v1", DEVELOP)))
    owners = tmp_path / ".github" / "CODEOWNERS"
    owners.write_text("* @org/data-science\n")
    choices = callers.Choices("org/ml-cicd", "v1", DEVELOP)
    (tmp_path / generated.DEPENDABOT).write_text(generated.dependabot(choices))
    lines = "\n".join(line for line in lines_of_guide() if line.startswith("sed "))
    sha = "0123456789abcdef0123456789abcdef01234567"
    subprocess.run(["sh", "-c", f"sha={sha}\n{lines}"], cwd=tmp_path, check=True)
    assert owners.read_text() == "* @acme/data-science\n"
    followed = generated.dependabot(replace(choices, repository="acme/ml-cicd"))
    assert (tmp_path / generated.DEPENDABOT).read_text() == followed, "Dependabot follows the copy"
    calls = calling.read(tmp_path)
    assert len(calls) == len(callers.ALL)
    assert {(call.kit, call.ref) for call in calls} == {("acme/ml-cicd", sha)}
    assert not any(call.on_own_runner for call in calls)


def test_commands_of_the_guide_parse() -> None:
    code = [*lines_of_guide(), *re.findall(r"`(ml-cicd [^`]+)`", GUIDE)]
    called = [match[1] for line in code for match in re.finditer(r"ml-cicd ((?:[a-z]+ ?)[^|&()]*)", line)]
    commands = [shlex.split(text) for text in called if text.split(" ")[0] in COMMANDS]
    assert {words[0] for words in commands} >= {"rulesets", "doctor", "keys", "promote", "rollback"}
    for words in commands:
        parser_of(words[0]).parse_args(words[1:])


def test_lines_of_the_guide_for_each_place_are_valid() -> None:
    blocks = [block for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if "[registry.login]" not in block]
    places = [parse(f'name = "app"\n{block}') for block in blocks]
    targets = [type(place.environments["production"].settings).__name__ for place in places]
    assert targets == ["DockerSettings", "DockerSettings", "KubernetesSettings"]
    named = [
        {secret.name for secret in settings.plan(Project(place, DEVELOP), Choices()).secrets if secret.needed}
        for place in places
    ]
    assert named == [{"DEPLOY_SSH_KEY"}, set(), {"KUBECONFIG"}]


def test_lines_of_the_guide_for_each_registry_need_no_secret() -> None:
    blocks = re.findall(r"```toml\n([^`]*\[registry\.login\].*?)```", GUIDE, re.DOTALL)
    configs = [parse(f'name = "app"\n{block}') for block in blocks]
    assert [type(config.registry_login).__name__ for config in configs] == ["AzureLogin", "AwsLogin", "GoogleLogin"]
    for config in configs:
        assert not [secret for secret in settings.plan(Project(config, DEVELOP), Choices()).secrets if secret.needed]


def test_the_guide_names_the_rulesets() -> None:
    named = set(re.findall(r"`(ml-cicd: [a-z]+)`", GUIDE))
    assert named == {ruleset.name for ruleset in planned(DEVELOP, Choices()).rulesets}
