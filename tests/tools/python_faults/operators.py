"""Make faults in Python: one of each kind at every place of a module.

A fault is named by module, function, kind and text, never by a line, so that its name outlives changes around it.
"""

from __future__ import annotations

import ast
import bisect
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
NEGATED_BY_COMPARISON = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
RETURNS = {"bool": ("True", "False"), "int": ("0", "1"), "str": ('""',), "bytes": ('b""',)}
WORDS_FOR_PEOPLE = re.compile(r"\w*Error|annotate|add_summary|broken|_foreign|_malformed|_warning")
NOISE = ("-q", "--quiet", "--porcelain")
SHOWN = 90


@dataclass(frozen=True)
class Fault:
    """One change of one module: the bytes between two places are replaced."""

    module: str
    function: str
    """The outermost function or method; empty at the level of the module or of a class."""
    kind: str
    what: str
    start: int
    end: int
    text: str
    lines: tuple[int, int]
    """The first and the last line that a test must reach to see the fault."""
    swappable: bool
    """Whether the change is inside the body of a function, whose code can be swapped after the import."""

    @property
    def name(self) -> str:
        """Return a name that no other fault has."""
        return f"{self.module}: {self.function or 'module'}: {self.kind}: {self.what}"

    def made_in(self, source: str) -> str:
        """Return the source with this fault."""
        content = source.encode()
        return (content[: self.start] + self.text.encode() + content[self.end :]).decode()

    def is_valid(self, source: str) -> bool:
        """Return whether the source with this fault is Python."""
        try:
            compile(self.made_in(source), "fault", "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return True


def faults(module: str, source: str) -> list[Fault]:
    """Return every fault of a module once, also those that are not valid Python; see `Fault.is_valid`."""
    by_change: dict[tuple[int, int, str], Fault] = {}
    for fault in _Finder(module, source).faults():
        by_change.setdefault((fault.start, fault.end, fault.text), fault)
    return _numbered([*by_change.values()])


def functions(source: str) -> dict[int, str]:
    """Return the outermost function or method of each line that is in one."""
    names: dict[int, str] = {}

    def note(body: Sequence[ast.stmt], classes: tuple[str, ...]) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = range(node.body[0].lineno, (node.end_lineno or 0) + 1)
                names.update(dict.fromkeys(lines, ".".join((*classes, node.name))))
            elif isinstance(node, ast.ClassDef):
                note(node.body, (*classes, node.name))

    note(ast.parse(source).body, ())
    return names


def _numbered(all_faults: list[Fault]) -> list[Fault]:
    """Return the faults with a number behind each text that occurs again in its function."""
    seen: Counter[str] = Counter()
    numbered = []
    for fault in all_faults:
        seen[fault.name] += 1
        count = seen[fault.name]
        numbered.append(fault if count == 1 else replace(fault, what=f"{fault.what} ({count})"))
    return numbered


@dataclass(frozen=True)
class _Place:
    """Where a node stands: its outermost function, and the annotation of the innermost one."""

    function: str = ""
    classes: tuple[str, ...] = ()
    returns: str = ""
    body: bool = False
    line: int = 0
    """The first line of the innermost statement."""


class _Finder:
    """Walks a module and yields its faults."""

    def __init__(self, module: str, source: str) -> None:
        self.module = module
        self.content = source.encode()
        self.tree = ast.parse(source)
        self.starts = [0]
        for line in self.content.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def faults(self) -> Iterator[Fault]:
        for statement in self.tree.body:
            yield from self._walk(statement, _Place())

    def _span(self, node: ast.AST) -> tuple[int, int]:
        start = self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.content[start:end].decode()

    def _fault(self, kind: str, place: _Place, span: tuple[int, int], text: str, what: str) -> Fault:
        shown = " ".join(what.split())
        shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."
        last = bisect.bisect_right(self.starts, span[1] - 1)
        return Fault(self.module, place.function, kind, shown, *span, text, (place.line, last), swappable=place.body)

    def _replaced(self, kind: str, place: _Place, node: ast.AST, text: str, what: str = "") -> Fault:
        return self._fault(kind, place, self._span(node), text, what or self._text(node))

    def _walk(self, node: ast.AST, place: _Place) -> Iterator[Fault]:
        if isinstance(node, ast.stmt):
            place = replace(place, line=node.lineno)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self._function(node, place)
            case ast.ClassDef(name=name, body=body):
                for statement in body:
                    yield from self._walk(statement, replace(place, classes=(*place.classes, name)))
            case ast.Raise() if place.body:
                yield self._replaced("raise removed", place, node, "pass")
            case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
                return
            case ast.Subscript(value=ast.Name(id="Literal")) | ast.Assign(targets=[ast.Name(id="__all__")]):
                return
            case _:
                yield from self._of_statement(node, place) if place.body else ()
                yield from self._of_expression(node, place)
                for child in self._children(node):
                    yield from self._walk(child, place)

    def _children(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what stands in a node, without annotations and without words for people."""
        for field, value in ast.iter_fields(node):
            if field not in ("annotation", "returns"):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and not self._for_people(child):
                        yield child

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: _Place) -> Iterator[Fault]:
        name = ".".join((*place.classes, node.name))
        inner = _Place(
            place.function or name, place.classes, ast.unparse(node.returns) if node.returns else "", body=True
        )
        for child in node.body:
            yield from self._walk(child, inner)

    @staticmethod
    def _for_people(node: ast.AST) -> bool:
        """Return whether a call only makes words for people."""
        if not isinstance(node, ast.Call):
            return False
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return bool(WORDS_FOR_PEOPLE.fullmatch(name))

    def _of_statement(self, node: ast.AST, place: _Place) -> Iterator[Fault]:
        match node:
            case ast.Expr(value=ast.Constant()):
                return
            case ast.Expr() | ast.AugAssign() | ast.Delete() | ast.Continue() | ast.Break() | ast.Return(value=None):
                yield self._replaced("statement removed", place, node, "pass")
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield self._replaced("statement removed", place, node, "pass")
            case ast.Return(value=ast.expr() as value):
                for text in self._returned(value, place):
                    yield self._replaced("return replaced", place, value, text, f"{self._text(value)} -> {text}")
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
                yield from self._negated(test, place)
            case ast.ExceptHandler():
                yield from self._handler(node, place)
            case ast.With(items=[ast.withitem(optional_vars=None) as item]):
                if not self._text(item.context_expr).startswith("failpoints."):
                    start, end = self._span(node)[0], self._span(item.context_expr)[1]
                    yield self._fault("with removed", place, (start, end), "if True", self.content[start:end].decode())

    def _returned(self, value: ast.expr, place: _Place) -> list[str]:
        texts = RETURNS.get(place.returns, ())
        if not texts:
            kind = place.returns.partition("[")[0]
            texts = ({"list": "[]", "dict": "{}", "set": "set()"}.get(kind, "None"),)
        return [text for text in texts if text != self._text(value)]

    def _negated(self, test: ast.expr, place: _Place) -> Iterator[Fault]:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], NEGATED_BY_COMPARISON) and len(test.ops) == 1:
            return
        yield self._replaced("condition negated", place, test, f"(not ({self._text(test)}))")

    def _handler(self, node: ast.ExceptHandler, place: _Place) -> Iterator[Fault]:
        span = (self._span(node.body[0])[0], self._span(node.body[-1])[1])
        place = replace(place, line=node.body[0].lineno)
        raises = any(isinstance(child, ast.Raise) for statement in node.body for child in ast.walk(statement))
        caught = f"except {self._text(node.type) if node.type else ''}"
        if raises:
            yield self._fault("exception swallowed", place, span, "pass", caught)
        else:
            yield self._fault("exception not caught", place, span, "raise", caught)
        if isinstance(node.type, ast.Tuple):
            yield from self._dropped(node.type.elts, place)

    def _of_expression(self, node: ast.AST, place: _Place) -> Iterator[Fault]:
        match node:
            case ast.comprehension(ifs=tests):
                for test in tests:
                    yield from self._negated(test, place)
            case ast.Compare():
                yield from self._compared(node, place)
            case ast.BoolOp():
                yield from self._operands(node, place)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._replaced("not removed", place, node, f"({self._text(operand)})")
            case ast.Constant(value=bool() as value):
                yield self._replaced("turned round", place, node, str(not value), self._context(node))
            case ast.Constant(value=int() as value) if value in (0, 1, 2) and place.body:
                yield self._replaced("another number", place, node, str(value + 1), self._context(node))
            case ast.Call() if place.body:
                yield from self._arguments(node, place)
            case _:
                yield from self._items(node, place)

    def _operands(self, node: ast.BoolOp, place: _Place) -> Iterator[Fault]:
        word = "and" if isinstance(node.op, ast.And) else "or"
        for left_out in node.values:
            kept = f" {word} ".join(f"({self._text(value)})" for value in node.values if value is not left_out)
            yield self._replaced("operand dropped", place, node, f"({kept})", f"{word} {self._text(left_out)}")

    def _items(self, node: ast.AST, place: _Place) -> Iterator[Fault]:
        match node:
            case ast.List(elts=items) | ast.Set(elts=items):
                yield from self._dropped(items, place)
            case ast.Tuple(elts=items) if not place.body and len(items) > 1:
                yield from self._dropped(items, place)
            case ast.For(iter=ast.Tuple(elts=items)) if len(items) > 1:
                yield from self._dropped(items, place)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    start, end = self._span(value)
                    start = self._span(key)[0] if key else start - len("**")
                    yield self._without(place, (start, end), "item dropped")

    def _context(self, node: ast.AST) -> str:
        """Return the node's text with some of its line before it."""
        start, end = self._span(node)
        line = self.content.rfind(b"\n", 0, start) + 1
        return self.content[line:end].decode(errors="replace").strip()[-SHOWN:]

    def _compared(self, node: ast.Compare, place: _Place) -> Iterator[Fault]:
        left: ast.expr = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            old, new = COMPARISONS[type(operator)]
            start, end = self._span(left)[1], self._span(right)[0]
            between = self.content[start:end].decode()
            changed = re.sub(re.escape(old).replace(r"\ ", r"\s+"), new, between, count=1)
            what = f"{self._text(left)} {old} {self._text(right)} -> {new}"
            yield self._fault("another comparison", place, (start, end), changed, what)
            if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.Set):
                yield from self._dropped(right.elts, place)
            left = right

    def _arguments(self, node: ast.Call, place: _Place) -> Iterator[Fault]:
        """Yield the fault that each argument is left out: the named ones, the options of a command, and the last."""
        named = [keyword for keyword in node.keywords if self._text(keyword.value) not in ("True", "False")]
        options = [argument for argument in node.args[:-1] if self._text(argument).startswith('"-')]
        several = len(node.args) > 1 or any(isinstance(argument, ast.Starred) for argument in node.args)
        for argument in (*named, *options, *(node.args[-1:] if several else ())):
            if self._text(argument).strip('"') not in NOISE:
                yield self._without(place, self._span(argument), "argument dropped", f"{self._text(node.func)}: ")

    def _dropped(self, items: list[ast.expr], place: _Place) -> Iterator[Fault]:
        for item in items:
            if not isinstance(item, ast.JoinedStr) and self._text(item).strip("\"'") not in NOISE:
                yield self._without(place, self._span(item), "item dropped")

    def _without(self, place: _Place, span: tuple[int, int], kind: str, before: str = "") -> Fault:
        """Return the fault that leaves out a span and the comma behind it, or else the one before it."""
        start, end = span
        what = before + self.content[start:end].decode()
        if match := re.match(rb"\s*,", self.content[end:]):
            return self._fault(kind, place, (start, end + match.end()), "", what)
        if match := re.search(rb",\s*$", self.content[:start]):
            return self._fault(kind, place, (match.start(), end), "", what)
        return self._fault(kind, place, span, "", what)
