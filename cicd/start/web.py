"""The web applications in a project's code: the object that serves, its paths, its port."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.start.code import called, keyword

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicd.start.code import Module

ASGI = frozenset(("FastAPI", "Starlette", "Quart", "Litestar", "Sanic"))
WSGI = frozenset(("Flask",))
FRAMEWORKS = {
    "FastAPI": "fastapi", "Starlette": "starlette", "Quart": "quart", "Litestar": "litestar", "Sanic": "sanic",
    "Flask": "flask",
}  # fmt: skip
"""Classes of applications, and the package that each comes from."""
SERVERS = frozenset(("HTTPServer", "ThreadingHTTPServer", "TCPServer", "make_server", "run_app"))
"""What a program without a framework calls to serve."""
HEALTH = (
    "health", "healthz", "healthcheck", "health-check", "health_check", "readyz", "ready", "readiness", "livez",
    "live", "liveness", "ping", "heartbeat", "status", "alive", "up",
)  # fmt: skip
"""Last parts of health paths, the most usual first."""
_ROUTES = frozenset(
    ("get", "route", "api_route", "add_api_route", "add_url_rule", "add_route", "add_get", "Route", "path")
)
_PATH = re.compile(r"/?[\w./-]*")
_PREFIXES = ("prefix", "url_prefix")


@dataclass(frozen=True)
class App:
    """An application object, or a function that makes one."""

    module: Module
    name: str
    kind: str
    """The class: a key of `FRAMEWORKS`."""
    is_factory: bool = False

    @property
    def is_asgi(self) -> bool:
        """Whether an ASGI server runs it; else a WSGI server does."""
        return self.kind in ASGI

    @property
    def target(self) -> str:
        """How servers name it, such as `app.main:app`."""
        return f"{self.module.name}:{self.name}"


def apps(modules: Sequence[Module]) -> list[App]:
    """Return the applications in these modules: objects before functions that make one, short paths first."""
    result = [app for module in modules if module.imports() & set(FRAMEWORKS.values()) for app in _apps(module)]
    objects = [app for app in result if not app.is_factory]
    return sorted(objects or result, key=lambda app: (app.module.path.count("/"), app.module.path, app.name))


def servers(modules: Sequence[Module]) -> list[Module]:
    """Return the modules that serve without a framework, such as with `http.server`; programs first."""
    serving = {"http", "socketserver", "wsgiref", "aiohttp"}
    result = [
        module
        for module in modules
        if module.imports() & serving and any(name in SERVERS for name, _ in module.calls())
    ]
    return sorted(result, key=lambda module: not module.is_program)


def routes(modules: Sequence[Module]) -> dict[str, str]:
    """Return the paths that a GET answers, each with the file that says so."""
    paths: dict[str, str] = {}
    for module in modules:
        prefixes = dict(_routers(module))
        for name, node in module.calls():
            if name not in _ROUTES or not node.args or not _answers_get(name, node):
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and _PATH.fullmatch(first.value):
                path = f"{prefixes.get(_receiver(node), '')}/{first.value.strip('/')}"
                paths.setdefault(re.sub("//+", "/", path), module.path)
    return paths


def health(modules: Sequence[Module], serving: Sequence[Module]) -> tuple[str, str]:
    """Return the health path that the code shows, and the file; empty for none.

    Routes count first, then texts in the programs `serving`, which may compare the path themselves.
    """
    candidates = routes(modules)
    for module in serving:
        for text in module.texts():
            if text.startswith("/") and _PATH.fullmatch(text):
                candidates.setdefault(text, module.path)
    ranked = sorted(
        (HEALTH.index(word), path.count("/"), path)
        for path in candidates
        if (word := path.rstrip("/").rpartition("/")[2].lower()) in HEALTH
    )
    return (ranked[0][2], candidates[ranked[0][2]]) if ranked else ("", "")


def port(modules: Sequence[Module]) -> tuple[int, str]:
    """Return the port that the code listens on, and the file; 0 where the code does not say."""
    for module in modules:
        for name, node in module.calls():
            if name in ("run", "run_app", "serve") and isinstance(value := keyword(node, "port"), int):
                return value, module.path
            if name in SERVERS and node.args and isinstance(node.args[0], ast.Tuple):
                last = node.args[0].elts[-1:]
                if last and isinstance(last[0], ast.Constant) and isinstance(last[0].value, int) and last[0].value:
                    return last[0].value, module.path
    return 0, ""


def _apps(module: Module) -> Iterator[App]:
    for node in module.syntax.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            kind = called(node.value) if isinstance(node.value, ast.Call) else ""
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if kind in FRAMEWORKS:
                yield from (App(module, target.id, kind) for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.FunctionDef) and not _required(node):
            made = {called(inner) for inner in ast.walk(node) if isinstance(inner, ast.Call)} & FRAMEWORKS.keys()
            returns = any(isinstance(inner, ast.Return) and inner.value is not None for inner in ast.walk(node))
            if made and returns:
                yield App(module, node.name, min(made), is_factory=True)


def _required(function: ast.FunctionDef) -> bool:
    arguments = function.args
    return len(arguments.posonlyargs + arguments.args) > len(arguments.defaults)


def _routers(module: Module) -> Iterator[tuple[str, str]]:
    """Yield variables that hold a router or a blueprint, and the prefix of its paths."""
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            for name in _PREFIXES:
                prefix = keyword(node.value, name)
                if isinstance(prefix, str):
                    yield from ((target.id, prefix) for target in node.targets if isinstance(target, ast.Name))


def _receiver(node: ast.Call) -> str:
    function = node.func
    return function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else ""


def _answers_get(name: str, node: ast.Call) -> bool:
    if name == "get" and len(node.args) > 1:  # a dictionary's `get` with a default
        return False
    methods = [item.value for item in node.keywords if item.arg == "methods"]
    return not methods or "GET" in ast.dump(methods[0]).upper()
