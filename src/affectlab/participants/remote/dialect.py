"""The seam between what is wanted of a model and the words of one provider's interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.calls import Call, ModelTurn, Wanted


class Listing(NamedTuple):
    """The models that an endpoint serves, and what it says about them."""

    names: tuple[str, ...]
    owner: str = ""
    context: int = 0
    vocabulary: int = 0


class Dialect(Protocol):
    """Puts a wanted turn into a request, and reads the reply. It does no input and no output."""

    name: str
    listing: Call | None
    """Asks which models there are; ``None`` where the interface has no such list."""

    def headers(self, key: str) -> Mapping[str, str]:
        """The headers of every request."""

    def turn(self, wanted: Wanted, abilities: Abilities) -> Call:
        """A request for one turn."""

    def honoured(self, wanted: Wanted, abilities: Abilities) -> dict[str, Any]:
        """What of the wanted parameters is sent, and so can have been honoured."""

    def refusal(self, status: int, payload: Any) -> ModelTurn | None:
        """The refusal that an error status stands for at this provider, or ``None`` where it is an error."""


def sent_sampling(wanted: Wanted, abilities: Abilities) -> dict[str, Any]:
    """The sampling parameters that go out, the same bookkeeping for every dialect."""
    return {
        "temperature": wanted.temperature if abilities.temperature else None,
        "seed": wanted.seed if abilities.seed else None,
        "truncation": "off" if abilities.sampling else "the endpoint's default",
        "stop": list(wanted.stop),
        "max_tokens": wanted.limit,
    }


def cut_opening(text: str, opening: str) -> str:
    """A reply without the opening that some servers repeat in front of it."""
    return text[len(opening) :] if opening and text.startswith(opening) else text


def cut_stops(text: str, stops: Sequence[str]) -> str:
    """A reply up to the first stop string, for endpoints that return it or ignore it."""
    found = [place for place in (text.find(stop) for stop in stops if stop) if place >= 0]
    return text[: min(found)] if found else text
