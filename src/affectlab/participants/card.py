"""The card of a participant, as a run keeps it; and whether a participant is still the one of a card."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING
from itertools import chain
from typing import Any, NamedTuple

from affectlab.materials.truth import Truth
from affectlab.participants.base import Circumstanced, Participant


class Differing(NamedTuple):
    """A value of a card that is another one now."""

    name: str
    """Its keys, with dots between them."""
    before: Any
    now: Any
    circumstance: bool
    """Whether answers do not depend on it."""

    def __str__(self) -> str:
        return f"`{self.name}` was {_shown(self.before)} and is {_shown(self.now)}"


def describe(participant: Participant) -> dict[str, Any]:
    """A participant's card, with its name, revision and capabilities."""
    capabilities = participant.capabilities
    fields = capabilities.__dataclass_fields__.values()
    # what only few can stands on their cards alone, so that those of all others read as before
    can = {one.name: value for one in fields if (value := getattr(capabilities, one.name)) or one.default is MISSING}
    return {
        "name": participant.name,
        "revision": participant.revision,
        "capabilities": can,
        **participant.card,
    }


def differing(before: Mapping[str, Any], participant: Participant) -> list[Differing]:
    """What of a participant is no longer as it stands on the card that a run kept."""
    now = json.loads(json.dumps(dict(participant.card)))
    apart = participant.circumstances if isinstance(participant, Circumstanced) else frozenset()
    known = _current(before)
    return [
        Differing(".".join(place), here, there, key in apart)
        # what an earlier version did not write cannot be compared
        for key in now
        if key in known
        for place, here, there in _unlike((key,), known[key], now[key])
    ]


def _current(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """A card as this version writes it: a truth has all its keys, those that came later among them."""
    return {**card, "truth": Truth.model_validate(card["truth"]).model_dump(mode="json")} if "truth" in card else card


def _unlike(place: tuple[str, ...], before: Any, now: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """The innermost values that differ, each with its place."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys(chain(before, now)):
            yield from _unlike((*place, key), before.get(key), now.get(key))
    elif before != now:
        yield place, before, now


def _shown(value: Any) -> str:
    """A value in a sentence, cut where it is long."""
    text = "not there" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
