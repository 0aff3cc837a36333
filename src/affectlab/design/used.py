"""Which materials a run of a study rests on: what is said and asked, and what its report quotes."""

from __future__ import annotations

from collections.abc import Iterator

from affectlab.design.study import Study
from affectlab.materials.catalogue import FOLDERS
from affectlab.materials.checks import Check
from affectlab.materials.control import Control
from affectlab.materials.file import MaterialFile
from affectlab.materials.instrument import Instrument
from affectlab.materials.manual import Manual
from affectlab.materials.menu import Menu
from affectlab.materials.protocol import Protocol
from affectlab.materials.schema import Frame, Induction, Line, Lines, Material, Regulation, Technique
from affectlab.materials.tasks import Task
from affectlab.materials.truth import Truth

_NAMED: tuple[type[Material], ...] = (
    Induction,
    Technique,
    Regulation,
    Instrument,
    Task,
    Frame,
    Control,
    Protocol,
    Line,
    Lines,
    Manual,
    Menu,
    Check,
)
"""The kinds of which a study names what it uses. Of every other kind it uses all that there is."""
_BETWEEN = ("battery", "next-item")
"""Lines that a validity check says, and that a study need not name."""


def used(study: Study) -> Iterator[MaterialFile]:
    """The file of every material that a run of a study rests on, each once."""
    files = (file for one in study.in_each_language for file in _used(one))
    yield from {file.key: file for file in files}.values()


def _used(study: Study) -> Iterator[MaterialFile]:
    """The same of the language in which the study is asked for."""
    catalogue = study.catalogue
    named = dict.fromkeys((kind, id) for kind, id, _ in study.named())
    named |= dict.fromkeys((Check, check.id) for check in study.checks)
    named |= dict.fromkeys((Line, id) for id in _BETWEEN if id in catalogue.ids(Line))
    # a participant's truth stands on its card
    rest = (kind for kind in FOLDERS if kind not in _NAMED and kind is not Truth)
    named |= dict.fromkeys((kind, id) for kind in rest for id in catalogue.ids(kind))
    yield from (catalogue.file(kind, id) for kind, id in named)
