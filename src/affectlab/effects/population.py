"""For whom an interval speaks: of which factors it takes the levels for a sample, and which it takes as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from affectlab.effects.contrast import Contrast

ITEM, MODEL = "item", "model"
NOUNS: Mapping[str, str] = {
    "vignette": "texts", "session": "sessions", "item": "items", "state": "states", "person": "people",
    "model": "models",
}  # fmt: skip
"""What the levels of a factor are called."""
SINGULAR: Mapping[str, str] = {
    "texts": "text", "sessions": "session", "items": "item", "states": "state", "people": "person",
    "models": "model", "units": "unit",
}  # fmt: skip
"""One of them."""


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
    one_baseline: bool = False
    """Whether all units share one reading at baseline, which is subtracted from each: an error of that reading is in
    all of them, so that it does not show in how they vary. Over items it does, as each item has its own."""

    def __str__(self) -> str:
        named = [NOUNS.get(name, name) for name in self.sampled]
        over = " and ".join(filter(None, (", ".join(named[:-1]), named[-1]))) if named else ""
        if ITEM in self.sampled:
            return over
        items = "" if not self.items else ", this item" if self.items == 1 else ", these items"
        return f"{over}{items}{', this reading of the baseline' if self.one_baseline else ''}"

    @property
    def these_items(self) -> Population:
        """The same with the items taken as they are."""
        return replace(self, sampled=tuple(name for name in self.sampled if name != ITEM))

    @property
    def crossed(self) -> bool:
        """Whether it is of two crossed samples: units and items, or units and models."""
        return ITEM in self.sampled or MODEL in self.sampled


def population(contrast: Contrast, items: int) -> Population:
    """The population of a contrast of so many items. One item stands for none beside itself; items that differ between
    the levels of what they are nested in are sampled with these."""
    named = tuple(one.name for one in contrast.random if one.name != ITEM or items > 1 or one.within is not None)
    from_baseline = contrast.second is None and (contrast.change or ("",))[0] == "baseline"
    # where items follow one another in a conversation, each session has drawn its own answers before them
    shared = contrast.unit == "vignette" and contrast.cell.get("context") != "sequential"
    return Population(named, items, from_baseline and shared)
