"""The seam through which an analysis adds its section to the report.

A module in this package is a section. All it needs is one function::

    def section(evidence: Evidence) -> Section | None: ...

which returns None where the run holds nothing of that kind. The page, its list of contents and the other formats
(Markdown, CSV, JSON) take it from there: nothing else is to be changed. The function decides nothing that an analysis
should decide: it calls one, and puts the tables that come back into words and figures.

- ``evidence.trials`` are the tidy rows of the run, ``evidence.run`` and ``evidence.study`` the run and its study;
  ``evidence.points`` and ``evidence.changes`` are already per vignette.
- ``tables`` maps captions to data frames in full precision. They are printed rounded, and saved as they are.
- A ``Figure`` is one or more ``Panel``s, each a Vega-Lite specification without data of others, colours or fonts: the
  theme (``report/theme.py``) gives both, and ``figure.values(frame)`` turns a frame into the data of a
  specification. Its ``data`` is what a reader can save, its ``label`` what one is told who does not see it.
- Sentences say what answers did, with a number, an interval and n; ``numbers.estimate`` prints them. A linter in the
  tests reads them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module

import pandas as pd

from affectlab.report.evidence import Evidence
from affectlab.report.figure import Figure

OPENING = ("hypotheses",)
"""The module with which the report opens: results at a glance."""

EARLY = ("preregistration", "manipulation", "dose", "controls", "context", "stress")
"""The modules about what was planned and induced, in the order of reading: they stand with the first findings."""

LATER = ("regulation", "human", "separation", "reading", "models", "multiverse", "incidents")
"""The modules after the findings, in that order; others follow by name."""


@dataclass(frozen=True)
class Section:
    """What one analysis has to show."""

    id: str
    """A name that can stand in an address."""
    title: str
    prose: tuple[str, ...] = ()
    """Paragraphs: first what the tables show, then how to read them."""
    figures: tuple[Figure, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """By caption."""
    quoted: frozenset[str] = frozenset()
    """The captions of tables that hold what models said, in their words."""
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Paragraphs under a heading of their own: before the prose."""
    early: bool = False
    """Whether it stands with the manipulation check; the seam sets it."""
    opening: bool = False
    """Whether the report opens with it; likewise."""


def sections(evidence: Evidence) -> Iterator[Section]:
    """The sections that the run has something for, in the order of reading."""
    names = [name for _, name, _ in pkgutil.iter_modules(__path__)]
    for name in sorted(names, key=_place):
        made = import_module(f"{__name__}.{name}").section(evidence)
        if made is not None:
            yield replace(made, early=name in EARLY, opening=name in OPENING)


def _place(name: str) -> tuple[int, str]:
    order = (*OPENING, *EARLY, *LATER)
    return (order.index(name) if name in order else len(order), name)
