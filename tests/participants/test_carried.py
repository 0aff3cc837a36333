"""What the engine carries from one round of questions to the next, on cells that check what they are told.

A stand-in for the engine: a sequence holds a path of tokens, a token may only be put after what its sequence holds,
and the logits depend on the path alone. So an answer that differs from that of a fresh engine is a wrong path.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from affectlab.conversation import Conversation
from affectlab.participants.embedded import Counts, EmbeddedParticipant
from affectlab.participants.model import Context
from affectlab.participants.prefix_cache import PrefixCache
from affectlab.participants.spelling import Speller
from affectlab.requests import Answer, Ask, Reply, Request, Response, Speak

VOCABULARY = 128


class Letters:
    """A model whose tokens are letters."""

    trained_context = 10**6

    def tokenize(self, text: str) -> list[int]:
        return [ord(letter) % VOCABULARY for letter in text]

    def piece(self, token: int) -> bytes:
        return bytes([token])

    def ends_turn(self, token: int) -> bool:
        return token == ord("\n")


class Cells:
    """Every sequence with the cells that it holds; a cell is a list of one token, shared by identity."""

    def __init__(self, cells: int, size: int = 16, sequences: int = 64) -> None:
        self.cells, self.size, self.sequences = cells, size, sequences
        self.held: dict[int, tuple[list[int], ...]] = {}

    def clear(self) -> None:
        self.held.clear()

    def drop(self, sequence: int, upto: int = 0) -> None:
        path = self.held.pop(sequence, ())[:upto]
        if path:
            self.held[sequence] = path

    def share(self, source: int, target: int, upto: int | None = None) -> None:
        path = self.held[source][:upto]
        assert upto is None or len(path) == upto
        self.held[target] = path

    def decode(self, tokens: list[int], depths: list[int], sequences: list[list[int]], _: list[bool]) -> None:
        assert len(tokens) <= self.size
        self.paths = []
        for token, depth, into in zip(tokens, depths, sequences, strict=True):
            cell = [token]
            for sequence in into:
                above = self.held.get(sequence, ())
                assert len(above) == depth, "a token stands right after what its sequence holds"
                path = [one for (one,) in above]
                self.held[sequence] = (*above, cell)
            self.paths.append(bytes([*path, token]))
        used = {id(cell) for path in self.held.values() for cell in path}
        assert len(used) <= self.cells

    def logits(self, row: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        seed = int(hashlib.sha256(self.paths[row]).hexdigest()[:8], 16)
        return np.random.default_rng(seed).normal(size=VOCABULARY).astype(np.float32)


def letters(text: str) -> tuple[int, ...]:
    return tuple(Letters().tokenize(text))


def engine(cells: int) -> EmbeddedParticipant:
    """The participant around the stand-in, without loading weights."""
    made = object.__new__(EmbeddedParticipant)
    made.name = "letters"
    context = Cells(cells)
    parts = {
        "model": Letters(),
        "context": context,
        "_prefixes": PrefixCache(cast(Context, context)),
        "counts": Counts(),
        "_asked": set(),
        "_seen": set(),
        "_ends": np.arange(VOCABULARY) == ord(" "),
        "_speller": Speller(letters, ""),
        "_begun": lambda talk: (letters("".join(f"<{one.role}>{one.text}|" for one in talk.turns) + "<assistant>"), ""),
        "_fragment": letters,
        "_stops": (),
    }
    for name, part in parts.items():
        setattr(made, name, part)
    return made


def talks(number: int) -> list[Conversation]:
    return [Conversation.begin("You are here.").user("abc" * length).assistant("Okay.") for length in range(number)]


def answered(participant: EmbeddedParticipant, requests: Sequence[Request]) -> list[Response]:
    return [response for _, response in sorted(dict(participant.respond(requests)).items())]


def rating(talk: Conversation, item: int) -> Ask:
    return Ask(talk.user(f"Item {item}?"), "My answer is", (" 0", " 1", " 10"))


def test_a_conversation_that_goes_on_is_not_read_again() -> None:
    going, asked = talks(6), []
    carrying = engine(cells=4000)
    for item in range(11):
        asks = [rating(talk, item) for talk in going]
        answered(carrying, asks)
        asked += asks
        going = [ask.conversation.assistant("My answer is 1.") for ask in asks]
    every = engine(cells=4000).planted(asked).size
    # the first round is read twice: only from the second question on is it known that a conversation goes on
    assert carrying.counts.evaluated <= 1.25 * every
    assert carrying.counts.asked > 5 * every, "which would be read if nothing were kept"


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_kept_the_answers_are_those_of_a_fresh_engine(seed: int) -> None:
    """Rounds of questions that are followed up, of branches, and of replies, in plenty of cells and in few."""
    chance = random.Random(seed)
    going = talks(chance.randint(1, 7))
    carrying = engine(cells=chance.choice([600, 900, 2000]))
    for item in range(chance.randint(2, 6)):
        requests: dict[str, Request] = {}
        for at, talk in enumerate(going):
            kind = chance.choice(["follow", "follow", "branch", "speak", "rest"])
            if kind == "follow":
                one: Request = rating(talk, item)
                going[at] = one.conversation.assistant("My answer is 1.")
                requests[one.content] = one
            elif kind == "branch":
                asks = [Ask(talk.user(f"Fork {number}"), "I feel", (" sad", " glad")) for number in range(3)]
                requests |= {ask.content: ask for ask in asks}
            elif kind == "speak":
                one = Speak(talk.user("Go on."), chance.randint(0, 9), "", 5, 1.0)
                going[at] = one.conversation.assistant("xyz")
                requests[one.content] = one
        for request, response in zip(requests.values(), answered(carrying, list(requests.values())), strict=True):
            (fresh,) = answered(engine(cells=4000), [request])
            if isinstance(response, Answer) and isinstance(fresh, Answer):
                assert response.logprobs == fresh.logprobs
            else:
                assert isinstance(response, Reply)
                assert isinstance(fresh, Reply)
                assert response.text == fresh.text
