"""A repository on GitHub: the part of the REST API that `ml-cicd doctor` and the script of `rulesets` use."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "acme/app"
KIT = "acme/ml-cicd"
"""The repository of a copy of the kit, whose workflows other repositories may call."""
DATE = "2026-01-01T00:00:00Z"
DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True)
class Seen:
    """A request and its answer."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes


@dataclass
class GitHub:
    """The repository's state; a test may write it."""

    rulesets: dict[int, dict[str, Any]] = field(default_factory=dict)
    environments: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Name -> `limited`, `policies` (id -> policy) and `secrets` (names); perhaps `rules`, what runs wait for."""
    secrets: list[str] = field(default_factory=list)
    organization_secrets: list[str] = field(default_factory=list)
    actions: dict[str, Any] = field(default_factory=dict)
    """Whether workflows may run, and which actions."""
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    """What a part of a path answers instead: status and message."""
    seen: list[Seen] = field(default_factory=list)
    numbers: int = 0

    def number(self) -> int:
        """Return a new id."""
        self.numbers += 1
        return self.numbers

    def answer(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        """Return status and content for a request."""
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        for part, (status, message) in self.refused.items():
            if part in path:
                return error(status, message)
        if (method, path) == ("PUT", f"/repos/{KIT}/actions/permissions/access"):
            return 204, None
        rest = unquote(path).removeprefix(f"/repos/{NAME}/")
        if rest == unquote(path):
            return error(404, "Not Found")
        for pattern, answer in ROUTES.items():
            if match := re.fullmatch(pattern, f"{method} {rest}"):
                return paged(answer(self, match, body), query)
        return error(404, "Not Found")


def error(status: int, message: str) -> tuple[int, Any]:
    return status, {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}


def paged(answered: tuple[int, Any], query: dict[str, list[str]]) -> tuple[int, Any]:
    """Return the page of an answer that the query asks for."""
    status, content = answered
    size, page = int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0])
    shown = slice((page - 1) * size, page * size)
    if isinstance(content, list):
        return status, content[shown]
    if isinstance(content, dict) and "total_count" in content:
        return status, {key: value[shown] if isinstance(value, list) else value for key, value in content.items()}
    return answered


def ruleset(number: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "source": NAME, "source_type": "Repository", **body}


def list_rulesets(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    brief = ("name", "target", "enforcement")
    return 200, [ruleset(number, {key: one[key] for key in brief}) for number, one in github.rulesets.items()]


def read_ruleset(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    number = int(match[1])
    return (200, ruleset(number, github.rulesets[number])) if number in github.rulesets else error(404, "Not Found")


def create_ruleset(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    if any(one["name"] == body["name"] for one in github.rulesets.values()):
        return error(422, "Validation Failed: Name must be unique")
    number = github.number()
    github.rulesets[number] = body
    return 201, ruleset(number, body)


def update_ruleset(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    github.rulesets[int(match[1])] = body
    return 200, ruleset(int(match[1]), body)


def rules_of_branch(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    held = [
        rule for one in github.rulesets.values() if one["enforcement"] == "active"
        and f"refs/heads/{match[1]}" in one["conditions"]["ref_name"]["include"] for rule in one["rules"]
    ]  # fmt: skip
    return 200, held


def environment(name: str, data: dict[str, Any]) -> dict[str, Any]:
    url = f"https://api.github.com/repos/{NAME}/environments/{name}"
    policy = {"protected_branches": False, "custom_branch_policies": True} if data["limited"] else None
    return {
        "id": 1, "node_id": "x", "name": name, "url": url, "html_url": url, "created_at": DATE, "updated_at": DATE,
        "deployment_branch_policy": policy, "protection_rules": data.get("rules", []),
    }  # fmt: skip


def list_environments(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    items = [environment(name, data) for name, data in github.environments.items()]
    return 200, {"total_count": len(items), "environments": items}


def read_environment(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    name = match[1]
    return (
        (200, environment(name, github.environments[name])) if name in github.environments else error(404, "Not Found")
    )


def put_environment(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    data = github.environments.setdefault(match[1], {"policies": {}, "secrets": []})
    data["limited"] = bool((body.get("deployment_branch_policy") or {}).get("custom_branch_policies"))
    return 200, environment(match[1], data)


def list_policies(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    if match[1] not in github.environments:
        return error(404, "Not Found")
    items = [{"id": number, **policy} for number, policy in github.environments[match[1]]["policies"].items()]
    return 200, {"total_count": len(items), "branch_policies": items}


def create_policy(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    data = github.environments[match[1]]
    if not data["limited"]:
        return error(404, "Not Found")
    if {"name": body["name"], "type": body.get("type", "branch")} in data["policies"].values():
        return error(303, "Existing branch policy")
    number = github.number()
    data["policies"][number] = {"name": body["name"], "type": body.get("type", "branch")}
    return 200, {"id": number, **data["policies"][number]}


def delete_policy(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    del github.environments[match[1]]["policies"][int(match[2])]
    return 204, None


def put_actions(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    github.actions = body
    return 204, None


def put_secret(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    if match[1] not in github.environments:
        return error(404, "Not Found")
    github.environments[match[1]]["secrets"].append(match[2])
    return 201, {}


def registration_token(github: GitHub, match: re.Match[str], body: Any) -> tuple[int, Any]:
    return 201, {"token": "a-registration-token", "expires_at": DATE}


def secrets(names: list[str]) -> tuple[int, Any]:
    items = [{"name": name, "created_at": DATE, "updated_at": DATE} for name in names]
    return 200, {"total_count": len(items), "secrets": items}


ROUTES: dict[str, Any] = {
    "GET rulesets": list_rulesets,
    "POST rulesets": create_ruleset,
    r"GET rulesets/(\d+)": read_ruleset,
    r"PUT rulesets/(\d+)": update_ruleset,
    "GET rules/branches/([^/]+)": rules_of_branch,
    "GET environments": list_environments,
    "GET environments/([^/]+)": read_environment,
    "PUT environments/([^/]+)": put_environment,
    "GET environments/([^/]+)/deployment-branch-policies": list_policies,
    "POST environments/([^/]+)/deployment-branch-policies": create_policy,
    r"DELETE environments/([^/]+)/deployment-branch-policies/(\d+)": delete_policy,
    "PUT actions/permissions": put_actions,
    "POST actions/runners/registration-token": registration_token,
    r"PUT environments/([^/]+)/secrets/(\w+)": put_secret,
    "GET actions/secrets": lambda github, match, body: secrets(github.secrets),
    "GET actions/organization-secrets": lambda github, match, body: secrets(github.organization_secrets),
    "GET environments/([^/]+)/secrets": lambda github, match, body: secrets(github.environments[match[1]]["secrets"]),
}


class _Handler(BaseHTTPRequestHandler):
    github: GitHub

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, content = self.github.answer(self.command, self.path, json.loads(sent) if sent else None)
        text = b"" if content is None else json.dumps(content).encode()
        names = {name.lower(): value for name, value in self.headers.items()}
        self.github.seen.append(Seen(self.command, self.path, names, sent, status, text))
        self.send_response(status)
        if text:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 -- the names that http.server asks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class names it
        pass


@contextmanager
def serve(github: GitHub) -> Iterator[str]:
    """Serve the API, and yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"github": github})) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


