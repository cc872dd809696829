"""GitHub's description of its REST API: find the operation of a request, and compare an exchange with it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft4Validator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Schema = Mapping[str, Any]

JSON = "application/json"
DEFAULT_VERSION = "2022-11-28"
# What every operation may answer, also where its own part of the description does not say so.
ERRORS = {
    400: "bad_request",
    401: "requires_authentication",
    403: "forbidden",
    404: "not_found",
    422: "validation_failed_simple",
}
PARAMETERS = r"\{\w+\}(?:/\{\w+\})*"


@dataclass(frozen=True)
class Operation:
    """A method of a path, as described."""

    method: str
    template: str
    data: Schema

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


@dataclass(frozen=True)
class Exchange:
    """A request and its answer as they were sent; names of headers in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer_headers: Mapping[str, str]
    answer: bytes


@dataclass(frozen=True)
class Call:
    """A call of `github.api` in the code; the path has `{}` where a value is inserted."""

    place: str
    method: str
    path: str


class Description:
    """The description of the API of github.com."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def operations(self, method: str, pattern: str) -> list[Operation]:
        """Return the operations of a method whose path matches a regular expression."""
        return [
            Operation(method, template, operations[method.lower()])
            for template, operations in self.document["paths"].items()
            if method.lower() in operations and re.fullmatch(pattern, template)
        ]

    def of_call(self, call: Call) -> Operation | None:
        """Return the operation of a call in the code; values stand only where the path has parameters."""
        operations = self.operations(
            call.method, PARAMETERS.join(map(re.escape, call.path.partition("?")[0].split("{}")))
        )
        return operations[0] if len(operations) == 1 else None

    def of_request(self, method: str, url: str) -> Operation | None:
        """Return the operation of a request; of several, the one with the fewest parameters."""
        parts = [re.escape(part) for part in urlsplit(url).path.split("/")]
        operations = self.operations(method, "/".join(rf"(?:{part}|\{{\w+\}})" if part else "" for part in parts))
        return min(operations, key=lambda one: one.template.count("{"), default=None)

    def problems(self, exchange: Exchange, *, partial: bool = False) -> list[str]:
        """Return everything in a request and its answer that does not fit the description.

        A `partial` answer may leave out properties, and has none that are not described.
        """
        operation = self.of_request(exchange.method, exchange.url)
        if operation is None:
            return [f"{exchange.method} {exchange.url} is not described"]
        return [*self._request(operation, exchange), *self._answer(operation, exchange, partial)]

    def _request(self, operation: Operation, exchange: Exchange) -> Iterator[str]:
        parameters = [self._inlined(one) for one in operation.data.get("parameters", [])]
        known = {one["name"] for one in parameters if one["in"] == "query"}
        yield from (
            f"the parameter {name} is not described"
            for name, _ in parse_qsl(urlsplit(exchange.url).query)
            if name not in known
        )
        version = exchange.headers.get("x-github-api-version", DEFAULT_VERSION)
        for change in operation.data.get("x-github-breaking-changes", []):
            if version >= change["version"]:
                yield f"version {version} is described otherwise: {change['changeset']}"
        body = operation.data.get("requestBody", {})
        if not exchange.body:
            if body.get("required"):
                yield "the request has no body"
        elif JSON not in body.get("content", {}) or exchange.headers.get("content-type") != JSON:
            yield f"the request's body is no {JSON}"
        else:
            yield from self._misfits("the request", body["content"][JSON]["schema"], exchange.body)

    def _answer(self, operation: Operation, exchange: Exchange, partial: bool) -> Iterator[str]:
        responses = operation.data["responses"]
        described = responses.get(str(exchange.status))
        if described is None and exchange.status in ERRORS:
            described = self.document["components"]["responses"][ERRORS[exchange.status]]
        if described is None:
            yield f"the status {exchange.status} is not described"
            return
        content = self._inlined(described).get("content")
        if not content:
            if exchange.answer:
                yield f"an answer with status {exchange.status} has no body"
        elif not exchange.answer_headers.get("content-type", "").startswith(JSON):
            yield f"the answer is no {JSON}"
        elif exchange.status >= 400:
            yield from self._error(content[JSON]["schema"], exchange)
        else:
            schema = self._inlined(content[JSON]["schema"])
            yield from self._misfits("the answer", _of_parts(schema) if partial else schema, exchange.answer)

    def _error(self, schema: Schema, exchange: Exchange) -> Iterator[str]:
        """Return what is wrong with the answer to a bad request: every error has the properties of the basic one."""
        basic = self._inlined({"$ref": "#/components/schemas/basic-error"})
        properties = {**basic["properties"], **self._inlined(schema)["properties"]}
        required = ["message", "documentation_url", "status"]
        whole = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
        yield from self._misfits("the answer", whole, exchange.answer)
        if json.loads(exchange.answer).get("status") != str(exchange.status):
            yield f"the answer does not name the status {exchange.status}"

    def _misfits(self, what: str, schema: Schema, text: bytes) -> Iterator[str]:
        for error in Draft4Validator(self._inlined(schema)).iter_errors(json.loads(text)):
            yield f"{what}: {error.json_path}: {error.message}"

    def _inlined(self, node: Any) -> Any:
        """Return a part of the description as plain JSON Schema: no references, no undescribed properties."""
        if isinstance(node, list):
            return [self._inlined(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            target: Any = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key]
            return self._inlined(target)
        result = {key: self._inlined(value) for key, value in node.items()}
        if node.get("type") == "object" and "properties" in node:
            result.setdefault("additionalProperties", False)
        return {"anyOf": [result, {"type": "null"}]} if node.get("nullable") is True else result


def _of_parts(schema: Any) -> Any:
    """Return a schema for objects that leave out properties."""
    if isinstance(schema, list):
        return [_of_parts(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _of_parts(value) for key, value in schema.items() if key != "required" or not isinstance(value, list)}


def calls(sources: Mapping[str, str]) -> Iterator[Call]:
    """Return every call of `github.api` and `github.download` in the sources.

    Raises:
        ValueError: method or path of one is no literal.

    """
    for file, text in sources.items():
        for node in ast.walk(ast.parse(text)) if "api" in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("api", "github.api", "github.download"):
                place = f"{file}:{node.lineno}"
                literals = [
                    *(["GET"] if ast.unparse(node.func) == "github.download" else []),
                    *map(_literal, node.args),
                ]
                method, path = [*literals, "", ""][:2]
                if not method or not path:
                    raise ValueError(f"{place}: method and path of a call are literals, or nobody can check them")
                yield Call(place, method, path.partition("?")[0])


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
