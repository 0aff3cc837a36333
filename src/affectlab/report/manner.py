"""The manner in which a regulation was given, and how many techniques were given in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from affectlab.results.findings import Finding

FEW = 6
"""So many techniques are taken one by one; of more it is said how many did what, and one control is drawn."""


class Manner(NamedTuple):
    """Whether a regulation comes after or before the induction, and how it is delivered."""

    order: str | None
    guidance: str | None

    @classmethod
    def of(cls, one: Finding) -> Manner:
        """The manner of a finding."""
        return cls(one.order, one.guidance)

    @property
    def words(self) -> str:
        """What is unusual about it, to stand after a technique.

        >>> Manner("before", "guided").words, Manner("after", "scripted").words
        (', guided, before the induction', '')
        """
        guided = ", guided" if self.guidance == "guided" else ""
        return guided + (", before the induction" if self.order == "before" else "")

    @property
    def fell(self) -> tuple[str, str]:
        """What a technique does that takes more of the state away, and what one does that takes less."""
        return ("rose less", "rose more") if self.order == "before" else ("fell further", "fell less")


def arm_label(arm: str) -> str:
    """An arm of regulation as it is named.

    >>> arm_label("none"), arm_label("neutral-reading")
    ('no regulation', 'neutral reading')
    """
    return "no regulation" if arm == "none" else arm.replace("-", " ")


def by_manner(found: Sequence[Finding]) -> Iterator[tuple[Manner, list[Finding]]]:
    """Findings of regulation, apart by manner, in the order in which the manners come."""
    manners = list(dict.fromkeys(map(Manner.of, found)))
    ordered = sorted(found, key=lambda one: manners.index(Manner.of(one)))
    for manner, part in groupby(ordered, key=Manner.of):
        yield manner, list(part)


def many(found: Sequence[Finding]) -> bool:
    """Whether the techniques are too many to be taken one by one."""
    return len({one.regulation for one in found}) > FEW


def against_first_control(found: Sequence[Finding]) -> list[Finding]:
    """The findings against the first control."""
    return [one for one in found if one.against == found[0].against]
