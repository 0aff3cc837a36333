"""A page of the documentation: its blocks, which a reader types or writes, and its prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.house import ROOT

DOCS = ROOT / "docs"

_FENCE = re.compile(r"(?:<!-- (?P<said>.+?) -->\n)?^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """What stands between fences."""

    language: str
    title: str
    """The file that it is to be written to; empty where it is none."""
    said: str
    """The comment above it: ``not run: …``, or ``ends with 2``."""
    text: str

    @property
    def commands(self) -> list[tuple[str, list[str]]]:
        """Of a block that is typed: each command, with the lines that are shown below it."""
        found: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif found[-1][0].endswith("\\") and not found[-1][1]:
                found[-1] = (found[-1][0].removesuffix("\\") + line.strip(), [])
            else:
                found[-1][1].append(line)
        return found


@dataclass(frozen=True)
class Page:
    """A page in Markdown."""

    path: Path

    @cached_property
    def text(self) -> str:
        """All that stands in it."""
        return self.path.read_text("utf-8")

    @property
    def name(self) -> str:
        """Its place below ``docs``."""
        return self.path.relative_to(DOCS).as_posix()

    @cached_property
    def blocks(self) -> list[Block]:
        """Its blocks, in order."""
        found = []
        for match in _FENCE.finditer(self.text):
            info, title = match["info"], _TITLE.search(match["info"])
            language = info.split()[0] if info.split() else ""
            found.append(Block(language, title[1] if title else "", match["said"] or "", match["text"]))
        return found

    @cached_property
    def prose(self) -> str:
        """What is read as sentences: no blocks, code, tables, headings, addresses and marks."""
        text = _FENCE.sub("\n\n", self.text)
        text = re.sub(r"<!--.*?-->|<[^>]+>|^[#|!].*$|^(---|!!!|\?\?\?).*$", "", text, flags=re.MULTILINE)
        text = re.sub(r"`[^`]*`", "CODE", text)
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
        return re.sub(r"(?<!\w)[*_]{1,2}|[*_]{1,2}(?!\w)", "", text)

    @property
    def links(self) -> Iterator[str]:
        """Where it leads."""
        yield from re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", self.text))

    @property
    def explained(self) -> set[str]:
        """The words in italics: the page says there what they mean."""
        found = re.findall(r"(?<![*\w])\*([^*\n]+)\*(?!\*)", _FENCE.sub("", self.text))
        return {word for phrase in found for word in words(phrase)}


def words(text: str) -> list[str]:
    """Its words, in small letters, without apostrophes."""
    return re.findall(r"[a-zà-ÿ]+", re.sub(r"['’]s?\b", " ", text.replace("CODE", " ")).lower())


def sentences(prose: str) -> list[str]:
    """The sentences of paragraphs and of entries of lists; an entry that is none counts as one."""
    entries = re.split(r"\n\s*\n|^\s*(?:[-*]|\d+\.) ", prose, flags=re.MULTILINE)
    parts = [part for entry in entries for part in re.split(r"(?<=[.!?:])\s+", " ".join(entry.split()))]
    return [part for part in parts if words(part)]


def pages(*folders: str) -> list[Page]:
    """The pages of some folders below ``docs``; all without one."""
    found = DOCS.rglob("*.md") if not folders else (one for name in folders for one in (DOCS / name).rglob("*.md"))
    return [Page(path) for path in sorted(found)]
