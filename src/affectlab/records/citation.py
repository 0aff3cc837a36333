"""What a run rests on, to be cited: the software, the models, and every material that was used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from affectlab.materials.document import parse_text
from affectlab.materials.file import MaterialFile
from affectlab.run import Run

SOFTWARE = "affectlab: a laboratory for affective science in which the participants are language models"
AUTHORS = "The affectlab developers"
LICENCE = "Apache-2.0"


class Cited(NamedTuple):
    """One thing that a run rests on."""

    sort: str
    """``software``, ``model``, or the kind of a material."""
    id: str
    title: str
    version: str
    licence: str
    source: str
    """What the paradigm, text or scale is after, as its file says it; empty where there is none."""

    @property
    def line(self) -> str:
        """One line of a list of references."""
        version = f", version {self.version}" if self.version else ""
        licence = f" ({self.licence})" if self.licence else ""
        source = f" {self.source}" if self.source else ""
        return f"{self.title} [{self.sort} {self.id}{version}]{licence}.{source}"


def cited(run: Run) -> list[Cited]:
    """Everything that a run rests on: the software first, then its models, then its materials in their order.

    Materials are those that the run kept, so that what is cited is what was used. Checks are left out: they are cited
    where their verdicts stand, in the report.
    """
    version = str(run.store.described("affectlab"))
    software = Cited("software", "affectlab", f"{AUTHORS}. {SOFTWARE}", version, LICENCE, "")
    models = [
        Cited("model", name, str(card.get("name") or name), _revision(card), "", "")
        for name, card in run.participants.items()
    ]
    states = run.store.described("study")["states"]
    kept = [one.file for one in run.store.kept() if one.file.kind not in _NOT_CITED]
    used = sorted((one for one in kept if one.kind != "state" or one.id in states), key=lambda one: (one.kind, one.id))
    return [software, *models, *map(_material, used)]


_NOT_CITED = ("check", "references")
"""Kinds of which a run keeps every one: cited where a number rests on one of them."""


def _revision(card: Any) -> str:
    return str(card.get("revision") or "")[:24]


def _material(file: MaterialFile) -> Cited:
    """What the file of a material says of itself; only its title and licence, where its text was withheld."""
    said = parse_text(file.text, Path(file.place)).data if file.text else {}
    source = " ".join(str(said.get("source", "")).split())
    return Cited(file.kind, file.id, file.title or file.id, str(said.get("version", "")), file.licence, source)


def as_text(found: Sequence[Cited]) -> str:
    """One line for each."""
    return "\n".join(one.line for one in found) + "\n"


def as_bibtex(found: Sequence[Cited]) -> str:
    """An entry of type ``misc`` for each; its note has the source as the file says it.

    >>> print(as_bibtex([Cited("frame", "none", "No {frame}", "1", "Apache-2.0", "Own")]), end="")
    @misc{affectlab-frame-none,
      title = {No \\{frame\\}},
      note = {frame none, version 1, Apache-2.0. Own}
    }
    """
    return "\n".join(_entry(one) for one in found)


def _entry(one: Cited) -> str:
    author, title = ("", one.title)
    if one.sort == "software":
        author, title = AUTHORS, SOFTWARE
    note = ", ".join(filter(None, (f"{one.sort} {one.id}", one.version and f"version {one.version}", one.licence)))
    lines = [
        *([f"  author = {{{{{author}}}}}"] if author else []),
        f"  title = {{{_escaped(title)}}}",
        f"  note = {{{_escaped(note + (f'. {one.source}' if one.source else ''))}}}",
    ]
    key = re.sub(r"[^A-Za-z0-9-]+", "-", f"affectlab-{one.sort}-{one.id}").strip("-")
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _escaped(text: str) -> str:
    """A text in which TeX finds no commands."""
    marks = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(marks.get(one, f"\\{one}" if one in "{}&%$#_" else one) for one in text)


def as_cff(found: Sequence[Cited]) -> str:
    """A citation file (CFF 1.2.0) of the software, in which all else stands under ``references``."""
    software, *others = found
    content = {
        "cff-version": "1.2.0",
        "message": "What this run rests on; please cite what you used.",
        "title": SOFTWARE,
        "type": "software",
        "version": software.version,
        "license": software.licence,
        "authors": [{"name": AUTHORS}],
        "references": [_reference(one) for one in others],
    }
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110))


def _reference(one: Cited) -> dict[str, Any]:
    notes = ". ".join(filter(None, (f"{one.sort} {one.id}", one.licence, one.source)))
    version = {"version": one.version} if one.version else {}
    return {"type": "generic", "title": one.title, "authors": [{"name": AUTHORS}], **version, "notes": notes}
