"""The resolution of the engine: how far an answer moves with things that ought not to matter.

A difference between two answers below it says nothing: it may be due to who shared the batch, to the number of
threads, or to the format of the weights. Each is changed alone, on the same questions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np

from affectlab.bench.questions import conversation, questions
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.schema import Instrument
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.participants.weights import FORMATS
from affectlab.requests import Answer, Ask

LENGTH = 150
"""Tokens of the conversation before the questions."""
ALONE = 6
"""Questions that are also asked alone."""


def measure(participant: EmbeddedParticipant, catalogue: Catalogue, told: Callable[[str], None]) -> dict[str, Any]:
    """Per condition, the largest change of a probability, a log probability and an expected value (0 to 10)."""
    asks = _asks(participant, catalogue)
    told("the same batch again")
    first = answers(participant, asks)
    found = {"the same again": change(first, answers(participant, asks))}
    told("other company in the batch")
    found |= company(participant, asks, first)
    told("other numbers of threads")
    usual = participant.threads
    for threads in {1, 2, 4} - {usual}:
        participant.context.use_threads(threads)
        found[f"{threads} threads instead of {usual}"] = change(first, answers(participant, asks))
    participant.context.use_threads(usual)
    for format in FORMATS:
        if participant.weights.source == participant.weights.path or format == participant.weights.format:
            continue
        told(f"weights as {format}")
        other = EmbeddedParticipant(participant.name, None, weights=format, threads=usual)
        own = answers(other, asks)
        found[f"weights {format} instead of {participant.weights.format}"] = change(first, own)
        alone = company(other, asks, own)
        found |= {f"{name}, weights {format}": row for name, row in alone.items()}
        other.close()
    return {"resolution": found}


def company(participant: EmbeddedParticipant, asks: Sequence[Ask], first: Sequence[Answer]) -> dict[str, Any]:
    """The change from the answers in one batch to those in another order, and to those of questions asked alone."""
    order = Random(1).sample(range(len(asks)), len(asks))
    shuffled = answers(participant, [asks[at] for at in order])
    few = range(0, len(asks), max(1, len(asks) // ALONE))
    alone = [answers(participant, [asks[at]])[0] for at in few]
    return {
        "another order": change([first[at] for at in order], shuffled),
        "asked alone": change([first[at] for at in few], alone),
    }


def answers(participant: EmbeddedParticipant, asks: Sequence[Ask]) -> list[Answer]:
    """The answers, from a participant that has forgotten everything before."""
    participant.reset()
    found = dict(participant.respond(asks))
    return [one for _, one in sorted(found.items()) if isinstance(one, Answer)]


def change(first: Sequence[Answer], second: Sequence[Answer]) -> dict[str, float]:
    """The largest differences between two sets of answers to the same questions."""
    pairs = list(zip(first, second, strict=True))
    logs = [np.abs(np.subtract(a.logprobs, b.logprobs)) for a, b in pairs]
    masses = [np.abs(np.exp(a.logprobs) - np.exp(b.logprobs)) for a, b in pairs]
    ratings = [(a, b, range(len(a.logprobs))) for a, b in pairs if len(a.logprobs) == 11]
    expected = [abs(a.expected(values) - b.expected(values)) for a, b, values in ratings]
    return {
        "probability": float(max(part.max() for part in masses)),
        "logprob": float(max(part.max() for part in logs)),
        "expected": float(max(expected, default=0.0)),
    }


def _asks(participant: EmbeddedParticipant, catalogue: Catalogue) -> list[Ask]:
    before = conversation(participant, catalogue, LENGTH)
    wanted = (catalogue.get(Instrument, id) for id in ("affect-cloze", "ratings"))
    return [ask for instrument in wanted for ask in questions(instrument, before)]
