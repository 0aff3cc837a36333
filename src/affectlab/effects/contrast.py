"""The question of a comparison: which conditions differ on which outcome, in which cell of the design. No numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

Levels = Mapping[str, str]
"""Levels of factors, by the name of the factor."""

ALL = "all"
"""In the place of a state: all induced states together, each on its target scale."""


@dataclass(frozen=True)
class ContrastOutcome:
    """What was measured."""

    measure: str
    """An instrument or a task."""
    scale: str
    """Of the measure; ``ALL`` where each state stands on its own."""
    unit: str


@dataclass(frozen=True)
class Random:
    """A factor whose levels were sampled."""

    name: str
    """``vignette``, ``session``, ``item``, ``person``, ``rater``, ``model`` …"""
    within: str | None = None
    """The factor in which it is nested; None: crossed with all others."""


@dataclass(frozen=True)
class Contrast:
    """The first condition minus the second.

    Nothing in it says which direction is expected: that is a hypothesis, which refers to a contrast by its ``id``.

    >>> words = ContrastOutcome("words", "fear", "nats")
    >>> fear = Contrast("induction", words, {"state": "fear"}, {"state": "neutral"}, {"model": "m"}, None, False)
    >>> fear.against
    'neutral'
    """

    kind: str
    """Groups contrasts and says nothing else: induction, regulation, error, condition, course …"""
    outcome: ContrastOutcome
    first: Levels
    second: Levels | None
    """The condition that is subtracted; None where the first is compared with its own beginning, or with zero."""
    cell: Levels
    """What both share: model, frame, technique, grade, delivery, context; order, guidance, state …"""
    change: tuple[str, str] | None
    """From which point to which; None: the level at the cell's ``point``."""
    paired: bool
    """Whether both conditions hold the same units."""
    random: tuple[Random, ...] = (Random("vignette"),)
    """The sampled factors beneath; the first is the unit over which the estimate is made."""

    @cached_property
    def id(self) -> str:
        """The name that stands at every number of this contrast: the same for the same question, in every run."""
        asked = asdict(self)
        # no language is none that was asked for: the contrasts of a study that names none keep their names
        asked["cell"] = {name: level for name, level in asked["cell"].items() if name != "language" or level}
        said = json.dumps(asked, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def unit(self) -> str:
        """The sampled unit over which the estimate is made."""
        return self.random[0].name

    @property
    def state(self) -> str:
        """The induced state that it is about; empty where it is about none."""
        return self.first.get("state", self.cell.get("state", ""))

    @property
    def at(self) -> str:
        """Where in the course it is made: at a level of what both share, in a change; empty where it is over all."""
        if self.change is not None:
            return f"{self.change[1]} minus {self.change[0]}"
        return ", ".join(filter(None, self.cell.values()))

    @property
    def against(self) -> str:
        """The second condition by the level that sets it apart; ``baseline`` where there is none."""
        if self.second is None:
            return "baseline"
        differing = [level for factor, level in self.second.items() if self.first.get(factor) != level]
        return ", ".join(differing)


@dataclass(frozen=True)
class OmnibusContrast:
    """Whether any of several conditions differs from the others: contrasts among them, all at once."""

    contrasts: tuple[Contrast, ...]
    """In one place, and between them of all the conditions."""

    @property
    def at(self) -> str:
        """Where its contrasts are made."""
        return self.contrasts[0].at
