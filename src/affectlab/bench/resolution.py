"""How far an answer of the embedded engine moves with things that ought not to matter, each changed alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from affectlab.bench.questions import conversation, instrument_questions
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.instrument import Instrument
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.participants.resolution import company, fresh_answers, largest_changes
from affectlab.participants.weights import FORMATS
from affectlab.requests import Ask

LENGTH = 150
"""Tokens of the conversation before the questions."""
THREADS = (1, 2)


def measure_by_condition(
    participant: EmbeddedParticipant, catalogue: Catalogue, told: Callable[[str], None]
) -> dict[str, Any]:
    """Per condition, the largest change of a probability, a log probability and an expected value (0 to 10)."""
    asks = _asks(participant, catalogue)
    told("the same batch again")
    first = fresh_answers(participant, asks)
    found = {"the same again": largest_changes(first, fresh_answers(participant, asks))}
    told("other company in the batch")
    found |= company(participant, asks, first)
    told("other numbers of threads")
    usual = participant.threads
    for threads in (count for count in THREADS if count != usual):
        participant.context.use_threads(threads)
        found[f"{threads} threads instead of {usual}"] = largest_changes(first, fresh_answers(participant, asks))
    participant.context.use_threads(usual)
    format = participant.weights.format
    for other in (one for one in FORMATS if one != format):
        told(f"weights as {other}")
        model = EmbeddedParticipant(participant.name, participant.weights.source, weights=other, threads=usual)
        own = fresh_answers(model, asks)
        found[f"{other} instead of {format}"] = largest_changes(first, own)
        found |= {f"{name}, {other}": row for name, row in company(model, asks, own).items()}
        model.close()
    return {"resolution": found}


def _asks(participant: EmbeddedParticipant, catalogue: Catalogue) -> list[Ask]:
    before = conversation(participant, catalogue, LENGTH)
    wanted = (catalogue.get(Instrument, id) for id in ("affect-cloze", "ratings"))
    return [ask for instrument in wanted for ask in instrument_questions(instrument, before)]
