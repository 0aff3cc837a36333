"""A measure that is read from the participant and not asked: a number for each layer that belongs to a state."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from affectlab.conversation import Conversation
from affectlab.generators import Session
from affectlab.materials.form import Asked, Disposition, FormScore, together
from affectlab.materials.instrument import Instrument
from affectlab.requests import Read, Reading, Request, Response


class Layers(Instrument):
    """Per scale and layer, how far the participant's state lies along the scale's direction."""

    form: Literal["layers"]
    directions: tuple[str, ...] = Field(min_length=1)
    layers: tuple[int, ...] = Field(min_length=1)

    @property
    def scales(self) -> tuple[str, ...]:
        return self.directions

    @property
    def unit(self) -> str:
        return "projection"

    @property
    def wordings(self) -> Mapping[str, str]:
        return {f"layer-{layer}": f"layer {layer}" for layer in self.layers}

    @property
    def quantities(self) -> tuple[str, ...]:
        return tuple(f"{name}@{layer}" for layer in self.layers for name in self.directions)

    def administer(self, conversation: Conversation, seed: int, generated: Sequence[str] = ()) -> Session[list[Asked]]:
        return (yield from together(["all"], [Read(conversation, self.quantities)]))

    def score(self, asked: Sequence[Asked]) -> Iterator[FormScore]:
        for place, one in enumerate(asked):
            known = isinstance(one.response, Reading)
            values = dict(zip(self.quantities, one.response.values, strict=True)) if known else {}
            for layer in self.layers:
                for name in self.directions:
                    yield FormScore(f"layer-{layer}", name, values.get(f"{name}@{layer}", math.nan), (place,))

    def simulate(self, request: Request, disposition: Disposition) -> Response | None:
        return Reading(tuple(disposition.shift(one.partition("@")[0]) for one in self.quantities))

    def describe(self) -> str:
        return f"{self.title}: projections on {len(self.directions)} directions at {len(self.layers)} layers, read."
