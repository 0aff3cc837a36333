"""What can be named in a study's file, each with the text that it stands for, its source and its licence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from affectlab.errors import InputError
from affectlab.materials.catalogue import FOLDERS, Catalogue
from affectlab.materials.checks import Check
from affectlab.materials.control import Control
from affectlab.materials.file import kind_of
from affectlab.materials.form import Form
from affectlab.materials.manual import Manual
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import NEUTRAL, Frame, Induction, Line, Material, Of, Regulation, Technique
from affectlab.materials.state import State
from affectlab.materials.words import count_words

MOST_SHOWN = 40
"""Items of an instrument or a task that are shown at once."""


@dataclass(frozen=True)
class Said:
    """A text that is said or asked."""

    what: str
    """Which it is: a state, a topic, an item; empty where there is one."""
    text: str

    @property
    def words(self) -> int:
        """Of the text."""
        return count_words(self.text)


@dataclass(frozen=True)
class Nameable:
    """Something that can be named."""

    name: str
    title: str = ""
    texts: tuple[Said, ...] = ()
    source: str = ""
    licence: str = ""
    own: bool = False
    """Whether it lies beside the study."""
    kind: str = ""
    """Of the material; empty for a word that stands for something else."""


def nameables(catalogue: Catalogue, of: Of, content: Any) -> list[Nameable]:
    """Everything that can be named at a place of a study's file.

    Args:
        of: what is named there; models are left to whoever knows them.
        content: of the file, for what it has chosen already.
    """
    found = [Nameable(name) for name in of.words]
    for kind in FOLDERS:
        if kind_of(kind) in of.kinds:
            found += [_choice(catalogue, kind, id, content) for id in _ids(catalogue, kind)]
    found += [Nameable(name) for place in of.chosen for name in names_at(content, place)]
    return list({one.name: one for one in reversed(found)}.values())[::-1]


def names_at(content: Any, place: Sequence[str]) -> list[str]:
    """The names that stand at a place of a file, of all entries of a list.

    >>> names_at({"tasks": [{"task": "framing"}], "measures": ["deq"]}, ("tasks", "task"))
    ['framing']
    """
    values = [content]
    for name in place:
        held = [one.get(name) for one in values if isinstance(one, Mapping)]
        values = [part for one in held for part in (one if isinstance(one, list) else [one])]
    return [one for one in values if isinstance(one, str)]


def texts_said(material: Material) -> Iterator[Said]:
    """What the experimenter says of a material, or what it asks."""
    match material:
        case State():
            yield Said("", f"{material.label.noun}, {material.label.adjective}")
        case Frame() | Line():
            yield Said("", material.text)
        case Technique():
            yield from (
                Said("", text) for text in (material.instruction, *(turn.say for turn in material.turns)) if text
            )
        case Control():
            yield Said("", material.wrap)
        case Regulation():
            yield from (Said(one.id, one.text or str(material.done)) for one in material.scripts)
        case Manual():
            yield Said("", material.opening)
            yield from (Said(str(number), stage) for number, stage in enumerate(material.stages, 1))
        case Protocol():
            yield from (Said(str(place[0]), text) for place, text in material.lines())
        case Check():
            yield Said("", material.asks)
            yield from (Said(one.id, f"{one.say} {one.opening}".strip()) for one in material.questions)
        case Form():
            yield from (Said("", text) for text in material.said if text)
            yield from (
                Said(one.condition, one.whole) for one, _ in zip(material.shown(), range(MOST_SHOWN), strict=False)
            )


def _ids(catalogue: Catalogue, kind: type[Material]) -> list[str]:
    return [state.id for state in catalogue.states] if kind is State else catalogue.ids(kind)


def _choice(catalogue: Catalogue, kind: type[Material], id: str, content: Any) -> Nameable:
    own = id in catalogue.beside(kind)
    try:
        material = catalogue.get(kind, id)
        said = [*texts_said(material)]
        if isinstance(material, Technique):
            said += _vignettes(catalogue, id, content)
    except InputError as error:
        # the mistake is told where it is: what is wrong can still be named, and mended
        return Nameable(id, str(error), own=own, kind=kind_of(kind))
    return Nameable(
        id,
        material.title,
        tuple(one for one in said if one.text),
        material.source,
        material.licence,
        own,
        kind_of(kind),
    )


def _vignettes(catalogue: Catalogue, technique: str, content: Any) -> Iterator[Said]:
    """The texts of a technique for the states that a study names: of each the first, in the grade that it names."""
    known = set(catalogue.ids(Induction))
    grades = names_at(content, ("induction", "grades")) or ["moderate"]
    for state in names_at(content, ("states",)) or [NEUTRAL]:
        if f"{technique}-{state}" not in known:
            continue
        first = catalogue.get(Induction, f"{technique}-{state}").texts[0]
        named = (one for grade, one in first.grades.items() if grade == grades[0])
        wording = next(named, next(iter(first.grades.values())))
        yield Said(f"{state}, {first.topic}", wording.text)
