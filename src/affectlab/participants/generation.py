"""Replies in the participant's own words: all that are pending are spoken together, a token of each in every batch.

What a reply draws depends on its seed and on the distribution before each token, and on nobody else's reply. The
distribution itself moves by the engine's resolution with who shares the batch (about 1e-5 in a logit with F32
weights), so a draw that falls on a boundary finer than that may differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Literal

import numpy as np

from affectlab.participants.model import Logits, Model
from affectlab.requests import Reply, Speak
from affectlab.seeds import derive


@dataclass
class Stream:
    """A reply that is being spoken, in a sequence of its own."""

    speak: Speak
    sequence: int
    position: int
    """Where its next token goes."""
    model: Model
    token: int | None = None
    """The token drawn last, not yet evaluated; None before the first and when it is done."""
    said: list[int] = field(default_factory=list)
    text: str = ""
    finish: Literal["stop", "length", "empty"] = "stop"

    def draw(self, logits: Logits) -> None:
        """Draw the next token; the reply is done when it ends the turn, meets a stop string or is long enough."""
        token = choose(logits, self.speak.temperature, derive(self.speak.seed, len(self.said)))
        if self.model.ends_turn(token):
            self.token, self.finish = None, "stop"
            return
        self.said.append(token)
        whole = b"".join(map(self.model.piece, self.said))
        self.text = whole.decode(errors="ignore")
        ends = [self.text.find(stop) for stop in self.speak.stop if stop in self.text]
        if ends:
            self.text, self.token, self.finish = self.text[: min(ends)], None, "stop"
        elif len(self.said) >= self.speak.max_tokens:
            self.token, self.finish = None, "length"
        else:
            self.token = token

    def reply(self) -> Reply:
        """What was said, and how it was drawn."""
        asked = {"temperature": self.speak.temperature, "max_tokens": self.speak.max_tokens, "seed": "derived"}
        finish = self.finish if self.text.strip() else "empty"
        return Reply(self.text, finish, len(self.said), asked, asked)


def choose(logits: Logits, temperature: float, seed: int) -> int:
    """Draw a token by the inverse of the cumulative distribution; at temperature 0, the likeliest.

    >>> choose(np.array([0.0, 9.0, 0.0], dtype=np.float32), 0.0, seed=1)
    1
    """
    if temperature <= 0.0:
        return int(np.argmax(logits))
    scaled = logits.astype(np.float64) / temperature
    cumulative = np.cumsum(np.exp(scaled - scaled.max()))
    return int(np.searchsorted(cumulative, Random(seed).random() * cumulative[-1], side="right"))
