"""What a way to an answer knows of the endpoint and of the user's decisions, and how it words what it wants."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Protocol

from affectlab.participants.remote import forms
from affectlab.participants.remote.abilities import Abilities
from affectlab.participants.remote.calls import Call, ModelTurn
from affectlab.participants.remote.dialect import Dialect
from affectlab.participants.remote.draw_counts import Draw
from affectlab.participants.remote.forms import Posed, posed
from affectlab.participants.remote.policy import Policy
from affectlab.participants.remote.token_ids import TokenIds
from affectlab.requests import Answer, Worded

Steps = Generator[list[Call], list[Any], Answer]
"""Yields the calls that are needed next, is sent what was read of each, and returns the answer."""

ENOUGH = 4
"""Questions in a row on which a way failed, after which it is left."""


class Ledger(Protocol):
    """Where the draws of an unfinished question are kept."""

    def get(self, question: str, draw: int) -> Draw | None:
        """A draw that was made before."""

    def put(self, question: str, draw: int, made: Draw) -> None:
        """Keep a draw."""


@dataclass
class RequestBuilder:
    """Everything a way to an answer needs to know."""

    dialect: Dialect
    abilities: Abilities
    policy: Policy
    ledger: Ledger | None = None
    spellings: dict[str, list[int]] = field(default_factory=dict)
    """The tokens of the options met so far."""
    tokens: TokenIds | None = None
    """What was learnt of the tokens of a server that takes ids."""
    note: Callable[[str, str, str, str], None] | None = None
    """Told of what is met in what came back: its kind, what was asked, what it is, what follows."""
    failures: Counter[str] = field(default_factory=Counter)
    """How often in a row each way to an answer could not be gone, since what came back could not be used."""

    def open(self, way: str) -> bool:
        """Whether a way may still lead to an answer; one that failed question after question is not tried again."""
        return self.failures[way] < ENOUGH

    def told(self, kind: str, purpose: str, message: str, then: str) -> None:
        """Hand on what was met."""
        if self.note is not None:
            self.note(kind, purpose, message, then)

    def pose(self, request: Worded, *, begun: bool = False) -> Posed:
        """The request's conversation and opening, in the form that the endpoint can take; ``begun``: by token ids."""
        can_continue = begun or bool(self.abilities.continuation)
        return posed(request.conversation, request.opening, can_continue=can_continue, system=self.abilities.system)

    @property
    def requested(self) -> dict[str, Any]:
        """What the user asked of every answer."""
        return {
            "way": self.policy.way,
            "temperature": self.policy.temperature,
            "standard_error": self.policy.standard_error,
            "most_draws": self.policy.most_draws,
        }


def question_record(question: Posed) -> dict[str, Any]:
    """The form of a question, for the answer's record."""
    described: dict[str, Any] = {"form": question.form, "wording": forms.wording_version()}
    if question.moved:
        described["system"] = question.moved
    return described


def turn_record(turn: ModelTurn) -> dict[str, Any]:
    """What a turn says about itself, for the answer's record."""
    told: dict[str, Any] = {}
    if turn.fingerprint:
        told["fingerprint"] = turn.fingerprint
    if turn.thoughts or (turn.usage and turn.usage.reasoning):
        told["reasoning"] = {"letters": turn.thoughts, "tokens": turn.usage.reasoning if turn.usage else 0}
    if turn.why and turn.finish == "refused":
        told["why"] = turn.why
    return told


def seed_of(content: str, draw: int) -> int:
    """The seed of a draw: different for every draw of every question, the same whenever it is made again.

    >>> seed_of("a", 0) == seed_of("a", 0), seed_of("a", 0) == seed_of("a", 1)
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(f"{content}\0{draw}".encode()).digest()[:4]) >> 1