GH = r"""#!{python} -IS
import json, os, socket, sys
words, method, path, body, jq, fields, silent = sys.argv[1:], "GET", "", "", "", dict(), False
assert words.pop(0) == "api", "only gh api"
while words:
    word = words.pop(0)
    if word == "--method":
        method = words.pop(0)
    elif word == "--input":
        assert words.pop(0) == "-"
        body = sys.stdin.read()
    elif word == "--jq":
        jq = words.pop(0)
    elif word in ("-f", "-F"):
        key, _, value = words.pop(0).partition("=")
        fields[key] = dict(true=True, false=False).get(value, value) if word == "-F" else value
    elif word == "--silent":
        silent = True
    elif word != "--paginate":
        path = word.replace("{{owner}}/{{repo}}", os.environ["GH_REPO"])
body = json.dumps(fields) if fields else body
with socket.create_connection(("127.0.0.1", int(os.environ["FAKE_GITHUB"]))) as connection:
    head = f"{{method}} /{{path}} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {{len(body.encode())}}"
    connection.sendall(f"{{head}}\r\n\r\n{{body}}".encode())
    with connection.makefile("rb") as stream:
        head, _, text = stream.read().decode().partition("\r\n\r\n")
status = head.split()[1]
if status[0] != "2":
    sys.stdout.write(text)
    sys.exit(f"gh: HTTP {{status}}")
if silent or not text:
    sys.exit(0)
data = json.loads(text)
if jq == ".token":
    print(data["token"])
elif jq == ".deployment_branch_policy.custom_branch_policies":
    print(json.dumps((data["deployment_branch_policy"] or dict()).get("custom_branch_policies")))
elif jq.startswith(".branch_policies[]"):
    for one in data["branch_policies"]:
        print(f"{{one['id']}} {{one['type']}}:{{one['name']}}")
elif jq.startswith(".[] | select(.name =="):
    for one in data:
        if one["name"] == jq.split('"')[1]:
            print(one["id"])
else:
    sys.exit(f"gh: no jq for {{jq}}")
"""
"""A command `gh` that does what the script of `rulesets` asks it: `gh api`, with four expressions of jq."""
