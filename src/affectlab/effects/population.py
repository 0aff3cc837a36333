"""For whom an interval speaks: of which factors it takes the levels for a sample, and which it takes as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from affectlab.effects.contrast import Contrast

ITEM = "item"
NOUNS: Mapping[str, str] = {
    "vignette": "texts", "session": "sessions", "item": "items", "state": "states", "person": "people",
    "model": "models",
}  # fmt: skip
"""What the levels of a factor are called."""


@dataclass(frozen=True)
class Population:
    """What was sampled, so that an interval says how far a result would move with others of it.

    >>> str(Population(("vignette", "item"), items=4)), str(Population(("vignette",), items=4))
    ('texts and items', 'texts, these items')
    """

    sampled: tuple[str, ...] = ()
    """The factors whose levels stand for others of their kind."""
    items: int = 0
    """How many items each score rests on; 0 where it is none of items."""

    def __str__(self) -> str:
        named = [NOUNS.get(name, name) for name in self.sampled]
        over = " and ".join(filter(None, (", ".join(named[:-1]), named[-1]))) if named else ""
        if ITEM in self.sampled or not self.items:
            return over
        return f"{over}, {'this item' if self.items == 1 else 'these items'}"

    @property
    def these_items(self) -> Population:
        """The same with the items taken as they are."""
        return Population(tuple(name for name in self.sampled if name != ITEM), self.items)


def population(contrast: Contrast, items: int) -> Population:
    """The population of a contrast of so many items. One item stands for none beside itself; items that differ between
    the levels of what they are nested in are sampled with these."""
    named = tuple(one.name for one in contrast.random if one.name != ITEM or items > 1 or one.within is not None)
    return Population(named, items)
