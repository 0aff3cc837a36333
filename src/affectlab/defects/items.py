"""Items: that each is the one it is taken for, and counts in the direction in which it is worded."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from affectlab.defects.defect import Defect, short
from affectlab.defects.questionnaire import Questionnaire, letters
from affectlab.defects.scales import reversed_item
from affectlab.defects.schedules import SCHEDULES
from affectlab.sentiment import valence

KIND = "substituted item"
MOSTLY = 0.7
"""The share of its items by which a known schedule is recognised."""
CLEAR = 0.3
"""How positive or negative the words of an item are at least, from -1 to 1, that its direction is taken as known."""


class KeyedItem(NamedTuple):
    """An item with what it is taken for."""

    id: str
    text: str
    scale: str
    reverse: bool
    line: int
    high: str = ""
    """What its upper end is called, where it is."""


def substituted(one: Questionnaire, file: str) -> Iterator[Defect]:
    """Items of a known schedule that are none of it."""
    digests = [digest(question.text) for question in one.questions]
    for name, known in SCHEDULES.items():
        if len(digests) == len(known) > len(known.intersection(digests)) >= MOSTLY * len(known):
            for question, own in zip(one.questions, digests, strict=True):
                if own not in known:
                    said = f"`{short(question.text)}` is none of the {len(known)} published items of the {name}"
                    yield Defect(KIND, said, file, question.line)


def digest(text: str) -> str:
    """A short digest of an item: the letters of its words without what many items begin with.

    >>> digest("I feel calm.") == digest("Calm")
    True
    """
    words = [letters(word) for word in text.split()]
    while len(words) > 1 and words[0] in ("i", "feel", "felt", "am", "im", "have", "had", "was"):
        del words[0]
    return hashlib.sha256("".join(words).encode()).hexdigest()[:8]


def named_otherwise(items: Sequence[KeyedItem], file: str) -> Iterator[Defect]:
    """Items whose id is a word that their text does not have, where the other items have theirs."""
    fitting = [one.id == one.scale or named_after(one.id.replace("-", "_"), one.text) for one in items]
    if len(items) < 4 or sum(fitting) < 0.75 * len(items):
        return
    for one, fits in zip(items, fitting, strict=True):
        if not fits and not any(part.isdigit() for part in one.id.split("-")):
            yield Defect(KIND, f"`{short(one.text)}` here, and `{one.id}` as its id", file, one.line)


def named_after(key: str, text: str) -> bool:
    """Whether a key is named after a text: they share the beginning of a word.

    >>> named_after("worried_wrong", "I am worried that it goes wrong."), named_after("sadness", "very happy")
    (True, False)
    """
    words = [letters(word) for word in text.split()]
    return any(
        word[: max(3, min(len(word), len(part)) - 3)] == part[: max(3, min(len(word), len(part)) - 3)]
        for part in key.lower().split("_")
        for word in words
        if word
    )


def keyed_otherwise(items: Sequence[KeyedItem], negative: dict[str, bool], file: str) -> Iterator[Defect]:
    """Items that are worded against the others of their scale, or against its state, and not counted so.

    Args:
        items: of one questionnaire.
        negative: of each scale that belongs to a state, whether this is an unpleasant one.
        file: where it stands.
    """
    for scale, unpleasant in negative.items():
        wanted = -1 if unpleasant else 1
        for one in (one for one in items if one.scale == scale):
            words = one.high if direction(one.high) else one.text
            if direction(words) == (wanted if one.reverse else -wanted):
                counts = "the other way" if one.reverse else "towards it"
                said = f"`{short(words)}` counts {counts} on `{scale}`"
                yield reversed_item(f"{said}; write `reverse: {'false' if one.reverse else 'true'}`", file, one.line)


@lru_cache(maxsize=4096)
def direction(text: str) -> int:
    """Whether words are clearly positive (1), clearly negative (-1), or neither (0).

    >>> direction("I feel calm and happy."), direction("sad"), direction("I am at the table.")
    (1, -1, 0)
    """
    value = valence(text) if text else 0.0
    return 0 if abs(value) < CLEAR else 1 if value > 0.0 else -1


def usual_items(prompts: Sequence[tuple[str, Questionnaire]], number: int) -> Iterator[Defect]:
    """Items of a questionnaire that are others in one prompt than in most, or are not asked there.

    Args:
        prompts: the same questionnaire in each file.
        number: of it, from 1.
    """
    for place in range(max(len(one.questions) for _, one in prompts)):
        texts = Counter(letters(one.questions[place].text) for _, one in prompts if place < len(one.questions))
        usual, times = texts.most_common(1)[0]
        for file, one in prompts:
            if place >= len(one.questions):
                said = f"item {place + 1} of questionnaire {number} is not asked, which {times} other prompts ask"
                yield Defect("missing item", said, file, one.questions[-1].line)
            elif times > 1 and letters((question := one.questions[place]).text) != usual:
                said = f"item {place + 1} is `{question.text}`, and another one in {times} prompts"
                yield Defect(KIND, said, file, question.line)
