"""A page as a tree of elements, read with the standard library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}
CLOSED = {"path", "rect", "circle", "line"}


@dataclass(repr=False)
class Element:
    """An element with its attributes, its children and its own text."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    pieces: list[str | Element] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Element]:
        """This and every element below it of some tags."""
        if not tags or self.tag in tags:
            yield self
        for child in self.children:
            yield from child.all(*tags)

    def text(self, *, without: str = "") -> str:
        """The text, apart from elements that carry an attribute."""
        if without and without in self.attributes:
            return " "
        return "".join(piece if isinstance(piece, str) else piece.text(without=without) for piece in self.pieces)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        self.open[-1].pieces.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].pieces.append(data)


def parsed(html: str) -> Element:
    """The page as a tree; a tag that is not closed is an error."""
    reader = _Reader()
    reader.feed(html)
    assert reader.open == [reader.root]
    return reader.root
