"""The text of a comment: sections between markers, and text of people between sections.

A section is replaced where it stands. One that a person deleted stays deleted: the first line names every section that
was ever written. What a person wrote between sections stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 65_536
"""How many characters a comment may have; a character beyond the Unicode plane 0 counts twice."""
TOO_LONG = "The rest is too long for a comment. The summary of the run has it."
_KEY = r"[a-z]+(?:@[A-Za-z0-9._/-]+)?"
_HEAD = re.compile(rf"<!-- ml-cicd comment:((?: {_KEY})*) -->")
_SECTION = re.compile(
    rf"^<!-- ml-cicd begin ({_KEY}) -->$\n?(.*?)\n?^<!-- ml-cicd end \1 -->$", re.DOTALL | re.MULTILINE
)
_MARK = re.compile(r"^<!-- ml-cicd [^\n]*-->$\n?", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A section, or text of a person, whose key is empty."""

    key: str
    text: str


@dataclass(frozen=True)
class Document:
    """The parts of a comment in order, and the keys of all sections that were ever written."""

    parts: tuple[Part, ...] = ()
    written: tuple[str, ...] = ()


def is_ours(text: str) -> bool:
    """Return whether the kit wrote a comment with this text, which people may have edited since."""
    text = _lines(text)
    return bool(_HEAD.match(text.lstrip()) or _SECTION.search(text))


def parse(text: str) -> Document:
    """Return the parts of a comment. A section without text counts as deleted; a second one of a key, as text."""
    text = _lines(text)
    head = _HEAD.search(text)
    parts: list[Part] = []
    end = 0
    for match in _SECTION.finditer(text):
        parts.append(Part("", text[end : match.start()]))
        known = any(part.key == match[1] for part in parts)
        parts.append(Part("" if known else match[1], match[2]))
        end = match.end()
    parts.append(Part("", text[end:]))
    kept = (Part(part.key, _MARK.sub("", part.text).strip("\n")) for part in parts)
    sections = tuple(part for part in kept if part.text.strip())
    named = head[1].split() if head else []
    return Document(sections, tuple(dict.fromkeys([*named, *(part.key for part in sections if part.key)])))


def merge(document: Document, sections: Mapping[str, str], order: Sequence[str] = ()) -> Document:
    """Return the document with new texts of sections; `order` says where a section that was never written goes.

    Args:
        document: the comment as it is; an empty one for none.
        sections: the text of each section, by its key. An empty text removes the section: it comes back with a text,
            unless a person deleted it.
        order: keys, or what stands before their `@`, from the top down.

    """
    texts = {key: safe for key, text in sections.items() if (safe := _safe(text)).strip()}
    removed = {part.key for part in document.parts if part.key in sections and part.key not in texts}
    parts = [replace(part, text=texts.get(part.key, part.text)) for part in document.parts if part.key not in removed]
    for key, text in texts.items():
        if key not in document.written:
            rank = _rank(key, order)
            places = [place for place, part in enumerate(parts) if part.key and _rank(part.key, order) > rank]
            parts.insert(min(places, default=len(parts)), Part(key, text))
    kept = [key for key in document.written if key not in removed]
    return Document(tuple(parts), tuple(dict.fromkeys([*kept, *texts])))


def render(document: Document) -> str:
    """Return the text of a comment."""
    shown = [
        f"<!-- ml-cicd begin {part.key} -->\n{part.text}\n<!-- ml-cicd end {part.key} -->" if part.key else part.text
        for part in document.parts
    ]
    return "\n\n".join([f"<!-- ml-cicd comment:{''.join(f' {key}' for key in document.written)} -->", *shown])


def fitting(document: Document, most: int = MOST) -> str:
    """Return the text of a comment with at most that many characters: the longest sections keep their first line.

    Empty if it is too long all the same, since people wrote so much.
    """
    while size(text := render(document)) > most:
        long = [part for part in document.parts if part.key and not part.text.endswith(TOO_LONG)]
        if not long:
            return ""
        longest = max(long, key=lambda part: len(part.text))
        first = longest.text.partition("\n")[0]
        short = replace(longest, text=f"{first}\n\n{TOO_LONG}" if size(first) < most // 100 else TOO_LONG)
        document = replace(document, parts=tuple(short if part is longest else part for part in document.parts))
    return text


def refreshed(text: str, sections: Mapping[str, str], order: Sequence[str] = ()) -> str:
    """Return the new text of a comment; empty if there is nothing to write: nothing changed, or it does not fit.

    `text` is that of the comment as it is; empty for none.
    """
    before = parse(text)
    after = merge(before, sections, order)
    if not any(part.key for part in after.parts):
        return ""
    new = fitting(after)
    return "" if new == _lines(text).strip("\n") else new


def size(text: str) -> int:
    """Return how many characters a text has, as GitHub may count them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _rank(key: str, order: Sequence[str]) -> int:
    name = key.partition("@")[0]
    return order.index(name) if name in order else len(order)


def _safe(text: str) -> str:
    """Return the text of a section without what could end it or begin another one."""
    return _lines(text).replace("<!--", "&lt;!--").strip("\n")


def _lines(text: str) -> str:
    """Return the text with line feeds alone: where a person edits a comment, GitHub adds carriage returns."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
