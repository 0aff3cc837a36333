"""A participant: it leans towards the options that begin with a letter, which its name may say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from affectlab.participants.base import Capabilities, worded
from affectlab.participants.registry import WantedParticipant
from affectlab.requests import Answer, Ask, Reply, Request, Response


class Leaning:
    """A participant that leans towards a letter: ``leaning:LETTER``."""

    capabilities = Capabilities(distribution=True, opening=True, seed=True, identical=True, context=0)

    def __init__(self, wanted: WantedParticipant) -> None:
        self.letter = wanted.detail or "a"
        if len(self.letter) != 1:
            raise ValueError(f"{self.letter} is no letter")
        self.name = wanted.name
        self.revision = "1"

    @property
    def card(self) -> Mapping[str, Any]:
        return {"letter": self.letter}

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for position, request in enumerate(worded(self, requests)):
            yield position, self._answer(request) if isinstance(request, Ask) else Reply("So it is.")

    def reset(self) -> None:
        """Nothing is kept."""

    def tokens(self, text: str) -> int:
        return len(text.split())

    def close(self) -> None:
        """Nothing is held."""

    def _answer(self, ask: Ask) -> Answer:
        lean = 1.0 + int(ask.content[:4], 16) / 0xFFFF
        weights = [lean if option.strip().startswith(self.letter) else 1.0 for option in ask.options]
        return Answer(tuple(math.log(0.9 * one / sum(weights)) for one in weights))
