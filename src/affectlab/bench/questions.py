"""What the measurements ask: ratings after a conversation of a given length, in the shipped wording."""

from __future__ import annotations

from collections.abc import Iterator

from affectlab.conversation import Conversation
from affectlab.materials.catalogue import Catalogue
from affectlab.materials.instrument import Instrument, Item
from affectlab.materials.schema import Frame, Induction
from affectlab.participants.embedded import EmbeddedParticipant
from affectlab.requests import Ask

QUALITIES = [
    "fear",
    "anxiety",
    "anger",
    "sadness",
    "disgust",
    "worry",
    "stress",
    "calm",
    "joy",
    "hope",
    "pride",
    "shame",
    "guilt",
    "envy",
    "trust",
    "interest",
    "boredom",
    "surprise",
    "relief",
    "tension",
    "fatigue",
    "energy",
    "comfort",
    "doubt",
    "longing",
    "regret",
    "gratitude",
    "loneliness",
    "warmth",
    "confusion",
    "patience",
    "courage",
    "nostalgia",
    "amusement",
    "contempt",
    "awe",
    "pity",
    "tenderness",
    "unease",
    "delight",
]
"""Forty things that can be rated."""


def rating_questions(catalogue: Catalogue, conversation: Conversation, count: int) -> list[Ask]:
    """So many questions for a rating from 0 to 10 after a conversation, as the shipped instrument puts them."""
    shipped = catalogue.get(Instrument, "ratings")
    names = QUALITIES[:count] + [f"number {number}" for number in range(count - len(QUALITIES))]
    items = tuple(Item(id=f"item-{at}", text=name, scale="none") for at, name in enumerate(names))
    return list(instrument_questions(shipped.model_copy(update={"items": items}), conversation))


def instrument_questions(instrument: Instrument, conversation: Conversation) -> Iterator[Ask]:
    """All questions of an instrument after a conversation."""
    yield from (request for request in next(instrument.administer(conversation, 0)) if isinstance(request, Ask))


def conversation(participant: EmbeddedParticipant, catalogue: Catalogue, tokens: int) -> Conversation:
    """A conversation of so many tokens or a few less, made of the shipped neutral texts."""
    texts = [text.grades["moderate"].text for text in catalogue.get(Induction, "imagery-neutral").texts]
    words = " ".join(texts * (1 + tokens // 100)).split()
    start = Conversation.begin(catalogue.get(Frame, "human-participant").text)

    def of(count: int) -> Conversation:
        return start.user(" ".join(words[:count])).assistant("Okay.")

    fewest, most = 1, len(words)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        fits = len(participant.prompt(end(of(middle)))) <= tokens
        fewest, most = (middle, most) if fits else (fewest, middle - 1)
    return of(fewest)


def end(conversation: Conversation) -> Ask:
    """A question at the end of a conversation that adds nothing to it."""
    return Ask(conversation, "", (" .",))
